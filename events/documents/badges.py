"""Badges on paper: sheets of A4 to cut, or one badge alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from cms.mailing.documents import as_pdf, fitting_size, lines_taken
from events.documents.letterhead import band, qr_data

#: Millimetres of A4.
PAGE = (210.0, 297.0)
#: How big the name is, in points: the first size at which it stands on two lines.
_SIZES = {
    "90x55": (20, 18, 16, 14, 12, 11, 10),
    "100x70": (26, 23, 20, 17, 14, 12),
    "105x148": (36, 32, 28, 24, 20, 16),
}
_CODES = {"90x55": 17.0, "100x70": 20.0, "105x148": 32.0}
_PADDING = 5.0
#: The same for what stands below the name and in the band, and between the top of the name and the band, in mm.
_LINES = {"90x55": (8.5, 7.5, 6.5, 5.5), "100x70": (8.5, 7.5, 6.5), "105x148": (13, 11, 9)}
_FEET = {
    "90x55": (20, 17, 14, 11, 9.5, 8, 7, 6, 5),
    "100x70": (20, 17, 14, 11, 9.5, 8, 7, 6),
    "105x148": (44, 36, 28, 20, 16, 13, 11, 9, 7),
}
_ROOM = {"90x55": 33.0, "100x70": 48.0, "105x148": 60.0}
_POINT, _LEADING = 0.3528, 1.15


@dataclass(frozen=True)
class Badge:
    """One badge: words already filled in, the colour of its band as #rrggbb, the code for the door ("" for none)."""

    heading: str
    name: str
    lines: Sequence[str]
    foot: str
    colour: str
    code: str = ""


@dataclass(frozen=True)
class Sheet:
    """How badges of a size lie on A4: columns, rows, and the first one's corner, in millimetres."""

    width: float
    height: float
    columns: int
    rows: int

    @classmethod
    def of(cls, size: str) -> Sheet:
        """The sheet of a `BadgeSize`."""
        width, height = (float(part) for part in size.split("x"))
        return cls(width, height, int(PAGE[0] // width), int(PAGE[1] // height))

    @property
    def places(self) -> int:
        return self.columns * self.rows

    def position(self, place: int) -> tuple[float, float]:
        """Left and top of a place of the sheet: centred, so that front and back lie upon each other."""
        row, column = divmod(place, self.columns)
        left = (PAGE[0] - self.columns * self.width) / 2 + column * self.width
        return round(left, 2), round((PAGE[1] - self.rows * self.height) / 2 + row * self.height, 2)


def _laid(badge: Badge, size: str, place: tuple[float, float]) -> dict[str, Any]:
    sheet, code = Sheet.of(size), _CODES[size]
    beside = code if badge.code and size != "105x148" else 0
    room = sheet.width - 2 * _PADDING - (beside + 2 if beside else 0)
    name = fitting_size(badge.name, width=room, lines=2, sizes=_SIZES[size])
    left = _ROOM[size] - lines_taken(badge.name, width=room, size=name, bold=True) * name * _POINT * _LEADING
    return {
        "badge": badge,
        "left": place[0],
        "top": place[1],
        "size": name,
        "line": _line_size(badge.lines, width=room, height=left, sizes=_LINES[size]),
        "foot": fitting_size(badge.foot, width=sheet.width - 6, lines=1, sizes=_FEET[size]),
        "room": round(room, 1),
        "qr": qr_data(badge.code) if badge.code else "",
    }


def _line_size(lines: Sequence[str], *, width: float, height: float, sizes: Sequence[float]) -> float:
    """The biggest size at which the lines below a name stand above the band; the smallest where none does."""
    for size in sizes:
        taken = sum(lines_taken(line, width=width, size=size) for line in lines)
        if taken * size * _POINT * _LEADING + len(lines) <= height:
            return size
    return sizes[-1]


def badges_html(badges: Iterable[Badge], *, size: str, alone: bool = False) -> str:
    """Badges as HTML for paper: sheets of A4 with lines to cut along, or (`alone`) a page of its own for each."""
    sheet, found = Sheet.of(size), list(badges)
    each = 1 if alone else sheet.places
    pages = [
        [
            _laid(badge, size, (0, 0) if alone else sheet.position(place))
            for place, badge in enumerate(found[first : first + each])
        ]
        for first in range(0, len(found), each)
    ]
    width, height = (sheet.width, sheet.height) if alone else PAGE
    context = {
        "pages": pages,
        "sheet": sheet,
        "width": width,
        "height": height,
        "padding": _PADDING,
        "code": _CODES[size],
        "tall": size == "105x148",
        "band": band("djenne", "#ffffff"),
    }
    with translation.override("fr"):
        return render_to_string("events/badges/paper.html", context)


def badges_pdf(badges: Iterable[Badge], *, size: str, alone: bool = False) -> bytes:
    """The same as PDF. Raises cms.mailing.documents.PaperUnavailable where this machine makes none."""
    return as_pdf(badges_html(badges, size=size, alone=alone))
