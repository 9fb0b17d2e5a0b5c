"""The demo's stands and audiences: exhibitors of the coming forum, the log of a stand abroad, a request."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from events.actions import audiences, seating, stands
from events.models import (
    Event,
    Kind,
    Occurrence,
    OfficialAudience,
    Role,
    SeatingPlan,
    Stand,
    StandNote,
)

EXHIBITORS = (
    ("Université de Ségou (exemple)", "Formations et laboratoires", "A1"),
    ("Coopérative des maraîchers de Baguinéda (exemple)", "Pompage solaire", "A2"),
    ("Association des Maliens de Lyon (exemple)", "Projets de village", ""),
)
NOTES = (
    (
        datetime(2019, 6, 29, 12, 0, tzinfo=UTC),
        140,
        320,
        11,
        "Un conseiller consulaire",
        "Une ingénieure, pour un cours",
    ),
    (datetime(2019, 6, 29, 17, 0, tzinfo=UTC), 95, 210, 7, "", "Un médecin, pour une mission à Kayes"),
    (datetime(2019, 6, 30, 16, 0, tzinfo=UTC), 180, 400, 16, "Le président d’une association", ""),
)
PEOPLE = (
    {"name": "Hamidou Touré (exemple)", "function": "Chirurgien, Marseille", "received_as": "expert"},
    {"name": "Assitan Diallo (exemple)", "function": "Docteure en hydrologie", "received_as": "doctor"},
    {"name": "Youssouf Maïga (exemple)", "function": "Consultant en irrigation", "received_as": "returned"},
)


def build(*, now: datetime) -> None:
    """Enter them; a second time changes nothing."""
    forum = Event.objects.filter(kind=Kind.FORUM, start_date__gt=now.date()).order_by("pk").last()
    if forum is not None and not Stand.objects.filter(event=forum).exists():
        for exhibitor, about, number in EXHIBITORS:
            stand = {"exhibitor": exhibitor, "about": about, "number": number}
            stands.keep_stand(event=forum, values=stand, user=None, now=now)
    abroad = Event.objects.filter(role=Role.PARTICIPANT).order_by("pk").first()
    if abroad is not None and not StandNote.objects.filter(event=abroad).exists():
        for at, visitors, leaflets, adhesions, people, met in NOTES:
            values = {
                "at": at,
                "visitors": visitors,
                "leaflets": leaflets,
                "adhesions": adhesions,
                "personalities": people,
                "contacts_met": met,
            }
            stands.note_stand(event=abroad, values=values, key=uuid.uuid4(), user=None, now=now)
    _seat(now)
    day = Event.objects.filter(kind=Kind.ANNIVERSARY, start_date__gt=now.date()).order_by("pk").last()
    if day is not None and not OfficialAudience.objects.filter(event=day).exists():
        audiences.keep_audience(
            event=day,
            values={
                "requester": "diaspora_minister",
                "host": "prime_minister",
                "asked_on": now.date(),
                "subject": "Présentation des experts de la diaspora à l’occasion de la Journée du TOKTEN-Mali",
            },
            people=PEOPLE,
            user=None,
            now=now,
        )


def _seat(now: datetime) -> None:
    """Rows for the coming celebration, filled with who has said yes."""
    row = (
        Occurrence.objects.filter(event__kind=Kind.ANNIVERSARY, starts_at__gt=now)
        .order_by("starts_at")
        .first()
    )
    if row is not None and not SeatingPlan.objects.filter(occurrence=row).exists():
        seating.lay_rows(occurrence=row, rows="Tribune : 6\nRang 1 : 10", user=None, now=now)
