"""Delegations: announced, given seats under the lock of the date, their people named until a date.

A seat granted and not named yet is kept for the delegation until `names_until` (see `seats.free`). Who is named gets
one of these; beyond them a place in the line of the date. A seat that a delegate gives back before that instant stays
with the delegation, first for whom of it waits; after it, it goes to whoever waits first.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from cms.contacts import actions as contacts
from cms.contacts.models import Contact
from cms.core.actions import log_thing
from events.actions import letters, seats
from events.actions.errors import (
    AlreadyOver,
    NoPlaceLeft,
    NotTaken,
    PlacesNamed,
    RegistrationClosed,
    SeatsShort,
)
from events.models import (
    Category,
    Channel,
    Delegate,
    Delegation,
    DelegationState,
    Occurrence,
    Registration,
    RegistrationState,
)
from events.policies import delegations_are_open

#: What an announcement says of a delegation, beside its date and the number of its places.
SAID = (
    "organisation",
    "country",
    "head_name",
    "head_function",
    "head_comes",
    "email",
    "phone",
    "language",
)


@transaction.atomic
def announce_delegation(
    *,
    occurrence: Occurrence,
    said: Mapping[str, Any],
    places: int,
    names_until: datetime,
    category: Category | None = None,
    key: UUID | None = None,
    by_form: bool = False,
    user: Any = None,
    now: datetime,
) -> Delegation:
    """Enter a delegation that asks for `places`; no seat is taken until it is granted some.

    `said` are values of SAID, addresses normalised; its people are of `category`, one of the event's. The same form
    (`key`) is one delegation. Who announces themselves on the event's page (`by_form`) does so while registration is
    open, and is told that it arrived. Raises AlreadyOver, RegistrationClosed.
    """
    contact = known_contact(said["head_name"], said, now=now)
    row = seats.take(occurrence)
    if key is not None and (same := Delegation.objects.filter(key=key).first()) is not None:
        return same
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    if by_form and not delegations_are_open(row.event, row, now=now):
        raise RegistrationClosed
    delegation = Delegation.objects.create(
        occurrence=row,
        contact=contact or card_without_address(said["head_name"], said),
        places=places,
        names_until=names_until,
        category=category,
        key=key,
        created_at=now,
        **{name: said[name] for name in SAID if name in said},
    )
    log_delegation(delegation, row, "delegation.announced", user=user, now=now, places=places)
    if by_form:
        letters.owe_head("events.delegation_requested", delegation, row, now=now)
    return delegation


@transaction.atomic
def add_delegation(
    *,
    occurrence: Occurrence,
    said: Mapping[str, Any],
    places: int,
    granted: int,
    names_until: datetime,
    category: Category | None = None,
    key: UUID | None = None,
    user: Any,
    now: datetime,
) -> Delegation:
    """Staff enter a delegation and give it `granted` seats at once (0: to be answered later). Raises as both do."""
    delegation = announce_delegation(
        occurrence=occurrence,
        said=said,
        places=places,
        names_until=names_until,
        category=category,
        key=key,
        user=user,
        now=now,
    )
    if granted and delegation.state == DelegationState.REQUESTED:
        return grant_places(
            delegation=delegation, granted=granted, names_until=names_until, user=user, now=now
        )
    return delegation


def known_contact(name: str, said: Mapping[str, Any], *, now: datetime) -> Contact | None:
    """The card of this address or number, entered if new; None for who gave neither.

    Asked before the lock of a date: whoever registers publicly holds a new card while waiting for that lock.
    """
    email, phone = said.get("email") or None, said.get("phone") or None
    if email is None and phone is None:
        return None
    return contacts.find_or_create_contact(
        email=email,
        phone=phone,
        name=name,
        language=said.get("language") or "fr",
        organisation_name=said.get("organisation") or "",
        now=now,
    )


def card_without_address(name: str, said: Mapping[str, Any]) -> Contact:
    """A new card that holds a name alone."""
    return Contact.objects.create(name=name, language=said.get("language") or "fr")


def locked(
    delegation: Delegation, *, rows: QuerySet[Occurrence] | None = None
) -> tuple[Delegation, Occurrence]:
    """The delegation as it now is, and its date under the lock, which is the delegation's lock too."""
    row = seats.take(Occurrence(pk=delegation.occurrence_id), rows=rows)
    found = Delegation.objects.select_related("contact", "category").get(pk=delegation.pk)
    found.occurrence = row
    return found, row


