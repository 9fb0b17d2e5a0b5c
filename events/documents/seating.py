"""The seating plan on paper: row by row for the ushers, then everybody by name for the door."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from cms.contacts.validators import name_key
from cms.mailing.documents import as_pdf
from events.documents.letterhead import letterhead
from events.models import Occurrence, Place


def seating_html(row: Occurrence, blocks: list[tuple[str, list[Place]]]) -> str:
    """The plan as HTML, in French."""
    seated = [one for _name, places in blocks for one in places if one.registration is not None]
    by_name: list[Any] = sorted(seated, key=lambda one: name_key(one.registration.name))  # type: ignore[union-attr]
    with translation.override("fr"):
        context = letterhead() | {"row": row, "when": row.when("fr"), "blocks": blocks, "by_name": by_name}
        return render_to_string("events/paper/seating.html", context)


def seating_pdf(row: Occurrence, blocks: list[tuple[str, list[Place]]]) -> bytes:
    """Raises cms.mailing.documents.PaperUnavailable where this machine makes no PDF."""
    return as_pdf(seating_html(row, blocks), pdf_tags=True)
