"""The dates of an event as rows, within a rolling horizon."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from cms.core.actions import log_thing
from events.actions import letters, rounds, seats
from events.actions.errors import AlreadyOver
from events.models import (
    Delegation,
    DelegationState,
    Event,
    Occurrence,
    OccurrenceState,
    Registration,
    RegistrationState,
)
from events.validators import expand, local, to_utc

HORIZON = timedelta(days=550)
PAST = timedelta(days=366)
WALL = "%Y%m%dT%H%M%S"


def dates_of(event: Event, *, now: datetime, horizon: timedelta = HORIZON) -> list[datetime]:
    """The wall times that the event's rule gives up to the horizon; of an old series, those of the last year."""
    starts = event.starts
    if starts is None:
        return []
    if not event.repeats:
        return [starts]
    here = local(now, event.zone).replace(tzinfo=None)
    return expand(event.rule, starts, since=max(starts, here - PAST), until=max(starts, here) + horizon)


def take_with_dates(event: Event) -> tuple[Event, list[Occurrence]]:
    """The event as it now is and all its dates, under their locks: dates by key, then the event.

    The order of all who lock both: registrations hold a date while they read its event.
    """
    dates = list(Occurrence.objects.locked().filter(event=event).order_by("pk"))
    row = Event.objects.select_for_update().get(pk=event.pk)
    for one in dates:
        one.event = row
    return row, dates


def wall_of(row: Occurrence) -> datetime:
    """The wall time that the rule gave for a date, wherever it was moved to since."""
    return datetime.strptime(row.recurrence_id, WALL)


def build(event: Event, wall: datetime) -> Occurrence:
    """The row of one wall time, not saved."""
    length = event.length
    return Occurrence(
        event=event,
        recurrence_id=wall.strftime(WALL),
        starts_at=to_utc(wall, event.zone),
        ends_at=to_utc(wall + length, event.zone) if length is not None else None,
        updated_at=datetime.now(UTC),
    )


def materialise(*, event: Event, now: datetime, horizon: timedelta = HORIZON) -> int:
    """Write the rows of the event's dates that are missing; returns how many were asked for.

    Adds only, and twice (or two at once) changes nothing: `unique(event, recurrence_id)` decides.
    """
    wanted = dates_of(event, now=now, horizon=horizon)
    known = set(event.occurrences.values_list("recurrence_id", flat=True))
    missing = [build(event, wall) for wall in wanted if wall.strftime(WALL) not in known]
    Occurrence.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def redate(event: Event, *, now: datetime) -> list[Occurrence]:
    """Bring the coming dates in line with the event's new times; returns those that moved.

    Past dates and dates moved by hand stay, and none is added to the past of a series that has one. A date that
    anything hangs on (people registered, guests, delegations, what is prepared) is never dropped: it takes the new
    time of its day, or (of an event with one date) the new date, or stays as it is.
    """
    rows = _following_the_event(event, now=now)
    wanted = _wanted(event, rows, now=now)
    moved, left = [], []
    for row in rows:
        wall = wanted.pop(row.recurrence_id, None)
        if wall is None:
            left.append(row)
        elif place_at(row, event, wall):
            row.save()
            moved.append(row)
    free = set(
        Occurrence.objects.filter(pk__in=[row.pk for row in left]).unused().values_list("pk", flat=True)
    )
    for row in left:
        same_day = next((key for key in wanted if key[:8] == row.recurrence_id[:8]), None)
        if same_day is None and not event.repeats and len(wanted) == 1:
            same_day = next(iter(wanted))
        if same_day is not None:
            place_at(row, event, wanted.pop(same_day))
            row.save()
            moved.append(row)
        elif row.pk in free:
            row.delete()
        else:
            row.is_moved = True
            row.save()
    Occurrence.objects.bulk_create([build(event, wall) for wall in wanted.values()], ignore_conflicts=True)
    return moved


def _following_the_event(event: Event, *, now: datetime) -> list[Occurrence]:
    """The dates that take the event's new times: those to come, or the only one, corrected after it was held."""
    rows = Occurrence.objects.locked().filter(event=event, state=OccurrenceState.PLANNED, is_moved=False)
    starts = event.starts
    corrected = not event.repeats and starts is not None and to_utc(starts, event.zone) < now
    if not (corrected and event.occurrences.count() == 1):
        rows = rows.filter(starts_at__gte=now)
    return list(rows.order_by("pk"))


def _wanted(event: Event, rows: list[Occurrence], *, now: datetime) -> dict[str, datetime]:
    """The wall times that `rows` are to take, by key: those of the event's rule that no other row has."""
    wanted = {wall.strftime(WALL): wall for wall in dates_of(event, now=now)}
    others = Occurrence.objects.filter(event=event).exclude(pk__in=[row.pk for row in rows])
    for recurrence_id in set(others.values_list("recurrence_id", flat=True)) & wanted.keys():
        del wanted[recurrence_id]
    if event.repeats and others.filter(starts_at__lt=now).exists():
        wanted = {key: wall for key, wall in wanted.items() if to_utc(wall, event.zone) >= now}
    return wanted


def place_at(row: Occurrence, event: Event, wall: datetime) -> bool:
    """Put a row, not saved, at a wall time of its event's rule; returns whether that changed it."""
    fresh = build(event, wall)
    changed = (row.recurrence_id, row.starts_at, row.ends_at) != (
        fresh.recurrence_id,
        fresh.starts_at,
        fresh.ends_at,
    )
    if changed:
        row.recurrence_id, row.starts_at, row.ends_at = fresh.recurrence_id, fresh.starts_at, fresh.ends_at
    return changed


