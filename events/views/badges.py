"""Badges: how they look, a preview, and printing them for all, for those who came late, or for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock
from cms.mailing.documents import PaperUnavailable, lacking
from cms.pages.queries import page_of
from events.actions import badges as actions
from events.documents.badges import Badge, badges_pdf
from events.documents.letterhead import COLOURS
from events.forms.papers import BadgeForm
from events.models import BadgeTemplate, Event, Registration
from events.models.badges import BadgeSize
from events.queries.papers import badge_code, badge_people, badge_template, event_words, function_of
from events.validators.papers import BADGE_FIELDS, FIELDS, fill
from events.views.programme import pdf_response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

PRINT = "events.print_badge"
NAMES = ("size", "heading", "lines", "foot", "shows_code")
#: Of how many badges one file is at most: a printer's tray, and a minute of work.
MOST = 300


def _event(request: HttpRequest, pk: int) -> Event:
    if not request.user.has_perm(PRINT):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _back(event: Event) -> str:
    return reverse("events_badges", args=[event.pk])


def _narrowed(source: Any) -> dict[str, Any]:
    return {
        "occurrence": source.get("date", "")[:15],
        "search": source.get("q", "")[:100],
        "fresh": "fresh" in source,
    }


def badges(request: HttpRequest, pk: int) -> HttpResponse:
    """Who gets a badge, and what the badges look like; POST keeps the looks."""
    event = _event(request, pk)
    template = badge_template(event)
    initial = {name: getattr(template, name) for name in NAMES}
    form = BadgeForm(request.POST or None, sizes=BadgeSize.choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.change_badges(event=event, values=form.cleaned_data, user=request.user, now=clock.now())
        messages.success(request, _("The model of the badges is kept."))
        return HttpResponseRedirect(_back(event))
    narrowed = _narrowed(request.GET)
    people = badge_people(event, **narrowed)
    context = {
        "event": event,
        "form": form,
        "fields": [(name, FIELDS[name]) for name in BADGE_FIELDS],
        "found": page_of(people, request.GET, size=50),
        "number": people.count(),
        "fresh": badge_people(event, fresh=True).count(),
        "narrowed": narrowed,
        "dates": list(event.occurrences.select_related("event")[:100]) if event.repeats else [],
        "lacking": lacking(),
        "most": MOST,
    }
    return render(request, "events/badges/board.html", context, status=422 if form.errors else 200)


def badge_of(person: Registration, template: BadgeTemplate, words: dict[str, str]) -> Badge:
    """A person's badge: the model's words with their fields filled in; lines that say nothing are left out."""
    category = person.category
    values = {
        **words,
        "nom": person.name,
        "organisation": person.organisation,
        "fonction": function_of(person),
        "categorie": category.name if category is not None else _("Participant"),
    }
    lines = [fill(line, values).strip() for line in template.lines.splitlines()]
    return Badge(
        heading=fill(template.heading, values),
        name=person.name,
        lines=[line for line in lines if line],
        foot=fill(template.foot, values),
        colour=category.hex if category is not None else COLOURS["indigo"],
        code=badge_code(person) if template.shows_code else "",
    )


def _all(event: Event, people: Iterable[Registration], template: BadgeTemplate) -> list[Badge]:
    words: dict[int, dict[str, str]] = {}
    found = []
    for person in people:
        person.occurrence.event = event
        if person.occurrence_id not in words:
            words[person.occurrence_id] = event_words(event, person.occurrence, language="fr")
        found.append(badge_of(person, template, words[person.occurrence_id]))
    return found


def _paper(request: HttpRequest, event: Event, found: list[Badge], size: str, *, alone: bool) -> HttpResponse:
    try:
        data = badges_pdf(found, size=size, alone=alone)
    except PaperUnavailable as error:
        messages.error(request, _("This server cannot make PDFs: it lacks %(what)s.") % {"what": error})
        return HttpResponseRedirect(_back(event))
    return pdf_response(data, f"badges-{event.pk}.pdf", private=True)


def printing(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: the badges of those listed, as a file; they count as printed unless it is a trial."""
    event = _event(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    people = list(badge_people(event, **_narrowed(request.POST))[:MOST])
    if not people:
        messages.warning(request, _("Nobody is left whose badge is to be printed."))
        return HttpResponseRedirect(_back(event))
    template = badge_template(event)
    answer = _paper(
        request, event, _all(event, people, template), template.size, alone="alone" in request.POST
    )
    if answer.status_code == 200 and request.POST.get("do") != "trial":
        actions.note_printed(event=event, registrations=people, user=request.user, now=clock.now())
    return answer


def one(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """One person's badge alone, for who lost it or came late; printing it is noted by the list's own button only."""
    event = _event(request, pk)
    person = get_object_or_404(badge_people(event), uid=uid)
    template = badge_template(event)
    return _paper(request, event, _all(event, [person], template), template.size, alone=True)


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: two sample badges in the words typed, a short name and a very long one; nothing is kept."""
    event = _event(request, pk)
    form = BadgeForm(request.POST or None, sizes=BadgeSize.choices)
    if request.method != "POST" or not form.is_valid():
        return HttpResponse(
            " ".join(str(error) for errors in form.errors.values() for error in errors)
            or _("Fill in the form first."),
            status=422,
            content_type="text/plain; charset=utf-8",
        )
    template = BadgeTemplate(event=event, **form.cleaned_data)
    row = event.occurrences.select_related("event").first()
    values = {
        **event_words(event, row, language="fr"),
        "organisation": _("University of Bamako"),
        "fonction": _("head of department"),
        "categorie": _("Participant"),
    }
    found = []
    for place, name in enumerate(("Awa Traoré", "Professeur Mohamed El Moctar Ould Abdourahamane Dicko-Bâ")):
        values["nom"] = name
        lines = [fill(line, values).strip() for line in template.lines.splitlines()]
        found.append(
            Badge(
                heading=fill(template.heading, values),
                name=name,
                lines=[line for line in lines if line],
                foot=fill(template.foot, values),
                colour=list(COLOURS.values())[place],
                code="SPECIMEN0" if template.shows_code else "",
            )
        )
    return _paper(request, event, found, template.size, alone=True)
