"""VEVENTs into what an event is made of: wall times of one zone, a rule that we can keep, plain words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

import recurrence
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.imports.text import Component, Line, Unreadable, components
from events.validators import check_rule, local, parse_rule, serialise_rule, to_utc, validate_zone

LIMIT = 200  # events of one calendar
MAX_INSTEAD = 200  # dates of one series that are otherwise
_MOMENT = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$")
_UNTIL = re.compile(r"(UNTIL=)(\d{8}T\d{6}Z)")
_LENGTH = re.compile(
    r"^\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$"
)
_STATES = {"TENTATIVE": "provisional", "CANCELLED": "cancelled"}


class Wrong(Exception):
    """Why an entry cannot be taken; a sentence for an officer."""


@dataclass(frozen=True)
class Instead:
    """A date of a series that is otherwise: wall times of the event's zone; `original` is what the rule gave."""

    original: str
    starts: str
    ends: str
    place: str
    cancelled: bool


@dataclass
class Brought:
    """An event of another calendar. Dates and hours are ISO texts in the wall time of `zone`; `rule` is our text."""

    uid: str
    title: str = ""
    description: str = ""
    place: str = ""
    url: str = ""
    zone: str = ""
    starts: str = ""
    ends: str = ""
    whole_day: bool = False
    rule: str = ""
    state: str = "confirmed"
    instead: list[Instead] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """The same for the same content, whatever the order of lines and the stamps."""
        said = {name: value for name, value in asdict(self).items() if name not in ("errors", "notes")}
        return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def first(self) -> datetime:
        return datetime.fromisoformat(self.starts)

    @property
    def last(self) -> datetime | None:
        """The end as a wall time; for whole days the midnight after. None where no end is announced."""
        return datetime.fromisoformat(self.ends) if self.ends else None


def zone_of(name: str) -> str:
    """The IANA zone that a TZID means (also as Outlook and Mozilla write it). Raises Wrong."""
    name = name.strip()
    pieces = name.strip("/").split("/")
    for candidate in (name, WINDOWS_TO_OLSON.get(name, ""), "/".join(pieces[-2:]), "/".join(pieces[-3:])):
        try:
            validate_zone(candidate)
        except ValidationError:
            continue
        if candidate:
            return candidate
    raise Wrong(_("We do not know its time zone: %(zone)s.") % {"zone": name[:60]})


def _moment(text: str) -> tuple[datetime, bool, bool]:
    """A DATE or DATE-TIME as (naive, is a whole day, is UTC). Raises Wrong."""
    match = _MOMENT.match(text.strip())
    try:
        if match is None:
            raise ValueError(text)
        year, month, day, hour, minute, second, utc = match.groups()
        at = datetime.combine(date(int(year), int(month), int(day)), time(0))
        if hour is not None:
            # A leap second is the second before.
            at = at.replace(hour=int(hour), minute=int(minute), second=min(int(second), 59))
    except ValueError as error:
        raise Wrong(_("A date cannot be read: %(text)s.") % {"text": text[:40]}) from error
    if not 1970 <= at.year <= 2100:
        raise Wrong(_("A date is too far away: %(text)s.") % {"text": text[:40]})
    return at, hour is None, bool(utc)


def _wall(text: str, params: dict[str, str], zone: str) -> datetime:
    """A moment as wall time of `zone`."""
    at, whole, utc = _moment(text)
    if whole:
        return at
    if utc:
        return local(at.replace(tzinfo=UTC), zone).replace(tzinfo=None)
    written = params.get("TZID", "")
    if written and (other := zone_of(written)) != zone:
        return local(to_utc(at, other), zone).replace(tzinfo=None)
    return at


def _walls(lines: list[Line], zone: str) -> list[datetime]:
    # Of a period its start.
    values = [
        (piece.partition("/")[0], line.params) for line in lines for piece in line.value.split(",") if piece
    ]
    return sorted({_wall(text, params, zone) for text, params in values})


def _length(text: str) -> timedelta:
    match = _LENGTH.match(text.strip())
    if match is None:
        raise Wrong(_("Its length cannot be read: %(text)s.") % {"text": text[:40]})
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _end(event: Component, starts: datetime, whole: bool, zone: str) -> datetime | None:
    line = event.first("DTEND")
    if line is not None:
        ends: datetime | None = _wall(line.value, line.params, zone)
    elif (line := event.first("DURATION")) is not None:
        ends = starts + _length(line.value)
    else:
        ends = None
    if whole:
        return max(ends or starts, starts + timedelta(days=1))
    if ends is not None and ends < starts:
        raise Wrong(_("It ends before it starts."))
    return ends if ends != starts else None


def _zone(line: Line, calendar_zone: str) -> str:
    """The zone in which an event is kept: its own; the calendar's or the site's for UTC and floating times."""
    written = line.params.get("TZID", "")
    if written:
        return zone_of(written)
    return calendar_zone or settings.TIME_ZONE


