"""The frame around every mail: masthead, footer with the reason and the way out, styles carried by each tag."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from cms.core import links
from cms.core.registry import Parts, Renderer

if TYPE_CHECKING:
    from cms.mailing.models import Delivery, Mailing, Sender

#: The purpose of a delivery's personal link (`cms.core.links`).
LINK_PURPOSE = "mail"

_FONT = "'Noto Sans','Segoe UI',Roboto,'DejaVu Sans',Arial,sans-serif"
_TEXT = f"font-family:{_FONT};color:#1b1713;"
STYLES = {
    "p": f"{_TEXT}font-size:17px;line-height:1.5;margin:0 0 16px;",
    "h1": f"{_TEXT}font-size:27px;line-height:1.25;font-weight:700;margin:0 0 16px;",
    "h2": f"{_TEXT}font-size:21px;line-height:1.3;font-weight:700;margin:28px 0 12px;",
    "h3": f"{_TEXT}font-size:18px;line-height:1.35;font-weight:700;margin:24px 0 8px;",
    "ul": f"{_TEXT}font-size:17px;line-height:1.5;margin:0 0 16px;padding:0 0 0 24px;",
    "ol": f"{_TEXT}font-size:17px;line-height:1.5;margin:0 0 16px;padding:0 0 0 24px;",
    "li": "margin:0 0 6px;",
    "blockquote": f"{_TEXT}font-size:18px;line-height:1.5;margin:20px 0;padding:0 0 0 16px;"
    "border-left:3px solid #955a0c;",
    "figcaption": f"font-family:{_FONT};font-size:14px;line-height:1.4;color:#5a4433;margin:6px 0 0;",
    "figure": "margin:20px 0;",
    "img": "display:block;max-width:100%;height:auto;border:0;",
    "a": "color:#1d3f72;text-decoration:underline;",
    "table": f"{_TEXT}font-size:15px;line-height:1.4;border-collapse:collapse;margin:0 0 16px;width:100%;",
    "th": "text-align:left;vertical-align:top;padding:6px 8px 6px 0;border-bottom:1px solid #5a4433;",
    "td": "vertical-align:top;padding:6px 8px 6px 0;border-bottom:1px solid #e4d9c8;",
    "hr": "border:0;border-top:1px solid #cbbba4;margin:24px 0;",
}
#: What `<a class="button">` looks like: the one button of a mail.
BUTTON = (
    f"display:inline-block;background:#1d3f72;border-radius:2px;padding:13px 22px;font-family:{_FONT};"
    "font-size:17px;line-height:1.2;font-weight:700;color:#ffffff;text-decoration:none;"
)
_TAG = re.compile(
    r"<(" + "|".join(sorted(STYLES, key=len, reverse=True)) + r")(?=[\s/>])([^>]*)>", re.IGNORECASE
)


def carry_styles(html: str) -> str:
    """Give every tag without a style of its own the one of the house: many mail programs drop style sheets."""

    def styled(found: re.Match[str]) -> str:
        tag, rest = found.group(1), found.group(2)
        if re.search(r"\sstyle\s*=", rest, re.IGNORECASE):
            return found.group(0)
        if tag.lower() == "a" and re.search(r"""\sclass\s*=\s*["']?button\b""", rest):
            return f'<{tag} style="{BUTTON}"{rest.replace("button", "kn-button", 1)}>'
        return f'<{tag} style="{STYLES[tag.lower()]}"{rest}>'

    return _TAG.sub(styled, html)


def link_base(delivery_uid: object, generation: int) -> str:
    """Return the absolute personal address of a delivery, ``…/m/<token>``."""
    return f"{settings.PUBLIC_URL}/m/{links.make(LINK_PURPOSE, delivery_uid, generation)}"  # type: ignore[arg-type]


def link_values(delivery: Delivery) -> dict[str, str]:
    """The personal links of a delivery, derived."""
    base = link_base(delivery.uid, delivery.generation)
    return {"view_url": base, "preferences_url": base, "unsubscribe_url": f"{base}/unsubscribe"}


def frame(
    parts: Parts, *, mailing: Mailing, sender: Sender, renderer: Renderer, language: str, audiences: list[str]
) -> Parts:
    """Put a renderer's words into the house's mail: returns new Parts with complete text and HTML.

    `parts.html` is the inner HTML (headings, paragraphs, lists, figures, one button); a complete document
    (``<!doctype`` or ``<html``) is left as it is. The text gets the same footer in words. Placeholders remain.
    """
    context = {
        "subject": parts.subject,
        "sender": sender,
        "language": language,
        "owed": renderer.owed,
        "subscription": renderer.subscription and not renderer.owed,
        "audiences": audiences,
        "mailing": mailing,
        "site": settings.PUBLIC_URL,
        "text": parts.text.strip(),
    }
    html = parts.html.strip()
    with translation.override(language):
        if not html[:9].lower().startswith(("<!doctype", "<html")):
            context["body"] = carry_styles(html)
            html = render_to_string("mailing/mail/layout.html", context)
        text = render_to_string("mailing/mail/layout.txt", context)
    return Parts(parts.subject, text.strip() + "\n", html.strip() + "\n", parts.attachments, parts.headers)
