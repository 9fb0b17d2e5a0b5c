"""The report of attendance on paper: totals, then by category, sector, country."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import translation

from cms.mailing.documents import as_pdf
from events.documents.letterhead import letterhead
from events.models import Event

if TYPE_CHECKING:
    from events.queries import Figures


def report_html(
    event: Event, figures: Figures, *, tables: Iterable[Mapping[str, Any]], facts: Mapping[str, str]
) -> str:
    """The report as HTML, in French. `tables`: "title" and "lines"; `facts`: "when" and "place"."""
    with translation.override("fr"):
        context = letterhead() | {"event": event, "figures": figures, "tables": tables, **facts}
        return render_to_string("events/paper/report.html", context)


def report_pdf(
    event: Event, figures: Figures, *, tables: Iterable[Mapping[str, Any]], facts: Mapping[str, str]
) -> bytes:
    """Raises cms.mailing.documents.PaperUnavailable where this machine makes no PDF."""
    return as_pdf(report_html(event, figures, tables=tables, facts=facts), pdf_tags=True)