def _rule(event: Component, zone: str, starts: datetime) -> str:
    """Its repetition as our text, checked. Raises Wrong, ValidationError."""
    rules = event.every("RRULE")
    if len(rules) > 1 or event.every("EXRULE"):
        raise Wrong(_("It repeats by several rules at once: we keep one."))
    rule = recurrence.Recurrence(include_dtstart=False)
    if rules:
        text = _UNTIL.sub(
            lambda m: m[1] + _wall(m[2], {}, zone).strftime("%Y%m%dT%H%M%SZ"), rules[0].value.strip().upper()
        )
        rule.rrules = parse_rule(f"RRULE:{text}").rrules
    rule.rdates = [at for at in _walls(event.every("RDATE"), zone) if at != starts]
    rule.exdates = _walls(event.every("EXDATE"), zone) if rules else []
    if not rule.rrules and not rule.rdates:
        return ""
    check_rule(rule, starts)
    return serialise_rule(rule)


def _address(text: str) -> str:
    """An http(s) address, or nothing: no other scheme is ever kept."""
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return ""
    return text.strip()[:200] if parts.scheme in ("http", "https") and parts.hostname else ""


def _words(event: Component, brought: Brought) -> None:
    brought.title = " ".join(event.text("SUMMARY").split())[:255]
    brought.description = strip_tags(event.text("DESCRIPTION"))[:5000].strip()
    brought.place = " ".join(event.text("LOCATION").split())[:200]
    written = event.text("URL")
    brought.url = _address(written)
    if written and not brought.url:
        brought.notes.append(_("Its link is left out: it is no address of the web."))
    brought.state = _STATES.get(event.text("STATUS").upper(), "confirmed")
    if not brought.title:
        raise Wrong(_("It has no title."))


def _times(event: Component, brought: Brought, calendar_zone: str) -> None:
    line = event.first("DTSTART")
    if line is None:
        raise Wrong(_("It has no date."))
    brought.zone = _zone(line, calendar_zone)
    starts = _wall(line.value, line.params, brought.zone)
    brought.whole_day = _moment(line.value)[1]
    ends = _end(event, starts, brought.whole_day, brought.zone)
    brought.starts, brought.ends = starts.isoformat(), ends.isoformat() if ends else ""
    if (ends or starts) - starts > timedelta(days=400):
        raise Wrong(_("It lasts too long."))
    brought.rule = _rule(event, brought.zone, starts)


def _instead(event: Component, brought: Brought) -> Instead:
    line, start = event.first("RECURRENCE-ID"), event.first("DTSTART")
    if line is None or start is None:
        raise Wrong(_("It has no date."))
    starts = _wall(start.value, start.params, brought.zone)
    ends = _end(event, starts, brought.whole_day, brought.zone)
    return Instead(
        original=_wall(line.value, line.params, brought.zone).isoformat(),
        starts=starts.isoformat(),
        ends=ends.isoformat() if ends else "",
        place=" ".join(event.text("LOCATION").split())[:200],
        cancelled=event.text("STATUS").upper() == "CANCELLED",
    )


def _one(uid: str, events: list[Component], calendar_zone: str) -> Brought:
    brought = Brought(uid=uid)
    masters = [event for event in events if event.first("RECURRENCE-ID") is None]
    others = [event for event in events if event.first("RECURRENCE-ID") is not None]
    try:
        # Of several versions of one the latest.
        master = max(masters or events, key=lambda event: _number(event.text("SEQUENCE")))
        _words(master, brought)
        if not uid:
            raise Wrong(_("It has no identity (UID): it would come in again each time."))
        if not masters:
            raise Wrong(_("It is one date of a series that is not in this calendar."))
        _times(master, brought, calendar_zone)
        if len(others) > MAX_INSTEAD:
            raise Wrong(_("Too many of its dates are otherwise."))
        brought.instead = sorted((_instead(event, brought) for event in others), key=lambda one: one.original)
    except Wrong as error:
        brought.errors.append(str(error))
    except ValidationError as error:
        brought.errors += error.messages
    return brought


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _grouped(calendar: Component) -> Iterator[tuple[str, list[Component]]]:
    groups: dict[str, list[Component]] = {}
    for number, event in enumerate(one for one in calendar.inside if one.name == "VEVENT"):
        uid = event.text("UID")[:255]
        groups.setdefault(uid or f"\n{number}", []).append(event)
    yield from groups.items()


def read_calendar(data: bytes) -> list[Brought]:
    """The events of an `.ics`, each once, soonest first; what is wrong with one is in its `errors`.

    Raises Unreadable for what is no calendar, too big, or holds more than LIMIT events.
    """
    calendar = components(data)
    try:
        calendar_zone = zone_of(calendar.text("X-WR-TIMEZONE"))
    except Wrong:
        calendar_zone = ""
    groups = list(_grouped(calendar))
    if len(groups) > LIMIT:
        raise Unreadable(
            _("This calendar holds %(n)s events; %(max)s can be brought in at once.")
            % {"n": len(groups), "max": LIMIT}
        )
    if not groups:
        raise Unreadable(_("This calendar holds no event."))
    found = [_one(uid.strip("\n") if uid[0] != "\n" else "", events, calendar_zone) for uid, events in groups]
    return sorted(found, key=lambda one: (one.starts, one.title))
