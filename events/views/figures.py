"""An event's dashboard: registrations as they came in, by group, seats, who did not come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.contacts.viewsets import words
from cms.core import clock
from cms.mailing.documents import PaperUnavailable
from events import exports, queries
from events.documents.figures import report_pdf
from events.models import Channel, Event, Occurrence
from events.views.people import EXPORT, VIEW, _need
from media_library.views import charts

if TYPE_CHECKING:
    from django.http import HttpRequest

    from events.queries.figures import Figures, Line


@require_safe
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """`?date=` narrows to one date of the event."""
    _need(request, VIEW)
    event, row, dates, found = _asked(request, pk)
    context = {
        "event": event,
        "figures": found,
        "row": row,
        "dates": dates,
        "tables": tables_of(found),
        "chart": charts.bars(found.bars) if found.bars else None,  # type: ignore[arg-type]
        "may_export": request.user.has_perm(EXPORT),
    }
    return render(request, "events/admin/figures.html", context)


def _asked(request: HttpRequest, pk: int) -> tuple[Event, Occurrence | None, list[Occurrence], Figures]:
    """The event, the date asked for (None: all), its dates, the figures."""
    event = get_object_or_404(Event, pk=pk)
    dates = list(event.occurrences.select_related("event").order_by("-starts_at")[:60])
    named = request.GET.get("date", "")
    row = next((one for one in dates if one.recurrence_id == named), None)
    return event, row, dates, queries.figures_of(event, row, now=clock.now())


@require_safe
def figures_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The tables for a spreadsheet: by category, sector, country and so on. No name of a person is in them."""
    _need(request, VIEW)
    event, _row, _dates, found = _asked(request, pk)
    response = StreamingHttpResponse(
        exports.figures_csv(tables_of(found)), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="chiffres-{event.pk}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_safe
def figures_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report of attendance on the letterhead: totals, then who came by category, sector, country."""
    _need(request, VIEW)
    event, row, dates, found = _asked(request, pk)
    only = row or (dates[0] if len(dates) == 1 else None)
    with translation.override("fr"):
        tables = tables_of(found)
        facts = {
            "when": only.when("fr") if only is not None else "",
            "place": only.place if only is not None else event.place_name,
        }
    try:
        body = report_pdf(event, found, tables=tables, facts=facts)
    except PaperUnavailable:
        return HttpResponse(_("This machine cannot make PDF files."), status=503, content_type="text/plain")
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="rapport-{event.pk}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def tables_of(found: Figures) -> list[dict[str, Any]]:
    """The tables that say something: one group, of which nothing is known, says nothing."""
    channels = dict(Channel.choices)
    told = (
        ("category", _("By category"), str),
        ("sector", _("By sector"), str),
        ("country", _("By country"), words.country_name),
        ("outlet", _("By outlet or organisation"), str),
        ("delegation", _("By delegation"), str),
        ("channel", _("How they confirmed"), lambda code: str(channels.get(code, code))),
    )
    return [
        {"key": key, "title": title, "lines": [_named(line, name) for line in found.groups[key]]}
        for key, title, name in told
        if any(line.label for line in found.groups.get(key, ()))
    ]


def _named(line: Line, name: Any) -> dict[str, Any]:
    label = _("and others") if line.label == "…" else name(line.label) if line.label else _("not said")
    return {"label": label, "registered": line.registered, "confirmed": line.confirmed, "came": line.came}
