"""Asking for an accreditation on the site: written down, confirmed, told; and forgotten in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.core.files.base import File
from django.db import transaction
from django.db.models import Q

from cms.contacts import actions as contacts
from cms.contacts.models import AccreditationState, Contact, MediaProfile
from cms.contacts.validators import normalise_email, normalise_phone, tidy
from cms.core.actions import TooManyTries, note_try
from cms.mailing import actions as mailing
from media_library.validators import examine
from press.actions.door_mails import mail_door
from press.actions.releases import PressError
from press.mail.doors import REFUSED, REQUEST
from press.models import AccreditationRequest

if TYPE_CHECKING:
    from typing import IO

    from cms.mailing.models import Delivery

#: The link of the confirmation mail is good for so long; then the row goes, and the card with it.
CONFIRM_WITHIN = timedelta(days=7)
#: Who left a telephone only is called within so long, or forgotten.
CALL_WITHIN = timedelta(days=60)
#: A press card is erased so long after the decision; the rest of the request when the log of doors is, too.
CARD_KEPT, REQUEST_KEPT = timedelta(days=30), timedelta(days=396)
#: So many confirmation mails an address gets, whoever types it in.
MAILS, MONTH = 3, timedelta(days=30)
CARD_KINDS = {"jpg", "jpeg", "png", "webp", "pdf"}
DECIDED = (AccreditationState.GRANTED, AccreditationState.REFUSED, AccreditationState.REVOKED)


@transaction.atomic
def ask_accreditation(
    *,
    name: str,
    email: str = "",
    phone: str = "",
    language: str,
    kind: str,
    card: IO[bytes] | None = None,
    card_name: str = "",
    now: datetime,
    **said: str,
) -> tuple[AccreditationRequest, Delivery | None]:
    """Write a request down, and owe the mail by which an address confirms it (None without one, or after too many).

    said: any of outlet, programme, languages, press_card, message. No contact is looked at: known and unknown people
    cost and answer the same. Whoever types an address in takes nothing from what it asked before: each request waits
    under its own link until one is confirmed. After MAILS of them in a MONTH one with nothing but that address is not
    kept (the row returned is unsaved): nobody could confirm it. `card` is examined by its bytes. Raises
    ValidationError for a bad address, number or file; nothing is kept then.
    """
    row = AccreditationRequest(
        name=tidy(name)[:200],
        address=normalise_email(email) if email else "",
        phone=normalise_phone(phone) if phone else "",
        language=language,
        kind=kind,
        requested_at=now,
        **{field: value.strip() for field, value in said.items()},
    )
    facts = examine(card, card_name) if card is not None else None
    may_write = bool(row.address) and _may_write(row.address, now=now)
    if row.address and not may_write:
        if not row.phone:
            return row, None
        row.address = ""  # the office calls the number
    if card is not None and facts is not None:
        row.card.save(f"card.{facts.extension}", File(card), save=False)
    row.save()
    return row, _owe_confirmation(row, now=now) if may_write else None


def _may_write(address: str, *, now: datetime) -> bool:
    try:
        note_try(kind="accreditation", value=address, limit=MAILS, within=MONTH, now=now)
    except TooManyTries:
        return False
    return True


def _owe_confirmation(row: AccreditationRequest, *, now: datetime) -> Delivery:
    return mailing.owe(
        renderer=REQUEST,
        recipient_key=f"{row.uid.hex}:confirm",
        address=row.address,
        name=row.name,
        language=row.language,
        values={"request": row.uid.hex},
        now=now,
    )


@transaction.atomic
def confirm_request(
    request: AccreditationRequest, *, user: Any = None, now: datetime
) -> AccreditationRequest:
    """The owner of the address, or an officer (`user`) who called the number, says that the request is theirs.

    The contact is found, or entered; a card that exists is not changed by what the form said. Their accreditation is
    asked for, and other requests to the same address that wait are forgotten. A second time changes nothing. Raises
    PressError for one that is too old or forgotten.
    """
    same = Q(pk=request.pk)
    if request.address:
        same |= Q(address=request.address, confirmed_at=None)
    # All are locked in one order, so that two links pressed at once wait for each other and one is confirmed.
    rows = list(AccreditationRequest.objects.select_for_update().filter(same).order_by("pk"))
    row = next((one for one in rows if one.pk == request.pk), None)
    if row is None or (user is None and row.confirmed_at is None and now - row.requested_at > CONFIRM_WITHIN):
        raise PressError
    if row.confirmed_at is not None:
        return row
    contact = contacts.find_or_create_contact(
        email=row.address or None,
        phone=row.phone or None,
        name=row.name,
        language=row.language,
        organisation_name=row.outlet,
        now=now,
    )
    _profile(contact, row)
    row.accreditation = contacts.request_accreditation(contact=contact, now=now)
    row.confirmed_at, row.confirmed_by = now, user if user is not None and user.pk else None
    row.save(update_fields=["accreditation", "confirmed_at", "confirmed_by"])
    for other in rows:
        if other.pk != row.pk:
            _forget(other)
    return row


def _profile(contact: Contact, row: AccreditationRequest) -> None:
    MediaProfile.objects.get_or_create(
        contact=contact,
        defaults={
            "kind": row.kind,
            "outlet": contact.organisation,
            "programme": row.programme,
            "languages": row.languages,
            "press_card": row.press_card,
        },
    )


def tell_decisions(*, now: datetime) -> list[int]:
    """Owe the mail that tells each decided request its verdict: the door's link, or the reason of a refusal, once.

    Returns the queues of mail to wake. Who has no address is called by the office.
    """
    due = AccreditationRequest.objects.filter(told_at=None, accreditation__state__in=DECIDED)
    return [queue for pk in due.values_list("pk", flat=True)[:200] if (queue := _tell(pk, now=now))]


@transaction.atomic
def _tell(pk: int, *, now: datetime) -> int | None:
    row = (
        AccreditationRequest.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("accreditation__contact")
        .filter(pk=pk, told_at=None)
        .first()
    )
    if row is None or row.accreditation is None:
        return None
    row.told_at = now
    row.save(update_fields=["told_at"])
    if not row.address:
        return None
    if row.accreditation.state == AccreditationState.GRANTED:
        try:
            return mail_door(row.accreditation, user=row.accreditation.decided_by, now=now).mailing_id
        except PressError:  # granted for a time that is over already, or the address was taken off the card
            return None
    if row.accreditation.state != AccreditationState.REFUSED:
        return None
    return mailing.owe(
        renderer=REFUSED,
        recipient_key=f"{row.uid.hex}:refused",
        address=row.address,
        name=row.name,
        contact=row.accreditation.contact,
        language=row.language,
        values={"reason": row.accreditation.reason},
        now=now,
    ).mailing_id


def forget_requests(*, now: datetime) -> int:
    """Erase what is kept no longer: requests never confirmed, cards of decided ones, decided ones after a year.

    Returns the number of requests deleted; their cards go with them.
    """
    never = Q(confirmed_at=None)
    late = never & ~Q(address="") & Q(requested_at__lt=now - CONFIRM_WITHIN)
    uncalled = never & Q(address="", requested_at__lt=now - CALL_WITHIN)
    old = Q(accreditation__state__in=DECIDED, accreditation__decided_at__lt=now - REQUEST_KEPT)
    gone = list(AccreditationRequest.objects.filter(late | uncalled | old))
    for row in gone:
        _forget(row)
    cards = AccreditationRequest.objects.exclude(card="").filter(
        accreditation__state__in=DECIDED, accreditation__decided_at__lt=now - CARD_KEPT
    )
    for row in cards:
        _erase_card(row)
        AccreditationRequest.objects.filter(pk=row.pk).update(card="")
    return len(gone)


def _forget(row: AccreditationRequest) -> None:
    _erase_card(row)
    row.delete()


def _erase_card(row: AccreditationRequest) -> None:
    if row.card:
        storage, name = row.card.storage, str(row.card.name)
        transaction.on_commit(lambda: storage.delete(name))
