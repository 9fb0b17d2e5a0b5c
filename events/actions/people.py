"""Registrations and invitations of a person whose two cards become one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.contacts.models import Contact
from events.actions import seats
from events.actions.turns import hand_over_turns
from events.models import UNANSWERED, Invitation, Registration, RegistrationState

#: The registration that says more about the person stays.
STRENGTH = (
    RegistrationState.PENDING,
    RegistrationState.REQUESTED,
    RegistrationState.WAITING,
    RegistrationState.OFFERED,
    RegistrationState.CONFIRMED,
)


def move_registrations(*, source: Contact, target: Contact, user: Any, now: datetime) -> None:
    """Give `source`'s registrations to `target`, inside the transaction that merges the two.

    Where both are registered for one date, one of the two is cancelled without a mail (the person still comes) and
    its seat goes to whoever waits first: a person sits on one chair.
    """
    mine = Registration.objects.filter(contact=source).active()
    theirs = Registration.objects.filter(contact=target).active()
    twice = mine.filter(occurrence__in=theirs.values("occurrence")).values_list("occurrence", flat=True)
    for row in seats.take_all(twice).values():
        both = [queryset.filter(occurrence=row).first() for queryset in (mine, theirs)]
        pair = [registration for registration in both if registration is not None]
        if len(pair) == 2:
            left, kept = sorted(pair, key=_strength)
            hand_over_turns(left=left, kept=kept)
            _cancel(left, now=now)
            seats.promote(row, now=now)
    Registration.objects.filter(contact=source).update(contact=target)


def _strength(registration: Registration) -> tuple[bool, int, int]:
    """Who came, then who is surer of a seat, then who asked first."""
    state = STRENGTH.index(RegistrationState(registration.state))
    return registration.attended_at is not None, state, -registration.pk


def _cancel(registration: Registration, *, now: datetime) -> None:
    registration.state, registration.cancelled_at = RegistrationState.CANCELLED, now
    registration.reason = _("The same person was registered twice.")
    registration.position = registration.held_until = registration.offered_until = None
    registration.version += 1
    registration.save()


def move_invitations(*, source: Contact, target: Contact, user: Any, now: datetime) -> None:
    """Give `source`'s invitations to `target`, inside the transaction that merges the two.

    Where both are invited to one date, the invitation that was answered stays (else the target's), with the
    registrations of both; the other's link opens nothing any more.
    """
    mine = Invitation.objects.filter(contact=source)
    theirs = Invitation.objects.filter(contact=target)
    twice = mine.filter(occurrence__in=theirs.values("occurrence")).values_list("occurrence", flat=True)
    for row in seats.take_all(twice).values():
        pair = [theirs.get(occurrence=row), mine.get(occurrence=row)]
        kept, left = sorted(pair, key=lambda one: one.state in UNANSWERED or one.is_withdrawn)
        Registration.objects.filter(invitation=left).update(invitation=kept)
        left.delete()
    Invitation.objects.filter(contact=source).update(contact=target)
