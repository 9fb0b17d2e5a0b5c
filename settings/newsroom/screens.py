"""The screen of what newsrooms made of an event, for who sees both its registrations and what the media said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from cms.core import clock
from cms.core.exports import stream_csv, write_xlsx
from cms.core.viewsets import XLSX
from cms.mailing.documents import PaperUnavailable
from events.models import Event
from press import actions
from press.models import OutletState
from press.queries.coverage import sources_of
from settings.newsroom import coverage

if TYPE_CHECKING:
    from django.http import HttpRequest

#: Both sides of it: who comes is the agenda's, what was published is the press room's.
SEE = "events.view_registration press.view_coverage"
EXPORT, WRITE = "events.export_registration", "press.add_coverage"
HEADINGS = (
    gettext_lazy("Newsroom"),
    gettext_lazy("Journalists expected"),
    gettext_lazy("Journalists who came"),
    gettext_lazy("Articles and broadcasts"),
    gettext_lazy("What appeared"),
    gettext_lazy("Follow-up"),
    gettext_lazy("Note"),
)


class StateForm(forms.Form):
    """Where we are with one newsroom."""

    state = forms.ChoiceField(choices=OutletState.choices)
    note = forms.CharField(max_length=200, required=False)


def _event(request: HttpRequest, pk: int, *more: str) -> Event:
    if not request.user.has_perms([*SEE.split(), *more]):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def coverage_list(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: newsroom by newsroom, `?show=silent` those of which nothing has appeared. POST: where we are with one."""
    event, now = _event(request, pk), clock.now()
    found = coverage.follow_up(event, now=now)
    if request.method == "POST":
        return _write(request, event, found)
    silent = request.GET.get("show") == "silent"
    lines = [line for line in found.lines if line.is_silent or not silent]
    source = sources_of([event.uid]).get(event.uid)
    asked = {"source": source.page} if source is not None else {}
    may_write = request.user.has_perm(WRITE)
    context = {
        "event": event,
        "found": found,
        "lines": [(line, f"{_add()}?{urlencode({**asked, 'outlet': line.outlet})}") for line in lines],
        "add": f"{_add()}?{urlencode(asked)}",
        "held": coverage.held_back(event, now=now),
        "may_open": request.user.has_perm("press.give_early_copy"),
        "silent": silent,
        "states": OutletState.choices,
        "may_write": may_write,
        "may_export": request.user.has_perm(EXPORT),
    }
    return render(request, "settings/newsroom/coverage.html", context)


def _add() -> str:
    return reverse("press_coverage:add")


def _write(request: HttpRequest, event: Event, found: coverage.Followed) -> HttpResponse:
    """Only of newsrooms in the list: nobody writes another's name into it by a form of their own."""
    if not request.user.has_perm(WRITE):
        raise PermissionDenied
    key, form = request.POST.get("outlet", ""), StateForm(request.POST)
    line = next((one for one in found.lines if one.key and one.key == key), None)
    if line is None:
        raise Http404
    if form.is_valid():
        said = form.cleaned_data
        actions.follow_up_outlet(
            thing_uid=event.uid, outlet=line.outlet, user=request.user, now=clock.now(), **said
        )
        messages.success(request, _("%(outlet)s: written down.") % {"outlet": line.outlet})
    else:
        messages.error(
            request, _("Choose where you are with this newsroom; a note has 200 characters at most.")
        )
    shown = "?show=silent" if request.GET.get("show") == "silent" else ""
    return HttpResponseRedirect(reverse("newsroom_coverage", args=[event.pk]) + shown)


@require_safe
def coverage_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The list as CSV that a spreadsheet takes as text, never as formulas."""
    event = _event(request, pk, EXPORT)
    found = coverage.follow_up(event, now=clock.now())
    lines = (coverage.cells(line) for line in found.lines)
    return _named(StreamingHttpResponse(stream_csv(HEADINGS, lines), content_type="text/csv"), event, "csv")


@require_safe
def coverage_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same list as a workbook."""
    event = _event(request, pk, EXPORT)
    found = coverage.follow_up(event, now=clock.now())
    body = write_xlsx(HEADINGS, (coverage.cells(line) for line in found.lines), title=event.name)
    return _named(HttpResponse(body, content_type=XLSX), event, "xlsx")


@require_safe
def coverage_report(request: HttpRequest, pk: int) -> HttpResponse:
    """The report on paper: attendance, articles, newsroom by newsroom."""
    event, now = _event(request, pk, EXPORT), clock.now()
    try:
        body = coverage.report_pdf(event, coverage.follow_up(event, now=now), now=now)
    except PaperUnavailable:
        return HttpResponse(_("This machine cannot make PDF files."), status=503, content_type="text/plain")
    return _named(HttpResponse(body, content_type="application/pdf"), event, "pdf")


def _named(response: Any, event: Event, ending: str) -> Any:
    shown = "inline" if ending == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{shown}; filename="retombees-{event.pk}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
