"""A programme on paper: A4, a table for each day, who speaks at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from cms.mailing.documents import as_pdf
from events.documents.letterhead import COLOURS, letterhead


def programme_pdf(told: Any, *, title: str, language: str, facts: Mapping[str, Any]) -> bytes:
    """The programme `told` (`queries.programme.Programme`) under `title`.

    `facts`: "when", "place", "edition" ("Version 3, publiée le …"), and "draft" where it is not public yet. Raises
    cms.mailing.documents.PaperUnavailable where this machine makes no PDF.
    """
    with translation.override(language):
        context = {
            **letterhead(),
            "told": told,
            "title": title,
            "language": language,
            "colours": COLOURS,
            **facts,
        }
        return as_pdf(render_to_string("events/programme/paper.html", context), pdf_tags=True)