@transaction.atomic
def grant_places(
    *,
    delegation: Delegation,
    granted: int,
    names_until: datetime,
    at_most: bool = False,
    user: Any,
    now: datetime,
    rows: QuerySet[Occurrence] | None = None,
) -> Delegation:
    """Give a delegation its seats: as many as it asked for, or fewer where seats are short; more or fewer later on.

    `at_most` gives those there are, where fewer are left. Raises SeatsShort with the number left, PlacesNamed where
    more people are named and seated than it would keep, NotTaken where it was refused or cancelled, AlreadyOver.
    """
    found, row = locked(delegation, rows=rows)
    if not found.is_active or granted < 1:
        raise NotTaken
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    seated = members_of(found).filter(state__in=[RegistrationState.CONFIRMED, RegistrationState.OFFERED])
    holds, named = seated.count(), members_of(found).active().count()
    left = seats.left_for(found, row, now=now)
    wanted = min(granted, found.places)
    if left is not None and wanted > left + holds:
        wanted = left + holds
        if not at_most or wanted < 1:
            raise SeatsShort(max(wanted, 0))
    if wanted < holds:
        raise PlacesNamed(holds)
    found.granted, found.names_until, found.state = wanted, names_until, DelegationState.CONFIRMED
    found.decided_at, found.decided_by, found.reason = now, user if user and user.pk else None, ""
    found.version += 1
    found.save()
    if found.head_comes and not named:
        _seat_head(found, row, now=now)
    letters.owe_head("events.delegation_confirmed", found, row, now=now)
    log_delegation(found, row, "delegation.granted", user=user, now=now, granted=wanted)
    seats.promote(row, now=now)
    return found


def _seat_head(delegation: Delegation, row: Occurrence, *, now: datetime) -> None:
    """Name the head first, unless they are registered by themselves: then that seat is the one they sit on."""
    known = Registration.objects.active().filter(occurrence=row, contact=delegation.contact_id)
    if not known.exists():
        said = {
            "name": delegation.head_name,
            "function": delegation.head_function,
            "email": delegation.email,
            "phone": delegation.phone,
            "language": delegation.language,
        }
        enter_member(delegation, row, said, contact=delegation.contact, is_head=True, key=None, now=now)


def members_of(delegation: Delegation) -> Any:
    """The registrations of a delegation's people."""
    return Registration.objects.filter(delegation=delegation)


@transaction.atomic
def name_member(
    *,
    delegation: Delegation,
    said: Mapping[str, Any],
    key: UUID | None = None,
    user: Any = None,
    now: datetime,
    rows: QuerySet[Occurrence] | None = None,
) -> Registration:
    """Name one person: a seat of the delegation's, else a place in the line. `said`: name, function, email, phone,
    language.

    The same form (`key`) names one person. Staff (`user`) may name after the last day, the head may not. Whoever is
    registered by themselves already keeps that registration, and the head is told nothing of it. Raises NotTaken,
    AlreadyOver, NoPlaceLeft.
    """
    contact = known_contact(said["name"], {**said, "organisation": delegation.organisation}, now=now)
    found, row = locked(delegation, rows=rows)
    if key is not None and (same := members_of(found).filter(key=key).first()) is not None:
        return same
    if found.state != DelegationState.CONFIRMED or (user is None and not found.takes_names(now)):
        raise NotTaken
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    if members_of(found).active().count() >= found.places:
        raise NoPlaceLeft
    if contact is None or Registration.objects.active().filter(occurrence=row, contact=contact).exists():
        contact = card_without_address(said["name"], said)
    member = enter_member(found, row, said, contact=contact, is_head=False, key=key, now=now)
    log_delegation(found, row, "delegation.named", user=user, now=now, member=member)
    return member


def enter_member(
    delegation: Delegation,
    row: Occurrence,
    said: Mapping[str, Any],
    *,
    contact: Contact | None,
    is_head: bool,
    key: UUID | None,
    now: datetime,
) -> Registration:
    """Write a member's registration and what is known of the person, under the lock of `row`."""
    member = Registration(
        key=key,
        occurrence=row,
        delegation=delegation,
        category=delegation.category,
        contact=contact,
        name=said["name"],
        email=said.get("email") or "",
        phone=said.get("phone") or "",
        organisation=delegation.organisation,
        language=said.get("language") or delegation.language,
        created_at=now,
        approved_at=now,
        confirmed_at=now,
        confirmed_channel=Channel.HEAD,
    )
    if seats.kept_for(delegation, now=now) > 0:
        member.state = RegistrationState.CONFIRMED
        member.save()
        letters.owe("events.delegate_named", member, row, now=now)
    else:
        seats.seat(member, row, now=now)
        if member.state == RegistrationState.REFUSED:
            raise NoPlaceLeft  # an event without a waiting list: told at once, and the try leaves nothing
    Delegate.objects.create(registration=member, function=said.get("function") or "", is_head=is_head)
    return member


