"""The ticket and the receipt of one person."""

from __future__ import annotations

from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString

from cms.mailing.documents import as_pdf
from events.documents.letterhead import MUD, letterhead
from events.models import Receipt, Registration


def _about(registration: Registration, title: str) -> dict[str, Any]:
    row = registration.occurrence
    category = registration.category
    return {
        "language": registration.language,
        "registration": registration,
        "title": title,
        "when": row.when(registration.language),
        "place": row.where,
        "category": category.title(registration.language) if category else "",
        "colour": category.hex if category else MUD,
    }


def ticket_pdf(registration: Registration, *, title: str, link: str) -> bytes:
    """The ticket on a page of A5; its code, big enough for any camera, holds the absolute `link` of the person's page.

    `title` is the event's in the person's language. Raises PaperUnavailable.
    """
    with translation.override(registration.language):
        code = segno.make(link, error="m").svg_inline(scale=1, border=4, omitsize=True)
        context = {**letterhead(), **_about(registration, title), "qr": SafeString(code)}
        return as_pdf(render_to_string("events/paper/ticket.html", context), pdf_tags=True)


def receipt_pdf(receipt: Receipt, *, title: str) -> bytes:
    """The receipt on a page of A5, in the person's language, as is the event's `title`. Raises PaperUnavailable."""
    registration = receipt.registration
    with translation.override(registration.language):
        context = {**letterhead(), **_about(registration, title), "receipt": receipt}
        return as_pdf(render_to_string("events/paper/receipt.html", context), pdf_tags=True)
