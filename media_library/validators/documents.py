"""Documents: known by their content, complete, without a second file hidden behind the first; what leaves of them
says neither who wrote them nor where their pictures were taken, which is tried in the child."""

from __future__ import annotations

import re
import zipfile
from typing import IO, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from media_library.validators import child
from media_library.validators.facts import FORMATS, Facts, damaged, lying

_OFFICE: Final = {"docx": "word/", "xlsx": "xl/", "pptx": "ppt/"}
MAX_MEMBERS: Final = 5_000
MAX_INFLATED: Final = 400_000_000
_MARKUP: Final = re.compile(rb"^\s*(<!|<\?|<[a-z])|<(script|html|svg|iframe|body)\b", re.I)


def examine_document(content: IO[bytes], extension: str, size: int) -> Facts:
    """See `examine`. Archives are read by their directory alone before the child unpacks them: nothing is inflated
    here but two small members."""
    head = content.read(4096)
    if extension == "pdf":
        _check_pdf(content, head, size)
    elif extension in ("txt", "csv"):
        _check_text(content, head, extension)
    else:
        _check_package(content, head, extension)
    clean = (
        None if extension in ("txt", "csv") else _clean(content, "paper" if extension == "pdf" else "package")
    )
    return Facts("document", FORMATS[extension][1], f".{extension}", clean=clean)


def _clean(content: IO[bytes], task: str) -> bytes:
    try:
        return next(child.ask(task, content))[1]
    except child.CannotDecode as error:
        if error.code == "locked":
            raise ValidationError(
                _("This document is locked by a password. Save it without one, and send that."), code="locked"
            ) from error
        if error.code == "limits":
            raise ValidationError(
                _("This document unpacks to far too much. Simplify it."), code="bomb"
            ) from error
        raise damaged() from error


def _check_pdf(content: IO[bytes], head: bytes, size: int) -> None:
    if not head.startswith(b"%PDF-"):
        raise lying("pdf", _what(head))
    content.seek(max(0, size - (1 << 16)))
    tail = content.read()
    end = tail.rfind(b"%%EOF")
    if end < 0:
        raise damaged()
    if tail[end + 5 :].strip(b"\r\n\t \0") or b"PK\x05\x06" in tail:
        raise ValidationError(
            _("Something else is hidden behind this PDF. Print it to PDF again and send that."),
            code="polyglot",
        )


def _check_text(content: IO[bytes], head: bytes, extension: str) -> None:
    if b"\0" in head or head[:2] in (b"MZ", b"PK", b"#!") or head[:4] in (b"\x7fELF", b"%PDF"):
        raise lying(extension, _what(head))
    if _MARKUP.search(head):
        raise lying(extension, _("a web page"))
    content.seek(0)
    if b"\0" in content.read():
        raise lying(extension, _what(head))


def _check_package(content: IO[bytes], head: bytes, extension: str) -> None:
    if not head.startswith(b"PK\x03\x04"):
        raise lying(extension, _what(head))
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as package:
            if package.comment:
                raise damaged()
            members = package.infolist()
            if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_INFLATED:
                raise ValidationError(_("This document unpacks to far too much. Simplify it."), code="bomb")
            names = {member.filename for member in members}
            if any(name.startswith("/") or ".." in name.split("/") for name in names):
                raise damaged()
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll")) for name in names):
                raise ValidationError(
                    _("This document contains macros or programs. Save it without them."), code="macros"
                )
            if not _is_package_of(package, names, extension):
                raise lying(extension, _("an archive of another kind"))
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise damaged() from error


def _is_package_of(package: zipfile.ZipFile, names: set[str], extension: str) -> bool:
    if extension in _OFFICE:
        return "[Content_Types].xml" in names and any(name.startswith(_OFFICE[extension]) for name in names)
    if "mimetype" not in names or package.getinfo("mimetype").file_size > 200:
        return False
    return package.read("mimetype").decode("ascii", "replace").strip() == FORMATS[extension][1]


def _what(head: bytes) -> str:
    """What the first bytes are, in words."""
    if head[:2] == b"MZ" or head[:4] == b"\x7fELF" or head[:2] == b"#!":
        return _("a program")
    if _MARKUP.search(head):
        return _("a web page")
    return _("something else")
