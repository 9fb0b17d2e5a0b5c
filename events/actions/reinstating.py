"""A date or an event that was cancelled takes place after all: its people have their seats again, and are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from cms.core.actions import change_thing, log_thing
from events.actions import letters, rounds, seats
from events.actions.errors import AlreadyOver, NotTaken
from events.actions.occurrences import take_with_dates
from events.models import (
    Delegation,
    DelegationState,
    Event,
    Occurrence,
    OccurrenceState,
    Registration,
    RegistrationState,
    State,
)


@transaction.atomic
def reinstate_event(*, event: Event, reason: str = "", user: Any, now: datetime) -> Event:
    """Confirm a cancelled event again: each date to come that it took along takes place, SEQUENCE rises. Once.

    Raises AlreadyOver where none of its dates is to come any more.
    """
    known, dates = take_with_dates(event)
    if not known.is_cancelled:
        return known
    coming = [row for row in dates if not row.is_past(now)]
    if dates and not coming:
        raise AlreadyOver
    changes = {"state": State.CONFIRMED, "sequence": known.sequence + 1}
    row = change_thing(event, action="event.reinstated", changes=changes, user=user, now=now, reason=reason)
    Occurrence.objects.filter(event=row).update(sequence=F("sequence") + 1, updated_at=now)
    for occurrence in coming:
        occurrence.event = row
        occurrence.sequence += 1
        if occurrence.state == OccurrenceState.PLANNED:
            _restore(occurrence, reason=reason, now=now)
    return row


@transaction.atomic
def reinstate_occurrence(*, occurrence: Occurrence, reason: str = "", user: Any, now: datetime) -> Occurrence:
    """Let one cancelled date take place after all. Once. Raises AlreadyOver; NotTaken while its event is cancelled."""
    row = seats.take(occurrence)
    if row.event.is_cancelled:
        raise NotTaken
    if row.state == OccurrenceState.PLANNED:
        return row
    if row.is_past(now):
        raise AlreadyOver
    row.state = OccurrenceState.PLANNED
    row.sequence += 1
    row.save()
    changes = {"occurrence": row.recurrence_id}
    log_thing(row.event, action="occurrence.reinstated", user=user, now=now, reason=reason, changes=changes)
    _restore(row, reason=reason, now=now)
    return row


def _restore(row: Occurrence, *, reason: str, now: datetime) -> None:
    """Give back what the cancelling of a date ended, under its lock. Nobody can have taken a seat meanwhile.

    Who had cancelled before stays so, and who was erased since. Fewer seats than before take none from anybody.
    """
    ended = Delegation.objects.filter(occurrence=row, state=DelegationState.CANCELLED, erased_at=None)
    for delegation in ended.exclude(called_off_granted=None).select_related("contact"):
        delegation.granted, delegation.called_off_granted = delegation.called_off_granted or 0, None
        delegation.state = DelegationState.CONFIRMED if delegation.granted else DelegationState.REQUESTED
        delegation.reason, delegation.version = "", delegation.version + 1
        delegation.save()
        letters.owe_head("events.delegation_reinstated", delegation, row, now=now, reason=reason)
    people = Registration.objects.filter(
        occurrence=row, state=RegistrationState.CANCELLED, erased_at=None
    ).exclude(called_off_from="")
    active = Registration.objects.active().filter(occurrence=row)
    there: set[int | None] = set(active.values_list("contact", flat=True))
    last = Registration.objects.filter(occurrence=row).aggregate(last=Max("position"))["last"] or 0
    for registration in people.select_related("contact").order_by("created_at", "pk"):
        if registration.contact_id in there:
            continue  # two cards were made one meanwhile
        there.add(registration.contact_id)
        last += 1
        _give_back(registration, row, position=last, reason=reason, now=now)
    rounds.tell_guests(row, rounds.REINSTATED, reason=reason, now=now)
    seats.promote(row, now=now)


def _give_back(
    registration: Registration, row: Occurrence, *, position: int, reason: str, now: datetime
) -> None:
    """Set one registration back to what it was; a seat that waited for a yes is asked for anew in the line."""
    state = RegistrationState(registration.called_off_from)
    if state == RegistrationState.OFFERED:
        state = RegistrationState.WAITING
    registration.state, registration.called_off_from = state, ""
    registration.position = position if state == RegistrationState.WAITING else None
    registration.offered_until = registration.cancelled_at = None
    registration.reason = ""
    registration.version += 1
    registration.save()
    letters.owe("events.reinstated", registration, row, now=now, reason=reason)
