"""A release as a Word document (.docx): real headings, lists, tables and links, to be edited in a newsroom."""

from __future__ import annotations

import base64
import io
from datetime import UTC
from html.parser import HTMLParser
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from press.exports.around import Around
from press.exports.words import (
    body_parts,
    contact_lines,
    dateline,
    embargo_line,
    outside,
    signature_lines,
)

FONT = "Arial"
INK, INDIGO, BRICK = RGBColor(0x1B, 0x17, 0x13), RGBColor(0x1D, 0x3F, 0x72), RGBColor(0x9B, 0x2C, 0x1F)
PICTURE_WIDTH = Cm(15.5)
LOCALES = {"fr": "fr-FR", "en": "en-GB"}
_LISTS = {"ul": "List Bullet", "ol": "List Number"}
_LEVELS = {"h2": 2, "h3": 3, "h4": 3}


class _Body(HTMLParser):
    """The HTML that our own blocks make, as paragraphs of a Word document."""

    def __init__(self, document: Any) -> None:
        super().__init__()
        self.document = document
        self.paragraph: Any = None
        self.marks: list[str] = []
        self.lists: list[str] = []
        self.href = ""
        self.is_quoted = self.is_caption = False
        self.rows: list[list[list[tuple[str, bool]]]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("b", "strong", "i", "em", "sup"):
            self.marks.append(tag)
        elif tag in _LISTS:
            self.lists.append(_LISTS[tag])
        elif tag in _LEVELS:
            self.paragraph = self.document.add_heading(level=_LEVELS[tag])
        elif tag in ("p", "li", "figcaption"):
            self._begin(tag)
        elif tag in ("blockquote", "a", "table", "tr", "td", "th"):
            self._open(tag, found)
        elif tag == "br" and self.paragraph is not None:
            self.paragraph.add_run().add_break()
        elif tag == "img":
            self._picture(found.get("src", ""), found.get("alt", ""))

    def _begin(self, tag: str) -> None:
        if tag == "p" and self.lists and self.paragraph is not None:
            return  # a paragraph inside a list's item
        style = "Quote" if self.is_quoted else "Caption" if tag == "figcaption" else None
        self.paragraph = self.document.add_paragraph(style=self.lists[-1] if self.lists else style)

    def _open(self, tag: str, found: dict[str, str]) -> None:
        if tag == "blockquote":
            self.is_quoted = True
        elif tag == "a":
            self.href = found.get("href", "")
        elif tag == "table":
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif self.rows:
            self.rows[-1].append([("", tag == "th")])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("b", "strong", "i", "em", "sup") and tag in self.marks:
            self.marks.remove(tag)
        elif tag in _LISTS and self.lists:
            self.lists.pop()
        elif tag == "blockquote":
            self.is_quoted = False
        elif tag == "a":
            self.href = ""
        elif tag == "table":
            self._table()
        if tag in ("p", "li", "figcaption", "blockquote", *_LEVELS, *_LISTS) and not (
            tag == "p" and self.lists
        ):
            self.paragraph = None

    def handle_data(self, data: str) -> None:
        if self.rows is not None:
            if self.rows and self.rows[-1]:
                self.rows[-1][-1].append((data, False))
            return
        text = " ".join(data.split()) if not data.strip() else data.replace("\n", " ")
        if not text:
            return
        if self.paragraph is None:
            self._begin("p")
        into = self._link(self.href) if self.href.startswith(("http", "mailto:")) else self.paragraph
        run = into.add_run(text) if into is self.paragraph else _run_in(self.paragraph, into, text)
        run.bold = any(mark in ("b", "strong") for mark in self.marks) or None
        run.italic = any(mark in ("i", "em") for mark in self.marks) or None
        run.font.superscript = "sup" in self.marks or None
        if self.href:
            run.font.color.rgb, run.font.underline = INDIGO, True

    def _link(self, address: str) -> Any:
        key = self.paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), key)
        self.paragraph._p.append(link)
        return link

    def _table(self) -> None:
        rows, self.rows = self.rows or [], None
        width = max((len(row) for row in rows), default=0)
        if not width:
            return
        table = self.document.add_table(rows=0, cols=width, style="Table Grid")
        for row in rows:
            cells = table.add_row().cells
            for cell, parts in zip(cells, row, strict=False):
                run = cell.paragraphs[0].add_run("".join(text for text, _head in parts))
                run.bold = parts[0][1] or None
        self.document.add_paragraph()

    def _picture(self, source: str, alt: str) -> None:
        head, _comma, data = source.partition(";base64,")
        if not head.startswith("data:image/"):
            return
        picture = self.document.add_picture(io.BytesIO(base64.b64decode(data)), width=PICTURE_WIDTH)
        picture._inline.docPr.set("descr", alt)
        self.paragraph = None


def _run_in(paragraph: Any, link: Any, text: str) -> Any:
    """A run inside a link: python-docx makes runs of paragraphs alone."""
    run = paragraph.add_run(text)
    link.append(run._r)
    return run


def _styled(document: Any, language: str) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size, normal.font.color.rgb = FONT, Pt(11), INK
    normal.paragraph_format.space_after = Pt(8)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), LOCALES.get(language, language))
    normal.element.get_or_add_rPr().append(spoken)
    for name, size in (("Heading 1", 20), ("Heading 2", 14), ("Heading 3", 12)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = FONT, Pt(size), INK
        fonts = style.element.rPr.rFonts
        for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{attribute}"), None)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin = section.bottom_margin = Cm(2)


def _described(document: Any, page: Any, around: Around) -> None:
    said = document.core_properties
    said.title, said.author, said.comments = page.title[:255], around.organisation.name, ""
    said.subject, said.language = page.release.label, page.locale.language_code
    at = (page.public_from or around.now).astimezone(UTC).replace(tzinfo=None)
    said.created = said.modified = at
    said.last_modified_by = around.organisation.name


def _strong(document: Any, text: str, colour: RGBColor | None = None) -> None:
    run = document.add_paragraph().add_run(text)
    run.bold = True
    if colour is not None:
        run.font.color.rgb = colour


def release_docx(page: Any, around: Around) -> bytes:
    """The release as .docx (ISO/IEC 29500), in the language of its text."""
    release, document = page.release, Document()
    with translation.override(page.locale.language_code):
        _styled(document, page.locale.language_code)
        _described(document, page, around)
        document.sections[0].header.paragraphs[0].text = around.organisation.name
        document.sections[0].footer.paragraphs[0].text = around.short
        if line := embargo_line(release, now=around.now):
            _strong(document, line, BRICK)
        for line in around.notices(page):
            document.add_paragraph(line)
        document.add_paragraph(" – ".join(part for part in (str(release.kind_label), release.label) if part))
        document.add_heading(page.title, level=1)
        if where := dateline(page):
            document.add_paragraph(where)
        _strong(document, page.lead)
        _text, body = body_parts(page.body, around.files)
        _Body(document).feed(body)
        _closing(document, release, around)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _closing(document: Any, release: Any, around: Around) -> None:
    if lines := signature_lines(release):
        _strong(document, "\n".join(lines))
    if around.boilerplate is not None:
        document.add_heading(around.boilerplate.title, level=2)
        _Body(document).feed(outside(around.boilerplate.text))
    if around.contacts:
        document.add_heading(_("Press contacts"), level=2)
        for line in contact_lines(around.contacts):
            document.add_paragraph(line, style="List Bullet")
    if around.kit_url:
        document.add_paragraph(_("Press kit: %(url)s") % {"url": around.kit_url})
