"""The demo's event of this very day, at which people are coming in: two doors, one of them without network."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid5

from django.utils import translation

from cms.accounts.models import User
from cms.core import formats
from events import actions
from events.actions import Keeper, Scan
from events.demo import agenda
from events.models import EventPage, Kind, Occurrence, Registration

SLUG = "atelier-accueillir-une-mission"
PEOPLE = (
    ("Assétou Bagayoko", "Faculté des sciences (exemple)"),
    ("Bréhima Ballo", "Hôpital de Ségou (exemple)"),
    ("Coumba Cissoko", "Direction des ressources humaines (exemple)"),
    ("Daouda Diakité", "Institut d’économie rurale (exemple)"),
    ("Djénéba Fofana", "École d’ingénieurs (exemple)"),
    ("Gaoussou Guindo", "Conseil régional de Mopti (exemple)"),
    ("Kadidia Haïdara", "Université de Ségou (exemple)"),
    ("Lassana Kanté", "Chambre d’agriculture (exemple)"),
    ("Nana Koné", "Association de la diaspora (exemple)"),
    ("Ousmane Sacko", "Laboratoire de santé (exemple)"),
    ("Salimata Tangara", "Office du livre (exemple)"),
    ("Yaya Togola", "Centre de formation (exemple)"),
)


def build(*, now: datetime) -> None:
    """The workshop, its people, and who is inside; a second time changes nothing."""
    with translation.override("fr"):
        agendas = agenda._agendas(now)
        if not agendas or EventPage.objects.filter(slug=SLUG).exists():
            return
        agenda._announce(agendas, _facts(now), now=now, place=0)
    row = Occurrence.objects.select_related("event").get(event__pages__slug=SLUG)
    _come(row, _register(row, now=now), now=now)


def _facts(now: datetime) -> dict[str, object]:
    began = formats.local(now).replace(minute=0, second=0, microsecond=0, tzinfo=None) - timedelta(hours=1)
    return {
        "name": "Atelier : accueillir une mission d’expert",
        "kind": Kind.WORKSHOP,
        "start_date": began.date(),
        "start_time": began.time(),
        "end_date": (began + timedelta(hours=5)).date(),
        "end_time": (began + timedelta(hours=5)).time(),
        "place_name": "Coordination du TOKTEN-Mali, Bamako",
        "capacity": 30,
        "takes_registrations": True,
        "announced_at": now - timedelta(days=20),
        "words": {
            "fr": {
                "title": "Atelier des structures d’accueil : préparer une mission d’expert",
                "slug": SLUG,
                "summary": "Les structures qui reçoivent un expert préparent ensemble le logement, les cours et le "
                "rapport de mission.",
                "organiser": "Coordination du TOKTEN-Mali",
            }
        },
    }


def _register(row: Occurrence, *, now: datetime) -> list[Registration]:
    people = []
    for number, (name, organisation) in enumerate(PEOPLE):
        at = now - timedelta(days=15 - number)
        registration = actions.register(
            occurrence=row,
            name=name,
            organisation=organisation,
            email=f"accueil{number}@example.org",
            language="fr",
            now=at,
        )
        people.append(actions.confirm_address(registration=registration, now=at))
    return people


def _come(row: Occurrence, people: list[Registration], *, now: datetime) -> None:
    """Eight by two doors, one without having registered, and one whom both doors let in."""
    user = User.objects.filter(username="protocol").first()
    garden = [
        _scan(row, number, now=now, registration=person.uid, let_in=True)
        for number, person in enumerate(people[5:8])
    ]
    main = [
        _scan(row, 10 + number, now=now, registration=person.uid) for number, person in enumerate(people[:6])
    ]
    main.append(_scan(row, 20, now=now, name="Modibo Traoré", organisation="Radio locale (exemple)"))
    for door, scans in (("Entrée principale", main), ("Porte du jardin", garden)):
        keeper = Keeper(user, door, uuid5(row.uid, door), may_approve=True)
        actions.check_in(occurrence=row, scans=scans, keeper=keeper, now=now)


def _scan(row: Occurrence, number: int, *, now: datetime, **values: object) -> Scan:
    at = now - timedelta(minutes=40 - number)
    return Scan(client_uid=uuid5(row.uid, str(number)), at=at, **values)  # type: ignore[arg-type]
