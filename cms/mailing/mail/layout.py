"""The frame around every mail: masthead, footer with the reason and the way out, styles carried by each tag.

The frame is written in MJML and compiled once per process. What is said in a mail comes in afterwards, between its
marks: no word that anybody typed is ever read as MJML or as a template.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape, format_html
from django.utils.translation import gettext as _
from mjml import mjml2html

from cms.core import formats, links
from cms.core.registry import Parts, Renderer

if TYPE_CHECKING:
    from cms.mailing.models import Delivery, Mailing, Sender

#: The purpose of a delivery's personal link (`cms.core.links`).
LINK_PURPOSE = "mail"
#: The HTML of a mail to an audience is at most so heavy: it is read on telephones, by the megabyte.
MAX_HTML_BYTES = 60_000

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
_BUTTON_CLASS = re.compile(r"""(\sclass\s*=\s*["']?)button\b""")
_MARK = re.compile(r"@@(language|title|masthead|notice|body|footer)@@")
_TAG = re.compile(
    r"<(" + "|".join(sorted(STYLES, key=len, reverse=True)) + r")(?=[\s/>])([^>]*)>", re.IGNORECASE
)


def _as_kn_button(found: re.Match[str]) -> str:
    return f"{found.group(1)}kn-button"


@cache
def _pieces() -> tuple[str, ...]:
    """The house's frame as HTML: fixed pieces, and between them the names of what goes there."""
    source = render_to_string("mailing/mail/frame.mjml")
    return tuple(_MARK.split(mjml2html(source, disable_comments=True, fonts={})))


def _framed(said: dict[str, str]) -> str:
    return "".join(said[piece] if place % 2 else piece for place, piece in enumerate(_pieces()))


def carry_styles(html: str) -> str:
    """Give every tag without a style of its own the one of the house: many mail programs drop style sheets."""

    def styled(found: re.Match[str]) -> str:
        tag, rest = found.group(1), found.group(2)
        if re.search(r"\sstyle\s*=", rest, re.IGNORECASE):
            return found.group(0)
        if tag.lower() == "a" and _BUTTON_CLASS.search(rest):
            return f'<{tag} style="{BUTTON}"{_BUTTON_CLASS.sub(_as_kn_button, rest, count=1)}>'
        return f'<{tag} style="{STYLES[tag.lower()]}"{rest}>'

    return _TAG.sub(styled, html)


def link_base(delivery_uid: object, generation: int) -> str:
    """Return the absolute personal address of a delivery, ``…/m/<token>``."""
    return f"{settings.PUBLIC_URL}/m/{links.make(LINK_PURPOSE, delivery_uid, generation)}"  # type: ignore[arg-type]


def link_values(delivery: Delivery) -> dict[str, str]:
    """The personal links of a delivery, derived."""
    base = link_base(delivery.uid, delivery.generation)
    return {
        "view_url": base,
        "preferences_url": f"{base}/preferences/",
        "unsubscribe_url": f"{base}/unsubscribe",
    }


def weight(parts: Parts) -> int:
    """How heavy the HTML of a mail is, in bytes."""
    return len(parts.html.encode())


def too_heavy(parts: Parts) -> str:
    """A sentence for the officer where the HTML weighs more than it may; "" else."""
    if (size := weight(parts)) <= MAX_HTML_BYTES:
        return ""
    return _(
        "The mail weighs %(size)s; at most %(most)s leave. Shorten it, or lead to a page of the site for the rest."
    ) % {"size": formats.filesize(size), "most": formats.filesize(MAX_HTML_BYTES)}


def language_name(code: str, *, inside: str) -> str:
    """The name of a language within a sentence of another ("anglais" in French, "French" in English)."""
    with translation.override(inside):
        name = str(translation.get_language_info(code)["name_translated"])
    return name.lower() if inside == "fr" else name


def fallback_notice(*, asked: str, spoken: str) -> str:
    """Says in the language somebody reads that this mail is in another; "" where it is not."""
    if spoken == asked:
        return ""
    with translation.override(asked):
        words = _("This mail does not exist in your language: here it is in %(language)s.")
        return words % {"language": language_name(spoken, inside=asked)}


def frame(
    parts: Parts, *, mailing: Mailing, sender: Sender, renderer: Renderer, language: str, audiences: list[str]
) -> Parts:
    """Put a renderer's words into the house's mail: returns new Parts with complete text and HTML.

    `language` is the one its recipients read; a header Content-Language says where the words are in another, and
    the mail says so. `parts.html` is the inner HTML (headings, paragraphs, lists, figures, one button); a complete
    document (``<!doctype`` or ``<html``) is left as it is. The text gets the same footer in words. Placeholders
    remain.
    """
    spoken = str(parts.headers.get("Content-Language", language))
    notice = fallback_notice(asked=language, spoken=spoken)
    context = {
        "subject": parts.subject,
        "sender": sender,
        "language": language,
        "owed": renderer.owed,
        "subscription": renderer.subscription and not renderer.owed,
        "audiences": audiences,
        "mailing": mailing,
        "site": settings.PUBLIC_URL,
        "notice": notice,
        "text": parts.text.strip(),
    }
    html = parts.html.strip()
    with translation.override(language):
        if not html[:9].lower().startswith(("<!doctype", "<html")):
            html = _framed(_said(html, context, spoken=spoken))
        text = render_to_string("mailing/mail/layout.txt", context)
    return Parts(parts.subject, text.strip() + "\n", html.strip() + "\n", parts.attachments, parts.headers)


def _said(html: str, context: dict[str, Any], *, spoken: str) -> dict[str, str]:
    """What goes between the frame's marks; a part in another language than the mail's says in which."""
    asked, notice, sender = context["language"], context["notice"], context["sender"]
    footer = render_to_string("mailing/mail/footer.html", context).strip()
    if notice:
        notice = format_html(
            '<p class="kn-quiet" lang="{}" style="margin:0 0 20px;font-size:14px;color:#5a4433;">{}</p>',
            asked,
            notice,
        )
        footer = f'<div lang="{escape(asked)}">{footer}</div>'
    return {
        "language": escape(spoken),
        "title": escape(context["subject"]),
        "masthead": format_html(
            '<a href="{}/" style="color:#1b1713;text-decoration:none;">{}</a>', context["site"], sender.name
        ),
        "notice": notice,
        "body": carry_styles(html),
        "footer": footer,
    }
