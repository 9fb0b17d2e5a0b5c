"""What time alone does: horizons extended, lapsed holds given on, old tries forgotten. Repeating it is harmless."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from events.actions import letters, seats
from events.actions.limits import forget_tries
from events.actions.occurrences import materialise
from events.actions.offers import lapse_offers
from events.actions.once import forget_posts
from events.models import (
    Delegation,
    Event,
    Occurrence,
    OccurrenceState,
    Registration,
    RegistrationState,
    State,
)

REMIND_HEADS = timedelta(days=3)
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


def remind_heads(*, now: datetime) -> int:
    """Write to heads of delegations shortly before their last day for names, each once for that day; returns how many.

    To those alone for whom seats without a name are kept, and whose answer is older than a day.
    """
    due = Delegation.objects.keeping(now).filter(
        kept__gt=0,
        names_until__lte=now + REMIND_HEADS,
        decided_at__lte=now - timedelta(days=1),
        occurrence__state=OccurrenceState.PLANNED,
    )
    found = list(
        due.exclude(occurrence__event__state=State.CANCELLED).select_related("occurrence__event", "contact")
    )
    for delegation in found:
        day = delegation.names_until.strftime("%Y%m%dT%H%M")
        letters.owe_head(
            "events.delegation_reminder",
            delegation,
            delegation.occurrence,
            now=now,
            once=day,
            kept=delegation.kept,
        )
    return len(found)


def sweep_registrations(*, now: datetime) -> dict[str, int]:
    """Give lapsed holds and offers to those who wait; drop registrations never confirmed in a week. Date by date."""
    late = Q(state=RegistrationState.OFFERED, offered_until__lte=now)
    dates = (
        Registration.objects.filter(late | Q(state=RegistrationState.WAITING, occurrence__starts_at__gt=now))
        .values_list("occurrence_id", flat=True)
        .order_by("occurrence_id")
        .distinct()
    )
    promoted = lapsed = 0
    for pk in list(dates):
        with transaction.atomic():
            row = seats.take(Occurrence(pk=pk))
            lapsed += lapse_offers(row, now=now)
            promoted += len(seats.promote(row, now=now))
    dropped = Registration.objects.filter(
        state=RegistrationState.PENDING, created_at__lt=now - UNCONFIRMED_FOR
    ).update(state=RegistrationState.CANCELLED, cancelled_at=now, held_until=None, version=F("version") + 1)
    return {
        "promoted": promoted,
        "lapsed": lapsed,
        "dropped": dropped,
        "reminded": remind_heads(now=now),
        "tries": forget_tries(now=now),
        "posts": forget_posts(now=now),
    }
