"""The programme of an event: as it is being made, as it was published, and as it is told in a language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.images import get_image_model

from cms.core import formats, registry
from events.models import Author, Event, Occurrence, PaperState, Submission
from events.models.programme import (
    Appearance,
    Part,
    ProgrammeVersion,
    Session,
    SessionKind,
    Speaker,
    in_language,
)

Content = dict[str, Any]


# As it is being made -------------------------------------------------------------------------------------------
def sessions_of(event: Event) -> QuerySet[Session]:
    """The sessions in order, with rooms, tracks and who speaks (two queries)."""
    return event.sessions.select_related("room", "track").prefetch_related("appearances__speaker")


def talks_to_place(event: Event) -> QuerySet[Submission]:
    """The event's abstracts whose speaker comes and that are in no session yet, by number; authors are loaded."""
    found = Submission.objects.filter(call__event=event, state=PaperState.CONFIRMED, appearances=None)
    return found.prefetch_related("authors").order_by("number")


def talks_gone(event: Event) -> QuerySet[Appearance]:
    """Who still stands in a session with an abstract that its authors withdrew since, in the programme's order."""
    found = Appearance.objects.filter(session__event=event, submission__state=PaperState.WITHDRAWN)
    return found.select_related("session", "speaker").order_by("session__day", "session__start_time", "order")


def presenter_of(talk: Submission) -> Author | None:
    """Who gives a talk: the author that says so, else the first."""
    authors = list(talk.authors.all())
    return next((one for one in authors if one.presents), authors[0] if authors else None)


def programme_draft(event: Event) -> Content:
    """The programme as it stands, in the shape in which a version keeps it (five queries).

    {"tracks": [{uid, name, name_en, colour}], "rooms": [{uid, name, seats}], "speakers": [{uid, name, function,
    organisation, biography, biography_en, photo}], "sessions": [{uid, kind, title, title_en, summary, summary_en, day,
    start, end, track, room, people: [{speaker, part, subject, subject_en}]}]}; uids are hex, hours "09:30".
    """
    sessions = [_session(row) for row in sessions_of(event)]
    spoken = {one["speaker"] for row in sessions for one in row["people"]}
    return {
        "tracks": [
            {"uid": row.uid.hex, "name": row.name, "name_en": row.name_en, "colour": row.colour}
            for row in event.tracks.all()
        ],
        "rooms": [{"uid": row.uid.hex, "name": row.name, "seats": row.seats} for row in event.rooms.all()],
        "speakers": [_speaker(row) for row in event.speakers.all() if row.uid.hex in spoken],
        "sessions": sessions,
    }


def fingerprint(content: Content) -> str:
    """What tells one draft from another: who publishes says by it which one they saw."""
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


def _session(row: Session) -> dict[str, Any]:
    people = [
        {
            "speaker": one.speaker.uid.hex,
            "part": one.part,
            "subject": one.subject,
            "subject_en": one.subject_en,
        }
        for one in row.appearances.all()
    ]
    return {
        "uid": row.uid.hex,
        "kind": row.kind,
        "title": row.title,
        "title_en": row.title_en,
        "summary": row.summary,
        "summary_en": row.summary_en,
        "day": row.day,
        "start": row.start_time.strftime("%H:%M"),
        "end": row.end_time.strftime("%H:%M"),
        "track": row.track.uid.hex if row.track else None,
        "room": row.room.uid.hex if row.room else None,
        "people": people,
    }


def _speaker(row: Speaker) -> dict[str, Any]:
    names = ("name", "function", "organisation", "biography", "biography_en")
    return {"uid": row.uid.hex, **{name: getattr(row, name) for name in names}, "photo": row.photo_id}


# As it was published -------------------------------------------------------------------------------------------
def versions_of(event: Event) -> QuerySet[ProgrammeVersion]:
    """What was published, latest first."""
    return event.programme_versions.select_related("published_by")


def published_programme(event: Event) -> ProgrammeVersion | None:
    """What the public reads, or None where nothing was published."""
    return versions_of(event).first()


def published_programmes(events: Iterable[int]) -> dict[int, ProgrammeVersion]:
    """The last published programme of each event that has one (one query)."""
    found = ProgrammeVersion.objects.filter(event_id__in=list(events)).order_by("event_id", "-number")
    return {one.event_id: one for one in found.distinct("event_id")}


def first_day(event: Event, *, now: datetime) -> date | None:
    """The day that the programme's first one is: of the next date, else of the last; None with no date at all."""
    dates = Occurrence.objects.filter(event=event).select_related("event")
    row = dates.coming(now).first() or dates.order_by("-starts_at").first()
    return row.local_start.date() if row is not None else None


# As it is told -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Person:
    """Somebody in a session. `lang` is set where the subject is not in the language asked."""

    uid: str
    name: str
    about: str
    part: str
    part_words: str
    subject: str
    lang: str


