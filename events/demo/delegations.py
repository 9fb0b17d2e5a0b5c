"""The demo's delegations: those of the region at the anniversary, each at another point of its road."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import translation

from cms.accounts.models import User
from events import actions
from events.demo.guests import DELEGATIONS as GUESTS
from events.models import Delegation, Event, Kind, Occurrence, Payer

#: Country, organisation, head, function, places asked for, seats granted, and who is named beside the head.
DELEGATIONS: tuple[tuple[str, str, str, str, int, int, tuple[tuple[str, str], ...]], ...] = (
    (
        "BJ",
        "Agence béninoise des compétences (exemple)",
        "Codjo Ahouansou",
        "Directeur",
        5,
        5,
        (("Afiavi Dossou", "Chargée de mission"), ("Rodrigue Hounkpatin", "Interprète")),
    ),
    (
        "BF",
        "Direction de la diaspora, Burkina Faso (exemple)",
        "Salif Ouédraogo",
        "Directeur général",
        8,
        4,
        (("Awa Sawadogo", "Conseillère"),),
    ),
    ("SN", "Bureau des Sénégalais de l’extérieur (exemple)", "Ndèye Fall", "Secrétaire générale", 4, 4, ()),
    ("TG", "Réseau des compétences du Togo (exemple)", "Kossi Mensah", "Coordonnateur", 3, 0, ()),
)


def build(*, now: datetime) -> None:
    """Enter the delegations of the next anniversary, unless there are some; no passport is made up."""
    event = Event.objects.filter(kind=Kind.ANNIVERSARY, start_date__gt=now.date()).order_by("pk").first()
    row = event.occurrences.coming(now).first() if event is not None else None
    if row is None or Delegation.objects.filter(occurrence=row).exists():
        return
    user = User.objects.filter(username="protocol").first()
    with translation.override("fr"):
        for facts in DELEGATIONS:
            _enter(row, facts, user=user, now=now)


def _enter(row: Occurrence, facts: tuple[Any, ...], *, user: Any, now: datetime) -> None:
    country, organisation, head, function, places, granted, people = facts
    midnight = row.local_start.replace(hour=0, minute=0, second=0, microsecond=0)
    delegation = actions.add_delegation(
        occurrence=row,
        said={
            "organisation": organisation,
            "country": country,
            "head_name": head,
            "head_function": function,
            "email": f"delegation.{country.lower()}@example.org",
            "language": "fr",
        },
        places=places,
        granted=granted,
        category=row.event.categories.filter(name=GUESTS).first(),
        names_until=max(midnight - timedelta(days=10), now + timedelta(days=7)),
        user=user,
        now=now,
    )
    for name, post in people:
        member = actions.name_member(
            delegation=delegation, said={"name": name, "function": post, "language": "fr"}, now=now
        )
        first = row.local_start.date()
        actions.change_delegate(
            member=member,
            journey={
                "arrival_date": first - timedelta(days=1),
                "arrival_time": time(18, 40),
                "departure_date": first + timedelta(days=1),
                "needs_visa": False,
            },
            now=now,
        )
        actions.set_care(
            member=member,
            care={
                "transport": Payer.THEMSELVES,
                "lodging": Payer.US,
                "per_diem": Payer.PARTNER,
                "per_diem_xof": 35_000,
                "care_note": "PNUD",
            },
            user=user,
            now=now,
        )
