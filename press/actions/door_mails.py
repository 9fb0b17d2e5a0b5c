"""Handing a journalist their links, by mail or by WhatsApp: written down each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from cms.contacts import queries as contacts
from cms.contacts.models import Accreditation, Contact
from cms.contacts.validators import normalise_email
from cms.core.actions import TooManyTries, note_try
from cms.mailing import actions as mailing
from cms.mailing.models import Delivery
from press.actions.doors import note_visit
from press.actions.releases import PressError
from press.mail.doors import COPY, DOOR, KEY
from press.models import DoorKey, DoorVisit, EarlyCopy
from press.queries import doors

#: An address is sent so many sign-in links a day, whoever asks.
KEYS_A_DAY, DAY = 5, timedelta(days=1)


def _owe(renderer: str, contact: Contact, key: str, values: dict[str, Any], *, now: datetime) -> Delivery:
    mail = contact.emails.order_by("-is_primary", "pk").first()
    if mail is None:
        raise PressError(
            _("%(name)s has no e-mail address: hand the link on by WhatsApp.") % {"name": contact}
        )
    return mailing.owe(
        renderer=renderer,
        recipient_key=key,
        address=mail.address,
        name=contact.name,
        contact=contact,
        language=contact.language,
        values=values,
        now=now,
    )


@transaction.atomic
def mail_door(accreditation: Accreditation, *, user: Any, now: datetime) -> Delivery:
    """Mail a journalist the link of their door; within the same second it is one mail. Raises PressError."""
    row = doors.standing_door(accreditation.uid.hex, now=now)
    if row is None:
        raise PressError(_("This accreditation does not stand: grant it first."))
    values = {"accreditation": row.uid.hex, "generation": row.generation}
    delivery = _owe(DOOR, row.contact, f"{row.uid.hex}:door:{int(now.timestamp())}", values, now=now)
    note_visit(row.contact, what=DoorVisit.What.MAILED, now=now, user=user)
    return delivery


@transaction.atomic
def mail_copy(copy: EarlyCopy, *, user: Any, now: datetime) -> Delivery:
    """Mail a journalist the link of one early copy; within the same second it is one mail. Raises PressError."""
    if not EarlyCopy.objects.open().filter(pk=copy.pk).exists():
        raise PressError(_("This early copy was closed."))
    key = f"{copy.uid.hex}:copy:{int(now.timestamp())}"
    delivery = _owe(COPY, copy.contact, key, {"copy": copy.uid.hex}, now=now)
    note_visit(copy.contact, what=DoorVisit.What.MAILED, thing_uid=copy.thing.uid, now=now, user=user)
    return delivery


def mail_reminder(copy: EarlyCopy, *, user: Any, now: datetime) -> list[int]:
    """Mail the link of an early copy once more; return the key of its mailing, or nothing where that was done before.

    Raises PressError where there is no address.
    """
    key = f"{copy.uid.hex}:reminder"
    if Delivery.objects.filter(mailing__renderer=COPY, recipient_key=key).exists():
        return []
    delivery = _owe(COPY, copy.contact, key, {"copy": copy.uid.hex, "again": True}, now=now)
    note_visit(
        copy.contact, what=DoorVisit.What.MAILED, thing_uid=copy.thing.uid, detail="2", now=now, user=user
    )
    return [delivery.mailing_id]


def hand_on(contact: Contact, *, copy: EarlyCopy | None = None, user: Any, now: datetime) -> None:
    """Write down that an officer hands a link on by a messaging app: the door's, or that of one copy."""
    uid = copy.thing.uid if copy is not None else None
    note_visit(contact, what=DoorVisit.What.HANDED, thing_uid=uid, now=now, user=user)


@transaction.atomic
def ask_key(*, email: str, now: datetime) -> Delivery | None:
    """Owe a sign-in link to the journalist behind an address, or nothing: None must answer as a mail does.

    Raises ValidationError where `email` is no address.
    """
    address = normalise_email(email)
    try:
        note_try(kind="press key", value=address, limit=KEYS_A_DAY, within=DAY, now=now)
    except TooManyTries:
        return None
    contact = contacts.owner_of(address)
    door = doors.door_of(contact, now=now) if contact is not None else None
    if contact is None or door is None:
        return None
    key = DoorKey.objects.create(accreditation=door, asked_at=now)
    return mailing.owe(
        renderer=KEY,
        recipient_key=f"{key.uid.hex}:key",
        address=address,
        name=contact.name,
        contact=contact,
        language=contact.language,
        values={"key": key.uid.hex},
        now=now,
    )
