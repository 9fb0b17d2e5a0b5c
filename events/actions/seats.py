"""Seats: counted and written under the lock of the date, and nowhere else.

Who holds a seat: `confirmed` for good; `offered` (a seat came free, and waits for a yes) until `offered_until`;
`pending` (the address is not confirmed yet) until `held_until`. So that robots cannot block a hall, a pending
registration holds its seat for a short while only, and together pending ones never hold more than half of the seats,
of the hall as of a category: those beyond it get their seat, or a place in the waiting list, when they confirm.
A delegation holds seats for the people it has still to name, until its last day for names. Nothing waits for a
scheduled job: an expired hold or offer is simply not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Max, Q, QuerySet

from events.actions import letters
from events.actions.places import Places, places_left
from events.models import FULL, Choice, Delegation, Event, Occurrence, Registration, RegistrationState

HOLD_BY_MAIL = timedelta(hours=1)
HOLD_BY_PHONE = timedelta(hours=24)  # staff call back on the next working morning
BATCH = 100


def take(occurrence: Occurrence, *, rows: QuerySet[Occurrence] | None = None) -> Occurrence:
    """Return the date's row under its lock, with its event as it now is.

    Called inside a transaction. `rows` is where the row is taken from: the locked rows, except in the test that
    shows what happens without the lock.
    """
    if rows is None:
        rows = Occurrence.objects.locked()
    row = rows.get(pk=occurrence.pk)
    # After the lock, so that seats added or taken away meanwhile are seen.
    row.event = Event.objects.get(pk=row.event_id)
    return row


def take_all(dates: Iterable[int], *, rows: QuerySet[Occurrence] | None = None) -> dict[int, Occurrence]:
    """Return several dates' rows, by key, under their locks: `take` in the order in which all lock several."""
    return {pk: take(Occurrence(pk=pk), rows=rows) for pk in sorted(dates)}


def take_dates(event: Event) -> list[Occurrence]:
    """Return all dates of an event under their locks, in the order in which all lock several."""
    rows = list(Occurrence.objects.locked().filter(event=event).order_by("pk"))
    fresh = Event.objects.get(pk=event.pk)
    for row in rows:
        row.event = fresh
    return rows


def promote_all(rows: Iterable[Occurrence], *, now: datetime) -> None:
    """Give free seats of several dates to those who wait. Under the locks of `rows`."""
    waiting = Registration.objects.filter(state=RegistrationState.WAITING, occurrence__in=rows)
    dates = set(waiting.values_list("occurrence_id", flat=True))
    for row in rows:
        if row.pk in dates:
            promote(row, now=now)


def free(row: Occurrence, *, now: datetime) -> int | None:
    """How many seats of the hall are left at `now`; None for no limit."""
    return places_left(row, now=now).hall


def left_for(delegation: Delegation, row: Occurrence, *, now: datetime) -> int | None:
    """How many seats of the hall and of its category are left for a delegation beside what its people hold.

    None for no limit. Not counting what is kept for the names that it has still to give.
    """
    left = places_left(row, now=now, without=delegation)
    limits = [left.hall, left.categories.get(delegation.category_id or 0)]
    return min((one for one in limits if one is not None), default=None)


def kept_for(delegation: Delegation, *, now: datetime) -> int:
    """How many seats are kept for names that the delegation has still to give."""
    return sum(Delegation.objects.filter(pk=delegation.pk).keeping(now).values_list("kept", flat=True))


def has_seat(registration: Registration, row: Occurrence, *, now: datetime) -> bool:
    """Whether a registration like this one would find a seat now, in the hall and in its category."""
    return places_left(row, now=now, but=registration).fit(registration)


