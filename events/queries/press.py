"""The press at an event: who is accredited, and whom to telephone when time is short."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from cms.contacts.models import MediaProfile
from cms.contacts.queries import standing_accreditations
from events.models import ACTIVE_STATES, Event, Kind, Occurrence, Registration, RegistrationState


def mark_accredited(people: list[Registration], event: Event, *, now: datetime) -> None:
    """Set on each of these whether they are accredited at `now`, in general or to this event, and their press card.

    Two queries for a press conference or an event with a number for newsrooms, none for others.
    """
    if event.kind != Kind.PRESS_CONFERENCE and not event.outlet_cap:
        return
    keys = {one.contact_id for one in people if one.contact_id}
    standing = standing_accreditations(now).filter(Q(scope_uid=None) | Q(scope_uid=event.uid))
    known = set(standing.filter(contact__in=keys).values_list("contact_id", flat=True))
    cards = dict(MediaProfile.objects.filter(contact__in=keys).values_list("contact_id", "press_card"))
    for one in people:
        shown: Any = one
        shown.is_accredited = one.contact_id in known
        shown.press_card = cards.get(one.contact_id or 0, "")


def is_accredited(registration: Registration, *, now: datetime) -> bool:
    """Whether who registered is accredited at `now`, in general or to this event (one query)."""
    if registration.contact_id is None:
        return False
    scopes = Q(scope_uid=None) | Q(scope_uid=registration.occurrence.event.uid)
    found = standing_accreditations(now).filter(scopes, contact=registration.contact_id)
    return found.filter(contact__trashed_at=None).exists()


def standing_seats() -> QuerySet[Any, Any]:
    """The uids of the registrations that have a seat for certain, at dates that take place."""
    rows = Occurrence.objects.planned().order_by().values("pk")
    found = Registration.objects.filter(state=RegistrationState.CONFIRMED, occurrence__in=rows)
    return found.order_by().values("uid")


def to_telephone(event: Event, *, now: datetime) -> QuerySet[Registration]:
    """Who is expected at dates still to come and gave a telephone: first those whom no mail reaches, then by name."""
    rows = event.occurrences.coming(now).order_by().values("pk")
    found = Registration.objects.filter(occurrence__in=rows, state__in=ACTIVE_STATES).exclude(phone="")
    by_mail = Case(When(email="", then=Value(0)), default=Value(1))
    return found.order_by(by_mail, "name", "pk")
