"""What guests answer: by their link, by the code of a letter, or through the secretariat.

An answer is who comes: nobody, the guest or a substitute, and those brought along. Each of them is a registration of
the same date, counted under the same lock as everybody's. A person who takes another's place takes the seat too: it
is never free in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.contacts import actions as contacts
from cms.contacts.models import Contact
from cms.contacts.validators import name_key
from cms.core.actions import log_thing
from events.actions import guests, letters, seats
from events.actions.errors import AlreadyOver, CannotAnswer
from events.actions.form_answers import keep_answers
from events.models import (
    UNANSWERED,
    AnswerChannel,
    Channel,
    Delegate,
    Invitation,
    InvitationState,
    Occurrence,
    Registration,
    RegistrationState,
)
from events.policies import may_answer

_AS_REGISTERED = {
    AnswerChannel.PHONE: Channel.PHONE,
    AnswerChannel.LETTER: Channel.LETTER,
    AnswerChannel.MAIL: Channel.STAFF,
    AnswerChannel.IN_PERSON: Channel.IN_PERSON,
}


@dataclass(frozen=True)
class Answer:
    """What a guest says. `state` is ACCEPTED, SUBSTITUTED or DECLINED; addresses are normalised.

    `email` and `phone` reach whoever comes (guest or substitute), where they are not those of the guest's card.
    """

    state: str
    substitute_name: str = ""
    substitute_function: str = ""
    email: str = ""
    phone: str = ""
    brings: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class How:
    """By which way an answer came; `user` and `with_whom` (who called or signed) where staff record it."""

    channel: str
    user: Any = None
    with_whom: str = ""

    @property
    def by_staff(self) -> bool:
        return self.user is not None


@dataclass(frozen=True)
class _Person:
    """Somebody who is to come. `contact` is known for the guest, and for a substitute with an address."""

    name: str
    email: str = ""
    phone: str = ""
    function: str = ""
    contact: Contact | None = None


@transaction.atomic
def answer(*, invitation: Invitation, said: Answer, how: How, now: datetime) -> Invitation:
    """Take a guest's answer, or a new one in place of the last. The same once more changes nothing.

    Guests answer until the date of their list or the start; the secretariat until it is over. Raises AlreadyOver,
    NotTaken (off the list), CannotAnswer with its sentence.
    """
    substitute = _substitute(said, invitation, now=now)
    found, row = guests.locked_for_answer(invitation)
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    _check(found, row, said, how, now=now)
    wanted = _wanted(found, said, substitute)
    present = _present(found, row)
    if _is_same(found, said, wanted, present):
        return found
    if any(registration.attended_at for registration in present):
        raise CannotAnswer(_("Somebody of this invitation is in the hall already: nothing was changed."))
    found.state = said.state
    found.substitute_name = said.substitute_name if said.state == InvitationState.SUBSTITUTED else ""
    found.substitute_function = said.substitute_function if found.substitute_name else ""
    found.note, found.answered_at, found.answered_by = said.note, now, how.channel
    found.answered_user, found.answered_with = how.user, how.with_whom
    found.version += 1
    found.save()
    _seat(found, row, wanted, present, how=how, now=now)
    changes = {"guest": found.uid.hex, "state": found.state, "how": str(how.channel)}
    if not how.by_staff:
        changes["by"] = "link"
    log_thing(row.event, action="guests.answered", user=how.user, now=now, changes=changes)
    return found


def _check(found: Invitation, row: Occurrence, said: Answer, how: How, *, now: datetime) -> None:
    if not how.by_staff and not may_answer(found, row, guests.list_of(row), now=now):
        raise CannotAnswer(_("The time to answer is over. Please call us."))
    if said.state == InvitationState.SUBSTITUTED and not found.may_be_replaced:
        raise CannotAnswer(_("This invitation is personal: nobody can come in the guest's place."))
    if len(said.brings) > found.may_bring:
        raise CannotAnswer(
            ngettext(
                "This invitation is for the guest and %(n)d more person at most.",
                "This invitation is for the guest and %(n)d more people at most.",
                found.may_bring,
            )
            % {"n": found.may_bring}
        )


def _substitute(said: Answer, invitation: Invitation, *, now: datetime) -> Contact | None:
    """The card of a substitute who gives an address. Made before the date is locked: cards have locks of their own."""
    if said.state != InvitationState.SUBSTITUTED or not (said.email or said.phone):
        return None
    return contacts.find_or_create_contact(
        email=said.email or None,
        phone=said.phone or None,
        name=said.substitute_name,
        language=invitation.contact.language,
        organisation_name=_organisation(invitation.contact),
        now=now,
    )


def _organisation(contact: Contact) -> str:
    return contact.organisation.name if contact.organisation is not None else ""


def _wanted(found: Invitation, said: Answer, substitute: Contact | None) -> list[_Person]:
    if said.state == InvitationState.DECLINED:
        return []
    card = found.contact
    email, phone = said.email or card.primary_email or "", said.phone or card.primary_phone or ""
    if said.state == InvitationState.SUBSTITUTED:
        first = _Person(said.substitute_name, email, said.phone, said.substitute_function, substitute)
    else:
        first = _Person(card.name, email, phone, card.function, card)
    return [first, *(_Person(name) for name in said.brings)]


def _present(found: Invitation, row: Occurrence) -> list[Registration]:
    """Who is registered by this invitation, and the guest where they registered by themselves; under the lock."""
    rows = Registration.objects.active().select_related("contact").filter(occurrence=row).order_by("pk")
    own = list(rows.filter(invitation=None, contact=found.contact))
    return own + list(rows.filter(invitation=found))


def _is_same(found: Invitation, said: Answer, wanted: list[_Person], present: list[Registration]) -> bool:
    function = said.substitute_function if said.state == InvitationState.SUBSTITUTED else ""
    if (found.state, found.note, found.substitute_function) != (said.state, said.note, function):
        return False
    if any(one.invitation_id is None for one in present):
        return False
    asked = [(name_key(one.name), one.email, one.phone) for one in wanted]
    return sorted(asked) == sorted((name_key(one.name), one.email, one.phone) for one in present)


def _seat(
    found: Invitation,
    row: Occurrence,
    wanted: list[_Person],
    present: list[Registration],
    *,
    how: How,
    now: datetime,
) -> None:
    """Make registrations of `wanted` out of `present`: those who stay, those who take a seat over, the rest."""
    gone, new = list(present), []
    for person in wanted:
        kept = next((one for one in gone if name_key(one.name) == name_key(person.name)), None)
        if kept is None:
            new.append(person)
        else:
            gone.remove(kept)
            _keep(kept, person, found, row, how=how, now=now)
    for person in new:
        if _comes_anyway(row, person):
            continue
        if gone:
            _hand_over(gone.pop(0), person, found, row, how=how, now=now)
        else:
            registration = Registration(occurrence=row, created_at=now)
            _fill(registration, person, found, how=how, now=now)
            _sort(registration, found)
            seats.seat(registration, row, now=now)
    for registration in gone:
        _end(registration, row, now=now)
    if gone:
        seats.promote(row, now=now)


def _comes_anyway(row: Occurrence, person: _Person) -> bool:
    """Whether a substitute is registered already, by themselves or as another's guest.

    That registration stays theirs alone: a guest who types somebody's address gets neither their ticket nor the
    power to cancel it.
    """
    rows = Registration.objects.active().filter(occurrence=row)
    return person.contact is not None and rows.filter(contact=person.contact).exists()


def _keep(
    registration: Registration,
    person: _Person,
    found: Invitation,
    row: Occurrence,
    *,
    how: How,
    now: datetime,
) -> None:
    """Somebody who is registered stays so; one who waited for approval or for a mail is approved: they are invited."""
    waits = registration.state in (RegistrationState.PENDING, RegistrationState.REQUESTED)
    moved = (registration.email, registration.phone) != (person.email, person.phone)
    registration.invitation = found
    registration.email, registration.phone = person.email, person.phone
    if waits:
        _verified(registration, how=how, now=now)
        _sort(registration, found)
        seats.seat(registration, row, now=now)
        return
    if moved:
        registration.version += 1
    registration.save()
    if moved:
        letters.tell(registration, row, now=now)


def _hand_over(
    registration: Registration,
    person: _Person,
    found: Invitation,
    row: Occurrence,
    *,
    how: How,
    now: datetime,
) -> None:
    """Another person takes the seat, or the place in the waiting list; the ticket of the first opens nothing more.

    What the first one told of themselves (answers, files, journey, passport) goes: it is no business of the second.
    """
    _tell_replaced(registration, person, row, now=now)
    keep_answers(registration, (), now=now)
    Delegate.objects.filter(registration=registration).delete()
    if registration.delegation_id:
        Delegate.objects.create(registration=registration, function=person.function)
    registration.confirmed_number = ""
    _fill(registration, person, found, how=how, now=now)
    registration.generation += 1
    if registration.state in (RegistrationState.PENDING, RegistrationState.REQUESTED):
        _sort(registration, found)
        seats.seat(registration, row, now=now)
        return
    registration.version += 1
    registration.save()
    letters.tell(registration, row, now=now)


def _tell_replaced(registration: Registration, person: _Person, row: Occurrence, *, now: datetime) -> None:
    """Who held the ticket that opens nothing more is told, and their calendar; unless both read one box."""
    if registration.confirmed_at is None or registration.email == person.email:
        return
    with translation.override(registration.language):
        reason = _("Somebody else comes in your place.")
    letters.owe("events.cancelled", registration, row, now=now, reason=reason)


def _fill(registration: Registration, person: _Person, found: Invitation, *, how: How, now: datetime) -> None:
    card = found.contact
    registration.contact = person.contact or Contact.objects.create(
        name=person.name,
        function=person.function,
        organisation=card.organisation,
        language=card.language,
        country=card.country,
    )
    registration.invitation = found
    registration.name, registration.organisation = person.name, _organisation(card)
    registration.email, registration.phone = person.email, person.phone
    registration.language = card.language
    _verified(registration, how=how, now=now)


def _sort(registration: Registration, found: Invitation) -> None:
    """Put who is about to be judged into the category that the invitation names, if any.

    Who holds a seat already keeps it in the category that it was counted in.
    """
    registration.category = guests.category_of(found) or registration.category


def _verified(registration: Registration, *, how: How, now: datetime) -> None:
    registration.approved_at = registration.approved_at or now
    registration.confirmed_at = now
    registration.confirmed_channel = _AS_REGISTERED.get(AnswerChannel(how.channel), Channel.LINK)
    registration.confirmed_by = how.user


def _end(registration: Registration, row: Occurrence, *, now: datetime) -> None:
    registration.state, registration.cancelled_at = RegistrationState.CANCELLED, now
    registration.position = registration.held_until = registration.offered_until = None
    registration.version += 1
    registration.save()
    letters.tell(registration, row, now=now)


def free_seats(found: Invitation, row: Occurrence, *, now: datetime) -> bool:
    """End all that came by an invitation, under the lock of `row`; returns whether anybody was told by mail."""
    present = _present(found, row)
    for registration in present:
        _end(registration, row, now=now)
    if present:
        seats.promote(row, now=now)
    return any(registration.email for registration in present)


# What guests do by other ways ---------------------------------------------------------------------------------------
def claim(
    registration: Registration,
    row: Occurrence,
    *,
    channel: str = AnswerChannel.FORM,
    user: Any = None,
    now: datetime,
) -> None:
    """A guest registered by another way and is confirmed: that is an answer, and the invitation is the approval.

    Who had declined comes after all. Under the lock of `row`, before the registration is judged and saved.
    """
    found = Invitation.objects.filter(
        occurrence=row,
        contact=registration.contact_id,
        state__in=(*UNANSWERED, InvitationState.DECLINED),
    ).first()
    if found is None:
        return
    found.state, found.answered_at, found.answered_by = InvitationState.ACCEPTED, now, channel
    found.answered_user, found.answered_with = user, ""
    found.version += 1
    found.save()
    registration.invitation, registration.approved_at = found, registration.approved_at or now
    # Staff said in which category they enter somebody; a form offers the public ones alone.
    if user is None or registration.category is None:
        _sort(registration, found)


def leave(registrations: Iterable[Registration], *, user: Any, now: datetime) -> None:
    """Registrations were cancelled one by one, by staff (`user`) or through the ticket.

    An invitation of which nobody comes any more is declined.
    """
    wanted = {one.invitation_id for one in registrations if one.invitation_id}
    left = set(
        Registration.objects.active().filter(invitation__in=wanted).values_list("invitation", flat=True)
    )
    channel = AnswerChannel.STAFF if user is not None else AnswerChannel.LINK
    Invitation.objects.filter(pk__in=wanted - left).exclude(
        state__in=(InvitationState.DECLINED, InvitationState.WITHDRAWN)
    ).update(
        state=InvitationState.DECLINED,
        answered_at=now,
        answered_by=channel,
        answered_user=user,
        answered_with="",
        substitute_name="",
        substitute_function="",
    )
