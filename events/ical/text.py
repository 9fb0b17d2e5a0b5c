"""Entries as iCalendar text: escaping, folding at 75 octets, CRLF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from events.ical.zones import vtimezone

CONTENT_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Kunnafoni//Agenda//FR"
STATUS = {"provisional": "TENTATIVE", "confirmed": "CONFIRMED", "cancelled": "CANCELLED"}


@dataclass(frozen=True)
class Request:
    """What a mail asks of one person's calendar (iTIP, RFC 5546): `method` is REQUEST or CANCEL.

    `organizer` and `attendee` are (name, address); `answer` is the PARTSTAT that we know of.
    """

    method: str
    organizer: tuple[str, str]
    attendee: tuple[str, str]
    answer: str = "NEEDS-ACTION"

    def lines(self) -> list[str]:
        rsvp = "TRUE" if self.answer == "NEEDS-ACTION" else "FALSE"
        about = f"ROLE=REQ-PARTICIPANT;PARTSTAT={self.answer};RSVP={rsvp}"
        return [
            f"ORGANIZER;CN={_quoted(self.organizer[0])}:mailto:{self.organizer[1]}",
            f"ATTENDEE;CN={_quoted(self.attendee[0])};{about}:mailto:{self.attendee[1]}",
        ]


def _quoted(text: str) -> str:
    """A parameter's value in quotation marks, which hold none themselves (RFC 5545, 3.2)."""
    plain = "".join(char for char in text if ord(char) >= 32 and ord(char) != 127).replace('"', "'")
    return f'"{plain}"'


@dataclass(frozen=True)
class Entry:
    """One VEVENT. `start` and `end` are wall times of `zone`; for whole days their dates count, end exclusive."""

    uid: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime | None
    zone: str
    summary: str
    whole_day: bool = False
    description: str = ""
    location: str = ""
    url: str = ""
    state: str = "confirmed"
    categories: tuple[str, ...] = ()
    rule: str = ""
    left_out: tuple[datetime, ...] = ()
    instead_of: datetime | None = None
    asks: Request | None = None


def escape(text: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11)."""
    text = "".join(char for char in text if char in "\n\t" or ord(char) >= 32)
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def fold(line: str) -> str:
    """Fold a content line at 75 octets, never inside a character (RFC 5545, 3.1)."""
    pieces, current, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            pieces.append(current)
            current, size = " ", 1
        current += char
        size += width
    return "\r\n".join([*pieces, current])


def _moment(name: str, at: datetime | date, entry: Entry) -> str:
    if entry.whole_day:
        return f"{name};VALUE=DATE:{at:%Y%m%d}"
    return f"{name};TZID={entry.zone}:{at:%Y%m%dT%H%M%S}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _vevent(entry: Entry) -> list[str]:
    end = entry.end
    if entry.whole_day and (end is None or end.date() <= entry.start.date()):
        end = entry.start + timedelta(days=1)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{_utc(entry.stamp)}",
        f"LAST-MODIFIED:{_utc(entry.stamp)}",
        f"SEQUENCE:{entry.sequence}",
    ]
    if entry.instead_of is not None:
        lines.append(_moment("RECURRENCE-ID", entry.instead_of, entry))
    lines.append(_moment("DTSTART", entry.start, entry))
    if end is not None:
        lines.append(_moment("DTEND", end, entry))
    if entry.rule:
        lines.append(f"RRULE:{entry.rule}")
    lines += [_moment("EXDATE", at, entry) for at in entry.left_out]
    lines.append(f"SUMMARY:{escape(entry.summary)}")
    if entry.description:
        lines.append(f"DESCRIPTION:{escape(entry.description)}")
    if entry.location:
        lines.append(f"LOCATION:{escape(entry.location)}")
    if entry.url:
        lines.append(f"URL:{entry.url}")
    if entry.categories:
        lines.append("CATEGORIES:" + ",".join(escape(one) for one in entry.categories))
    if entry.asks is not None:
        lines += entry.asks.lines()
    lines.append(f"STATUS:{STATUS[entry.state]}")
    if entry.whole_day:
        lines.append("TRANSP:TRANSPARENT")
    return [*lines, "END:VEVENT"]


def calendar(entries: Iterable[Entry], *, name: str = "") -> bytes:
    """A complete iCalendar object: each zone once, every line folded and ended by CRLF."""
    found = list(entries)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{PRODUCT}", "CALSCALE:GREGORIAN"]
    if method := next((entry.asks.method for entry in found if entry.asks is not None), ""):
        lines.append(f"METHOD:{method}")
    if name:
        lines += [f"NAME:{escape(name)}", f"X-WR-CALNAME:{escape(name)}"]
        lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT6H", "X-PUBLISHED-TTL:PT6H"]
    years: dict[str, list[int]] = {}
    for entry in found:
        if not entry.whole_day:
            years.setdefault(entry.zone, []).extend((entry.start.year, (entry.end or entry.start).year))
    for zone in sorted(years):
        lines += vtimezone(zone, min(years[zone]), max(years[zone]))
    for entry in found:
        lines += _vevent(entry)
    lines.append("END:VCALENDAR")
    return ("\r\n".join(fold(line) for line in lines) + "\r\n").encode()
