"""The mail that asks whether the owner of an address wants what was asked for on the site."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from cms.contacts import actions as contacts
from cms.contacts.models import Purpose, SignUp
from cms.core import links
from cms.core.registry import Parts, Refused

RENDERER = "mailing.sign_up"
#: The purpose of a sign-up's link (`cms.core.links`).
LINK_PURPOSE = "sign-up"


def link_of(values: Mapping[str, Any]) -> str:
    """The absolute address where the owner of the address confirms."""
    token = links.make(LINK_PURPOSE, UUID(values["sign_up"]), int(values["generation"]))
    return f"{settings.PUBLIC_URL}/m/{token}/confirm/"


def confirm(delivery: Any, language: str, now: datetime) -> Parts:
    """Asks for the confirmation. Raises Refused where it was given, replaced or is too late."""
    values = delivery.values
    row = SignUp.objects.filter(uid=values["sign_up"], generation=values["generation"]).first()
    if row is None or now - row.requested_at > contacts.CONFIRM_WITHIN:
        raise Refused(_("This request is older than a week, or was replaced by another."))
    subject, button = _("Confirm that you wish to receive our mail"), _("Yes, write to me")
    before = _("Somebody, probably you, asked on our site that we write to this address:")
    wishes = [str(Purpose(purpose).label) for purpose in row.purposes]
    after = [
        _(
            "Nothing is sent to you before you have pressed this button and confirmed. The link is good for a week."
        ),
        _("If it was not you, do nothing: your address is forgotten after a week."),
    ]
    link = link_of(values)
    text = [before, "\n".join(f"- {wish}" for wish in wishes), f"{button} :\n{link}", *after]
    html = format_html(
        '<h1>{}</h1><p>{}</p><ul>{}</ul><p><a class="button" href="{}">{}</a></p><p>{}</p><p>{}</p>',
        subject,
        before,
        format_html_join("", "<li>{}</li>", ((wish,) for wish in wishes)),
        link,
        button,
        *after,
    )
    return Parts(subject, "\n\n".join(text), str(html))
