"""The order of questions at a press conference: a screen for whoever moderates, and the paper they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from cms.core import clock
from cms.mailing.documents import PaperUnavailable
from events import queries
from events.actions import turns
from events.documents.turns import turns_pdf
from events.models import Event, Occurrence, TurnState
from events.queries.press import mark_accredited

if TYPE_CHECKING:
    from django.http import HttpRequest

KEEP = "events.manage_registrations"
SETTLED = {"asked": TurnState.ASKED, "skipped": TurnState.SKIPPED, "back": TurnState.WAITING}


def _event(request: HttpRequest, pk: int) -> Event:
    if not request.user.has_perm(KEEP):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _dates(event: Event, asked: str) -> tuple[Occurrence | None, list[Occurrence]]:
    """The date asked for, else the next one, else the last; and all of them."""
    rows = list(event.occurrences.select_related("event").order_by("starts_at")[:200])
    coming = next((row for row in rows if not row.is_past(clock.now())), rows[-1] if rows else None)
    return next((row for row in rows if row.recurrence_id == asked), coming), rows


def questions_in_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Who asks, in which order. POST: add, move, asked, passed over, back, take out; 409 where the order changed."""
    event = _event(request, pk)
    row, rows = _dates(event, request.GET.get("date", "")[:15])
    is_stale = False
    if request.method == "POST":
        if row is None:
            raise Http404
        try:
            _act(request, row)
        except turns.OrderChanged:
            is_stale = True
        else:
            return HttpResponseRedirect(f"{reverse('events_turns', args=[pk])}?date={row.recurrence_id}")
    context = {"event": event, "row": row, "rows": rows, "is_stale": is_stale, **_shown(event, row)}
    return render(request, "events/admin/turns.html", context, status=409 if is_stale else 200)


def _shown(event: Event, row: Occurrence | None) -> dict[str, Any]:
    """The order as it now is, and who may be put into it: accredited people first."""
    if row is None:
        return {}
    all_ = list(queries.turns_of(row))
    line = [one for one in all_ if one.state == TurnState.WAITING]
    free = list(queries.may_take_turn(row))
    mark_accredited([*free, *(one.registration for one in all_)], event, now=clock.now())
    neighbours = [*line[1:], None]
    return {
        "line": list(zip([None, *line], line, neighbours, strict=False)),
        "over": [one for one in all_ if one.state != TurnState.WAITING],
        "accredited": [one for one in free if getattr(one, "is_accredited", False)],
        "free": sorted(free, key=lambda one: not getattr(one, "is_accredited", False)),
    }


def _key(request: HttpRequest, name: str) -> int:
    """A row's number from the form, 0 for anything else."""
    number = request.POST.get(name, "")
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 19 else 0


def _act(request: HttpRequest, row: Occurrence) -> None:
    did = request.POST.get("do", "")
    by: dict[str, Any] = {"user": request.user, "now": clock.now()}
    if did == "add":
        _say_added(request, turns.take_turns(occurrence=row, people=[_key(request, "person")], **by))
    elif did == "all":
        people = [one.pk for one in _shown(row.event, row)["accredited"] if not one.has_asked]
        _say_added(request, turns.take_turns(occurrence=row, people=people, **by))
    elif did == "move":
        turns.move_turn(occurrence=row, first=_key(request, "first"), second=_key(request, "second"))
    elif did == "withdraw":
        turns.withdraw_turn(occurrence=row, turn=_key(request, "turn"), **by)
    elif did in SETTLED:
        turns.settle_turn(occurrence=row, turn=_key(request, "turn"), state=SETTLED[did], **by)
    else:
        raise Http404


def _say_added(request: HttpRequest, made: list[Any]) -> None:
    if made:
        words = ngettext("%(n)s person added to the order.", "%(n)s people added to the order.", len(made))
        messages.success(request, words % {"n": len(made)})
    else:
        messages.warning(
            request, _("Nobody was added: who waits already, or no longer comes, is left as it is.")
        )


@require_safe
def questions_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """What the moderator holds: those who wait, in their order, with empty lines for hands raised in the hall."""
    event = _event(request, pk)
    row, _rows = _dates(event, request.GET.get("date", "")[:15])
    if row is None:
        raise Http404
    try:
        body = turns_pdf(row, list(queries.waiting_turns(row)))
    except PaperUnavailable:
        return HttpResponse(_("This machine cannot make PDF files."), status=503, content_type="text/plain")
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="questions-{pk}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
