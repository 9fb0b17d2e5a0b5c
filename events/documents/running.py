"""A running order on paper, for the team: letterhead, hours, who, where, notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import translation

from cms.mailing.documents import as_pdf
from events.documents.letterhead import letterhead
from events.models import Occurrence

if TYPE_CHECKING:
    from events.queries import RunningOrder


def running_html(row: Occurrence, told: RunningOrder) -> str:
    """The running order as HTML, in French."""
    with translation.override("fr"):
        context = letterhead() | {"row": row, "when": row.when("fr"), "told": told}
        return render_to_string("events/paper/running.html", context)


def running_pdf(row: Occurrence, told: RunningOrder) -> bytes:
    """Raises cms.mailing.documents.PaperUnavailable where this machine makes no PDF."""
    return as_pdf(running_html(row, told), pdf_tags=True)
