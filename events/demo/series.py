"""Dates of the demo's series that are otherwise, with whom its forum is held, what is left of an event that is over."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from cms.contacts.models import Contact, Organisation
from cms.core.models import SitePage
from events import actions
from events.models import Event, Kind, Part, Period
from media_library.models import Asset

# What the page of the twentieth anniversary keeps: photographs, then a document of the library.
KEPT = ("assemblee-des-scientifiques.jpg", "remise-de-distinction.jpg", "tokten-mali-en-chiffres.pdf")
FORUM_PARTNERS = (("PNUD", Part.ORGANISER), ("HCME", Part.PARTNER), ("CSDM", Part.PARTNER))


def build(*, now: datetime) -> None:
    """Move one date of the focal points, change the hour of the later ones, say who holds the forum with us, and keep
    photographs with the anniversary that is over."""
    event = Event.objects.filter(kind=Kind.FOCAL_POINTS).order_by("pk").first()
    if event is not None and not Period.objects.filter(event=event).exists():
        _change_dates(event, now)
    forum = Event.objects.filter(kind=Kind.FORUM).order_by("pk").first()
    if forum is not None and not forum.partners.exists():
        _tell_more(forum, now)
    over = Event.objects.filter(kind=Kind.ANNIVERSARY, start_date__lt=now.date()).order_by("pk").first()
    if over is not None and not over.files.exists():
        _keep_files(over, now)


def _change_dates(event: Event, now: datetime) -> None:
    """The third coming meeting is elsewhere a day later; from the ninth on they begin an hour later."""
    rows = list(event.occurrences.select_related("event").coming(now)[:9])
    if len(rows) < 9:
        return
    first = rows[2].local_start.date() + timedelta(days=1)
    actions.move_occurrence(
        occurrence=rows[2],
        starts=datetime.combine(first, time(9)),
        ends=datetime.combine(first, time(12)),
        place_name="Université de Ségou",
        user=None,
        now=now,
    )
    day = rows[8].local_start.date()
    asked = actions.Asked(
        datetime.combine(day, time(10)), datetime.combine(day, time(16)), event.place_name, None
    )
    actions.change_following(occurrence=rows[8], asked=asked, user=None, now=now)


def _keep_files(event: Event, now: datetime) -> None:
    assets = {asset.filename: asset for asset in Asset.objects.filter(filename__in=KEPT)}
    if files := [{"asset": assets[name]} for name in KEPT if name in assets]:
        actions.set_about(event=event, facts={}, lists={"files": files}, user=None, now=now)


def _tell_more(event: Event, now: datetime) -> None:
    partners: list[dict[str, Any]] = [
        {"organisation": found, "part": part}
        for acronym, part in FORUM_PARTNERS
        if (found := Organisation.objects.filter(acronym=acronym).order_by("pk").first()) is not None
    ]
    named = Contact.objects.filter(organisation__acronym="TOKTEN", trashed_at=None).order_by("pk").first()
    kit = SitePage.objects.filter(slug__contains="dossier", live=True, locale__language_code="fr").first()
    actions.set_about(
        event=event,
        facts={},
        lists={
            "partners": partners,
            "contacts": [{"contact": named}] if named is not None else [],
            "readings": [{"page": kit}] if kit is not None else [],
        },
        user=None,
        now=now,
    )
