"""What mail providers post about mails, checked and read by django-anymail, in the outbox's own words.

Only providers whose post proves where it comes from: by a signature, or by a secret of its own in the address. What
a recipient opens or clicks is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import EventType, RejectReason
from django.http import HttpRequest

from cms.mailing.mail.reports import Finding, judge, key_of
from cms.mailing.models import Delivery, Report

Kind, Reason = Report.Kind, Delivery.Reason
#: By provider: anymail's view, and the argument that takes the secret (`webhook_secret` is ``user:password``).
PROVIDERS: Mapping[str, tuple[str, str]] = {
    "brevo": ("brevo.BrevoTrackingWebhookView", "webhook_secret"),
    "mailersend": ("mailersend.MailerSendTrackingWebhookView", "signing_secret"),
    "mailgun": ("mailgun.MailgunTrackingWebhookView", "webhook_signing_key"),
    "mailjet": ("mailjet.MailjetTrackingWebhookView", "webhook_secret"),
    "mailtrap": ("mailtrap.MailtrapTrackingWebhookView", "signing_secret"),
    "mandrill": ("mandrill.MandrillCombinedWebhookView", "webhook_key"),
    "postmark": ("postmark.PostmarkTrackingWebhookView", "webhook_secret"),
    "sparkpost": ("sparkpost.SparkPostTrackingWebhookView", "webhook_secret"),
}
_SAME = {
    EventType.DEFERRED: (Kind.DELAY, Reason.DELAYED),
    EventType.DELIVERED: (Kind.DELIVERED, Reason.DELIVERED),
    EventType.AUTORESPONDED: (Kind.AUTO_REPLY, Reason.AUTO_REPLY),
    EventType.COMPLAINED: (Kind.COMPLAINT, Reason.COMPLAINT),
    EventType.UNSUBSCRIBED: (Kind.UNSUBSCRIBED, Reason.COMPLAINT),
}
_REFUSED_FOR = {
    RejectReason.INVALID: Reason.NO_SUCH_BOX,
    RejectReason.BOUNCED: Reason.REFUSED,
    RejectReason.TIMED_OUT: Reason.TOO_LONG,
}
_HEX = re.compile(r"[0-9a-f]{32}\Z")


class NotProved(Exception):
    """The post does not prove that the provider wrote it."""


def findings_in(request: HttpRequest, *, provider: str, secret: str) -> list[Finding]:
    """What a provider's post says. Raises NotProved, ValueError for what cannot be read."""
    path, argument = PROVIDERS[provider]
    module, _dot, name = path.partition(".")
    view = getattr(import_module(f"anymail.webhooks.{module}"), name)(**{argument: secret})
    view.setup(request)
    try:
        view.run_validators(request)
    except AnymailWebhookValidationFailure as failure:
        raise NotProved(str(failure)) from failure
    try:
        events = view.parse_events(request)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"not read: {error!r}") from error
    return [one for event in events if (one := _finding(event, provider)) is not None]


def _finding(event: Any, provider: str) -> Finding | None:
    """One event of anymail's; None for what is no business of ours (opened, clicked, queued)."""
    kind, reason = _SAME.get(event.event_type, ("", ""))
    said = " ".join(str(event.mta_response or event.description or "").split())
    code = ""
    if not kind and event.event_type in (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED):
        if event.reject_reason == RejectReason.SPAM:
            kind, reason = Kind.COMPLAINT, Reason.COMPLAINT
        elif event.reject_reason == RejectReason.UNSUBSCRIBED:
            kind, reason = Kind.UNSUBSCRIBED, Reason.COMPLAINT
        else:
            kind = Kind.BOUNCE
            code, judged = judge("", said)
            reason = judged if code else _REFUSED_FOR.get(event.reject_reason, Reason.POLICY)
    if not kind:
        return None
    number = event.event_id or f"{event.message_id} {event.timestamp} {event.recipient}"
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    uid = str(metadata.get("delivery", ""))
    return Finding(
        kind,
        key_of("event", provider, str(event.event_type), str(number)),
        UUID(hex=uid) if _HEX.match(uid) else None,
        message_id=str(event.message_id or "")[:255],
        address=str(event.recipient or "").strip().lower()[:320],
        status=code[:12],
        reason=reason,
        detail=said[:500],
    )
