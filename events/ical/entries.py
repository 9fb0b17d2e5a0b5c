"""From events to calendar entries. Shared calendars hold public words and addresses only, no personal link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import recurrence

from events.ical.text import Entry, Request, calendar
from events.models import Event, EventPage, Occurrence, Registration, RegistrationState
from events.validators import expand, local, serialise_rule, to_utc

HOST = "kunnafoni"
_WALL = "%Y%m%dT%H%M%S"
ALL = 50_000  # every date between two that are stored


def uid(value: Any) -> str:
    """A UID that never changes, whatever the site's address becomes."""
    return f"{value}@{HOST}"


def _wall(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=None) if at is not None else None


@dataclass(frozen=True)
class Series:
    """A rule with its first date: the event's present one, or that of a part of it that is closed."""

    uid: Any
    sequence: int
    zone: str
    whole_day: bool
    starts: datetime
    length: timedelta | None
    rule: recurrence.Recurrence | None
    place: str
    state: str


def _words(event: Event, page: EventPage) -> dict[str, Any]:
    return {
        "summary": page.title,
        "description": page.summary,
        "url": page.public_url,
        "categories": (str(event.get_kind_display()),),
    }


def _location(event: Event, place: str) -> str:
    """A place with its address: the event's address is that of the event's own place only."""
    return ", ".join(part for part in (place, event.address if place == event.place_name else "") if part)


def _rule_text(series: Series) -> str:
    """RRULE of a series: UNTIL is UTC where DTSTART has a zone (RFC 5545 erratum 4414), a date for whole days."""
    if series.rule is None or not series.rule.rrules:
        return ""
    text = serialise_rule(recurrence.Recurrence(rrules=series.rule.rrules, include_dtstart=False))
    pieces = []
    for piece in text.removeprefix("RRULE:").split(";"):
        if piece.startswith("UNTIL="):
            until = datetime.strptime(piece[6:21], _WALL)
            if series.whole_day:
                piece = f"UNTIL={until:%Y%m%d}"
            else:
                # A last date without an hour includes that day.
                last = until if until.time() != time(0) else until + timedelta(days=1, seconds=-1)
                piece = f"UNTIL={to_utc(last, series.zone):%Y%m%dT%H%M%SZ}"
        pieces.append(piece)
    return ";".join(pieces)


def _single(event: Event, row: Occurrence, page: EventPage, *, series: Series, identity: Any) -> Entry:
    return Entry(
        uid=uid(identity),
        sequence=series.sequence + row.sequence,
        stamp=max(event.updated_at, row.updated_at),
        start=local(row.starts_at, series.zone).replace(tzinfo=None),
        end=_wall(local(row.ends_at, series.zone)) if row.ends_at else None,
        zone=series.zone,
        whole_day=series.whole_day,
        location=_location(event, row.place),
        state="cancelled" if row.is_cancelled else series.state,
        **_words(event, page),
    )


def _parts(event: Event, found: list[Occurrence]) -> list[tuple[Series, list[Occurrence]]]:
    """The event's series, former ones first, each with its dates among `found`; a former one without any is left."""
    parts, left = [], found
    for period in event.periods.all():
        mine = [row for row in left if row.recurrence_id < period.ended_before]
        left = [row for row in left if row.recurrence_id >= period.ended_before]
        if mine:
            series = Series(
                uid=period.uid,
                sequence=period.sequence,
                zone=period.zone,
                whole_day=period.whole_day,
                starts=period.starts,
                length=period.length,
                rule=period.rule,
                place=period.place_name,
                state="confirmed",
            )
            parts.append((series, mine))
    if event.starts is not None:
        series = Series(
            uid=event.series,
            sequence=event.sequence,
            zone=event.zone,
            whole_day=event.whole_day,
            starts=event.starts,
            length=event.length,
            rule=event.rule,
            place=event.place_name,
            state=event.state,
        )
        parts.append((series, left))
    return parts


def entries_of(event: Event, rows: Iterable[Occurrence], page: EventPage) -> list[Entry]:
    """The entries of one event: its series with their exceptions, or its one date."""
    found = list(rows)
    for row in found:
        row.event = event
    return [entry for part, its in _parts(event, found) for entry in _entries_of(event, part, its, page)]


