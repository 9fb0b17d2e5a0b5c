"""The press at an event: who is accredited, and whom to telephone when time is short."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from cms.contacts.models import MediaProfile
from cms.contacts.queries import standing_accreditations
from cms.core.models import ThingLog
from events.models import (
    ACTIVE_STATES,
    Event,
    Invitation,
    InvitationState,
    Kind,
    Occurrence,
    Registration,
    RegistrationState,
)
from events.policies import minutes_beside_slot

#: What the journal calls the acts that end everybody's registration at once, at the hour of the act.
CALLED_OFF = ("event.cancelled", "event.ended", "occurrence.cancelled")
EXPECTED_GUESTS = (InvitationState.SENT, InvitationState.ACCEPTED, InvitationState.SUBSTITUTED)


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


def beside_slot(event: Event, *, now: datetime) -> tuple[Occurrence, int] | None:
    """The next date of a press conference that is too short or too long, and its minutes; None where none is.

    One query for a press conference, none for others.
    """
    if event.kind != Kind.PRESS_CONFERENCE or event.is_cancelled:
        return None
    rows = event.occurrences.planned().coming(now).select_related("event")[:50]
    found = ((row, minutes_beside_slot(event, row)) for row in rows)
    return next(((row, minutes) for row, minutes in found if minutes is not None), None)


def out_of_mail(event: Event, *, row: Occurrence | None = None, now: datetime) -> QuerySet[Registration]:
    """Who is registered for the dates to come (or for `row`) with a telephone alone: no mail tells them of a change."""
    rows = event.occurrences.planned().coming(now).order_by().values("pk")
    found = Registration.objects.active().filter(email="", occurrence__in=rows).exclude(phone="")
    if row is not None:
        found = found.filter(occurrence=row)
    return found.select_related("occurrence__event").order_by("occurrence__starts_at", "name", "pk")


def number_out_of_mail(event: Event, *, row: Occurrence | None = None, now: datetime) -> int:
    """How many people no mail tells of a change: registered with a telephone alone, or invited on paper."""
    return out_of_mail(event, row=row, now=now).count() + guests_out_of_mail(event, row=row, now=now).count()


def guests_out_of_mail(event: Event, *, row: Occurrence | None = None, now: datetime) -> QuerySet[Invitation]:
    """The guests of the dates to come (or of `row`), called off or not, who were invited on paper or by telephone
    and have not declined: no mail tells them of a change, nor does a registration give their telephone.
    """
    rows = event.occurrences.coming(now).order_by().values("pk")
    themselves = Q(contact=OuterRef("contact")) | Q(invitation__state=InvitationState.SUBSTITUTED)
    reached = Registration.objects.filter(themselves, invitation=OuterRef("pk"))
    found = Invitation.objects.filter(occurrence__in=rows, state__in=EXPECTED_GUESTS, contact__emails=None)
    found = found.exclude(Exists(reached.exclude(email="", phone="")))
    if row is not None:
        found = found.filter(occurrence=row)
    found = found.select_related("occurrence__event", "contact__organisation").prefetch_related(
        "contact__phones"
    )
    return found.order_by("occurrence__starts_at", "contact__name_key", "pk")


def to_telephone(event: Event, *, now: datetime) -> QuerySet[Registration]:
    """Who is expected at dates still to come, or was until they were called off, and gave a telephone.

    First those whom no mail reaches, then by name. Who had cancelled before is not called.
    """
    rows = event.occurrences.coming(now).order_by().values("pk")
    called_off = ThingLog.objects.filter(thing_uid=event.uid, action__in=CALLED_OFF).values("at")
    expected = Q(state__in=ACTIVE_STATES) | Q(state=RegistrationState.CANCELLED, cancelled_at__in=called_off)
    found = Registration.objects.filter(expected, occurrence__in=rows).exclude(phone="")
    by_mail = Case(When(email="", then=Value(0)), default=Value(1))
    return found.order_by(by_mail, "name", "pk")