def tell_moved(row: Occurrence, *, reason: str, now: datetime) -> int:
    """Owe word of a new date or place to all who are registered for it, and to guests invited; returns how many."""
    people = Registration.objects.active().select_related("contact").filter(occurrence=row)
    letters.owe_each("events.changed", [(one, row) for one in people], now=now, reason=reason)
    for delegation in Delegation.objects.active().select_related("contact").filter(occurrence=row):
        letters.owe_head("events.delegation_changed", delegation, row, now=now, reason=reason)
    return len(people) + rounds.tell_guests(row, rounds.CHANGED, reason=reason, now=now)


@transaction.atomic
def move_occurrence(
    *,
    occurrence: Occurrence,
    starts: datetime,
    ends: datetime | None,
    place_name: str = "",
    capacity: int | None = None,
    reason: str = "",
    user: Any,
    now: datetime,
) -> Occurrence:
    """Give one date its own hours (wall times of the event's zone), place and seats. Its identity stays.

    The only date of an event takes the event along: its day, hours, place and seats are the event's. The people
    registered are told of new hours or a new place; what is the same already changes nothing. More seats go to those
    who wait. Raises AlreadyOver for a date that is over or cancelled.
    """
    row = seats.take(occurrence)
    if row.is_past(now) or row.is_cancelled:
        raise AlreadyOver
    zone = row.event.zone
    place_name = "" if place_name == row.event.place_name else place_name
    said = (to_utc(starts, zone), to_utc(ends, zone) if ends else None, place_name)
    told = said != (row.starts_at, row.ends_at, row.place_name)
    if not told and capacity == row.capacity:
        return row
    before = _as_told(row)
    row.is_moved = row.is_moved or said[:2] != (row.starts_at, row.ends_at)
    row.starts_at, row.ends_at, row.place_name = said
    row.capacity = capacity
    _take_event_along(row, starts, ends, now=now)
    row.sequence += 1
    row.save()
    if told:
        tell_moved(row, reason=reason, now=now)
    seats.promote(row, now=now)
    changed = {name: [before[name], value] for name, value in _as_told(row).items() if before[name] != value}
    changes = {"occurrence": row.recurrence_id, **changed}
    log_thing(row.event, action="occurrence.moved", user=user, now=now, reason=reason, changes=changes)
    return row


def _take_event_along(row: Occurrence, starts: datetime, ends: datetime | None, *, now: datetime) -> None:
    """Where `row`, not saved, is the only date of its event, make what is its own the event's."""
    event = row.event
    if event.repeats or event.starts != wall_of(row) or event.occurrences.exclude(pk=row.pk).exists():
        return
    columns = when_columns(event, starts, ends)
    if row.place_name:
        # The address and the map were those of the place before.
        columns |= {"place_name": row.place_name, "address": "", "map_url": ""}
    if row.capacity is not None:
        columns["capacity"] = row.capacity
    Event.objects.filter(pk=event.pk).update(**columns, version=F("version") + 1, updated_at=now)
    row.event, row.recurrence_id = Event.objects.get(pk=event.pk), starts.strftime(WALL)
    row.is_moved, row.place_name, row.capacity = False, "", None


def when_columns(event: Event, starts: datetime, ends: datetime | None) -> dict[str, Any]:
    """The columns of an event, with or without hours as it is, whose first date is from `starts` to `ends`."""
    first = starts.date()
    if event.whole_day:
        last = (ends - timedelta(days=1)).date() if ends is not None else first
        return {"start_date": first, "end_date": last if last != first else None}
    return {
        "start_date": first,
        "start_time": starts.time(),
        "end_date": ends.date() if ends is not None and ends.date() != first else None,
        "end_time": ends.time() if ends is not None else None,
        "open_end": ends is None,
    }


def _as_told(row: Occurrence) -> dict[str, Any]:
    """What the log says of a date."""
    ends = row.ends_at.isoformat() if row.ends_at else None
    starts = row.starts_at.isoformat()
    return {"starts_at": starts, "ends_at": ends, "place_name": row.place, "capacity": row.seats}


@transaction.atomic
def cancel_occurrence(*, occurrence: Occurrence, reason: str = "", user: Any, now: datetime) -> Occurrence:
    """Cancel one date; the people registered are told, and their registrations end."""
    row = seats.take(occurrence)
    if row.state == OccurrenceState.CANCELLED:
        return row
    if row.is_past(now):
        raise AlreadyOver
    row.state = OccurrenceState.CANCELLED
    row.sequence += 1
    row.save()
    end_registrations(row, reason=reason, now=now)
    log_thing(
        row.event,
        action="occurrence.cancelled",
        user=user,
        now=now,
        reason=reason,
        changes={"occurrence": row.recurrence_id},
    )
    return row


def end_registrations(row: Occurrence, *, reason: str, now: datetime) -> int:
    """Cancel all registrations of a cancelled date and tell each person. Under the lock of `row`."""
    people = list(Registration.objects.active().select_related("contact").filter(occurrence=row))
    for registration in people:
        registration.called_off_from = registration.state
        registration.state, registration.reason = RegistrationState.CANCELLED, reason
        registration.cancelled_at, registration.position, registration.held_until = now, None, None
        registration.version += 1
        registration.save()
    letters.owe_each("events.called_off", [(one, row) for one in people], now=now, reason=reason)
    for delegation in Delegation.objects.active().select_related("contact").filter(occurrence=row):
        delegation.called_off_granted = delegation.granted
        delegation.state, delegation.reason, delegation.granted = DelegationState.CANCELLED, reason, 0
        delegation.version += 1
        delegation.save()
        letters.owe_head("events.delegation_called_off", delegation, row, now=now, reason=reason)
    rounds.tell_guests(row, rounds.CALLED_OFF, reason=reason, now=now)
    return len(people)
