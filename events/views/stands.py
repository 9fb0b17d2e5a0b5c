"""Stands at our events and the log of ours; official audiences, for the secretariat alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from cms.core import clock
from cms.mailing.documents import PaperUnavailable
from events import exports, queries
from events.actions import audiences, stands
from events.documents.audiences import audience_pdf
from events.forms.stands import OfficialAudienceForm, StandForm, StandNoteForm
from events.models import (
    AudienceState,
    Event,
    Host,
    OfficialAudience,
    Received,
    Requester,
    Stand,
    StandNote,
    StandState,
)
from events.views.once import once

if TYPE_CHECKING:
    from django.http import HttpRequest

KEEP, AUDIENCES = "events.manage_registrations", "events.keep_officialaudience"


def _event(request: HttpRequest, pk: int, permission: str) -> Event:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _ask(
    request: HttpRequest, event: Event, form: Any, *, label: str, back: str, words: str = ""
) -> HttpResponse:
    context = {
        "button": {"label": label, "explanation": words},
        "event": event,
        "form": form,
        "back": back,
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def stand_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The stands of our event, and the log of our own. POST writes a note of the log."""
    event = _event(request, pk, KEEP)
    form = StandNoteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        key = said.pop("key")
        stands.note_stand(event=event, values=said, key=key, user=request.user, now=clock.now())
        messages.success(request, _("Noted."))
        return HttpResponseRedirect(reverse("events_stands", args=[pk]))
    notes, totals = queries.stand_log(event)
    context = {
        "event": event,
        "stands": list(queries.stands_of(event)),
        "notes": notes,
        "totals": totals,
        "form": form,
        "guests_here": event.role == "participant",
    }
    return render(request, "events/admin/stands/list.html", context, status=422 if form.errors else 200)


@once
def stand(request: HttpRequest, pk: int, stand: int | None = None) -> HttpResponse:
    """Enter a stand, or change it."""
    event = _event(request, pk, KEEP)
    row = get_object_or_404(Stand, pk=stand, event=event) if stand is not None else None
    first = {name: getattr(row, name) for name in stands.STAND_FIELDS} if row is not None else {}
    form = StandForm(request.POST or None, states=StandState.choices, initial=first)
    back = reverse("events_stands", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            stands.keep_stand(
                event=event, stand=row, values=form.cleaned_data, user=request.user, now=clock.now()
            )
        except stands.PlaceTaken:
            form.add_error("number", _("Another exhibitor has this number."))
        else:
            messages.success(request, _("The stand is saved."))
            return HttpResponseRedirect(back)
    label = _("Change the stand") if row is not None else _("Add a stand")
    return _ask(request, event, form, label=label, back=back)


def note(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """Put a note of our stand right."""
    event = _event(request, pk, KEEP)
    row = get_object_or_404(StandNote, pk=note, event=event)
    first = {name: getattr(row, name) for name in stands.NOTE_FIELDS}
    form = StandNoteForm(request.POST or None, initial=first)
    back = reverse("events_stands", args=[pk])
    if request.method == "POST" and form.is_valid():
        stands.change_note(note=row, values=form.cleaned_data, user=request.user, now=clock.now())
        messages.success(request, _("The note is put right."))
        return HttpResponseRedirect(back)
    return _ask(request, event, form, label=_("Put the note right"), back=back)


@require_safe
def stands_csv(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The stands and the log of ours, for a spreadsheet."""
    event = _event(request, pk, KEEP)
    log = "log" in request.GET
    notes, _totals = queries.stand_log(event)
    body = exports.stand_log_csv(notes) if log else exports.stands_csv(queries.stands_of(event))
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="stands-{pk}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


# Official audiences ------------------------------------------------------------------------------------------------
@require_safe
def audience_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The audiences asked for around a celebration."""
    event = _event(request, pk, AUDIENCES)
    rows = list(event.audiences.prefetch_related("people"))
    return render(request, "events/admin/stands/audiences.html", {"event": event, "rows": rows})


@once
def audience(request: HttpRequest, pk: int, audience: int | None = None) -> HttpResponse:
    """Enter an audience, or change it."""
    event = _event(request, pk, AUDIENCES)
    row = get_object_or_404(OfficialAudience, pk=audience, event=event) if audience is not None else None
    form = OfficialAudienceForm(
        request.POST or None,
        choices={
            "requester": Requester.choices,
            "host": Host.choices,
            "state": AudienceState.choices,
        },
        kinds=Received.choices,
        initial=_initial(row),
    )
    back = reverse("events_audiences", args=[pk])
    if request.method == "POST" and form.is_valid():
        audiences.keep_audience(
            event=event,
            audience=row,
            values=form.cleaned_data,
            people=form.people(),
            user=request.user,
            now=clock.now(),
        )
        messages.success(request, _("The audience is saved."))
        return HttpResponseRedirect(back)
    label = _("Change the audience") if row is not None else _("Add an audience")
    words = _("Audiences stand on no page, in no list, feed or calendar that the public can reach.")
    return _ask(request, event, form, label=label, back=back, words=words)


def _initial(row: OfficialAudience | None) -> dict[str, Any]:
    if row is None:
        return {}
    values: dict[str, Any] = {name: getattr(row, name) for name in audiences.FIELDS}
    for code in Received.values:
        people = [one for one in row.people.all() if one.received_as == code]
        values[f"people_{code}"] = "\n".join(
            f"{one.name}, {one.function}" if one.function else one.name for one in people
        )
    return values


@require_safe
def audience_paper(request: HttpRequest, pk: int, audience: int) -> HttpResponse:
    """The people received, in order, on the letterhead: for the host's own protocol."""
    event = _event(request, pk, AUDIENCES)
    row = get_object_or_404(OfficialAudience.objects.prefetch_related("people"), pk=audience, event=event)
    try:
        body = audience_pdf(row)
    except PaperUnavailable:
        return HttpResponse(_("This machine cannot make PDF files."), status=503, content_type="text/plain")
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="audience-{row.pk}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