def may_hold(registration: Registration, row: Occurrence, *, now: datetime) -> bool:
    """Whether one more registration may hold a seat before its address is confirmed.

    Those who wait and for whom there is a seat by now come first, and get it here.
    """
    if _line(row).exists():
        promote(row, now=now)
    if not has_seat(registration, row, now=now):
        return False
    holding = Registration.objects.filter(
        occurrence=row, state=RegistrationState.PENDING, held_until__gt=now
    ).exclude(pk=registration.pk)
    return all(
        holding.filter(**mine).count() < max(1, limit // 2)
        for mine, limit in _limits(registration, row)
        if limit is not None
    )


def _limits(registration: Registration, row: Occurrence) -> list[tuple[dict[str, Any], int | None]]:
    """The limits that a registration comes under, each with the filter of those that share it."""
    category = registration.category
    own = [({"category": category}, category.quota)] if category is not None else []
    choices = Choice.objects.filter(pk__in=registration.chosen).exclude(places=None)
    return [({}, row.seats), *own, *(({"answers__choice": one}, one.places) for one in choices)]


def _line(row: Occurrence) -> QuerySet[Registration]:
    return Registration.objects.filter(occurrence=row).in_line()


def seat(registration: Registration, row: Occurrence, *, now: datetime) -> None:
    """Give a verified (and, where asked, approved) registration its seat or its place in the waiting list.

    Sets the state, saves, and owes the mail that says so. Under the lock of `row`.
    """
    # After this nobody waits for whom there is a seat: who is left in the line is so for want of the same seat, or
    # of one in a category that is full.
    promote(row, now=now, but=registration)
    if has_seat(registration, row, now=now):
        registration.state = RegistrationState.CONFIRMED
    elif row.event.has_waiting_list:
        registration.state = RegistrationState.WAITING
        last = Registration.objects.filter(occurrence=row).aggregate(last=Max("position"))["last"]
        registration.position = (last or 0) + 1
    else:
        registration.state = RegistrationState.REFUSED
        registration.reason = FULL
    registration.held_until = None
    registration.version += 1
    registration.save()
    letters.tell(registration, row, now=now)


def promote(row: Occurrence, *, now: datetime, but: Registration | None = None) -> list[Registration]:
    """Give free seats to those who wait, first come first, in the transaction that freed them.

    Who waits for a category that is full lets those pass for whom there is a seat. A seat that is kept for a
    delegation goes to whoever of the delegation waits.
    """
    if row.is_cancelled or row.is_past(now):
        return []
    promoted = _waiting_beside_kept_seats(row, now=now)
    for delegate in promoted:
        _seat_from_line(delegate, row, until=None, now=now)
    left = places_left(row, now=now)
    while not left.none_left:
        line = left.narrow(_line(row))
        if but is not None and but.pk:
            line = line.exclude(pk=but.pk)
        seated = [one for one in line[: min(left.hall or BATCH, BATCH)] if _give(one, row, left, now=now)]
        if not seated:
            break
        promoted += seated
    return promoted


def _give(registration: Registration, row: Occurrence, left: Places, *, now: datetime) -> bool:
    """Give somebody who waits the seat that there is for them, if there is one still."""
    if not left.fit(registration):
        return False
    left.take(registration)
    _seat_from_line(registration, row, until=_offered_until(row, now=now), now=now)
    return True


def _seat_from_line(
    registration: Registration, row: Occurrence, *, until: datetime | None, now: datetime
) -> None:
    """Take somebody out of the waiting list: onto a seat, or to one that waits for their yes `until` an hour."""
    registration.state = RegistrationState.OFFERED if until else RegistrationState.CONFIRMED
    registration.position, registration.offered_until = None, until
    registration.version += 1
    registration.save()
    letters.owe("events.offered" if until else "events.promoted", registration, row, now=now)


def _waiting_beside_kept_seats(row: Occurrence, *, now: datetime) -> list[Registration]:
    """Delegates who wait while seats are kept for their delegation: as many of each as there are such seats."""
    line = _line(row).filter(delegation__isnull=False).select_related("contact")
    # What is kept is kept in the delegation's category: who was put into another waits for a seat of that one.
    line = line.filter(Q(category=None) | Q(category=F("delegation__category")))
    kept = dict(
        Delegation.objects.filter(pk__in=line.order_by().values("delegation"))
        .keeping(now)
        .values_list("pk", "kept")
    )
    found = []
    for registration in line:
        if kept.get(registration.delegation_id, 0) > 0:
            kept[registration.delegation_id] -= 1
            found.append(registration)
    return found


def _offered_until(row: Occurrence, *, now: datetime) -> datetime | None:
    """Until when a seat that came free waits for a yes; None where it is given outright.

    So it is in the last hours before the date: there would be none left to ask the next person in.
    """
    if not row.event.offer_hours:
        return None
    until = now + timedelta(hours=row.event.offer_hours)
    return until if until < row.starts_at else None
