"""Mail that a person is owed: a confirmation, a ticket, a refusal."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
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
    clean_address = normalise_email(address)
    uid = uuid.uuid4()
    sender = queue.sender or ensure_sender()
    row, _created = Delivery.objects.get_or_create(
        mailing=queue,
        recipient_key=recipient_key,
        defaults={
            "uid": uid,
            "contact": contact,
            "address": clean_address,
            "language": language if language in queries.languages() else settings.LANGUAGE_CODE,
            "values": {**inert_values(values), "name": inert(name)},
            "message_id": f"<{uid.hex}@{sender.domain}>",
            "boundary": f"=_{uid.hex}",
            "next_attempt_at": now,
            "created_at": now,
        },
    )
    return row


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
