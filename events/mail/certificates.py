"""The words of the mail that somebody who was given a certificate is owed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from cms.core.registry import Parts
from events.mail.letters import letter, parts, title_in
from events.queries.papers import certificate_token


def certificate(delivery: Any, language: str, now: datetime) -> Parts:
    """Says that the certificate is on the person's own page."""
    values = delivery.values
    return parts(
        values,
        subject=_("Your certificate: %(title)s") % {"title": title_in(values)},
        before=[_("Your certificate is ready. It is on your own page, to keep or to print.")],
        button=_("Open my page"),
        after=[_("Whoever you show it to can check its code on our site.")],
    )


def speaker_certificate(delivery: Any, language: str, now: datetime) -> Parts:
    """The same for who spoke and need not have registered: the button opens the certificate itself."""
    values = delivery.values
    token = certificate_token(UUID(values["certificate"]))
    return letter(
        values,
        subject=_("Your certificate: %(title)s") % {"title": title_in(values)},
        before=[_("Hello [[name]],"), _("Your certificate is ready, to keep or to print.")],
        link=f"{settings.PUBLIC_URL}/verify/{token}/certificate.pdf",
        button=_("Open my certificate (PDF)"),
        after=[_("Whoever you show it to can check its code on our site.")],
    )
