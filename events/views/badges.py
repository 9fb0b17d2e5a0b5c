"""Badges: how they look, a preview, and printing them for all, for those who came late, or for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock
from cms.mailing.documents import PaperUnavailable, lacking
from cms.pages.queries import page_of
from events.actions import badges as actions
from events.documents.badges import Badge, badges_pdf
from events.documents.letterhead import COLOURS
from events.forms.papers import BadgeForm
from events.models import BadgeTemplate, Event, Occurrence, Registration, Speaker
from events.models.badges import BadgeSize
from events.queries.papers import (
    badge_code,
    badge_people,
    badge_speakers,
    badge_template,
    event_words,
    function_of,
)
from events.validators.papers import BADGE_FIELDS, FIELDS, fill
from events.views.programme import pdf_response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

PRINT = "events.print_badge"
NAMES = ("size", "heading", "lines", "foot", "heading_en", "lines_en", "foot_en", "shows_code")
#: Of how many badges one file is at most: twenty sheets, a few seconds of a request. "Not printed yet" has the rest.
MOST = 200


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
        "speakers": list(badge_speakers(event, search=narrowed["search"])[:MOST]),
        "narrowed": narrowed,
        "dates": list(event.occurrences.select_related("event")[:100]) if event.repeats else [],
        "lacking": lacking(),
        "most": MOST,
    }
    return render(request, "events/badges/board.html", context, status=422 if form.errors else 200)


def _language(code: str) -> str:
    return "en" if code == "en" else "fr"


def _badge(template: BadgeTemplate, language: str, values: dict[str, str], **rest: Any) -> Badge:
    """The model's words in a language with their fields filled in; lines that say nothing are left out."""
    lines = [fill(line, values).strip() for line in template.words("lines", language).splitlines()]
    return Badge(
        heading=fill(template.words("heading", language), values),
        name=values["nom"],
        lines=[line for line in lines if line],
        foot=fill(template.words("foot", language), values),
        **rest,
    )


def badge_of(person: Registration, template: BadgeTemplate, words: dict[str, str]) -> Badge:
    """A person's badge in their language; `words` are the event's own, in that language."""
    category, language = person.category, _language(person.language)
    with translation.override(language):
        called = category.title(language) if category is not None else _("Participant")
    values = {
        **words,
        "nom": person.name,
        "organisation": person.organisation,
        "fonction": function_of(person),
        "categorie": called,
    }
    colour = category.hex if category is not None else COLOURS["indigo"]
    return _badge(
        template, language, values, colour=colour, code=badge_code(person) if template.shows_code else ""
    )


def speaker_badge(speaker: Speaker, template: BadgeTemplate, words: dict[str, str]) -> Badge:
    """The badge of who speaks and has no seat: without a code, since the door's list does not have them."""
    language, parts = _language(speaker.language), list(speaker.appearances.all())
    with translation.override(language):
        called = str(parts[0].get_part_display()) if parts else _("Participant")
    values = {
        **words,
        "nom": speaker.name,
        "organisation": speaker.organisation,
        "fonction": speaker.function,
        "categorie": called,
    }
    return _badge(template, language, values, colour=COLOURS["ochre"])


class _Words:
    """The event's words for each date and language, asked once."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._found: dict[tuple[int | None, str], dict[str, str]] = {}

    def __call__(self, row: Occurrence | None, language: str) -> dict[str, str]:
        key = (row.pk if row is not None else None, _language(language))
        if key not in self._found:
            self._found[key] = event_words(self._event, row, language=key[1])
        return self._found[key]


def _all(event: Event, people: Iterable[Registration], template: BadgeTemplate) -> list[Badge]:
    words, found = _Words(event), []
    for person in people:
        person.occurrence.event = event
        found.append(badge_of(person, template, words(person.occurrence, person.language)))
    return found


def _of_speakers(event: Event, speakers: Iterable[Speaker], template: BadgeTemplate) -> list[Badge]:
    words, row = _Words(event), event.occurrences.select_related("event").first()
    return [speaker_badge(one, template, words(row, one.language)) for one in speakers]


def _paper(request: HttpRequest, event: Event, found: list[Badge], size: str, *, alone: bool) -> HttpResponse:
    try:
        data = badges_pdf(found, size=size, alone=alone)
    except PaperUnavailable as error:
        messages.error(request, _("This server cannot make PDFs: it lacks %(what)s.") % {"what": error})
        return HttpResponseRedirect(_back(event))
    return pdf_response(data, f"badges-{event.pk}.pdf", private=True)


def printing(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: the badges of those listed, or of speakers without a seat, as a file; they count as printed unless it is
    a trial."""
    event = _event(request, pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    template, narrowed = badge_template(event), _narrowed(request.POST)
    of_speakers = request.POST.get("who") == "speakers"
    if of_speakers:
        people: list[Any] = list(
            badge_speakers(event, search=narrowed["search"], fresh=narrowed["fresh"])[:MOST]
        )
        found = _of_speakers(event, people, template)
    else:
        people = list(badge_people(event, **narrowed)[:MOST])
        found = _all(event, people, template)
    if not people:
        messages.warning(request, _("Nobody is left whose badge is to be printed."))
        return HttpResponseRedirect(_back(event))
    answer = _paper(request, event, found, template.size, alone="alone" in request.POST)
    if answer.status_code == 200 and request.POST.get("do") != "trial":
        if of_speakers:
            actions.note_speakers_printed(event=event, speakers=people, user=request.user, now=clock.now())
        else:
            actions.note_printed(event=event, registrations=people, user=request.user, now=clock.now())
    return answer


def one(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """One person's badge alone, for who lost it or came late; printing it is noted by the list's own button only."""
    event = _event(request, pk)
    person = get_object_or_404(badge_people(event), uid=uid)
    template = badge_template(event)
    return _paper(request, event, _all(event, [person], template), template.size, alone=True)


def one_speaker(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """The badge of one speaker who has no seat."""
    event = _event(request, pk)
    speaker = get_object_or_404(badge_speakers(event), uid=uid)
    template = badge_template(event)
    return _paper(request, event, _of_speakers(event, [speaker], template), template.size, alone=True)


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: two sample badges in the words typed, a short name in French and a very long one in English; nothing
    is kept."""
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
    row, found = event.occurrences.select_related("event").first(), []
    samples = (("fr", "Awa Traoré"), ("en", "Professeur Mohamed El Moctar Ould Abdourahamane Dicko-Bâ"))
    for place, (language, name) in enumerate(samples):
        with translation.override(language):
            values = {
                **event_words(event, row, language=language),
                "nom": name,
                "organisation": _("University of Bamako"),
                "fonction": _("head of department"),
                "categorie": _("Participant"),
            }
        colour = list(COLOURS.values())[place]
        code = "SPECIMEN0" if template.shows_code else ""
        found.append(_badge(template, language, values, colour=colour, code=code))
    return _paper(request, event, found, template.size, alone=True)
