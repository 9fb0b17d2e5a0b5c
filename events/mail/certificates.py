"""The words of the mail that somebody who was given a certificate is owed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from cms.core.registry import Parts
from events.mail.letters import parts, title_in


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
