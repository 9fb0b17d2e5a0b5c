"""The guest list of a date: who is on it, in which rank, with whom; and what all its invitations share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from cms.contacts.models import Contact
from cms.core.actions import log_thing
from events.actions import seats
from events.actions.categories import put_into
from events.actions.errors import AlreadyOver, NotTaken
from events.models import Category, GuestList, Invitation, InvitationState, Occurrence, Registration

LIST = (
    "category",
    "answer_by",
    "subject_fr",
    "words_fr",
    "subject_en",
    "words_en",
    "reference",
    "place",
    "signatory",
    "function",
    "phone",
)
GUEST = ("rank", "may_bring", "may_be_replaced", "category")


def list_of(occurrence: Occurrence) -> GuestList:
    """What the invitations to a date share, made when first needed."""
    return GuestList.objects.get_or_create(occurrence=occurrence)[0]


@transaction.atomic
def change_list(*, occurrence: Occurrence, values: dict[str, Any], user: Any, now: datetime) -> GuestList:
    """Change what all invitations to a date say. `values` holds fields of LIST.

    A new category is that of who answers from now on; who comes already stays in theirs.
    """
    row = seats.take(occurrence)
    found = list_of(row)
    said = {name: values[name] for name in LIST if name in values}
    _check(said.get("category"), row)
    for name, value in said.items():
        setattr(found, name, value)
    found.save()
    if found.answer_by is None or found.answer_by > now:
        # A later day opens the answer again to those whom the first one had passed by.
        late = Invitation.objects.filter(occurrence=row, state=InvitationState.EXPIRED)
        late.update(state=InvitationState.SENT, version=F("version") + 1)
    log_thing(row.event, action="guests.letter", user=user, now=now, changes={"date": row.recurrence_id})
    return found


@transaction.atomic
def add_guests(
    *,
    occurrence: Occurrence,
    contacts: Iterable[Contact],
    may_bring: int = 0,
    category: Category | None = None,
    user: Any,
    now: datetime,
) -> int:
    """Put contacts on the guest list of a date with their rank in protocol; returns how many are new on it.

    `category` is that of the new ones, where it is not the list's (see `category_of`).
    Who stands on it already stays as they are; who was taken off comes back. Raises AlreadyOver.
    """
    row = seats.take(occurrence)
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    _check(category, row)
    chosen = {contact.pk: contact for contact in contacts}
    back = Invitation.objects.filter(
        occurrence=row, contact__in=chosen, state=InvitationState.WITHDRAWN
    ).update(state=InvitationState.TO_SEND, version=F("version") + 1, sent_at=None)
    listed = set(Invitation.objects.filter(occurrence=row).values_list("contact", flat=True))
    made = Invitation.objects.bulk_create(
        Invitation(
            occurrence=row,
            contact=contact,
            rank=contact.protocol_rank,
            may_bring=may_bring,
            category=category,
            created_at=now,
        )
        for pk, contact in chosen.items()
        if pk not in listed
    )
    if made or back:
        list_of(row)
        changes = {"date": row.recurrence_id, "guests": len(made) + back}
        log_thing(row.event, action="guests.added", user=user, now=now, changes=changes)
    return len(made) + back


def _check(category: Category | None, row: Occurrence) -> None:
    if category is not None and category.event_id != row.event_id:
        raise ValueError("a category of another event")


def category_of(invitation: Invitation) -> Category | None:
    """In which category who comes by an invitation is counted: its own, else that of its list."""
    if invitation.category_id is not None:
        return invitation.category
    listed = GuestList.objects.filter(occurrence=invitation.occurrence_id).select_related("category").first()
    return listed.category if listed is not None else None


def _locked(invitation: Invitation) -> tuple[Invitation, Occurrence]:
    """The invitation as it now is, and its date under the lock."""
    row = seats.take(Occurrence(pk=invitation.occurrence_id))
    found = Invitation.objects.select_related("contact__organisation", "category").get(pk=invitation.pk)
    found.occurrence = row
    return found, row


@transaction.atomic
def change_guest(*, invitation: Invitation, values: dict[str, Any], user: Any, now: datetime) -> Invitation:
    """Change what holds for one guest: fields of GUEST.

    Who comes by the invitation already goes along into another category. Raises OccurrenceFull where it has fewer
    seats than they hold.
    """
    found, row = _locked(invitation)
    said = {name: values[name] for name in GUEST if name in values}
    _check(said.get("category"), row)
    before = category_of(found)
    for name, value in said.items():
        setattr(found, name, value)
    found.save(update_fields=list(said))
    after = category_of(found)
    if after != before:
        people = Registration.objects.active().filter(invitation=found, category=before)
        for registration in people.select_related("contact").order_by("pk"):
            put_into(registration, after, row, now=now)
        seats.promote(row, now=now)
    changes = {"guest": found.uid.hex, **said}
    if "category" in said:
        changes["category"] = str(said["category"] or "")
    log_thing(row.event, action="guests.changed", user=user, now=now, changes=changes)
    return found


@transaction.atomic
def renew_link(*, invitation: Invitation, user: Any, now: datetime) -> Invitation:
    """Revoke the link and the code given out for this invitation; a new letter or mail carries new ones."""
    found, row = _locked(invitation)
    Invitation.objects.filter(pk=found.pk).update(generation=F("generation") + 1, version=F("version") + 1)
    found.refresh_from_db()
    log_thing(row.event, action="guests.new_link", user=user, now=now, changes={"guest": found.uid.hex})
    return found


def locked_for_answer(invitation: Invitation) -> tuple[Invitation, Occurrence]:
    """As `_locked`, for whoever takes an answer. Raises NotTaken for a guest taken off the list."""
    found, row = _locked(invitation)
    if found.is_withdrawn:
        raise NotTaken
    return found, row
