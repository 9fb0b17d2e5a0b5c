"""The officer's programme: sessions with what clashes, rooms, tracks, speakers, and the publication."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock, formats
from cms.mailing.documents import PaperUnavailable, lacking
from events.actions import programme as actions
from events.documents.programme import programme_pdf
from events.forms.programme import PeopleFormSet, PublishForm, RoomForm, SessionForm, SpeakerForm, TrackForm
from events.models import Event, Room, Session, Speaker, Track
from events.models.programme import Colour, Part, SessionKind, days_of
from events.queries import title_of
from events.queries.clashes import by_session, change_words, changes, clashes
from events.queries.programme import (
    fingerprint,
    first_day,
    presenter_of,
    programme_draft,
    published_programme,
    sessions_of,
    talks_gone,
    talks_to_place,
    tell_programme,
)
from events.views.once import once
from events.views.programme import day_name, history, paper_facts, pdf_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

SEE, CHANGE, PUBLISH = "events.view_session", "events.change_session", "events.publish_programme"


@dataclass(frozen=True)
class Kind:
    """One kind of row that sessions name: its model, its form, its words."""

    model: type[Any]
    form: Callable[..., forms.Form]
    add: Any
    edit: Any
    fields: tuple[str, ...]


KINDS = {
    "room": Kind(
        Room,
        RoomForm,
        gettext_lazy("Add a room"),
        gettext_lazy("Change the room"),
        ("name", "seats", "order"),
    ),
    "track": Kind(
        Track,
        lambda *args, **kwargs: TrackForm(*args, colours=Colour.choices, **kwargs),
        gettext_lazy("Add a track"),
        gettext_lazy("Change the track"),
        ("name", "name_en", "colour", "order"),
    ),
    "speaker": Kind(
        Speaker,
        SpeakerForm,
        gettext_lazy("Add a speaker"),
        gettext_lazy("Change the speaker"),
        ("name", "function", "organisation", "email", "language", "biography", "biography_en", "photo"),
    ),
}


def _event(request: HttpRequest, pk: int, permission: str) -> Event:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _board(event: Event) -> str:
    return reverse("events_programme", args=[event.pk])


def board(request: HttpRequest, pk: int) -> HttpResponse:
    """The programme as it stands, what clashes in it, and what would be published."""
    event = _event(request, pk, SEE)
    content, last = programme_draft(event), published_programme(event)
    first, language = first_day(event, now=clock.now()), get_language() or "fr"
    found = clashes(content, event)
    context = {
        "event": event,
        "told": tell_programme(content, first=first, language=language, clashes=by_session(found)),
        "clashes": found,
        "gone": talks_gone(event),
        "last": last,
        "changes": [
            change_words(one, language=language, day_words=lambda number: day_name(number, first))
            for one in changes(last.content if last else None, content)
        ],
        "history": history(event, first=first, language=language),
        "rooms": event.rooms.all(),
        "tracks": event.tracks.all(),
        "speakers": event.speakers.all(),
        "may_change": request.user.has_perm(CHANGE),
        "may_publish": request.user.has_perm(PUBLISH) and bool(content["sessions"]),
        "lacking": lacking(),
        "talks": talks_to_place(event).count(),
    }
    return render(request, "events/programme/board.html", context)


def _form(request: HttpRequest, event: Event, form: Any, **context: Any) -> HttpResponse:
    said = {"event": event, "form": form, "back": _board(event), **context}
    status = 422 if form.errors or getattr(said.get("people"), "total_error_count", int)() else 200
    return render(request, "events/programme/form.html", said, status=status)


# Rooms, tracks, speakers -----------------------------------------------------------------------------------------
@once
def row(request: HttpRequest, pk: int, kind: str, uid: Any = None) -> HttpResponse:
    """Add or change a room, a track or a speaker of this very event."""
    event = _event(request, pk, CHANGE)
    what = KINDS.get(kind)
    if what is None:
        raise Http404
    found = get_object_or_404(what.model, event=event, uid=uid) if uid is not None else None
    initial = {name: getattr(found, name) for name in what.fields} if found is not None else {}
    form = what.form(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_row(
                event=event,
                kind=kind,
                row=found,
                values=form.cleaned_data,
                user=request.user,
                now=clock.now(),
            )
        except ValidationError as error:
            for name, problem in error.message_dict.items():
                form.add_error(name if name in form.fields else None, problem)
        else:
            messages.success(request, _("Kept. The public reads it once the programme is published."))
            return HttpResponseRedirect(_board(event))
    remove = reverse("events_programme_remove", args=[event.pk, kind, uid]) if found is not None else ""
    return _form(request, event, form, title=what.edit if found is not None else what.add, remove=remove)


def remove(request: HttpRequest, pk: int, kind: str, uid: Any) -> HttpResponse:
    """Take a session, a room, a track or a speaker off, after asking."""
    event = _event(request, pk, CHANGE)
    model = Session if kind == "session" else KINDS[kind].model if kind in KINDS else None
    if model is None:
        raise Http404
    found = get_object_or_404(model, event=event, uid=uid)
    if request.method == "POST":
        said: dict[str, Any] = {"event": event, "user": request.user, "now": clock.now()}
        if kind == "session":
            actions.remove_session(session=found, **said)
        else:
            actions.remove_row(kind=kind, row=found, **said)
        messages.success(request, _("“%(name)s” is taken off.") % {"name": found})
        return HttpResponseRedirect(_board(event))
    context = {
        "button": {
            "label": _("Take off"),
            "explanation": _(
                "Sessions that name it stay. Calendars and the public are told when you publish."
            ),
            "danger": True,
        },
        "event": event,
        "subject": found,
        "form": forms.Form(),
        "back": _board(event),
    }
    return render(request, "events/admin/button.html", context)


# Sessions ----------------------------------------------------------------------------------------------------------
def _choices(event: Event) -> dict[str, Any]:
    first = first_day(event, now=clock.now())
    last = max([days_of(event), *event.sessions.values_list("day", flat=True)])
    return {
        "kinds": SessionKind.choices,
        "days": [(number, day_name(number, first)) for number in range(1, last + 1)],
        "rooms": [(one.uid.hex, one.name) for one in event.rooms.all()],
        "tracks": [(one.uid.hex, one.name) for one in event.tracks.all()],
    }


def _initial(found: Session | None) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    if found is None:
        return {"kind": SessionKind.SESSION, "day": 1}, []
    names = ("version", "kind", "title", "title_en", "day", "start_time", "end_time", "summary", "summary_en")
    values = {name: getattr(found, name) for name in names}
    values |= {
        name: getattr(found, name).uid.hex if getattr(found, name) else "" for name in ("room", "track")
    }
    people = [
        {
            "speaker": one.speaker.uid.hex,
            "part": one.part,
            "subject": one.subject,
            "subject_en": one.subject_en,
        }
        for one in found.appearances.select_related("speaker")
    ]
    return values, people


@once
def session(request: HttpRequest, pk: int, uid: Any = None) -> HttpResponse:
    """Add or change a session with the people in it."""
    event = _event(request, pk, CHANGE)
    found = get_object_or_404(Session, event=event, uid=uid) if uid is not None else None
    initial, rows = _initial(found)
    form = SessionForm(request.POST or None, initial=initial, **_choices(event))
    speakers = {one.uid.hex: one for one in event.speakers.all()}
    people: Any = PeopleFormSet(
        request.POST or None,
        initial=rows,
        prefix="people",
        form_kwargs={
            "speakers": [(key, one.name) for key, one in speakers.items()],
            "parts": Part.choices,
        },
    )
    if request.method == "POST" and form.is_valid() and people.is_valid():
        try:
            _save(event, found, dict(form.cleaned_data), people.people, speakers, request.user)
        except actions.ChangedMeanwhile:
            form.add_error(None, _("Somebody else has just changed this session. Open it again and look."))
        else:
            messages.success(request, _("Kept. The public reads it once the programme is published."))
            again = reverse("events_session_add", args=[event.pk])
            return HttpResponseRedirect(again if "another" in request.POST else _board(event))
    title = _("Change the session") if found else _("Add a session")
    remove = reverse("events_programme_remove", args=[event.pk, "session", uid]) if found else ""
    return _form(request, event, form, people=people, title=title, remove=remove, adds=found is None)


def _save(
    event: Event,
    found: Session | None,
    values: dict[str, Any],
    people: list[dict[str, Any]],
    speakers: dict[str, Speaker],
    user: Any,
) -> None:
    version = values.pop("version", None)
    for name, rows in (("room", event.rooms), ("track", event.tracks)):
        values[name] = rows.get(uid=values[name]) if values[name] else None
    actions.save_session(
        event=event,
        session=found,
        values=values,
        people=[{**one, "speaker": speakers[one["speaker"]]} for one in people],
        version=version,
        user=user,
        now=clock.now(),
    )


def talks(request: HttpRequest, pk: int) -> HttpResponse:
    """The abstracts whose speaker comes and that are in no session yet; POST puts those ticked into one."""
    event = _event(request, pk, CHANGE)
    found, first = list(talks_to_place(event)), first_day(event, now=clock.now())
    sessions = {one.uid.hex: one for one in sessions_of(event)}
    if request.method == "POST":
        into, ticked = sessions.get(request.POST.get("session", "")), set(request.POST.getlist("talks"))
        if into is None:
            messages.error(request, _("Choose the session first."))
            return HttpResponseRedirect(reverse("events_programme_talks", args=[event.pk]))
        chosen = [one for one in found if one.uid.hex in ticked]
        made = actions.place_talks(
            event=event, session=into, talks=chosen, user=request.user, now=clock.now()
        )
        messages.success(request, _("Talks placed: %(number)s.") % {"number": len(made)})
        return HttpResponseRedirect(_board(event))
    context = {
        "event": event,
        "title": _("Talks to be placed"),
        "talks": [{"talk": one, "who": presenter_of(one)} for one in found],
        "sessions": [
            (key, f"{day_name(one.day, first)}, {formats.clock_time(one.start_time)} – {one.title}")
            for key, one in sessions.items()
        ],
        "back": _board(event),
    }
    return render(request, "events/programme/talks.html", context)


# Publication ---------------------------------------------------------------------------------------------------
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the programme as it stands, after showing what changed and what clashes."""
    event = _event(request, pk, PUBLISH)
    content, last = programme_draft(event), published_programme(event)
    form = PublishForm(request.POST or None, initial={"seen": fingerprint(content)})
    found, first = clashes(content, event), first_day(event, now=clock.now())
    if not found:
        form.fields.pop("despite_clashes")
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish_programme(event=event, user=request.user, now=clock.now(), **form.cleaned_data)
        except actions.NothingToPublish:
            messages.warning(request, _("There is nothing new to publish."))
        except actions.ChangedMeanwhile:
            messages.warning(
                request, _("Somebody changed the programme meanwhile: nothing was published. Look again.")
            )
            return HttpResponseRedirect(request.path)
        except actions.ProgrammeClashes:
            form.add_error(None, _("Mend what clashes, or tick that it is published despite that."))
            return _form(request, event, form, title=_("Publish the programme"), clashes=found)
        else:
            messages.success(request, _("The programme is published."))
        return HttpResponseRedirect(_board(event))
    said = [
        change_words(one, language="fr", day_words=lambda number: day_name(number, first))
        for one in changes(last.content if last else None, content)
    ]
    return _form(
        request,
        event,
        form,
        title=_("Publish the programme"),
        clashes=found,
        changes=said,
        is_first=last is None,
        publishes=True,
    )


def draft_paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The programme as it stands on paper, marked as a draft."""
    event = _event(request, pk, SEE)
    now = clock.now()
    said = tell_programme(programme_draft(event), first=first_day(event, now=now), language="fr")
    dates = event.occurrences.select_related("event")
    date = dates.coming(now).first() or dates.last()
    facts = paper_facts(event, when=date.when("fr") if date else "", edition_words="")
    title, _url = title_of(event, language="fr")
    try:
        data = programme_pdf(said, title=title, language="fr", facts={**facts, "draft": True})
    except PaperUnavailable as error:
        messages.error(request, _("This server cannot make PDFs: it lacks %(what)s.") % {"what": error})
        return HttpResponseRedirect(_board(event))
    return pdf_response(data, f"programme-{event.pk}-projet.pdf", private=True)
