"""From a mailing or an owed delivery to a Message."""

from __future__ import annotations

import base64
import re
from datetime import datetime
from functools import cache
from html import escape

from django.utils import translation
from django.utils.translation import gettext as _

from cms.core import registry
from cms.core.registry import Parts, Refused, Renderer
from cms.mailing.mail.layout import frame, link_values
from cms.mailing.mail.mime import Message, Personal, address_header, one_header
from cms.mailing.mail.placeholders import PLACEHOLDER, PLACEHOLDERS, inert
from cms.mailing.mail.verp import return_path
from cms.mailing.models import Delivery, Letter, Mailing, Sender

#: What leads somewhere in a mail: a link, or an address in its words; pictures stay.
_LEADS = re.compile(r"""\bhref\s*=\s*("[^"]*"|'[^']*')|(?<!src=")\bhttps?://[^\s"'<>]+""", re.IGNORECASE)


def renderer_of(mailing: Mailing) -> Renderer:
    """The registered renderer of a mailing. Raises Refused where its app is no longer installed."""
    renderer = registry.mailing_renderers.get(mailing.renderer)
    if renderer is None:
        raise Refused(_("Nothing in this installation writes mails of the kind “%s”.") % mailing.renderer)
    return renderer


def refusal(mailing: Mailing, *, now: datetime) -> Refused | None:
    """What its renderer says against sending a mailing at `now`, if anything."""
    try:
        if (recheck := renderer_of(mailing).recheck) is not None:
            recheck(mailing, now)
    except Refused as refused:
        return refused
    return None


def write(mailing: Mailing, *, language: str, sender: Sender, now: datetime) -> Parts:
    """Render a mailing in one language, framed, with its placeholders still in place. Raises Refused."""
    renderer = renderer_of(mailing)
    with translation.override(language):
        parts = renderer.render(mailing, language, now)
    audiences = [audience.name for audience in mailing.audiences.all()]
    return frame(
        parts, mailing=mailing, sender=sender, renderer=renderer, language=language, audiences=audiences
    )


def write_owed(delivery: Delivery, *, sender: Sender, now: datetime) -> Parts:
    """Render mail that a person is owed. Raises Refused."""
    renderer = renderer_of(delivery.mailing)
    with translation.override(delivery.language):
        if renderer.recheck is not None:
            renderer.recheck(delivery, now)
        parts = renderer.render(delivery, delivery.language, now)
    return frame(
        parts,
        mailing=delivery.mailing,
        sender=sender,
        renderer=renderer,
        language=delivery.language,
        audiences=[],
    )


def parts_of(letter: Letter) -> Parts:
    """The words of a frozen letter."""
    return Parts(
        letter.subject,
        letter.text,
        letter.html,
        [(name, kind, base64.b64decode(content)) for name, kind, content in letter.attachments],
        letter.headers,
    )


def message_of(
    parts: Parts, *, mailing: Mailing, sender: Sender, renderer: Renderer, language: str
) -> Message:
    """Freeze parts into bytes and slots, with the headers that are the same for every recipient.

    List-Id: RFC 2919; Auto-Submitted: RFC 3834, for mail that answers what a person did.
    """
    headers = [("From", address_header("From", sender.name, sender.address))]
    if sender.reply_to:
        headers.append(("Reply-To", one_header("Reply-To", sender.reply_to)))
    if renderer.owed:
        headers.append(("Auto-Submitted", b"Auto-Submitted: auto-generated\r\n"))
    else:
        label = mailing.kind if not renderer.subscription else renderer.key.replace(".", "-")
        headers.append(("List-Id", one_header("List-Id", f"<{label}.{sender.domain}>")))
    if not any(name.lower() == "content-language" for name in parts.headers):
        headers.append(("Content-Language", one_header("Content-Language", language)))
    return Message(parts, fixed_headers=headers, unsubscribe=renderer.subscription and not renderer.owed)


@cache
def plain_greeting(language: str) -> str:
    """How somebody is addressed of whom we know nothing better."""
    with translation.override(language):
        return _("Dear Sir or Madam,")


def personal_values(delivery: Delivery) -> dict[str, str]:
    """The placeholders of one recipient; everything that a person typed is made inert."""
    values = {key: inert(value) for key, value in delivery.values.items() if isinstance(value, str)}
    if not values.get("greeting"):
        values["greeting"] = plain_greeting(delivery.language)
    return {**values, **link_values(delivery)}


def personal(delivery: Delivery) -> Personal:
    """What a message needs to know of one recipient. The delivery has been claimed, and so is dated."""
    if delivery.dated_at is None:
        raise ValueError("a delivery is dated when it is claimed")
    values = personal_values(delivery)
    return Personal(
        name=values.get("name", ""),
        address=delivery.address,
        message_id=delivery.message_id,
        boundary=delivery.boundary,
        dated_at=delivery.dated_at,
        values=values,
    )


def envelope_of(delivery: Delivery, sender: Sender) -> str:
    """The return path: the bounce address under the delivery's own number (VERP), else the sender's address."""
    if not sender.bounce_address:
        return sender.address
    return return_path(sender.bounce_address, delivery.uid)


def in_browser(delivery: Delivery, *, sender: Sender, now: datetime, links: bool = True) -> str:
    """The HTML a recipient was sent, complete, for the browser. Raises Refused, or Letter.DoesNotExist.

    Without `links` it holds none of the recipient's own: for everybody but the recipient. What is the same for
    all recipients of a mailing keeps its addresses; mail that a person is owed loses every one.
    """
    values = personal_values(delivery)
    if not links:
        values |= {name: "#" for name, one in PLACEHOLDERS.items() if one.is_link}
    renderer = renderer_of(delivery.mailing)
    if renderer.owed:
        html = write_owed(delivery, sender=sender, now=now).html
        if not links:
            html = _LEADS.sub(lambda found: 'href="#"' if found.group(1) else "…", html)
    else:
        if renderer.recheck is not None:
            renderer.recheck(delivery.mailing, now)
        html = delivery.mailing.letters.get(
            language=delivery.language, version=delivery.template_version
        ).html
    return PLACEHOLDER.sub(lambda found: escape(values.get(found.group(1), "")), html)
