"""What newsrooms made of an event: who came, what was published since, of whom nothing has appeared yet.

Registrations are the agenda's, coverage is the press room's; a newsroom's name is what they have in common.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation

from cms.contacts.models import Accreditation
from cms.contacts.queries import standing_accreditations
from cms.contacts.validators import name_key
from cms.core import formats
from cms.mailing.documents import as_pdf
from events import queries as agenda
from events.documents.letterhead import letterhead
from events.models import Event, Kind, Registration, RegistrationState
from events.queries.outlets import Newsrooms
from press.models import Coverage, Kit, OutletFollowUp
from press.queries import coverage as press
from settings.newsroom import early


@dataclass
class Line:
    """One newsroom: its people who were expected or came, what it published, where we are with it.

    `key` is "" for the people who named no newsroom: nothing can be put beside them.
    """

    key: str
    outlet: str = ""
    people: list[Registration] = field(default_factory=list)
    said: list[Coverage] = field(default_factory=list)
    state: OutletFollowUp | None = None

    @property
    def came(self) -> list[Registration]:
        return [one for one in self.people if one.attended_at is not None]

    @property
    def missing(self) -> list[Registration]:
        return [one for one in self.people if one.attended_at is None]

    @property
    def is_silent(self) -> bool:
        """Whether its people were expected or came, and nothing of it has appeared."""
        return bool(self.key and self.people and not self.said)


@dataclass
class Followed:
    """An event's newsrooms, first those of which nothing has appeared; and the figures of the report."""

    lines: list[Line]

    @property
    def expected(self) -> int:
        return sum(len(line.people) for line in self.lines)

    @property
    def came(self) -> int:
        return sum(len(line.came) for line in self.lines)

    @property
    def outlets(self) -> int:
        """Newsrooms expected."""
        return sum(bool(line.key and line.people) for line in self.lines)

    @property
    def outlets_came(self) -> int:
        return sum(bool(line.key and line.came) for line in self.lines)

    @property
    def articles(self) -> int:
        return sum(len(line.said) for line in self.lines)

    @property
    def outlets_said(self) -> int:
        """Newsrooms of which something appeared, whether they came or not."""
        return sum(bool(line.said) for line in self.lines)

    @property
    def silent(self) -> int:
        return sum(line.is_silent for line in self.lines)


@dataclass(frozen=True)
class Held:
    """Something to read with an event that is under embargo: how many have opened it, and whether it lifts at another
    hour than the next date begins."""

    title: str
    kind: str
    pk: int
    until: datetime
    opened: int
    is_off: bool


def held_back(event: Event, *, now: datetime) -> list[Held]:
    """What an event gives to read that is under embargo, for the team."""
    things = [one for one in early.things_of(event) if one.is_embargoed(now)]
    titles = press.sources_of(one.uid for one in things)
    row = event.occurrences.coming(now).first()
    found = []
    for one in things:
        if one.embargo_until is None or one.uid not in titles:
            continue
        is_off = row is not None and one.embargo_until != row.starts_at
        kind, opened = "kit" if isinstance(one, Kit) else "release", one.early_copies.open().count()
        found.append(Held(titles[one.uid].title, kind, one.pk, one.embargo_until, opened, is_off))
    return found


def has_press(event: Event) -> bool:
    """Whether newsrooms come to an event: to a press conference, to one with a number for each of them, one that
    somebody was accredited for, or of which something has appeared (two queries at most)."""
    return (
        event.kind == Kind.PRESS_CONFERENCE
        or event.outlet_cap is not None
        or Accreditation.objects.filter(scope_uid=event.uid).exists()
        or press.said_of([event.uid]).exists()
    )


def _people(event: Event, now: datetime) -> list[Registration]:
    """Who was expected or came: all of a press conference, elsewhere the journalists; each person once."""
    found = Registration.objects.filter(
        Q(state=RegistrationState.CONFIRMED) | Q(attended_at__isnull=False), occurrence__event=event
    )
    if event.kind != Kind.PRESS_CONFERENCE:
        standing = standing_accreditations(now).filter(Q(scope_uid=None) | Q(scope_uid=event.uid))
        known = Q(contact__in=standing.values("contact")) | Q(contact__media_profile__isnull=False)
        found = found.filter(known)
    rows = found.select_related("contact__media_profile__outlet").order_by("name", "pk")
    once: dict[Any, Registration] = {}
    for row in rows:
        key = row.contact_id or -row.pk
        if key not in once or row.attended_at is not None:
            once[key] = row
    return list(once.values())


def _outlet(person: Registration) -> str:
    """The newsroom as it is written: on their card, else as they named it."""
    profile = getattr(person.contact, "media_profile", None)
    return str((profile and profile.outlet and profile.outlet.name) or person.organisation)


def follow_up(event: Event, *, now: datetime) -> Followed:
    """The newsrooms of an event with what they published of it and of what was given there (eight queries)."""
    newsrooms, people = Newsrooms(), _people(event, now)
    lines: dict[str, Line] = {}
    for person, key in zip(people, newsrooms.of(people), strict=True):
        lines.setdefault(key, Line(key, _outlet(person))).people.append(person)
    for said in press.said_of([event.uid, *agenda.things_read_with(event)]):
        key = newsrooms.named(said.outlet)
        lines.setdefault(key, Line(key, said.outlet)).said.append(said)
    for state in press.followed(event.uid):
        key = newsrooms.named(state.outlet)
        lines.setdefault(key, Line(key, state.outlet)).state = state
    return Followed(
        sorted(lines.values(), key=lambda line: (not line.is_silent, not line.key, name_key(line.outlet)))
    )


def cells(line: Line) -> list[Any]:
    """A line of the export, in the order of `settings.newsroom.screens.HEADINGS`."""
    return [
        line.outlet,
        ", ".join(one.name for one in line.people),
        len(line.came),
        len(line.said),
        "\n".join(_told(one) for one in line.said),
        line.state.get_state_display() if line.state else "",
        line.state.note if line.state else "",
    ]


def _told(said: Coverage) -> str:
    return " – ".join(part for part in (formats.day(said.said_date), said.title, said.address) if part)


def report_html(event: Event, found: Followed, *, now: datetime) -> str:
    """The report of the press at an event as HTML, in French: attendance, then what each newsroom published."""
    with translation.override("fr"):
        title, _url = agenda.title_of(event, language="fr")
        rows = event.occurrences.select_related("event").order_by("starts_at")
        context = letterhead() | {
            "event": event,
            "title": title,
            "dates": [row.when("fr") for row in rows[:10]],
            "found": found,
            "at": formats.long_date(now),
        }
        return render_to_string("settings/newsroom/report.html", context)


def report_pdf(event: Event, found: Followed, *, now: datetime) -> bytes:
    """Raises cms.mailing.documents.PaperUnavailable where this machine makes no PDF."""
    return as_pdf(report_html(event, found, now=now), pdf_tags=True)
