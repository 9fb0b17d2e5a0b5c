"""What time alone does: horizons extended, lapsed holds given on, old tries forgotten. Repeating it is harmless."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from events.actions import seats
from events.actions.limits import forget_tries
from events.actions.occurrences import materialise
from events.models import Event, Occurrence, Registration, RegistrationState, State

UNCONFIRMED_FOR = timedelta(days=7)


def extend_horizon(*, now: datetime) -> int:
    """Write the dates that came within the horizon, event by event; returns how many."""
    events = Event.objects.exclude(state=State.CANCELLED).exclude(rule=None).exclude(rule="")
    made = 0
    for pk in list(events.values_list("pk", flat=True)):
        # Under the event's lock: its rule as it now is, and no new date waits for who changes the event.
        with transaction.atomic():
            event = events.select_for_update().filter(pk=pk).first()
            made += materialise(event=event, now=now) if event else 0
    return made


def sweep_registrations(*, now: datetime) -> dict[str, int]:
    """Give lapsed holds to those who wait and drop registrations never confirmed in a week, date by date."""
    waiting = (
        Registration.objects.filter(state=RegistrationState.WAITING, occurrence__starts_at__gt=now)
        .values_list("occurrence_id", flat=True)
        .order_by("occurrence_id")
        .distinct()
    )
    promoted = 0
    for pk in list(waiting):
        with transaction.atomic():
            row = seats.take(Occurrence(pk=pk))
            promoted += len(seats.promote(row, now=now))
    dropped = Registration.objects.filter(
        state=RegistrationState.PENDING, created_at__lt=now - UNCONFIRMED_FOR
    ).update(state=RegistrationState.CANCELLED, cancelled_at=now, held_until=None, version=F("version") + 1)
    return {"promoted": promoted, "dropped": dropped, "tries": forget_tries(now=now)}
