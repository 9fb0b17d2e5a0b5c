"""What is kept of a person, on paper, to be handed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from cms.core import formats
from cms.mailing.documents import as_pdf
from events.documents.letterhead import letterhead


def person_pdf(name: str, *, sections: Sequence[Any], now: datetime) -> bytes:
    """The sections on A4, in French. Raises cms.mailing.documents.PaperUnavailable where this machine makes none."""
    with translation.override("fr"):
        context = {
            "name": name,
            "sections": sections,
            "dated": formats.day(formats.local(now).date(), "fr", weekday=False),
            **letterhead(),
        }
        return as_pdf(render_to_string("events/paper/person.html", context), pdf_tags=True)
