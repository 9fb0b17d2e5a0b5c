"""Lengths, hours and amounts as people write them in a press review."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cms.core import clock, formats

_CLOCKED = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})")
_SPOKEN = re.compile(
    r"(?:(\d{1,2}) ?(?:h|heures?|hours?))? ?(?:(\d{1,3}) ?(?:mins?|mn|minutes?|')(?: ?(\d{1,2})$)?)?"
    r' ?(?:(\d{1,5}) ?(?:s|sec|secs|secondes?|seconds?|"|\'\'))?'
)
_HOUR = re.compile(r"(\d{1,2}) ?(?:h|:) ?(\d{2})?")
_FRENCH_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
MOST_SECONDS = 24 * 3600
#: Independence: nothing in a press review of ours is older.
OLDEST = date(1960, 1, 1)
MOST_PEOPLE = 8_000_000_000


def parse_duration(text: str) -> int:
    """Seconds of « 1:30 », « 1 min 30 », « 45 s », « 1 h 05 min », "00:02:30". A bare number says no unit: refused."""
    value = re.sub(r"[\s\u00a0\u202f]+", " ", text.strip().lower()).replace("’", "'").replace("″", '"')
    hours = minutes = seconds = 0
    if found := _CLOCKED.fullmatch(value):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
    elif value and not value.isdecimal() and (found := _SPOKEN.fullmatch(value)):
        hours, minutes = int(found[1] or 0), int(found[2] or 0)
        seconds = int(found[3] or found[4] or 0)
    total = hours * 3600 + minutes * 60 + seconds
    if not 0 < total <= MOST_SECONDS:
        raise ValidationError(
            _("Write a length like 1:30 (minutes and seconds), 45 s or 2 min 30."), code="duration"
        )
    return total


def duration_words(seconds: int | None) -> str:
    """« 2 min 30 s », as it is read and as it may be entered again."""
    if not seconds:
        return ""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [(hours, "h"), (minutes, "min"), (left, "s")]
    return " ".join(f"{number}\u00a0{unit}" for number, unit in parts if number)


def parse_hours(text: str) -> list[time]:
    """The hours of « 7 h 15, 12 h 45 et 19:30 », in order, each once. Raises ValidationError."""
    found: set[time] = set()
    for part in re.split(r"\s*(?:,|;|\bet\b|\band\b|\n)\s*", text.strip()):
        if not part:
            continue
        match = _HOUR.fullmatch(part.strip().lower())
        hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
        if hour > 23 or minute > 59:
            raise ValidationError(
                _("Write hours like 7 h 15, 12 h 45, 19:30; not “%(word)s”.") % {"word": part[:30]},
                code="hours",
            )
        found.add(time(hour, minute))
    return sorted(found)


def hours_words(hours: list[time]) -> str:
    """« 7 h 15, 12 h 45 », as they are kept."""
    return ", ".join(f"{one.hour} h {one.minute:02d}" for one in hours)


def clean_hours(text: str) -> None:
    """For a model's field: `parse_hours` must read it."""
    parse_hours(text)


def parse_date(text: str) -> date:
    """A day as 2026-11-27 or 27/11/2026: day before month, as French is written. Raises ValidationError."""
    value = text.strip()
    found = _ISO_DATE.fullmatch(value)
    parts = found.groups() if found else ()
    if found := _FRENCH_DATE.fullmatch(value):
        parts = found.groups()[::-1]
    try:
        return date(*(int(part) for part in parts))
    except (TypeError, ValueError):
        raise ValidationError(
            _("Write a date like 27/11/2026; not “%(word)s”.") % {"word": value[:30]}, code="date"
        ) from None


def past_day(day: date) -> date:
    """A day on which something can have been said; where it is tomorrow already, tomorrow. Raises ValidationError.

    One slip of the year (2062) would head the list of years, and the report that opens first would be empty.
    """
    if not OLDEST <= day <= formats.local(clock.now()).date() + timedelta(days=1):
        raise ValidationError(
            _("Nothing can have been said on %(day)s: check the year.") % {"day": f"{day:%d/%m/}{day.year}"},
            code="said_date",
        )
    return day


def parse_past_day(text: str) -> date:
    """As `parse_date`, of a day on which something can have been said. Raises ValidationError."""
    return past_day(parse_date(text))


def parse_count(text: str) -> int:
    """A whole number with spaces or dots between thousands: « 120 000 ». Raises ValidationError."""
    digits = re.sub(r"[\s\u00a0\u202f]|[.,](?=\d{3}(?!\d))", "", text)
    if not digits.isdecimal() or not digits.isascii() or len(digits) > 12 or int(digits) > MOST_PEOPLE:
        raise ValidationError(
            _("Write a whole number like 120 000; not “%(word)s”.") % {"word": text[:30]}, code="count"
        )
    return int(digits)
