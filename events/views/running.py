"""The running order of a date: its points with their hours, the paper for the team."""

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
from events.actions import running as actions
from events.documents.running import running_pdf
from events.forms.running import CopyForm, PointForm
from events.models import Event, Occurrence, RunningItem

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

VIEW, KEEP = "events.view_runningitem", "events.keep_runningitem"
DATES = 200


def _dates(request: HttpRequest, pk: int) -> tuple[Event, Occurrence, list[Occurrence]]:
    """The event, the date asked for (else the next, else the last) and all dates. Raises Http404 without one."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    event = get_object_or_404(Event, pk=pk)
    rows = list(event.occurrences.select_related("event").order_by("starts_at")[:DATES])
    if not rows:
        raise Http404
    now, asked = clock.now(), request.GET.get("date", "")[:15]
    coming = next((row for row in rows if not row.is_past(now)), rows[-1])
    return event, next((row for row in rows if row.recurrence_id == asked), coming), rows


def _here(row: Occurrence) -> str:
    return f"{reverse('events_running', args=[row.event_id])}?date={row.recurrence_id}"


def _begins(row: Occurrence) -> datetime:
    return row.local_start.replace(tzinfo=None)


def _days(row: Occurrence) -> int:
    return (row.last_day - row.local_start.date()).days + 1


def running(request: HttpRequest, pk: int) -> HttpResponse:
    """What happens minute by minute. POST: add a point, move one, take one off, or take over that of another date."""
    event, row, rows = _dates(request, pk)
    may_keep = request.user.has_perm(KEEP)
    if request.method == "POST" and not may_keep:
        raise PermissionDenied
    told = queries.running_order_of(row)
    sources: list[Any] = list(queries.running_sources(row)) if may_keep else []
    did = request.POST.get("do", "")
    form = PointForm(
        request.POST if did == "add" else None,
        begins=_begins(row),
        days=_days(row),
        places=[(str(slot.item.pk), slot.item.title) for slot in told.slots],
    )
    copying = CopyForm(
        request.POST if did == "copy" else None,
        sources=[(str(one.pk), f"{one.event} · {one.when()} ({one.points})") for one in sources],
        is_written=bool(told.slots),
    )
    asked = {"add": form, "copy": copying}.get(did)
    if request.method == "POST" and (asked is None or asked.is_valid()) and _act(request, row, asked):
        return HttpResponseRedirect(_here(row))
    context = {
        "event": event,
        "row": row,
        "rows": rows,
        "told": told,
        "last": len(told.slots) - 1,
        "form": form,
        "copying": copying if sources else None,
        "may_keep": may_keep,
    }
    failed = form.errors or copying.errors
    return render(request, "events/admin/running.html", context, status=422 if failed else 200)


def _act(request: HttpRequest, row: Occurrence, form: Any) -> bool:
    """Do what was asked; False where the form has now an error to show. Raises Http404 for what is no such thing."""
    did = request.POST.get("do", "")
    who: dict[str, Any] = {"user": request.user, "now": clock.now()}
    try:
        if did == "add":
            values = {name: form.cleaned_data[name] for name in actions.FIELDS}
            said = {name: form.cleaned_data[name] for name in ("after", "key")}
            actions.add_point(occurrence=row, values=values, **said, **who)
            messages.success(request, _("Added."))
        elif did == "copy":
            return _copy(request, row, form)
        elif did in ("up", "down"):
            seen = request.POST.get("seen", "")
            if not (seen.isdecimal() and len(seen) < 5):
                raise actions.OrderChanged
            by = -1 if did == "up" else 1
            actions.move_point(item=_point(row, request.POST.get("point", "")), by=by, seen=int(seen), **who)
        elif did == "remove":
            actions.remove_point(item=_point(row, request.POST.get("point", "")), **who)
            messages.success(request, _("Taken off the running order."))
        else:
            raise Http404
    except actions.OrderChanged:
        messages.warning(
            request,
            _("Somebody changed the running order meanwhile: here is how it stands. Nothing was moved."),
        )
    except actions.OrderFull:
        messages.error(request, _("A running order has %(n)s points at most.") % {"n": actions.MOST})
    return True


def _point(row: Occurrence, number: str) -> RunningItem:
    """The point of that key. Raises OrderChanged for one that is off by now."""
    key = int(number) if number.isdecimal() and len(number) < 19 else 0
    found = RunningItem.objects.filter(pk=key, occurrence=row).first()
    if found is None:
        raise actions.OrderChanged
    return found


def _copy(request: HttpRequest, row: Occurrence, form: CopyForm) -> bool:
    said = form.cleaned_data
    source = get_object_or_404(Occurrence.objects.select_related("event"), pk=said["source"])
    replace = bool(said.get("replace"))
    try:
        count = actions.copy_order(
            occurrence=row, source=source, replace=replace, user=request.user, now=clock.now()
        )
    except actions.OrderWritten:
        form.add_error(
            "replace" if "replace" in form.fields else None,
            _("This date has a running order: tick the box to replace it."),
        )
        return False
    words = ngettext("%(n)s point was taken over.", "%(n)s points were taken over.", count)
    messages.success(request, words % {"n": count})
    return True


def point(request: HttpRequest, pk: int, point: int) -> HttpResponse:
    """Change one point."""
    if not request.user.has_perm(KEEP):
        raise PermissionDenied
    item = get_object_or_404(
        RunningItem.objects.select_related("occurrence__event"), pk=point, occurrence__event=pk
    )
    row = item.occurrence
    form = PointForm(request.POST or None, begins=_begins(row), days=_days(row), initial=_shown(item, row))
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in actions.FIELDS}
        try:
            actions.change_point(item=item, values=values, user=request.user, now=clock.now())
        except actions.OrderChanged:
            messages.warning(request, _("Somebody took this point off meanwhile."))
        else:
            messages.success(request, _("The point is saved."))
        return HttpResponseRedirect(_here(row))
    context = {
        "button": {"label": _("Change this point"), "explanation": ""},
        "subject": item.title,
        "event": row.event,
        "form": form,
        "back": _here(row),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def _shown(item: RunningItem, row: Occurrence) -> dict[str, Any]:
    """What the form shows of a point: its hour on the wall, where it has one of its own."""
    shown = {name: getattr(item, name) for name in actions.FIELDS}
    starts = queries.start_of(item, row)
    if starts is not None:
        shown |= {"at": starts.time(), "day": (starts.date() - row.local_start.date()).days + 1}
    return shown


@require_safe
def running_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The running order for the team: letterhead, hours, who, notes."""
    _event, row, _rows = _dates(request, pk)
    try:
        body = running_pdf(row, queries.running_order_of(row))
    except PaperUnavailable:
        return HttpResponse(_("This machine cannot make PDF files."), status=503, content_type="text/plain")
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="deroule-{row.recurrence_id[:8]}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
