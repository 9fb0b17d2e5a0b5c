"""Seats: counted and written under the lock of the date, and nowhere else.

Who holds a seat: `confirmed` and `offered` for good; `pending` (the address is not confirmed yet) until
`held_until`; a delegation for the people it has still to name, until its last day for names. So that robots cannot
block a hall, a pending registration holds its seat for a short while only, and together pending ones never hold
more than half of the seats: those beyond it get their seat, or a place in the waiting list, when they confirm.
Nothing waits for a scheduled job: an expired hold is simply not counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Max, QuerySet

from events.actions import letters
from events.models import Delegation, Event, Occurrence, Registration, RegistrationState

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


def free(
    row: Occurrence, *, now: datetime, but: Registration | None = None, without: Delegation | None = None
) -> int | None:
    """How many seats are left at `now`; None for no limit.

    Not counting what `but` holds, nor what is kept for the names that the delegation `without` has still to give.
    """
    if row.seats is None:
        return None
    counted = Registration.objects.filter(occurrence=row).taking_a_seat(now)
    if but is not None and but.pk:
        counted = counted.exclude(pk=but.pk)
    keeping = Delegation.objects.filter(occurrence=row).keeping(now)
    if without is not None:
        keeping = keeping.exclude(pk=without.pk)
    return row.seats - counted.count() - sum(keeping.values_list("kept", flat=True))


def kept_for(delegation: Delegation, *, now: datetime) -> int:
    """How many seats are kept for names that the delegation has still to give."""
    return sum(Delegation.objects.filter(pk=delegation.pk).keeping(now).values_list("kept", flat=True))


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
    """Give free seats to those who wait, first come first, in the transaction that freed them.

    A seat that is kept for a delegation goes to whoever of the delegation waits.
    """
    if row.is_cancelled or row.is_past(now):
        return []
    promoted = [
        _promote_one(registration, row, now=now) for registration in _waiting_beside_kept_seats(row, now=now)
    ]
    left = free(row, now=now)
    for registration in _line(row) if left is None else _line(row)[: max(left, 0)]:
        if but is None or registration.pk != but.pk:
            promoted.append(_promote_one(registration, row, now=now))
    return promoted


def _promote_one(registration: Registration, row: Occurrence, *, now: datetime) -> Registration:
    registration.state = RegistrationState.CONFIRMED
    registration.position = None
    registration.version += 1
    registration.save()
    letters.owe("events.promoted", registration, row, now=now)
    return registration


def _waiting_beside_kept_seats(row: Occurrence, *, now: datetime) -> list[Registration]:
    """Delegates who wait while seats are kept for their delegation: as many of each as there are such seats."""
    line = _line(row).filter(delegation__isnull=False).select_related("contact")
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
