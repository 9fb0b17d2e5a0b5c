"""From events to calendar entries. Shared calendars hold public words and addresses only, no personal link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import recurrence

from events.ical.text import Entry, calendar
from events.models import Event, EventPage, Occurrence
from events.validators import expand, serialise_rule, to_utc

HOST = "kunnafoni"
_WALL = "%Y%m%dT%H%M%S"


def uid(value: Any) -> str:
    """A UID that never changes, whatever the site's address becomes."""
    return f"{value}@{HOST}"


def _wall(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=None) if at is not None else None


def _words(event: Event, page: EventPage) -> dict[str, Any]:
    return {
        "zone": event.zone,
        "whole_day": event.whole_day,
        "summary": page.title,
        "description": page.summary,
        "url": page.public_url,
        "categories": (str(event.get_kind_display()),),
    }


def _location(event: Event, place: str) -> str:
    return ", ".join(part for part in (place, event.address) if part)


def _rule_text(event: Event) -> str:
    """RRULE of the event: UNTIL is UTC where DTSTART has a zone (RFC 5545 erratum 4414), a date for whole days."""
    if event.rule is None or not event.rule.rrules:
        return ""
    text = serialise_rule(recurrence.Recurrence(rrules=event.rule.rrules, include_dtstart=False))
    pieces = []
    for piece in text.removeprefix("RRULE:").split(";"):
        if piece.startswith("UNTIL="):
            until = datetime.strptime(piece[6:21], _WALL)
            if event.whole_day:
                piece = f"UNTIL={until:%Y%m%d}"
            else:
                # A last date without an hour includes that day.
                last = until if until.time() != time(0) else until + timedelta(days=1, seconds=-1)
                piece = f"UNTIL={to_utc(last, event.zone):%Y%m%dT%H%M%SZ}"
        pieces.append(piece)
    return ";".join(pieces)


def _single(event: Event, row: Occurrence, page: EventPage, *, identity: Any) -> Entry:
    return Entry(
        uid=uid(identity),
        sequence=event.sequence + row.sequence,
        stamp=max(event.updated_at, row.updated_at),
        start=row.local_start.replace(tzinfo=None),
        end=_wall(row.local_end),
        location=_location(event, row.place),
        state="cancelled" if row.is_cancelled else event.state,
        **_words(event, page),
    )


def entries_of(event: Event, rows: Iterable[Occurrence], page: EventPage) -> list[Entry]:
    """The entries of one event: a series with its exceptions, or its one date.

    A date cancelled or moved is its own entry with RECURRENCE-ID. A date that the rule does not give (added by
    hand, or kept from an older rule) is an entry apart, because calendar programs ignore RDATE.
    """
    starts, found = event.starts, list(rows)
    for row in found:
        row.event = event
    if starts is None:
        return []
    rule = _rule_text(event)
    if not rule:
        identity = event.uid if not event.repeats else None
        return [_single(event, row, page, identity=identity or row.uid) for row in found]
    last = max([datetime.strptime(row.recurrence_id, _WALL) for row in found], default=starts)
    given = set(expand(event.rule, starts, until=last)) - set(event.rule.rdates if event.rule else ())
    left_out = tuple(
        datetime.combine(at.date(), starts.time()) for at in (event.rule.exdates if event.rule else ())
    )
    length = event.length
    master = Entry(
        uid=uid(event.uid),
        sequence=event.sequence,
        stamp=event.updated_at,
        start=starts,
        end=starts + length if length is not None else None,
        location=_location(event, event.place_name),
        state=event.state,
        rule=rule,
        left_out=left_out,
        **_words(event, page),
    )
    entries = [master]
    for row in found:
        original = datetime.strptime(row.recurrence_id, _WALL)
        one = _single(event, row, page, identity=event.uid)
        if original not in given:
            entries.append(_single(event, row, page, identity=row.uid))
        elif not event.is_cancelled and (row.is_moved or row.is_cancelled or row.place_name):
            entries.append(Entry(**{**one.__dict__, "instead_of": original}))
    return entries


def event_calendar(event: Event, rows: Iterable[Occurrence], page: EventPage) -> bytes:
    """`event.ics` of an event's page."""
    return calendar(entries_of(event, rows, page))


def occurrence_calendar(row: Occurrence, *, title: str, url: str) -> bytes:
    """The calendar file of a registered person: their date alone, without their link."""
    event = row.event
    entry = Entry(
        uid=uid(event.uid if not event.repeats else row.uid),
        sequence=event.sequence + row.sequence,
        stamp=max(event.updated_at, row.updated_at),
        start=row.local_start.replace(tzinfo=None),
        end=_wall(row.local_end),
        zone=event.zone,
        whole_day=event.whole_day,
        summary=title,
        location=_location(event, row.place),
        url=url,
        state="cancelled" if row.is_cancelled else event.state,
    )
    return calendar([entry])


def agenda_calendar(found: Iterable[tuple[Event, list[Occurrence], EventPage]], *, name: str) -> bytes:
    """`events.ics` of the agenda, for subscribing to."""
    return calendar(
        (entry for event, rows, page in found for entry in entries_of(event, rows, page)), name=name
    )


def letter_calendar(values: Mapping[str, Any], *, stamp: datetime) -> bytes:
    """The attachment of a mail, from the delivery's own values: a second attempt has the same bytes."""
    facts = values["calendar"]
    identity = facts["uid"]
    dashed = "-".join((identity[:8], identity[8:12], identity[12:16], identity[16:20], identity[20:]))
    entry = Entry(
        uid=uid(dashed),
        sequence=int(facts["sequence"]),
        stamp=stamp.astimezone(UTC),
        start=datetime.strptime(facts["start"], _WALL),
        end=datetime.strptime(facts["end"], _WALL) if facts["end"] else None,
        zone=facts["zone"],
        whole_day=bool(facts["whole_day"]),
        summary=values["title"],
        location=", ".join(part for part in (values["place"], values["address"]) if part),
        url=values["event_url"],
        state=facts["state"],
    )
    return calendar([entry])
