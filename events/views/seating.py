"""The seating plan of a ceremony: rows, who sits where, the paper for the ushers."""

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
from events.actions import seating as seats
from events.documents.seating import seating_pdf
from events.forms.seating import RowsForm
from events.models import Event, Occurrence, Registration

if TYPE_CHECKING:
    from django.http import HttpRequest

KEEP = "events.keep_guests"


def _event(request: HttpRequest, pk: int) -> Event:
    if not request.user.has_perm(KEEP):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _date(event: Event, asked: str) -> Occurrence:
    """The date asked for, else the next one, else the last; Http404 for an event without a date."""
    rows = list(event.occurrences.select_related("event").order_by("starts_at")[:200])
    chosen = next((row for row in rows if row.recurrence_id == asked), None)
    coming = next((row for row in rows if not row.is_past(clock.now())), rows[-1] if rows else None)
    if chosen is None and coming is None:
        raise Http404
    return chosen or coming  # type: ignore[return-value]


def seating(request: HttpRequest, pk: int) -> HttpResponse:
    """Who sits where. POST: set the rows, seat again by rank, put somebody on a chair, or take that back."""
    event = _event(request, pk)
    row = _date(event, request.GET.get("date", "")[:15])
    plan = queries.seating_of(row)
    laying = request.method == "POST" and request.POST.get("do") == "rows"
    form = RowsForm(request.POST if laying else None, initial={"rows": plan.rows if plan else ""})
    if request.method == "POST" and (not laying or form.is_valid()):
        _act(request, row, form)
        return HttpResponseRedirect(f"{reverse('events_seating', args=[pk])}?date={row.recurrence_id}")
    left = list(queries.without_chair(row)) if plan else []
    context = {
        "event": event,
        "row": row,
        "dates": list(event.occurrences.select_related("event").order_by("-starts_at")[:60]),
        "plan": plan,
        "blocks": queries.chairs_of(plan) if plan else [],
        "left": left,
        "people": list(queries.in_seating_order(row.pk)) if plan else [],
        "form": form,
    }
    return render(request, "events/admin/seating.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, row: Occurrence, form: RowsForm) -> None:
    did = request.POST.get("do", "")
    if did == "rows":
        seats.lay_rows(occurrence=row, rows=form.cleaned_data["rows"], user=request.user, now=clock.now())
        messages.success(request, _("The rows are set, and filled by rank."))
    elif did == "rank":
        _say_left(request, seats.seat_by_rank(occurrence=row))
    elif did == "put":
        _put(request, row)
    elif did == "free":
        _say_left(request, seats.let_go(occurrence=row, registration=_person(request, row), **_by(request)))
    else:
        raise Http404


def _say_left(request: HttpRequest, left: int) -> None:
    if left:
        words = ngettext("%(n)s person has no chair.", "%(n)s people have no chair.", left)
        messages.warning(request, words % {"n": left})
    else:
        messages.success(request, _("Everybody who comes has a chair."))


def _person(request: HttpRequest, row: Occurrence) -> Registration:
    number = request.POST.get("person", "")
    key = int(number) if number.isdecimal() and len(number) < 19 else 0
    return get_object_or_404(Registration, pk=key, occurrence=row)


def _by(request: HttpRequest) -> dict[str, Any]:
    return {"user": request.user, "now": clock.now()}


def _put(request: HttpRequest, row: Occurrence) -> None:
    block, _dot, number = request.POST.get("chair", "").partition(".")
    try:
        if not (block.isdecimal() and number.isdecimal() and len(block) < 4 and len(number) < 4):
            raise seats.ChairTaken
        seats.put(
            occurrence=row,
            registration=_person(request, row),
            row=int(block),
            number=int(number),
            user=request.user,
            now=clock.now(),
        )
    except seats.ChairTaken:
        messages.error(request, _("Somebody was put on this chair by hand already."))
    else:
        messages.success(request, _("Put there; filling by rank leaves them."))


@require_safe
def seating_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan for the ushers: row by row, then by name."""
    event = _event(request, pk)
    row = _date(event, request.GET.get("date", "")[:15])
    plan = queries.seating_of(row)
    if plan is None:
        raise Http404
    try:
        body = seating_pdf(row, queries.chairs_of(plan))
    except PaperUnavailable:
        return HttpResponse(_("This machine cannot make PDF files."), status=503, content_type="text/plain")
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="placement-{pk}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
