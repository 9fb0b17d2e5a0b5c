"""What is kept of people: how long, on request as a file, erased on request; and the journal of an event."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from cms.core import clock
from cms.mailing.documents import PaperUnavailable
from cms.pages.queries import page_of
from events import actions, queries
from events.documents.persons import person_pdf
from events.forms import EraseForm, PersonSearchForm, RetentionForm
from events.models import MONTHS, PASSPORT_DAYS, Event, Registration, Retention
from events.queries.holdings import events_of, words_of
from events.views.log_words import LOG_WORDS

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

KEEP_DATA, VIEW = "events.manage_personal_data", "events.view_registration"


def _need(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def privacy(request: HttpRequest, pk: int) -> HttpResponse:
    """How long an event's personal data is kept, and what there is of it."""
    _need(request, KEEP_DATA)
    event = get_object_or_404(Event, pk=pk)
    known = Retention.objects.filter(event=event).first()
    initial = {
        "months": known.months if known else MONTHS,
        "passport_days": known.passport_days if known else PASSPORT_DAYS,
    }
    form = RetentionForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_retention(event=event, user=request.user, now=clock.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("events_privacy", args=[pk]))
    context = {"event": event, "form": form, "kept": queries.kept_of_event(event), "now": clock.now()}
    return render(request, "events/privacy/event.html", context, status=422 if form.errors else 200)


def _person(request: HttpRequest, pk: int, uid: Any) -> Registration:
    """A registration of this very event, not erased (else 404), for who may answer a person."""
    _need(request, KEEP_DATA)
    rows = Registration.objects.select_related("occurrence__event", "contact")
    return get_object_or_404(rows, uid=uid, occurrence__event_id=pk, erased_at=None)


def person_data(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Everything that events keep of a person, on a screen."""
    one = _person(request, pk, uid)
    context = {"event": one.occurrence.event, "person": one, "sections": queries.person_sections(one)}
    response = render(request, "events/privacy/person.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def person_file(request: HttpRequest, pk: int, uid: Any, ending: str) -> HttpResponse:
    """The same as a file: PDF to be read, JSON for another machine. That it was taken stands in the journal."""
    if ending not in ("json", "pdf"):
        raise Http404
    one = _person(request, pk, uid)
    now = clock.now()
    response = _file(request, one.name, queries.person_sections(one), ending, now=now)
    if response is None:
        return HttpResponseRedirect(reverse("events_person_data", args=[pk, uid]))
    event = one.occurrence.event
    actions.note_handed_over(event=event, registration=one, user=request.user, now=now)
    return response


def _file(
    request: HttpRequest, name: str, sections: list[Any], ending: str, *, now: datetime
) -> HttpResponse | None:
    """The sections as PDF or JSON; None, with a message, where this machine makes no PDF."""
    if ending == "json":
        said = [
            {"title": part.title, "values": [{"name": label, "value": value} for label, value in part.lines]}
            for part in sections
        ]
        body = json.dumps({"name": name, "sections": said}, ensure_ascii=False, indent=1).encode()
    else:
        try:
            body = person_pdf(name, sections=sections, now=now)
        except PaperUnavailable as error:
            messages.error(request, _("This machine makes no PDF: %(what)s is missing.") % {"what": error})
            return None
    response = HttpResponse(body, content_type=f"application/{ending}")
    response.headers["Content-Disposition"] = f'attachment; filename="donnees.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def person_search(request: HttpRequest) -> HttpResponse:
    """Where somebody stands in any event, registered or not; what is ticked is handed over or erased.

    Everything is posted: names, addresses and numbers stand in no address, and so in no log.
    """
    _need(request, KEEP_DATA)
    form = PersonSearchForm(request.POST if "q" in request.POST else None)
    reason = EraseForm(request.POST if request.POST.get("do") == "erase" else None)
    found: list[Any] = []
    if form.is_valid():
        typed, ticked = form.cleaned_data["q"], set(request.POST.getlist("rows"))
        rows = queries.rows_ticked(typed, ticked) if ticked else {}
        answer = _with_ticked(request, typed, rows, reason) if rows else None
        if answer is not None:
            return answer
        found = queries.found_rows(typed)
        for one in found:
            one.ticked = one.mark in ticked
        if request.POST.get("do") in ("pdf", "json", "erase") and not rows:
            messages.warning(request, _("Tick what is about this person first."))
    context = {"form": form, "found": found, "reason": reason}
    status = 422 if form.errors or reason.errors else 200
    response = render(request, "events/privacy/search.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _with_ticked(request: HttpRequest, typed: str, rows: Any, reason: EraseForm) -> HttpResponse | None:
    """Do what was asked with the rows ticked; None where the screen is to be shown again."""
    now, what, words = clock.now(), request.POST.get("do"), words_of(typed)
    if what == "erase" and reason.is_valid():
        why = reason.cleaned_data["reason"]
        number = actions.erase_rows(rows=rows, words=words, reason=why, user=request.user, now=now)
        messages.success(request, _("Erased: %(n)s entries.") % {"n": number})
        return HttpResponseRedirect(reverse("events_person_search"))
    if what not in ("pdf", "json"):
        return None
    response = _file(request, typed, queries.sections_of(rows, words=words), what, now=now)
    if response is not None:
        for event in events_of(rows):
            actions.note_handed_over(event=event, user=request.user, now=now)
    return response


def person_erase(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Erase, after asking, what all events keep of a person."""
    one = _person(request, pk, uid)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = actions.erase_person(
            registration=one, reason=form.cleaned_data["reason"], user=request.user, now=clock.now()
        )
        messages.success(request, _("Erased: %(n)s entries.") % {"n": number})
        return HttpResponseRedirect(reverse("events_people", args=[pk]))
    context = {
        "button": {
            "label": _("Erase this person's data"),
            "explanation": _(
                "Name, addresses, answers, journey and passport are erased at all events. Registrations for dates to "
                "come end, and nobody gets a mail. Entries of the same name without its address are found by the "
                "search for a person. This cannot be undone."
            ),
            "danger": True,
        },
        "event": one.occurrence.event,
        "subject": one.name,
        "form": form,
        "back": reverse("events_person_data", args=[pk, uid]),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def journal(request: HttpRequest, pk: int) -> HttpResponse:
    """Who changed what of an event, its registrations and its delegations, the latest first."""
    _need(request, VIEW)
    event = get_object_or_404(Event, pk=pk)
    found = page_of(queries.journal_of(event), request.GET, size=50)
    names = queries.names_in_journal(found.object_list)
    for line in found.object_list:
        line.words = LOG_WORDS.get(line.action, line.action)
        about = [line.changes.get(one) for one in ("registration", "delegation", "guest")]
        line.about = names.get(next(filter(None, about), ""), "")
        line.fields = queries.fields_in_journal(line)
    return render(request, "events/privacy/journal.html", {"event": event, "found": found})
