"""Paper made of the library: the contact sheet of a selection, a PDF whose bytes follow from what it shows.

Written by hand, not by WeasyPrint: thumbnails go in as the JPEG bytes that they are, words in a font that every
reader has, so that a worker needs neither a decoder nor a font file nor 60 MB for it, and the same selection gives
the same bytes on every machine (ISO 32000-1: 8.9.5 images, 9.6.2.2 standard fonts).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from django.utils.translation import gettext as _

WIDTH, HEIGHT, MARGIN = 595.28, 841.89, 36.0
COLUMNS, ROWS = 3, 4
CELL_WIDTH, CELL_HEIGHT = (WIDTH - 2 * MARGIN) / COLUMNS, 182.0
BOX_WIDTH, BOX_HEIGHT = CELL_WIDTH - 12, 112.0
HEAD: Final = 34.0
LETTERS: Final = 40  # of 7.5 points that surely fit under a picture
PER_PAGE: Final = COLUMNS * ROWS


@dataclass(frozen=True)
class Cell:
    """One file of a selection: its name, words below it, and a small upright JPEG in RGB of `size` pixels.

    Without a picture a frame with `kind` ("PDF") stands in its place.
    """

    name: str
    words: Sequence[str] = ()
    picture: bytes | None = None
    size: tuple[int, int] = (0, 0)
    kind: str = ""


def contact_sheet(cells: Sequence[Cell], *, title: str) -> bytes:
    """The contact sheet of these files as a PDF in A4, twelve a page: the same cells and title, the same bytes."""
    objects: list[bytes] = [b""] * 4
    pages = [cells[at : at + PER_PAGE] for at in range(0, len(cells), PER_PAGE)] or [cells]
    kids = []
    for number, shown in enumerate(pages, 1):
        names, marks = [], [_head(title, number, len(pages))]
        for place, cell in enumerate(shown):
            if cell.picture is not None:
                objects.append(_picture(cell))
                names.append(f"/I{place} {len(objects)} 0 R")
            marks += _marks(cell, place)
        content = "\n".join(marks).encode("cp1252", "replace")
        objects.append(_stream("", content))
        resources = f"<</Font<</F 3 0 R/B 4 0 R>>/XObject<<{' '.join(names)}>>>>"
        box = f"[0 0 {WIDTH} {HEIGHT}]"
        page = f"<</Type/Page/Parent 2 0 R/MediaBox{box}/Resources{resources}/Contents {len(objects)} 0 R>>"
        objects.append(page.encode())
        kids.append(f"{len(objects)} 0 R")
    objects[0] = b"<</Type/Catalog/Pages 2 0 R/Lang(fr)/ViewerPreferences<</DisplayDocTitle true>>>>"
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>".encode()
    for place, font in ((2, "Helvetica"), (3, "Helvetica-Bold")):
        objects[place] = f"<</Type/Font/Subtype/Type1/BaseFont/{font}/Encoding/WinAnsiEncoding>>".encode()
    objects.append(f"<</Title<feff{title.encode('utf-16-be').hex()}>>>".encode())
    return _file(objects)


def _picture(cell: Cell) -> bytes:
    about = (
        f"/Type/XObject/Subtype/Image/Width {cell.size[0]}/Height {cell.size[1]}"
        "/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode"
    )
    return _stream(about, cell.picture or b"")


def _head(title: str, number: int, count: int) -> str:
    words = _("Contact sheet")
    at = HEIGHT - MARGIN - 10
    said = f"{words} · {number} / {count}"
    return f"{_text(title[:84], MARGIN, at, 11, bold=True)}\n{_text(said, MARGIN, at - 13, 8)}"


def _marks(cell: Cell, place: int) -> Iterator[str]:
    """The drawing of one cell: its picture or frame, its name, the words that fit."""
    row, column = divmod(place, COLUMNS)
    left = MARGIN + column * CELL_WIDTH
    top = HEIGHT - MARGIN - HEAD - row * CELL_HEIGHT
    if cell.picture is not None:
        scale = min(BOX_WIDTH / cell.size[0], BOX_HEIGHT / cell.size[1])
        width, height = cell.size[0] * scale, cell.size[1] * scale
        yield f"q {width:.2f} 0 0 {height:.2f} {left:.2f} {top - height:.2f} cm /I{place} Do Q"
    else:
        yield f"q 0.6 G {left:.2f} {top - BOX_HEIGHT:.2f} {BOX_WIDTH:.2f} {BOX_HEIGHT:.2f} re S Q"
        yield _text(cell.kind[:12], left + 10, top - BOX_HEIGHT / 2 - 6, 18, bold=True)
    below = top - BOX_HEIGHT - 11
    yield _text(_short(cell.name), left, below, 7.5, bold=True)
    lines = [line for words in cell.words for line in wrap(words, LETTERS)[:2]]
    for number, line in enumerate(lines[:5], 1):
        yield _text(line, left, below - 9.5 * number, 7.5)


def _short(name: str) -> str:
    return name if len(name) <= LETTERS else f"{name[: LETTERS - 12]}…{name[-11:]}"


def _text(words: str, x: float, y: float, size: float, *, bold: bool = False) -> str:
    return f"BT /{'B' if bold else 'F'} {size} Tf {x:.2f} {y:.2f} Td {_string(words)} Tj ET"


def _string(words: str) -> str:
    """A literal string. What the font has no letter for (ɛ, ɔ, ŋ) becomes a question mark: MANIFEST.json has it."""
    plain = "".join(letter if letter.isprintable() else " " for letter in words)
    escaped = plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


def _stream(about: str, data: bytes) -> bytes:
    return f"<<{about}/Length {len(data)}>>\nstream\n".encode() + data + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    """The objects with their table; the last is the document's information, the first its catalogue."""
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R>>\n".encode()
    out += f"startxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
