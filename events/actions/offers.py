"""A seat that came free, offered to who waits first: taken by a yes, or offered to the next once its hour is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from cms.core.actions import log_thing
from events.actions import letters, seats
from events.actions.errors import AlreadyOver, NotTaken
from events.models import LAPSED, Channel, Occurrence, Registration, RegistrationState


@transaction.atomic
def accept_offer(
    *, registration: Registration, user: Any = None, number: str = "", now: datetime
) -> Registration:
    """Take the seat that is offered, by the link or (staff, `user`, who called `number`) by telephone.

    Taken twice it changes nothing. Raises NotTaken where no seat is offered, or not any more; AlreadyOver once the
    date is over or cancelled.
    """
    row = seats.take(Occurrence(pk=registration.occurrence_id))
    found = Registration.objects.select_related("contact", "category").get(pk=registration.pk)
    found.occurrence = row
    if found.state == RegistrationState.CONFIRMED:
        return found
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    if found.state != RegistrationState.OFFERED or found.offered_until is None or found.offered_until <= now:
        raise NotTaken
    found.state, found.offered_until = RegistrationState.CONFIRMED, None
    if user is not None:
        found.confirmed_at, found.confirmed_channel = now, Channel.PHONE
        found.confirmed_by, found.confirmed_number = user, number
    found.version += 1
    found.save()
    letters.tell(found, row, now=now)
    if user is not None:
        changes = {"registration": found.uid.hex, "number": number}
        log_thing(row.event, action="registration.accepted", user=user, now=now, changes=changes)
    return found


def lapse_offers(row: Occurrence, *, now: datetime) -> int:
    """End the offers of a date whose hour is over, and tell each person. Under the lock of `row`; returns how many.

    Nobody is offered a seat for ever: who did not answer leaves the list, and may register again.
    """
    late = Registration.objects.select_related("contact").filter(
        occurrence=row, state=RegistrationState.OFFERED, offered_until__lte=now
    )
    for registration in (found := list(late)):
        registration.state, registration.reason = RegistrationState.CANCELLED, LAPSED
        registration.cancelled_at, registration.offered_until = now, None
        registration.version += 1
        registration.save()
        letters.owe("events.offer_lapsed", registration, row, now=now)
    return len(found)
