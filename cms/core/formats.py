"""Dates, numbers, money and sizes in the words of the reader's language (French first, CLDR through Babel).

Pure functions of a value and a language code, shared by templates, mails, PDF and exports.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from django.conf import settings
from django.utils.translation import get_language

NBSP = "\u00a0"
# What a phone on 3G gets in practice, in bytes a second (1 Mbit/s): used for "about 3 min on 3G".
BYTES_PER_SECOND_3G = 125_000


def language_of(language: str | None = None) -> str:
    """Return `language`, else the active one, else the site's, as a two-letter code."""
    return (language or get_language() or settings.LANGUAGE_CODE).split("-")[0]


def _locale(language: str | None) -> Locale:
    code = language_of(language)
    try:
        # British dates: the day before the month, as in French.
        return Locale.parse("en_GB" if code == "en" else code)
    except UnknownLocaleError:
        return Locale.parse("fr")


def local(value: dt.datetime, zone: str | None = None) -> dt.datetime:
    """Return an aware datetime in `zone` (default: the site's, Africa/Bamako)."""
    return value.astimezone(ZoneInfo(zone or settings.TIME_ZONE))


def day(value: dt.date | dt.datetime, language: str | None = None, *, weekday: bool = True) -> str:
    """Return "mardi 5 février 2019"; a datetime is first put in the site's zone."""
    if isinstance(value, dt.datetime):
        value = local(value).date()
    locale = _locale(language)
    words = format_date(value, "EEEE d MMMM y" if weekday else "d MMMM y", locale=locale)
    if locale.language == "fr" and value.day == 1:
        words = words.replace(" 1 ", " 1er ", 1) if weekday else words.replace("1 ", "1er ", 1)
    return words


def clock_time(value: dt.datetime | dt.time, language: str | None = None) -> str:
    """Return "10 h 00" (no-break spaces) in French, "10:00" elsewhere."""
    if isinstance(value, dt.datetime):
        value = local(value).time()
    if language_of(language) == "fr":
        return f"{value.hour}{NBSP}h{NBSP}{value.minute:02d}"
    return format_time(value, "HH:mm", locale=_locale(language))


def long_date(value: dt.datetime | dt.date, language: str | None = None, *, zone: str | None = None) -> str:
    """Return "mardi 5 février 2019 à 10 h 00", or the day alone for a plain date."""
    if not isinstance(value, dt.datetime):
        return day(value, language)
    value = local(value, zone)
    joint = {"fr": " à ", "en": " at "}.get(language_of(language), ", ")
    return day(value.date(), language) + joint + clock_time(value.time(), language)


def zoned_date(value: dt.datetime, language: str | None = None) -> str:
    """Return "mardi 5 février 2019 à 10 h 00 GMT": the site's time, and by which clock ("CET", "UTC+03")."""
    name = local(value).tzname() or ""
    # Zones that have no letters of their own are called "+03" in the tz database.
    return f"{long_date(value, language)} {'UTC' if name[:1] in ('+', '-') else ''}{name}"


def is_bamako_time() -> bool:
    """Whether the site's clock is the one of Bamako, so that an hour may be said to be Bamako's."""
    return settings.TIME_ZONE == "Africa/Bamako"


def short_moment(value: dt.datetime, language: str | None = None) -> str:
    """Return "28 nov. 2026, 10 h 00", where there is little room."""
    value = local(value)
    return f"{format_date(value.date(), 'd MMM y', locale=_locale(language))}, {clock_time(value.time(), language)}"


def period(start: dt.datetime, end: dt.datetime | None, language: str | None = None) -> str:
    """Return one sentence for a span: "mardi 5 février 2019, de 10 h 00 à 12 h 00", or two long dates."""
    if end is None or end <= start:
        return long_date(start, language)
    french = language_of(language) == "fr"
    first, last = local(start), local(end)
    if first.date() == last.date():
        hours = clock_time(first.time(), language), clock_time(last.time(), language)
        return day(first.date(), language) + (
            f", de {hours[0]} à {hours[1]}" if french else f", {hours[0]} to {hours[1]}"
        )
    words = long_date(start, language), long_date(end, language)
    return f"du {words[0]} au {words[1]}" if french else f"{words[0]} to {words[1]}"


