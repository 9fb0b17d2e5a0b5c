"""A Word document read as a release: title, lead, and the blocks of a body; nothing else of it gets in.

mammoth turns the document into plain HTML by its styles; of that HTML only what is named here is taken over. Fonts,
colours, comments, fields, macros, links to files and everything unknown stay behind, and so does any markup hidden
in the words.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import IO, Any, Final

import mammoth
from bs4 import BeautifulSoup, NavigableString, Tag
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.translation import gettext as _

from media_library import validators

#: Bytes of the text's own XML, of all parts together, of one picture; and how many pictures are taken.
MAX_TEXT: Final = 4_000_000
MAX_PARTS: Final = 120_000_000
MAX_PICTURE: Final = 25_000_000
MAX_PICTURES: Final = 24
TITLE, LEAD = 200, 900

STYLES: Final = """
p[style-name='Title'] => h1:fresh
p[style-name='Titre'] => h1:fresh
p[style-name='Subtitle'] => h2:fresh
comment-reference =>
"""
INLINE: Final = {"strong": "b", "b": "b", "em": "i", "i": "i", "sup": "sup"}
HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
_LINK = re.compile(r"(https?://|mailto:)\S+", re.I)


@dataclass(frozen=True)
class Picture:
    """A picture of the document: its bytes as they lie in it, and what its author says it shows."""

    data: bytes
    extension: str
    alt: str


@dataclass
class Imported:
    """What a document said. `blocks`: (name, value) as a body takes them; for a picture ("image", its number)."""

    title: str
    lead: str
    blocks: list[tuple[str, Any]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)


def read_word(content: IO[bytes], filename: str) -> Imported:
    """Read a .docx. Raises ValidationError, a sentence for the officer, for what is none or is too much."""
    if not filename.lower().endswith(".docx"):
        raise ValidationError(_("Choose a Word document (.docx). Save an older one (.doc) anew as .docx."))
    validators.examine(content, filename, kind="document")
    _check_parts(content)
    pictures: list[Picture] = []
    try:
        made = mammoth.convert_to_html(content, style_map=STYLES, convert_image=_taker(pictures))
    except Exception as error:  # whatever a broken document does to its reader
        raise ValidationError(
            _("This document cannot be read. Open it in Word, save it anew, and send it.")
        ) from error
    found = _blocks(BeautifulSoup(made.value, "html.parser"))
    title, lead, rest = _head(found, filename)
    return Imported(title, lead, _gathered(rest), pictures)


def _check_parts(content: IO[bytes]) -> None:
    """Refuse what would unpack to too much, and XML with a DTD, which no Office document has (ECMA-376-2, 8.3)."""
    content.seek(0)
    with zipfile.ZipFile(content) as package:
        members = package.infolist()
        texts = [one for one in members if one.filename.endswith((".xml", ".rels"))]
        if (
            sum(one.file_size for one in members) > MAX_PARTS
            or sum(one.file_size for one in texts) > MAX_TEXT
        ):
            raise ValidationError(
                _("This document is too long to be imported. Paste its text into the editor.")
            )
        try:
            wrong = any(b"<!DOCTYPE" in package.read(one) for one in texts)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
            wrong = True
    content.seek(0)
    if wrong:
        raise ValidationError(_("This document cannot be read. Open it in Word, save it anew, and send it."))


def _taker(pictures: list[Picture]) -> Any:
    """What mammoth calls for each picture: those that lie in the document are kept, those it links to are not."""

    def attributes(image: Any) -> dict[str, str]:
        with image.open() as source:
            data = source.read(MAX_PICTURE + 1)
        extension = (image.content_type or "").rpartition("/")[2].replace("jpeg", "jpg")
        pictures.append(Picture(data, re.sub(r"\W", "", extension), (image.alt_text or "").strip()[:300]))
        return {"src": f"picture:{len(pictures) - 1}"}

    element = mammoth.images.img_element(attributes)

    def take(image: Any) -> Any:
        if len(pictures) >= MAX_PICTURES:
            return []
        try:
            return element(image)
        except Exception:  # linked, missing or damaged: the text comes without it
            return []

    return take


# HTML to blocks ----------------------------------------------------------------------------------------------
def _inline(node: Any) -> str:
    """The words of a node with the few marks that the editor has; everything else is text alone."""
    if isinstance(node, NavigableString):
        return escape(str(node)) if type(node) is NavigableString else ""
    inner = "".join(_inline(one) for one in node.children)
    if node.name in INLINE and inner.strip():
        return f"<{INLINE[node.name]}>{inner}</{INLINE[node.name]}>"
    if node.name == "br":
        return "<br/>"
    if node.name == "a" and inner.strip() and _LINK.fullmatch(address := str(node.get("href") or "").strip()):
        return f'<a href="{escape(address)}">{inner}</a>'
    return inner


def _list(node: Tag) -> str:
    items = []
    for one in node.find_all("li", recursive=False):
        inner = "".join(
            _list(part) if isinstance(part, Tag) and part.name in ("ul", "ol") else _inline(part)
            for part in one.children
        )
        if inner.strip():
            items.append(f"<li>{inner}</li>")
    return f"<{node.name}>{''.join(items)}</{node.name}>" if items else ""


def _table(node: Tag, number: int) -> dict[str, Any] | None:
    """A table as text: its first row names the columns."""
    rows = [
        [cell.get_text(" ", strip=True)[:300] for cell in row.find_all(["td", "th"])]
        for row in node.find_all("tr")
    ]
    rows = [row for row in rows if any(row)]
    if len(rows) < 2:
        return None
    caption = _("Table %(number)s") % {"number": number}
    return {"caption": caption, "header": [one[:120] for one in rows[0]], "rows": rows[1:201]}


def _blocks(soup: BeautifulSoup) -> list[tuple[str, Any]]:
    """The document's parts in order: ("heading" | "p" | "list", …), ("table", …), ("image", its number)."""
    found: list[tuple[str, Any]] = []
    tables = 0
    for node in soup.children:
        if not isinstance(node, Tag):
            continue
        for picture in node.find_all("img"):
            found.append(("image", int(str(picture["src"]).partition(":")[2])))
        if node.name in HEADINGS and (words := node.get_text(" ", strip=True)):
            found.append(("heading", words))
        elif node.name in ("ul", "ol") and (items := _list(node)):
            found.append(("list", items))
        elif node.name == "table":
            tables += 1
            table = _table(node, tables)
            if table is not None:
                found.append(("table", table))
            else:
                found += [("p", words) for row in node.find_all("p") if (words := _inline(row).strip())]
        elif node.name == "p" and (words := _inline(node).strip()):
            found.append(("p", words))
    return found


