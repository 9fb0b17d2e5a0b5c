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
from events.forms import EraseForm, RetentionForm
from events.models import MONTHS, PASSPORT_DAYS, Event, Registration, Retention
from events.views.log_words import LOG_WORDS

if TYPE_CHECKING:
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
    sections = queries.person_sections(one)
    if ending == "json":
        said = [
            {"title": part.title, "values": [{"name": name, "value": value} for name, value in part.lines]}
            for part in sections
        ]
        body = json.dumps({"name": one.name, "sections": said}, ensure_ascii=False, indent=1).encode()
        kind = "application/json"
    else:
        try:
            body = person_pdf(one, sections=sections, now=now)
        except PaperUnavailable as error:
            messages.error(request, _("This machine makes no PDF: %(what)s is missing.") % {"what": error})
            return HttpResponseRedirect(reverse("events_person_data", args=[pk, uid]))
        kind = "application/pdf"
    actions.note_handed_over(registration=one, user=request.user, now=now)
    response = HttpResponse(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="donnees-{one.pk}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def person_erase(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Erase, after asking, what all events keep of a person."""
    one = _person(request, pk, uid)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        number = actions.erase_person(
            registration=one, reason=form.cleaned_data["reason"], user=request.user, now=clock.now()
        )
        messages.success(request, _("Erased: %(n)s registrations and delegations.") % {"n": number})
        return HttpResponseRedirect(reverse("events_people", args=[pk]))
    context = {
        "button": {
            "label": _("Erase this person's data"),
            "explanation": _(
                "Name, addresses, answers, journey and passport are erased at all events. Registrations for dates to "
                "come end, and nobody gets a mail. This cannot be undone."
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
