"""Office files without who wrote them and without the places of their pictures. Runs in the child, without Django.

Open Packaging Conventions (ECMA-376-2: core, extended and custom properties), WordprocessingML, SpreadsheetML and
PresentationML with Microsoft's extensions (MS-DOCX, MS-XLSX, MS-PPTX), OpenDocument 1.3 part 3 (meta.xml).
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from typing import IO, Final
from xml.sax.saxutils import escape, unescape

from media_library.storage.enclosed import without_place

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
DEEPEST: Final = 3  # a workbook in a presentation in a text
_SIGNED: Final = ("_xmlsignatures/", "META-INF/documentsignatures.xml", "META-INF/macrosignatures.xml")
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPC: Final = "http://schemas.openxmlformats.org"
_TITLE: Final = re.compile(r"<(?:[\w.-]+:)?title(?:\s[^<>]*)?>([^<]*)</")
_RIGHTS: Final = re.compile(r"<(?:[\w.-]+:)?rights(?:\s[^<>]*)?>([^<]*)</")
# a start tag: words between tags may hold quotes, and are left alone
_TAG: Final = re.compile(r"""<[A-Za-z][\w:.-]*(?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))+\s*/?>""")
# who commented and changed what, and who that is to the firm's directory
_WHO: Final = re.compile(
    r"""(\s(?:[\w.-]+:)?(?:author|initials|userId|providerId|userName|refreshedBy|creator))\s*=\s*(?:"[^"]*"|'[^']*')"""
)
_NAMES: Final = re.compile(r"""(\s(?:name|displayName|initials))\s*=\s*(?:"[^"]*"|'[^']*')""")
_USERS: Final = re.compile(r"(<((?:[\w.-]+:)?DisplayName)(?:\s[^<>]*)?>)[^<]*(</\2>)")  # SharePoint's columns
_CREATORS: Final = re.compile(
    r"(<((?:dc:creator|(?:meta|loext):(?:creator|sender)-initials|author))(?:\s[^<>]*)?>)[^<]*(</\2>)"
)
_FOLDER: Final = re.compile(r"<(?:[\w.-]+:)?absPath\s[^<>]*/>")  # where the workbook lay on whose machine
_TEMPLATE: Final = re.compile(r"""(\sTarget\s*=\s*)(?:"file:[^"]*[/\\]|'file:[^']*[/\\])""")
_PEOPLE: Final = ("ppt/commentAuthors.xml", "ppt/authors.xml", "xl/revisions/userNames.xml")


class Locked(Exception):
    """The file asks for a password."""

    code = "locked"


def clean_package(content: IO[bytes], *, depth: int = 0) -> bytes:
    """The same document with its title and rights and no other property, without the names of who commented and
    changed it; the bytes follow from what is in it. A signed one is given back as it is: any change would break
    what was signed. Raises what `zipfile` does, Locked, ValueError for a picture that cannot be read."""
    out = io.BytesIO()
    with zipfile.ZipFile(content) as given:
        if any(name.startswith(_SIGNED) for name in given.namelist()):
            content.seek(0)
            return content.read()
        if _is_locked(given):
            raise Locked
        with zipfile.ZipFile(out, "w") as made:
            for member in given.infolist():
                info = zipfile.ZipInfo(member.filename, date_time=EPOCH)
                is_first = member.filename == "mimetype"
                info.compress_type = zipfile.ZIP_STORED if is_first else zipfile.ZIP_DEFLATED
                info.external_attr, info.create_system = 0o644 << 16, 3
                made.writestr(info, _cleaned(member.filename, given.read(member), depth))
    return out.getvalue()


def _is_locked(given: zipfile.ZipFile) -> bool:
    if any(member.flag_bits & 1 for member in given.infolist()):
        return True
    name = "META-INF/manifest.xml"
    return name in given.namelist() and b"encryption-data" in given.read(name)


def _cleaned(name: str, data: bytes, depth: int) -> bytes:
    if data.startswith(b"PK\x03\x04") and depth < DEEPEST:
        return clean_package(io.BytesIO(data), depth=depth + 1)
    if not name.endswith((".xml", ".rels", ".psmdcp")):
        return without_place(data)
    words = _words(data)
    if words is None:
        return data
    return (_properties(name, words) or _without_people(name, words)).encode()


def _words(data: bytes) -> str | None:
    """A part as text; None where it is no XML that can be read, which no program shows either."""
    is_wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        words = data.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        return None
    return re.sub(r"^<\?xml[^>]*\?>", _HEAD.strip(), words) if is_wide else words


def _properties(name: str, words: str) -> str:
    """What stands in the place of a part that holds nothing but properties; "" for any other."""
    kept = "".join(
        f"<dc:{tag}>{escape(unescape(found[1]))}</dc:{tag}>"
        for tag, found in (("title", _TITLE.search(words)), ("rights", _RIGHTS.search(words)))
        if found
    )
    dublin = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    if name == "docProps/core.xml" or name.endswith(".psmdcp"):
        kept = re.sub(r"<dc:rights>.*</dc:rights>", "", kept)  # no element of the schema
        space = f'xmlns:cp="{_OPC}/package/2006/metadata/core-properties"'
        return f"{_HEAD}<cp:coreProperties {space} {dublin}>{kept}</cp:coreProperties>"
    if name in ("docProps/app.xml", "docProps/custom.xml"):
        kind = "extended-properties" if name.endswith("app.xml") else "custom-properties"
        return f'{_HEAD}<Properties xmlns="{_OPC}/officeDocument/2006/{kind}"/>'
    if name.rpartition("/")[2] == "meta.xml":
        spaces = f'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" {dublin}'
        body = f"<office:meta>{kept}</office:meta>"
        return f'{_HEAD}<office:document-meta {spaces} office:version="1.3">{body}</office:document-meta>'
    return ""


def _without_people(name: str, words: str) -> str:
    if name.endswith(".rels"):
        return _TEMPLATE.sub(lambda found: found[1] + found[0][len(found[1])], words)
    if name in _PEOPLE or name.startswith("xl/persons/"):
        words = _TAG.sub(lambda tag: _NAMES.sub(_nobody, tag[0]), words)
    if _WHO.search(words):
        words = _TAG.sub(lambda tag: _WHO.sub(_nobody, tag[0]), words)
    if name.startswith("customXml/"):
        words = _USERS.sub(r"\1\3", words)
    return _FOLDER.sub("", _CREATORS.sub(r"\1\3", words))


def _nobody(found: re.Match[str]) -> str:
    """An attribute that named somebody, as Word's own inspector leaves it."""
    is_name = found[1].endswith(("author", "ame"))
    return f'{found[1]}="{"Author" if is_name else ""}"'
