"""An event's dashboard: registrations as they came in, by group, seats, who did not come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.contacts.viewsets import words
from cms.core import clock
from events import queries
from events.models import Channel, Event
from events.views.people import EXPORT, VIEW, _need
from media_library.views import charts

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from events.queries.figures import Figures, Line


@require_safe
def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """`?date=` narrows to one date of the event."""
    _need(request, VIEW)
    event = get_object_or_404(Event, pk=pk)
    now = clock.now()
    dates = list(event.occurrences.select_related("event").order_by("-starts_at")[:60])
    named = request.GET.get("date", "")
    row = next((one for one in dates if one.recurrence_id == named), None)
    found = queries.figures_of(event, row, now=now)
    context = {
        "event": event,
        "figures": found,
        "row": row,
        "dates": dates,
        "tables": _tables(found),
        "chart": charts.bars(found.bars) if found.bars else None,  # type: ignore[arg-type]
        "may_export": request.user.has_perm(EXPORT),
    }
    return render(request, "events/admin/figures.html", context)


def _tables(found: Figures) -> list[dict[str, Any]]:
    """The tables that say something: one group, of which nothing is known, says nothing."""
    channels = dict(Channel.choices)
    told = (
        ("category", _("By category"), str),
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
