"""A series changed from one of its dates on: what was before stays as it was, in the tables and in calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _
from recurrence import Recurrence

from cms.core.actions import change_thing
from events.actions import seats
from events.actions.errors import AlreadyOver, NotTaken
from events.actions.events import cancel_event
from events.actions.occurrences import (
    WALL,
    end_registrations,
    materialise,
    place_at,
    take_with_dates,
    tell_moved,
    wall_of,
    when_columns,
)
from events.actions.periods import anniversary_in, close_period, freeze, reopened
from events.models import Event, Occurrence, OccurrenceState
from events.validators import check_rule, cut, expand, moved


@dataclass(frozen=True)
class Asked:
    """What a date and those after it become: wall times of the event's zone, its usual place and seats."""

    starts: datetime
    ends: datetime | None
    place_name: str
    capacity: int | None


@transaction.atomic
def change_following(
    *, occurrence: Occurrence, asked: Asked, whole: bool = False, reason: str = "", user: Any, now: datetime
) -> int:
    """Move a date and all after it (`whole`: all to come) by as much, and give them a place and seats.

    Returns how many dates changed; 0 where they are so already. Dates moved by hand keep their own hours. The dates
    before, past or to come, stay as they are, in calendars too. The people of each date that moves are told.
    Raises AlreadyOver, NotTaken (a date that the rule does not give), ValidationError (the rule cannot follow).
    """
    event, dates, row, starts = _found(occurrence, now=now)
    if event.is_cancelled or row.is_cancelled:
        raise AlreadyOver
    old = wall_of(row)
    first = _first(event, dates, row, whole=whole, now=now)
    later = [one for one in dates if wall_of(one) >= first]
    earlier = [one for one in dates if wall_of(one) < first]
    fresh, begins, goes = moved(cut(event.rule, starts, first)[1], first, old, asked.starts)
    if goes.get(old) != asked.starts:
        raise NotTaken
    _check(fresh, begins, earlier)
    changes = _changes(event, asked, begins, fresh)
    place: set[str] = {name for name in ("place_name", "capacity") if name in changes}
    if not place and not row.is_moved and (asked.starts, asked.ends) == (old, _end(event, old)):
        return 0
    places = {one.pk: one.place for one in later}
    if earlier:
        freeze(earlier, event, place, now=now)
        close_period(event, before=first, now=now)
        changes["series_uid"] = uuid4()
    changes["sequence"] = event.sequence + 1
    event = change_thing(event, action="event.following", changes=changes, user=user, now=now, reason=reason)
    told = _relay(event, later, goes, chosen=row, now=now)
    materialise(event=event, now=now)
    for one in later:
        one.event = event
        elsewhere = one.place != places[one.pk] and not one.is_cancelled
        if one.pk in told or elsewhere:
            tell_moved(one, reason=reason, now=now)
        seats.promote(one, now=now)
    return len(later)


def _check(rule: Recurrence, begins: datetime, earlier: list[Occurrence]) -> None:
    if earlier and begins <= wall_of(earlier[-1]):
        raise ValidationError(_("The new date would come before the one that precedes it."))
    check_rule(rule, begins)


def _found(occurrence: Occurrence, *, now: datetime) -> tuple[Event, list[Occurrence], Occurrence, datetime]:
    """The event, its dates in their order, the one asked about and the series' first wall time, under their locks.

    Raises AlreadyOver for a date that is over or gone, NotTaken where there is no series.
    """
    event, dates = take_with_dates(occurrence.event)
    dates.sort(key=wall_of)
    row = next((one for one in dates if one.pk == occurrence.pk), None)
    if row is None or row.is_past(now):
        raise AlreadyOver
    if event.rule is None or not event.rule.rrules or event.starts is None:
        raise NotTaken
    return event, dates, row, event.starts


def _first(event: Any, dates: list[Occurrence], row: Occurrence, *, whole: bool, now: datetime) -> datetime:
    """From which date of the rule on the series changes. Raises NotTaken for a date that the rule does not give."""
    rules = Recurrence(rrules=event.rule.rrules, include_dtstart=False)
    coming = [wall_of(one) for one in dates if one.starts_at >= now and wall_of(one) >= event.starts]
    since = min([wall_of(row), *coming])
    given = set(expand(rules, event.starts, since=since, until=max([wall_of(row), *coming])))
    if wall_of(row) not in given:
        raise NotTaken
    return min(given & set(coming), default=wall_of(row)) if whole else wall_of(row)


