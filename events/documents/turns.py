"""The order of questions on paper: what the moderator holds."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation

from cms.mailing.documents import as_pdf
from events.documents.letterhead import letterhead
from events.models import Occurrence, QuestionTurn

#: Lines left empty for who raises a hand in the hall.
BLANK = 6


def turns_html(row: Occurrence, turns: list[QuestionTurn]) -> str:
    """The order as HTML, in French: number, name, newsroom, a box to tick, and empty lines."""
    with translation.override("fr"):
        context = {"row": row, "when": row.when("fr"), "turns": turns}
        context["blank"] = range(len(turns) + 1, len(turns) + BLANK + 1)
        return render_to_string("events/paper/turns.html", letterhead() | context)


def turns_pdf(row: Occurrence, turns: list[QuestionTurn]) -> bytes:
    """Raises cms.mailing.documents.PaperUnavailable where this machine makes no PDF."""
    return as_pdf(turns_html(row, turns), pdf_tags=True)
