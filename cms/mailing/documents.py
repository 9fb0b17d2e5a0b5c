"""Paper: address labels and letters, one PDF for many people, by WeasyPrint."""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from babel.core import Locale
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.contacts.models import Contact
from cms.contacts.validators import HOME_COUNTRY
from cms.core.bogolan import band_svg

#: What WeasyPrint opens when it is imported, on Linux and on a Mac; the packages are named in `.ci/apt.txt`.
LIBRARIES = {
    "libpango": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "libpangoft2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
    "libgobject": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    "libharfbuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "libfontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
}


class PaperUnavailable(Exception):
    """This machine cannot make PDFs; `str()` says what it lacks."""


@cache
def lacking() -> str:
    """What this machine lacks to make PDFs, as a list of names; "" when nothing. Asked once a process.

    WeasyPrint itself is not imported to know: that costs a second and 40 MB, and every page of the admin asks.
    """
    if importlib.util.find_spec("weasyprint") is None:
        return "WeasyPrint"
    return ", ".join(name for name, files in LIBRARIES.items() if not any(_opens(one) for one in files))


def _opens(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def as_pdf(*documents: str, **options: Any) -> bytes:
    """Lay documents in HTML out as one PDF, each with page numbers of its own.

    Nothing is fetched: pictures and style sheets are in the HTML or nowhere. `options` are WeasyPrint's own
    (`pdf_tags=True` for a document that screen readers follow). Raises PaperUnavailable.
    """
    try:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise PaperUnavailable(lacking() or type(error).__name__) from error
    nothing = URLFetcher(allowed_protocols=("data",))
    fonts = FontConfiguration()
    laid = [HTML(string=html, url_fetcher=nothing).render(font_config=fonts) for html in documents]
    return bytes(laid[0].copy([page for one in laid for page in one.pages]).write_pdf(**options))


# Addresses ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Addressee:
    """The lines of an envelope. `where` is empty for whom the post does not find."""

    who: tuple[str, ...]
    where: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.who, *self.where)


def addressee(contact: Contact, *, short: bool = False) -> Addressee:
    """Civility and name, function, organisation, « sous couvert de », postal address, town, country.

    The address is the contact's own, else the organisation's. The country stands alone on the last line, in capitals
    and in French, which the post that takes the letter reads (Universal Postal Union, S42), and only abroad.
    `short` writes « s/c de », for labels. Load `organisation` with the contact.
    """
    organisation = contact.organisation
    who = [str(contact), contact.function]
    if organisation is not None and organisation.name != contact.name:
        who.append(organisation.name)
    if contact.under_cover_of:
        said = _("c/o %(name)s") if short else _("Under cover of %(name)s")
        who.append(said % {"name": contact.under_cover_of})
    at = contact if contact.postal_address.strip() or organisation is None else organisation
    where = [" ".join(line.split()) for line in at.postal_address.splitlines() if line.strip()]
    if where:
        if at.city and not any(at.city.casefold() in line.casefold() for line in where):
            where.append(at.city)
        if at.country != HOME_COUNTRY:
            where.append(country_name(at.country))
    return Addressee(tuple(line for line in who if line), tuple(where))


def country_name(code: str) -> str:
    """A country's French name in capitals, for an envelope."""
    return str(Locale.parse("fr").territories.get(code, code)).upper()


# Labels ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sheet:
    """A format of label sheets on A4, in millimetres; gutters lie between the labels."""

    key: str
    label: Any
    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gutter: float = 0

    @property
    def places(self) -> int:
        return self.columns * self.rows

    def position(self, place: int) -> tuple[float, float]:
        """Left and top of a place of the sheet, counted from 0, line by line."""
        row, column = divmod(place, self.columns)
        left = self.left + column * (self.width + self.gutter)
        return round(left, 2), round(self.top + row * self.height, 2)


#: The formats that stationers sell everywhere; Avery's numbers in brackets say which they are.
SHEETS: dict[str, Sheet] = {
    sheet.key: sheet
    for sheet in (
        Sheet("3x8", gettext_lazy("3 × 8 labels of 70 × 37 mm"), 3, 8, 70, 37, 0, 0.5),
        Sheet("2x7", gettext_lazy("2 × 7 labels of 99.1 × 38.1 mm"), 2, 7, 99.1, 38.1, 4.65, 15.15, 2.5),
        Sheet("3x7", gettext_lazy("3 × 7 labels of 63.5 × 38.1 mm"), 3, 7, 63.5, 38.1, 7.2, 15.15, 2.55),
        Sheet("2x8", gettext_lazy("2 × 8 labels of 105 × 37 mm"), 2, 8, 105, 37, 0, 0.5),
    )
}
_PADDING_MM = 4.0
_POINT_MM = 25.4 / 72
_LEADING = 1.2
#: How wide letters are in DejaVu Sans, the widest of our fonts, as a share of its size; rounded up.
_WIDTHS = dict.fromkeys("iljI|'’.,:;!", 0.33) | dict.fromkeys("mwMW%@", 0.99) | dict.fromkeys("tfr() -", 0.42)
_BOLD = 1.14
_SIZES = (10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6)