def _end(event: Event, starts: datetime) -> datetime | None:
    length = event.length
    return starts + length if length is not None else None


def _changes(event: Event, asked: Asked, begins: datetime, rule: Any) -> dict[str, Any]:
    """The event's columns from its first new date on."""
    length = asked.ends - asked.starts if asked.ends is not None else None
    ends = begins + length if length is not None else None
    changes = {**when_columns(event, begins, ends), "rule": rule}
    counted = anniversary_in(event, begins.year)
    for name, value in (
        ("place_name", asked.place_name),
        ("capacity", asked.capacity),
        ("anniversary", counted),
    ):
        if getattr(event, name) != value:
            changes[name] = value
    if "place_name" in changes:
        # The address and the map were those of the place before.
        changes |= {"address": "", "map_url": ""}
    return changes


def _relay(
    event: Event, rows: list[Occurrence], goes: dict[datetime, datetime], *, chosen: Occurrence, now: datetime
) -> set[int]:
    """Give each row its new wall time; returns the keys of those that moved. Cancelled dates stay cancelled."""
    moved_rows, taken = set(), set()
    for row in rows:
        if row.pk == chosen.pk:
            row.is_moved = False
            # What was asked for all is no longer a matter of this date.
            row.place_name, row.capacity = "", None
        wall = goes.get(wall_of(row))
        if wall is not None:
            row.recurrence_id = wall.strftime(WALL)
            if not row.is_moved and row.starts_at >= now and place_at(row, event, wall):
                moved_rows.add(row.pk)
                row.sequence += 1
        taken.add(row.recurrence_id)
    if len(taken) != len(rows):
        raise ValidationError(_("Two dates would fall together: move one of them by itself first."))
    # Aside first: a date may take the wall time that another is about to leave.
    keys = [row.pk for row in rows]
    Occurrence.objects.filter(pk__in=keys).update(
        recurrence_id=Concat(Value("~"), Cast("pk", output_field=CharField()))
    )
    Occurrence.objects.bulk_update(
        rows,
        ["recurrence_id", "starts_at", "ends_at", "is_moved", "place_name", "capacity", "sequence"],
    )
    Occurrence.objects.filter(pk__in=keys).update(updated_at=now)
    return {row.pk for row in rows if row.pk in moved_rows and row.state == OccurrenceState.PLANNED}


@transaction.atomic
def cancel_following(
    *, occurrence: Occurrence, whole: bool = False, reason: str = "", user: Any, now: datetime
) -> int:
    """End a series before one of its dates (`whole`: before the first to come); returns how many dates ended.

    Dates that anything hangs on (people registered, guests, delegations) stay, cancelled, and the people are told;
    the others go. Where nothing took place yet, the event itself is cancelled. Raises AlreadyOver, NotTaken (a date
    that the rule does not give).
    """
    event, dates, row, starts = _found(occurrence, now=now)
    if event.is_cancelled:
        return 0
    first = _first(event, dates, row, whole=whole, now=now)
    ended = [one for one in dates if wall_of(one) >= first and one.state == OccurrenceState.PLANNED]
    if first > starts:
        changes: dict[str, Any] | None = {"rule": cut(event.rule, starts, first)[0]}
    else:
        changes = reopened(event)
    if changes is None:
        cancel_event(event=event, reason=reason, user=user, now=now)
        return len(ended)
    changes["sequence"] = event.sequence + 1
    event = change_thing(event, action="event.ended", changes=changes, user=user, now=now, reason=reason)
    keys = [one.pk for one in ended]
    free = set(Occurrence.objects.filter(pk__in=keys).unused().values_list("pk", flat=True))
    for one in ended:
        one.event = event
        if one.pk in free:
            one.delete()
            continue
        one.state = OccurrenceState.CANCELLED
        one.sequence += 1
        one.save()
        end_registrations(one, reason=reason, now=now)
    return len(ended)