def _entries_of(event: Event, series: Series, found: list[Occurrence], page: EventPage) -> list[Entry]:
    """A series with its exceptions.

    A date cancelled, moved or elsewhere is its own entry with RECURRENCE-ID. A date that the rule does not give
    (added by hand, or kept from an older rule) is an entry apart, because calendar programs ignore RDATE.
    """
    rule, starts = _rule_text(series), series.starts
    if not rule:
        return _dates_apart(event, series, found, page)
    walls = [datetime.strptime(row.recurrence_id, _WALL) for row in found] or [starts]
    given = set(expand(series.rule, starts, since=min(walls), until=max(walls), limit=ALL))
    given -= set(series.rule.rdates if series.rule else ())
    excluded = series.rule.exdates if series.rule else ()
    master = Entry(
        uid=uid(series.uid),
        sequence=series.sequence,
        stamp=event.updated_at,
        start=starts,
        end=starts + series.length if series.length is not None else None,
        zone=series.zone,
        whole_day=series.whole_day,
        location=_location(event, series.place),
        state=series.state,
        rule=rule,
        left_out=tuple(datetime.combine(at.date(), starts.time()) for at in excluded),
        **_words(event, page),
    )
    entries = [master]
    for row, original in zip(found, walls, strict=False):
        if original not in given:
            entries.append(_single(event, row, page, series=series, identity=row.uid))
        elif not event.is_cancelled and (
            row.is_moved or row.is_cancelled or (row.place_name and row.place_name != series.place)
        ):
            one = _single(event, row, page, series=series, identity=series.uid)
            entries.append(replace(one, instead_of=original))
    return entries


def _dates_apart(event: Event, series: Series, found: list[Occurrence], page: EventPage) -> list[Entry]:
    """Dates without a rule. Of several (called off and set anew, or left of a former rule) the event's own date
    has its identity."""
    wall = series.starts.strftime(_WALL)
    own = next((row for row in found if row.recurrence_id == wall), found[0] if found else None)
    own = None if event.repeats else own
    entries, known = [], set()
    for row in found:
        # The date that was alone before others were added by hand keeps what calendars call it.
        identity = series.uid if row is own else row.told_as if event.repeats and row.told_as else row.uid
        entries.append(
            _single(event, row, page, series=series, identity=row.uid if identity in known else identity)
        )
        known.add(identity)
    return entries


def event_calendar(event: Event, rows: Iterable[Occurrence], page: EventPage) -> bytes:
    """`event.ics` of an event's page."""
    return calendar(entries_of(event, rows, page))


def _own(row: Occurrence, *, title: str, url: str, state: str = "") -> Entry:
    """A registered person's date alone: the identity that the mails about it have."""
    event = row.event
    return Entry(
        uid=uid(row.identity),
        sequence=event.sequence + row.sequence,
        stamp=max(event.updated_at, row.updated_at),
        start=row.local_start.replace(tzinfo=None),
        end=_wall(row.local_end),
        zone=event.zone,
        whole_day=event.whole_day,
        summary=title,
        location=_location(event, row.place),
        url=url,
        state="cancelled" if row.is_cancelled else state or event.state,
    )


def occurrence_calendar(row: Occurrence, *, title: str, url: str) -> bytes:
    """The calendar file of a registered person: their date alone, without their link."""
    return calendar([_own(row, title=title, url=url)])


def person_calendar(found: Iterable[tuple[Registration, str, str]], *, name: str) -> bytes:
    """All dates of a person, for subscribing to: registration, title and address each. A seat not sure is tentative."""
    return calendar(
        (
            _own(
                one.occurrence,
                title=title,
                url=url,
                state="" if one.state == RegistrationState.CONFIRMED else "provisional",
            )
            for one, title, url in found
        ),
        name=name,
    )


def agenda_calendar(found: Iterable[tuple[Event, list[Occurrence], EventPage]], *, name: str) -> bytes:
    """`events.ics` of the agenda, for subscribing to."""
    return calendar(
        (entry for event, rows, page in found for entry in entries_of(event, rows, page)), name=name
    )


def letter_calendar(
    values: Mapping[str, Any], *, stamp: datetime, asks: Mapping[str, Any] | None = None
) -> bytes:
    """The attachment of a mail, from the delivery's own values: a second attempt has the same bytes.

    `asks` are the fields of a Request, for a mail that changes one person's calendar.
    """
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
        state="cancelled" if asks and asks["method"] == "CANCEL" else facts["state"],
        asks=Request(**asks) if asks else None,
    )
    return calendar([entry])
