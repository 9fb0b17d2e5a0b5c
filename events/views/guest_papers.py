"""Invitations on paper: letters, labels, the bordereau d'envoi, the cahier de transmission; and lists in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock, formats
from cms.mailing import documents as paper
from events import actions, exports, queries
from events.forms import HandedForm, PaperForm
from events.models import Invitation, InvitationState
from events.views.guests import EXPORT, KEEP, address_of, date_of, form_page, need

if TYPE_CHECKING:
    from django.http import HttpRequest

PDF, CSV = "application/pdf", "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _who() -> list[tuple[str, str]]:
    return [
        ("paper", _("Whom no mail reaches")),
        ("fresh", _("Whom no mail reaches, without a letter yet")),
        ("numbered", _("Whose letter is printed already")),
        ("unanswered", _("Without an answer")),
        ("all", _("All guests")),
    ]


def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose for whom, then what: each button gives a PDF. Only « letters » numbers them; a trial numbers nothing."""
    need(request, EXPORT)
    event, row, _rows = date_of(request, pk)
    who = request.POST.get("who") or request.GET.get("who") or "fresh"
    found = queries.on_paper(row, who)
    form = PaperForm(
        request.POST or None,
        initial={"who": who, "dated": formats.local(clock.now()).date()},
        who=_who(),
        sheets=paper.SHEETS,
        number=len(found),
        at_once=actions.LETTERS_AT_ONCE,
    )
    if request.method == "POST" and "do" in request.POST and form.is_valid():
        first = int(form.cleaned_data.get("part") or 0) * actions.LETTERS_AT_ONCE
        try:
            return _printed(
                request, row, found, found[first : first + actions.LETTERS_AT_ONCE], form.cleaned_data
            )
        except actions.NobodyToPrint as error:
            messages.error(request, str(error))
    context = {
        "event": event,
        "row": row,
        "form": form,
        "number": len(found),
        "sample": found[:8],
        "homeless": [one for one in found if not paper.addressee(one.contact).where],
        "lacking": paper.lacking(),
        "may_keep": request.user.has_perm(KEEP),
        "back": address_of(row),
        "listed": queries.guest_list_of(row),
    }
    return render(request, "events/admin/guest_papers.html", context, status=422 if form.errors else 200)


def _printed(request: HttpRequest, row: Any, everybody: Any, some: Any, said: dict[str, Any]) -> HttpResponse:
    what, dated = request.POST["do"], said["dated"]
    if what in ("letters", "trial"):
        if what == "letters":
            need(request, KEEP)
        content = actions.print_letters(
            occurrence=row, rows=some, dated=dated, user=request.user, now=clock.now(), trial=what == "trial"
        )
        return _file(content, PDF, _("letters"), row, "pdf")
    if what == "labels":
        content = actions.print_labels(rows=some, sheet=said["sheet"], start=said["start"])
        return _file(content, PDF, _("labels"), row, "pdf")
    lines = everybody[: actions.LINES_AT_ONCE]
    if what == "slip":
        return _file(
            actions.print_slip(occurrence=row, rows=lines, dated=dated), PDF, _("dispatch slip"), row, "pdf"
        )
    if what == "book":
        content = actions.print_book(occurrence=row, rows=lines, dated=dated)
        return _file(content, PDF, _("transmission book"), row, "pdf")
    raise Http404


def _file(content: Any, kind: str, name: str, row: Any, ending: str) -> Any:
    response: Any
    response = HttpResponse(content, content_type=kind) if isinstance(content, bytes) else None
    if response is None:
        response = StreamingHttpResponse(content, content_type=kind)
    stem = slugify(f"{name}-{row.event.name}")[:60].strip("-")
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def guests_file(request: HttpRequest, pk: int, ending: str) -> Any:
    """The guest list as CSV or XLSX, narrowed as on the screen. To see the list is not to take it away."""
    need(request, EXPORT)
    _event, row, _rows = date_of(request, pk)
    found = queries.guests_of(row, asked=request.GET.get("asked", ""), search=request.GET.get("q", "")[:100])
    listed = queries.guest_list_of(row)
    if ending == "csv":
        return _file(exports.guests_csv(found, listed), CSV, _("guests"), row, "csv")
    if ending == "xlsx":
        return _file(exports.guests_xlsx(found, listed), XLSX, _("guests"), row, "xlsx")
    raise Http404


def handed(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Write down from the transmission book when a letter was handed over, and who took it."""
    need(request, KEEP)
    rows = Invitation.objects.select_related("contact", "occurrence__event")
    found = get_object_or_404(rows.exclude(state=InvitationState.WITHDRAWN), uid=uid, occurrence__event_id=pk)
    initial = {"handed_at": found.handed_at or formats.local(clock.now()), "received_by": found.received_by}
    form = HandedForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.hand_over(invitation=found, user=request.user, now=clock.now(), **form.cleaned_data)
        messages.success(request, _("%(name)s: the letter is handed over.") % {"name": found.contact})
        return HttpResponseRedirect(address_of(found.occurrence))
    return form_page(
        request,
        form,
        label=_("Letter handed over"),
        back=address_of(found.occurrence),
        event=found.occurrence.event,
        explanation=str(found.contact),
    )