@dataclass(frozen=True)
class Slot:
    """A session as it is told: hours by the clock on the wall. `lang` is set where its words are French only."""

    uid: str
    kind: str
    kind_words: str
    title: str
    summary: str
    lang: str
    day: int
    date: date | None
    start: time
    end: time
    track: str
    colour: str
    room: str
    people: list[Person]
    sequence: int = 0
    is_new: bool = False
    is_moved: bool = False
    clashes: list[str] = field(default_factory=list)

    @property
    def key(self) -> UUID:
        """The session's uid, as addresses take it."""
        return UUID(self.uid)

    @property
    def colour_class(self) -> str:
        """The class by which the site's style sheet knows the track's colour."""
        return {"leaf": "open", "ochre": "soon", "brick": "closed", "indigo": "indigo"}.get(self.colour, "")

    @property
    def is_break(self) -> bool:
        return self.kind == SessionKind.BREAK

    @property
    def hours(self) -> str:
        """ "de 9 h 00 à 10 h 30" """
        return _("%(start)s to %(end)s") % {
            "start": formats.clock_time(self.start),
            "end": formats.clock_time(self.end),
        }


@dataclass(frozen=True)
class Day:
    """A day of the programme. `title` is its date, or "Day 2" while the date is to be fixed."""

    number: int
    date: date | None
    title: str
    slots: list[Slot]


@dataclass(frozen=True)
class Told:
    """Somebody on the programme, with the words about them; `photo` is the library's row, which has its own readers."""

    uid: str
    name: str
    about: str
    biography: str
    lang: str
    photo: Any
    slots: list[Slot]


@dataclass(frozen=True)
class Programme:
    """A programme in one language."""

    days: list[Day]
    speakers: list[Told]

    @property
    def slots(self) -> list[Slot]:
        return [slot for day in self.days for slot in day.slots]


def tell_programme(
    content: Content,
    *,
    first: date | None,
    language: str,
    changes: Iterable[dict[str, Any]] = (),
    clashes: dict[str, list[str]] | None = None,
    photos: bool = True,
) -> Programme:
    """A programme's content in words: days from `first`, in order; one query for the photos, where they are wanted."""
    own = _Words(content, first, language, {one["uid"]: one["what"] for one in changes}, clashes or {})
    slots = sorted(
        (own.slot(row) for row in content["sessions"]), key=lambda one: (one.day, one.start, one.end)
    )
    days = []
    for number in sorted({one.day for one in slots}):
        on = own.date(number)
        title = formats.day(on, language) if on else _("Day %(n)s") % {"n": number}
        days.append(Day(number, on, title, [one for one in slots if one.day == number]))
    return Programme(
        days, own.speakers(slots, photos_of(row["photo"] for row in content["speakers"]) if photos else {})
    )


@dataclass(frozen=True)
class _Words:
    content: Content
    first: date | None
    language: str
    changed: dict[str, str]
    clashes: dict[str, list[str]]

    def _named(self, kind: str, uid: str | None) -> dict[str, Any]:
        return next((one for one in self.content[kind] if one["uid"] == uid), {})

    def date(self, number: int) -> date | None:
        return self.first + timedelta(days=number - 1) if self.first else None

    def _said(self, row: dict[str, Any], name: str) -> tuple[str, str]:
        text, language = in_language(row, name, self.language)
        return text, "" if language == self.language or not text else language

    def slot(self, row: dict[str, Any]) -> Slot:
        title, lang = self._said(row, "title")
        track = self._named("tracks", row["track"])
        return Slot(
            uid=row["uid"],
            kind=row["kind"],
            kind_words=str(SessionKind(row["kind"]).label),
            title=title,
            summary=self._said(row, "summary")[0],
            lang=lang,
            day=row["day"],
            date=self.date(row["day"]),
            start=time.fromisoformat(row["start"]),
            end=time.fromisoformat(row["end"]),
            track=self._said(track, "name")[0] if track else "",
            colour=track.get("colour", ""),
            room=self._named("rooms", row["room"]).get("name", ""),
            people=[self._person(one) for one in row["people"]],
            sequence=row.get("sequence", 0),
            is_new=self.changed.get(row["uid"]) == "added",
            is_moved=self.changed.get(row["uid"]) in ("moved", "room"),
            clashes=self.clashes.get(row["uid"], []),
        )

    def _person(self, one: dict[str, Any]) -> Person:
        speaker = self._named("speakers", one["speaker"])
        subject, lang = self._said(one, "subject")
        return Person(
            uid=one["speaker"],
            name=speaker.get("name", ""),
            about=_about(speaker),
            part=one["part"],
            part_words=str(Part(one["part"]).label),
            subject=subject,
            lang=lang,
        )

    def speakers(self, slots: list[Slot], photos: dict[int, Any]) -> list[Told]:
        found = []
        for row in self.content["speakers"]:
            biography, lang = self._said(row, "biography")
            spoken = [slot for slot in slots if any(one.uid == row["uid"] for one in slot.people)]
            photo = photos.get(row["photo"])
            found.append(Told(row["uid"], row["name"], _about(row), biography, lang, photo, spoken))
        return found


def _about(row: dict[str, Any]) -> str:
    return ", ".join(row[name] for name in ("function", "organisation") if row.get(name))


def photos_of(keys: Iterable[int | None]) -> dict[int, Any]:
    """The library's pictures by key, with what says who may have them."""
    wanted, model = {key for key in keys if key}, get_image_model()
    if not wanted:
        return {}
    prepare = getattr(registry.asset_policies.get(model), "prepare", None)
    rows = model.objects.all()
    found: dict[int, Any] = (prepare(rows) if prepare else rows).in_bulk(wanted)
    return found