def _plain(markup: str) -> str:
    return " ".join(BeautifulSoup(markup, "html.parser").get_text(" ").split())


def _head(found: list[tuple[str, Any]], filename: str) -> tuple[str, str, list[tuple[str, Any]]]:
    """The title (the first heading, else a short first paragraph, else the file's name), the lead, and the rest."""
    rest = list(found)
    title = ""
    first = next((at for at, (kind, _value) in enumerate(rest) if kind in ("heading", "p")), None)
    if first is not None:
        kind, value = rest[first]
        words = value if kind == "heading" else _plain(value)
        if kind == "heading" or len(words) <= TITLE:
            title = words[:255]
            del rest[first]
    title = title or PurePath(filename).stem[:255]
    at = next((at for at, (kind, _value) in enumerate(rest) if kind == "p"), None)
    lead = _plain(rest[at][1]) if at is not None else ""
    if at is not None and len(lead) <= LEAD:
        del rest[at]
    elif len(lead) > LEAD:
        lead = lead[: LEAD - 1].rpartition(" ")[0] + "…"
    return title, lead or title, rest


def _gathered(parts: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Paragraphs and lists that follow each other are one text, as an officer would type them."""
    found: list[tuple[str, Any]] = []
    for kind, value in parts:
        if kind in ("p", "list"):
            markup = f"<p>{value}</p>" if kind == "p" else value
            if found and found[-1][0] == "paragraph":
                found[-1] = ("paragraph", found[-1][1] + markup)
            else:
                found.append(("paragraph", markup))
        elif kind == "heading":
            found.append((kind, value[:160]))
        else:
            found.append((kind, value))
    return found