def month_abbreviated(value: dt.date | dt.datetime, language: str | None = None) -> str:
    """Return the short month of a calendar leaf: "févr.", "Feb"."""
    if isinstance(value, dt.datetime):
        value = local(value).date()
    return format_date(value, "MMM", locale=_locale(language))


def weekday_abbreviated(value: dt.date | dt.datetime, language: str | None = None) -> str:
    """Return the short weekday of a calendar leaf: "mar.", "Tue"."""
    if isinstance(value, dt.datetime):
        value = local(value).date()
    return format_date(value, "EEE", locale=_locale(language))


def number(value: float | Decimal, language: str | None = None, *, digits: int | None = None) -> str:
    """Return a number with its groups apart by no-break spaces in French; `digits` fixes the decimals."""
    pattern = "#,##0.###" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, format=pattern, locale=_locale(language))


def percent(value: float | Decimal, language: str | None = None, *, digits: int = 2) -> str:
    """Return "86,63 %" for 86.63 (French no-break space), "86.63%" in English."""
    space = NBSP if language_of(language) == "fr" else ""
    return f"{number(value, language, digits=digits)}{space}%"


def fcfa(value: int, language: str | None = None) -> str:
    """Return whole francs: "55 700 000 FCFA" with no-break spaces."""
    return f"{number(value, language)}{NBSP}FCFA"


def filesize(size: int, language: str | None = None) -> str:
    """Return a size in decimal units: "2,4 Mo", "840 ko" in French, "2.4 MB" in English."""
    units = ("octets", "ko", "Mo", "Go") if language_of(language) == "fr" else ("bytes", "kB", "MB", "GB")
    amount, unit = float(size), units[0]
    for unit in units:
        if amount < 999.5 or unit == units[-1]:
            break
        amount /= 1000
    digits = 1 if unit in units[2:] and amount < 100 else 0
    rounded = round(amount, digits)
    if digits and rounded == int(rounded):
        digits = 0
    return f"{number(rounded, language, digits=digits)}{NBSP}{unit}"


def playing_time(seconds: float) -> str:
    """How long a sound or film plays: "45 s", "13 min 05 s", "1 h 02 min"."""
    whole = max(1, round(seconds))
    if whole < 60:
        return f"{whole}\u202fs"
    if whole < 3600:
        return f"{whole // 60}\u202fmin {whole % 60:02d}\u202fs"
    return f"{whole // 3600}\u202fh {whole % 3600 // 60:02d}\u202fmin"


def time_on_3g(size: int, language: str | None = None) -> str:
    """Return how long a download takes on 3G, in round words: "environ 3 min en 3G"."""
    french = language_of(language) == "fr"
    seconds = size / BYTES_PER_SECOND_3G
    if seconds < 10:
        span = f"10{NBSP}s"
        return f"moins de {span} en 3G" if french else f"under {span} on 3G"
    if seconds < 55:
        span = f"{round(seconds / 10) * 10 or 10}{NBSP}s"
    elif seconds < 55 * 60:
        span = f"{max(1, round(seconds / 60))}{NBSP}min"
    else:
        hours, minutes = divmod(round(seconds / 300) * 5, 60)
        span = f"{hours}{NBSP}h" + (f"{NBSP}{minutes:02d}" if minutes else "")
    return f"environ {span} en 3G" if french else f"about {span} on 3G"


_FRENCH_SPACE = re.compile(r"(?<=«) | (?=[:;!?»])")


def french_spaces(text: str) -> str:
    """Keep the spaces that French sets before ":", ";", "!", "?" and inside « » from ending a line."""
    return _FRENCH_SPACE.sub("\u00a0", text)


class _Text(HTMLParser):
    """Rich text to plain text: paragraphs apart, list items marked, links followed by their address."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.href: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self.parts.append("\n- ")
        elif tag == "br":
            self.parts.append("\n")
        elif tag == "a":
            self.href.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "h2", "h3", "h4", "ul", "ol"):
            self.parts.append("\n\n")
        elif tag == "a" and self.href:
            address = self.href.pop()
            if address.startswith("http"):
                self.parts.append(f" ({address})")

    def handle_data(self, data: str) -> None:
        self.parts.append(re.sub(r"[ \t\r\n]+", " ", data))


def plain(markup: str) -> str:
    """Rich text as plain text."""
    parser = _Text()
    parser.feed(markup)
    parser.close()
    text = "".join(parser.parts)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" *\n *", "\n", text)).strip()