@dataclass(frozen=True)
class Label:
    """One address on a sheet: where it stands and begins (mm), its lines, the size (pt) at which all of it fits."""

    left: float
    top: float
    lines: tuple[str, ...]
    size: float
    above: float


def text_size(lines: Sequence[str], sheet: Sheet) -> float:
    """The biggest size in points at which an address fits a label; the smallest there is, for a very long one."""
    for size in _SIZES:
        if _height(lines, sheet, size) <= sheet.height - 2 * _PADDING_MM:
            return size
    return _SIZES[-1]


def fits(lines: Sequence[str], sheet: Sheet) -> bool:
    """Whether an address fits a label at the smallest size at least."""
    return _height(lines, sheet, _SIZES[-1]) <= sheet.height - 2 * _PADDING_MM


def _height(lines: Sequence[str], sheet: Sheet, size: float) -> float:
    """How high an address stands in millimetres, lines broken at words; the first is bold."""
    room = (sheet.width - 2 * _PADDING_MM) / (size * _POINT_MM)
    first, *others = lines or ("",)
    count = _broken(first, room / _BOLD) + sum(_broken(line, room) for line in others)
    return count * size * _POINT_MM * _LEADING


def _broken(line: str, room: float) -> int:
    """Into how many lines a line is broken, where one is `room` times the size of its letters wide."""
    count, used = 1, 0.0
    for word in line.split():
        width = sum(_WIDTHS.get(letter, 0.71 if letter.isupper() else 0.64) for letter in word)
        if used and used + _WIDTHS[" "] + width > room:
            count, used = count + 1, 0.0
        while width > room:
            count, width = count + 1, width - room
        used += width + (_WIDTHS[" "] if used else 0)
    return count


def lines_taken(text: str, *, width: float, size: float, bold: bool = False) -> int:
    """On how many lines a text of `size` points stands, broken at words, where one is `width` mm wide."""
    return _broken(text, width / (size * _POINT_MM * (_BOLD if bold else 1)))


def fitting_size(text: str, *, width: float, lines: int, sizes: Sequence[float]) -> float:
    """The biggest of `sizes` (pt, biggest first) at which a bold text takes at most `lines` lines of `width` mm.

    The smallest where none does: it is broken into more lines then.
    """
    for size in sizes:
        if _broken(text, width / (size * _POINT_MM * _BOLD)) <= lines:
            return size
    return sizes[-1]


def labels_html(people: Iterable[Contact], *, sheet: Sheet, start: int = 1) -> str:
    """Sheets of labels in the order given; `start` is the first free place of the first sheet, counted from 1."""
    placed: list[Label | None] = [None] * (start - 1)
    for contact in people:
        lines = addressee(contact, short=True).lines
        left, top = sheet.position(len(placed) % sheet.places)
        size = text_size(lines, sheet)
        above = max(_PADDING_MM, round((sheet.height - _height(lines, sheet, size)) / 2, 1))
        placed.append(Label(left, top, lines, size, above))
    pages = [
        [label for label in placed[first : first + sheet.places] if label is not None]
        for first in range(0, len(placed), sheet.places)
    ]
    context = {"pages": pages, "sheet": sheet, "padding": _PADDING_MM, "leading": _LEADING}
    with translation.override("fr"):
        return render_to_string("mailing/paper/labels.html", context)


# Letters -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class PaperLetter:
    """One letter: to whom, and its words with every placeholder filled. `body` is safe HTML.

    `reference` is the number under which the sender keeps it, in words. A body may hold one `.answer`: a square code
    (an inline SVG of class "qr") and a paragraph beside it.
    """

    language: str
    to: Addressee
    dated: str
    subject: str
    salutation: str
    body: SafeString
    closing: str
    reference: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the address needs smaller letters to stand in the window."""
        return sum(_broken(line, 80 / (10.5 * _POINT_MM)) for line in self.to.lines) > 8


def letter_html(letter: PaperLetter, *, letterhead: str, address: str, signatory: str, function: str) -> str:
    """A letter on A4, the address where a window envelope shows it."""
    context = {
        "letter": letter,
        "band": SafeString(band_svg("djenne").replace("currentColor", "#5a4433")),
        "letterhead": letterhead,
        "address": address,
        "signatory": signatory,
        "function": function,
    }
    return render_to_string("mailing/paper/letter.html", context)