@transaction.atomic
def remove_member(*, member: Registration, user: Any = None, now: datetime) -> Registration:
    """Take somebody out of the delegation, whose seat stays with it until the last day for names. Twice: nothing."""
    row = seats.take(Occurrence(pk=member.occurrence_id))
    found = Registration.objects.select_related("contact", "delegation").get(pk=member.pk)
    if not found.is_active or row.is_past(now) or found.delegation is None:
        return found
    found.state, found.cancelled_at = RegistrationState.CANCELLED, now
    found.position = found.held_until = None
    found.version += 1
    found.save()
    letters.tell(found, row, now=now)
    log_delegation(found.delegation, row, "delegation.removed", user=user, now=now, member=found)
    seats.promote(row, now=now)
    return found


@transaction.atomic
def refuse_delegation(*, delegation: Delegation, reason: str = "", user: Any, now: datetime) -> Delegation:
    """Refuse a delegation that asked, with a sentence for its head. Raises NotTaken."""
    found, row = locked(delegation)
    if found.state != DelegationState.REQUESTED:
        raise NotTaken
    _close(found, row, DelegationState.REFUSED, reason=reason, user=user, now=now)
    letters.owe_head("events.delegation_refused", found, row, now=now)
    log_delegation(found, row, "delegation.refused", user=user, now=now)
    return found


@transaction.atomic
def cancel_delegation(
    *, delegation: Delegation, reason: str = "", user: Any = None, now: datetime
) -> Delegation:
    """The whole delegation does not come: its seats go to whoever waits, its people are told. Twice: nothing."""
    found, row = locked(delegation)
    if not found.is_active or row.is_past(now):
        return found
    _close(found, row, DelegationState.CANCELLED, reason=reason, user=user, now=now)
    end_members(found, row, reason=reason, now=now)
    letters.owe_head("events.delegation_cancelled", found, row, now=now)
    log_delegation(found, row, "delegation.cancelled", user=user, now=now)
    seats.promote(row, now=now)
    return found


def _close(
    delegation: Delegation, row: Occurrence, state: str, *, reason: str, user: Any, now: datetime
) -> None:
    delegation.state, delegation.reason, delegation.granted = state, reason, 0
    delegation.decided_at, delegation.decided_by = now, user if user is not None and user.pk else None
    delegation.version += 1
    delegation.save()


def end_members(delegation: Delegation, row: Occurrence, *, reason: str, now: datetime) -> None:
    """Cancel the registrations of a delegation's people and tell each."""
    for member in members_of(delegation).active().select_related("contact"):
        member.state, member.reason, member.cancelled_at = RegistrationState.CANCELLED, reason, now
        member.position = member.held_until = None
        member.version += 1
        member.save()
        letters.tell(member, row, now=now)


@transaction.atomic
def new_delegation_link(*, delegation: Delegation, user: Any, now: datetime) -> Delegation:
    """Revoke every link given to the head and write them a new one."""
    found, row = locked(delegation)
    Delegation.objects.filter(pk=found.pk).update(generation=F("generation") + 1, version=F("version") + 1)
    found.refresh_from_db(fields=["generation", "version"])
    if found.state == DelegationState.CONFIRMED:
        letters.owe_head("events.delegation_confirmed", found, row, now=now)
    log_delegation(found, row, "delegation.new_link", user=user, now=now)
    return found


def log_delegation(
    delegation: Delegation,
    row: Occurrence,
    action: str,
    *,
    user: Any,
    now: datetime,
    member: Registration | None = None,
    **said: Any,
) -> None:
    """A line in the event's journal: which delegation, whose registration, which fields; never what stands in them."""
    changes = {"delegation": delegation.uid.hex, "state": delegation.state, **said}
    if member is not None:
        changes |= {"registration": member.uid.hex, "state": member.state}
    if user is None:
        changes["by"] = "link"
    log_thing(row.event, action=action, user=user, now=now, changes=changes)
