"""Seats: counted and written under the lock of the date, and nowhere else.

Who holds a seat: `confirmed` and `offered` for good; `pending` (the address is not confirmed yet) until
`held_until`. So that robots cannot block a hall, a pending registration holds its seat for a short while only, and
together pending ones never hold more than half of the seats: those beyond it get their seat, or a place in the
waiting list, when they confirm. Nothing waits for a scheduled job: an expired hold is simply not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from events.actions import letters
from events.models import Event, Occurrence, Registration, RegistrationState

HOLD_BY_MAIL = timedelta(hours=1)
HOLD_BY_PHONE = timedelta(hours=24)  # staff call back on the next working morning


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


def free(row: Occurrence, *, now: datetime, but: Registration | None = None) -> int | None:
    """How many seats are left at `now`, not counting what `but` holds; None for no limit."""
    if row.seats is None:
        return None
    counted = Registration.objects.filter(occurrence=row).taking_a_seat(now)
    if but is not None and but.pk:
        counted = counted.exclude(pk=but.pk)
    return row.seats - counted.count()


def may_hold(row: Occurrence, *, now: datetime) -> bool:
    """Whether one more registration may hold a seat before its address is confirmed."""
    if row.seats is None:
        return True
    if _line(row).exists() or (free(row, now=now) or 0) <= 0:
        return False
    holding = Registration.objects.filter(
        occurrence=row, state=RegistrationState.PENDING, held_until__gt=now
    ).count()
    return holding < max(1, row.seats // 2)


def _line(row: Occurrence) -> QuerySet[Registration]:
    return Registration.objects.filter(occurrence=row).in_line()


def seat(registration: Registration, row: Occurrence, *, now: datetime) -> None:
    """Give a verified (and, where asked, approved) registration its seat or its place in the waiting list.

    Sets the state, saves, and owes the mail that says so. Under the lock of `row`.
    """
    keeps = registration.state == RegistrationState.PENDING and (
        registration.held_until is not None and registration.held_until > now
    )
    promote(row, now=now, but=registration)
    left = free(row, now=now, but=registration)
    if left is None or (left > 0 and (keeps or not _line(row).exists())):
        registration.state = RegistrationState.CONFIRMED
    elif row.event.has_waiting_list:
        registration.state = RegistrationState.WAITING
        last = Registration.objects.filter(occurrence=row).aggregate(last=Max("position"))["last"]
        registration.position = (last or 0) + 1
    else:
        registration.state = RegistrationState.REFUSED
        registration.reason = "full"
    registration.held_until = None
    registration.version += 1
    registration.save()
    letters.tell(registration, row, now=now)


def promote(row: Occurrence, *, now: datetime, but: Registration | None = None) -> list[Registration]:
    """Give free seats to those who wait, first come first, in the transaction that freed them."""
    promoted: list[Registration] = []
    if row.is_cancelled or row.is_past(now):
        return promoted
    left = free(row, now=now)
    for registration in _line(row) if left is None else _line(row)[: max(left, 0)]:
        if but is not None and registration.pk == but.pk:
            continue
        registration.state = RegistrationState.CONFIRMED
        registration.position = None
        registration.version += 1
        registration.save()
        letters.owe("events.promoted", registration, row, now=now)
        promoted.append(registration)
    return promoted
