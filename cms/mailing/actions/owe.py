"""Mail that a person is owed: a confirmation, a ticket, a refusal."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _

from cms.contacts.validators import normalise_email
from cms.core import registry
from cms.mailing import queries
from cms.mailing.actions.errors import MailingError
from cms.mailing.mail.placeholders import inert, inert_values
from cms.mailing.models import Delivery, Mailing, Sender

if TYPE_CHECKING:
    from cms.contacts.models import Contact


def owe(
    *,
    renderer: str,
    recipient_key: str,
    address: str,
    name: str,
    contact: Contact | None = None,
    language: str,
    values: Mapping[str, Any],
    now: datetime,
) -> Delivery:
    """Write the delivery of a mail that somebody is owed, inside the caller's transaction.

    `recipient_key` (``registration-uid:purpose:version``) makes it unique: asked twice, the first row is
    returned. `values` are kept for the renderer, every text in them made inert except under keys ending in
    ``url``. The suppression list does not hold this mail back. Raises ValidationError for a bad address,
    MailingError for an unknown renderer.
    """
    queue = standing(renderer, now=now)
    mail = Owed(recipient_key, address, name, language, values, contact)
    row = _delivery(mail, queue, queue.sender or ensure_sender(), queries.languages(), now=now)
    found: Delivery | None = Delivery.objects.filter(mailing=queue, recipient_key=recipient_key).first()
    if found is not None:
        return found
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    return Delivery.objects.get(mailing=queue, recipient_key=recipient_key)


@dataclass(frozen=True)
class Owed:
    """One mail of many of the same kind, as `owe` takes it."""

    recipient_key: str
    address: str
    name: str
    language: str
    values: Mapping[str, Any]
    contact: Contact | None = None


def owe_all(*, renderer: str, mails: Iterable[Owed], now: datetime) -> None:
    """Write the deliveries of many mails of one kind, by five hundred at a time: a thousand cost no request seconds.

    Each is owed as `owe` has it: what was asked before stays as it was. Raises as `owe` does, with nothing written.
    """
    queue = standing(renderer, now=now)
    sender, languages = queue.sender or ensure_sender(), queries.languages()
    rows = [_delivery(mail, queue, sender, languages, now=now) for mail in mails]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def _delivery(mail: Owed, queue: Mailing, sender: Sender, languages: list[str], *, now: datetime) -> Delivery:
    uid = uuid.uuid4()
    return Delivery(
        mailing=queue,
        recipient_key=mail.recipient_key,
        uid=uid,
        contact=mail.contact,
        address=normalise_email(mail.address),
        language=mail.language if mail.language in languages else settings.LANGUAGE_CODE,
        values={**inert_values(mail.values), "name": inert(mail.name)},
        message_id=f"<{uid.hex}@{sender.domain}>",
        boundary=f"=_{uid.hex}",
        next_attempt_at=now,
        created_at=now,
    )


def standing(renderer: str, *, now: datetime) -> Mailing:
    """Return the standing queue of an owed renderer, made when first needed."""
    found = registry.mailing_renderers.get(renderer)
    if found is None or not found.owed:
        raise MailingError(_("Nothing in this installation writes mails of the kind “%s”.") % renderer)
    queue, _created = Mailing.objects.select_related("sender").get_or_create(
        renderer=renderer,
        kind=Mailing.Kind.OWED,
        defaults={
            "title": str(found.title)[:255],
            "state": Mailing.State.SENDING,
            "launched_at": now,
            "sender": ensure_sender(),
        },
    )
    return queue


def ensure_sender() -> Sender:
    """Return the default sender, made from the settings' address where none was entered yet."""
    if (sender := queries.default_sender()) is not None:
        return sender
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    sender, _created = Sender.objects.get_or_create(
        is_default=True, defaults={"name": name or settings.WAGTAIL_SITE_NAME, "address": address}
    )
    return sender
