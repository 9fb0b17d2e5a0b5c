"""Guests of a date to test with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from events import actions
from events.models import Invitation, InvitationState, Occurrence
from tests.factories.contacts import make_contact
from tests.factories.core import NOON


def make_guest(
    occurrence: Occurrence, *, now: datetime = NOON, may_bring: int = 0, contact: Any = None, **card: Any
) -> Invitation:
    """Somebody on the guest list of a date; `card` are fields of the contact."""
    contact = contact or make_contact(**card)
    actions.add_guests(occurrence=occurrence, contacts=[contact], may_bring=may_bring, user=None, now=now)
    return Invitation.objects.get(occurrence=occurrence, contact=contact)


def answer(
    guest: Invitation,
    state: str = InvitationState.ACCEPTED,
    *,
    channel: str = "link",
    user: Any = None,
    now: datetime = NOON,
    **said: Any,
) -> Invitation:
    """The guest's answer, by their own link unless told otherwise."""
    how = actions.How(channel, user=user)
    return actions.answer(invitation=guest, said=actions.Answer(state, **said), how=how, now=now)
