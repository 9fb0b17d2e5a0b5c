"""Registering, confirming, cancelling: each locks the date, judges under the lock and writes, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from cms.contacts import actions as contacts
from cms.contacts.models import Contact
from cms.core.actions import log_thing
from events.actions import answers as guests
from events.actions import letters, posted, seats
from events.actions.errors import AlreadyOver, NotTaken, OccurrenceFull, OutletFull, RegistrationClosed
from events.actions.form_answers import Said, choices_said, keep_answers
from events.actions.posted import Entry
from events.models import Category, Channel, Occurrence, Registration, RegistrationState
from events.policies import registration_is_open
from events.queries.outlets import outlet_is_full

REMIND_AFTER = timedelta(minutes=15)


@transaction.atomic
def register(
    *,
    occurrence: Occurrence,
    name: str,
    email: str = "",
    phone: str = "",
    organisation: str = "",
    language: str,
    category: Category | None = None,
    answers: Sequence[Said] = (),
    key: UUID | None = None,
    now: datetime,
    rows: QuerySet[Occurrence] | None = None,
) -> Registration:
    """Register somebody from the public form: pending until the address is confirmed (telephone: by staff).

    The same form (`key`) is one registration, or corrects the one it made (see `posted`). A person registered
    already by another form is written to again, at most every quarter of an hour. Raises RegistrationClosed (the
    date, or the category), OccurrenceFull (no seat and no waiting list), OutletFull, ContactUnreachable; who is
    registered already learns no more from a date that is closed or full than a stranger does.
    """
    entry = Entry(name, email, phone, organisation, language, category, tuple(answers))
    form = posted.take_form(key, entry=entry, date=occurrence)
    contact = _contact_of(entry, now=now)
    dates = seats.take_all(form.dates | {occurrence.pk}, rows=rows)
    row = dates[occurrence.pk]
    form.reload()
    if (same := form.same(entry, row)) is not None:
        return _posted_again(same, entry, row, now=now)
    _check_open(entry, row, now=now)
    wrong = form.mistaken(entry, row)
    kept_until = posted.withdraw(wrong, row, now=now) if wrong is not None else None
    fresh = _of(entry, row, contact=contact, key=key, now=now)
    if not row.event.has_waiting_list and not seats.has_seat(fresh, row, now=now):
        raise OccurrenceFull
    if outlet_is_full(fresh, row, typed=True):
        raise OutletFull
    registration = _already(row, contact=contact)
    if registration is not None:
        _remind(registration, row, now=now)
    else:
        form.hand_over_key()
        registration = _enter(fresh, row, entry.answers, kept_until=kept_until, now=now)
    if wrong is not None:
        seats.promote(dates[wrong.occurrence_id], now=now)
    return registration


def _check_open(entry: Entry, row: Occurrence, *, now: datetime) -> None:
    """Raise RegistrationClosed unless the public may register for this date, in this category, as it now is."""
    category = Category.objects.filter(pk=entry.category.pk).first() if entry.category else None
    if category is not None and (not category.is_public or category.event_id != row.event_id):
        raise RegistrationClosed
    if not registration_is_open(row.event, row, now=now):
        raise RegistrationClosed


def _posted_again(same: Registration, entry: Entry, row: Occurrence, *, now: datetime) -> Registration:
    """The same form once more: what it mends is taken, in a category where there is a seat to hold too."""
    same.occurrence = row
    if (
        posted.mend(same, entry, now=now)
        and same.held_until is not None
        and not seats.has_seat(same, row, now=now)
    ):
        same.held_until = None
        same.save(update_fields=["held_until"])
    return _remind(same, row, now=now)


def _contact_of(entry: Entry, *, now: datetime) -> Contact:
    return contacts.find_or_create_contact(
        email=entry.email or None,
        phone=entry.phone or None,
        name=entry.name,
        language=entry.language,
        organisation_name=entry.organisation,
        now=now,
    )


def _of(
    entry: Entry, row: Occurrence, *, contact: Contact, key: UUID | None = None, now: datetime
) -> Registration:
    """The registration that an entry asks for, not saved."""
    found = Registration(
        key=key,
        occurrence=row,
        contact=contact,
        category=entry.category,
        name=entry.name,
        email=entry.email,
        phone=entry.phone,
        organisation=entry.organisation,
        language=entry.language,
        created_at=now,
    )
    found.about_to_choose = choices_said(entry.answers)
    return found


def _enter(
    registration: Registration,
    row: Occurrence,
    answers: Sequence[Said],
    *,
    kept_until: datetime | None,
    now: datetime,
) -> Registration:
    """Write the new row and owe its mail. It keeps a seat till then where the one it corrects did, or where it may."""
    if kept_until is not None and kept_until > now and seats.has_seat(registration, row, now=now):
        registration.held_until = kept_until
    elif not registration.needs_approval and seats.may_hold(registration, row, now=now):
        registration.held_until = now + (seats.HOLD_BY_MAIL if registration.email else seats.HOLD_BY_PHONE)
    registration.save()
    keep_answers(registration, answers, now=now)
    letters.tell(registration, row, now=now)
    return registration


def _already(row: Occurrence, *, contact: Contact) -> Registration | None:
    known = Registration.objects.select_related("contact").active()
    return known.filter(occurrence=row, contact=contact).first()


def _remind(registration: Registration, row: Occurrence, *, now: datetime) -> Registration:
    """Write again to somebody who registers anew: they have lost the link."""
    last = registration.reminded_at or registration.created_at
    if registration.is_active and now - last >= REMIND_AFTER:
        registration.reminded_at = now
        registration.version += 1
        registration.save()
        letters.tell(registration, row, now=now)
    return registration


def _locked(registration: Registration, rows: QuerySet[Occurrence] | None) -> tuple[Registration, Occurrence]:
    """The registration as it now is, and its date under the lock (date first: the order of all locks)."""
    row = seats.take(Occurrence(pk=registration.occurrence_id), rows=rows)
    found = Registration.objects.select_related("contact", "category").get(pk=registration.pk)
    found.occurrence = row
    return found, row


def _verify(
    registration: Registration, row: Occurrence, *, channel: str, user: Any, number: str, now: datetime
) -> None:
    registration.confirmed_at = now
    registration.confirmed_channel = channel
    registration.confirmed_by = user
    registration.confirmed_number = number
    guests.claim(registration, row, now=now)
    asks = registration.needs_approval or outlet_is_full(registration, row)
    if asks and registration.approved_at is None:
        registration.state = RegistrationState.REQUESTED
        registration.held_until = None
        registration.version += 1
        registration.save()
        letters.tell(registration, row, now=now)
        return
    seats.seat(registration, row, now=now)


@transaction.atomic
def confirm_address(
    *, registration: Registration, now: datetime, rows: QuerySet[Occurrence] | None = None
) -> Registration:
    """The holder of the link confirms the address. Done twice it changes nothing. Raises AlreadyOver."""
    found, row = _locked(registration, rows)
    if found.state != RegistrationState.PENDING:
        return found
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    _verify(found, row, channel=Channel.LINK, user=None, number="", now=now)
    return found


@transaction.atomic
def confirm_by_phone(*, registration: Registration, number: str, user: Any, now: datetime) -> Registration:
    """Staff called `number` (E.164) and the person confirmed. Raises NotTaken where there is nothing to confirm."""
    found, row = _locked(registration, None)
    if found.state != RegistrationState.PENDING:
        raise NotTaken
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    _verify(found, row, channel=Channel.PHONE, user=user, number=number, now=now)
    _log(found, row, "registration.confirmed_by_phone", user=user, now=now)
    return found


@transaction.atomic
def add_by_hand(
    *,
    occurrence: Occurrence,
    name: str,
    email: str = "",
    phone: str = "",
    organisation: str = "",
    language: str = "fr",
    category: Category | None = None,
    channel: str,
    beyond_cap: bool = False,
    lent: bool = False,
    user: Any,
    now: datetime,
) -> Registration:
    """Staff enter somebody who called, wrote or came: verified and, since staff enter them, approved.

    Same seats, same lock, same waiting list. Window and ways in do not bind staff; a cancelled date does, and
    OutletFull is raised unless they said that they let one more of the newsroom in (`beyond_cap`). `lent`: the address
    is that of whoever writes for this person, who has a card of their own. Who had registered by the form and not
    confirmed is confirmed by that; who is further stays as they are.
    """
    entry = Entry(name, email, phone, organisation, language, category)
    alone = {"name": name, "language": language}
    own = entry.reach and not lent
    contact = _contact_of(entry, now=now) if own else Contact.objects.create(**alone)
    row = seats.take(occurrence)
    if row.is_cancelled:
        raise AlreadyOver
    same = _already(row, contact=contact)
    if same is not None and same.state != RegistrationState.PENDING:
        return same
    registration = same or _of(entry, row, contact=contact, now=now)
    registration.occurrence = row
    if not beyond_cap and outlet_is_full(registration, row):
        raise OutletFull
    registration.approved_at = registration.confirmed_at = now
    registration.confirmed_channel, registration.confirmed_by = channel, user
    guests.claim(registration, row, channel=channel, user=user, now=now)
    seats.seat(registration, row, now=now)
    _log(registration, row, "registration.added", user=user, now=now)
    return registration


@transaction.atomic
def approve(
    *,
    registration: Registration,
    beyond_cap: bool = False,
    user: Any,
    now: datetime,
    rows: QuerySet[Occurrence] | None = None,
) -> Registration:
    """Approve a registration that asked: it gets a seat, or a place in the waiting list.

    Raises NotTaken, AlreadyOver; and OutletFull, unless staff let one more of the newsroom in (`beyond_cap`): it asks
    still.
    """
    found, row = _locked(registration, rows)
    if found.state != RegistrationState.REQUESTED:
        raise NotTaken
    if row.is_cancelled or row.is_past(now):
        raise AlreadyOver
    if not beyond_cap and outlet_is_full(found, row):
        raise OutletFull
    found.approved_at = now
    seats.seat(found, row, now=now)
    _log(found, row, "registration.approved", user=user, now=now)
    return found


@transaction.atomic
def refuse(*, registration: Registration, reason: str = "", user: Any, now: datetime) -> Registration:
    """Refuse a registration that asked, with a sentence for the person. Raises NotTaken."""
    found, row = _locked(registration, None)
    if found.state not in (RegistrationState.REQUESTED, RegistrationState.WAITING):
        raise NotTaken
    found.state, found.reason, found.position = RegistrationState.REFUSED, reason, None
    found.version += 1
    found.save()
    letters.tell(found, row, now=now)
    _log(found, row, "registration.refused", user=user, now=now)
    return found


@transaction.atomic
def cancel(
    *,
    registration: Registration,
    reason: str = "",
    user: Any = None,
    now: datetime,
    rows: QuerySet[Occurrence] | None = None,
) -> Registration:
    """Cancel, by the person (through the link) or by staff; whoever waits first gets the seat at once.

    Cancelled twice, or once it is over, it changes nothing.
    """
    found, row = _locked(registration, rows)
    if not found.is_active or row.is_past(now):
        return found
    found.state, found.reason, found.cancelled_at = RegistrationState.CANCELLED, reason, now
    found.position = found.held_until = found.offered_until = None
    found.version += 1
    found.save()
    letters.tell(found, row, now=now)
    guests.leave([found], user=user, now=now)
    seats.promote(row, now=now)
    _log(found, row, "registration.cancelled", user=user, now=now)
    return found


@transaction.atomic
def new_link(*, registration: Registration, user: Any, now: datetime) -> Registration:
    """Revoke every link given out for this registration and write to the person with a new one."""
    found, row = _locked(registration, None)
    Registration.objects.filter(pk=found.pk).update(generation=F("generation") + 1, version=F("version") + 1)
    found.refresh_from_db()
    letters.tell(found, row, now=now)
    _log(found, row, "registration.new_link", user=user, now=now)
    return found


def _log(registration: Registration, row: Occurrence, action: str, *, user: Any, now: datetime) -> None:
    changes = {"registration": registration.uid.hex, "state": registration.state}
    if registration.confirmed_number:
        changes["number"] = registration.confirmed_number
    if user is None:
        changes["by"] = "link"
    log_thing(row.event, action=action, user=user, now=now, changes=changes)
