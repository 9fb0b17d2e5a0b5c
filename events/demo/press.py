"""The demo's press conference: full, with a newsroom at its number, people accredited, and the order of questions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import translation

from events import actions
from events.actions import roads, turns
from events.actions.accreditation import accredit
from events.models import Category, Event, Kind, Occurrence, Registration

#: Name, newsroom, e-mail. The last one asks for a newsroom that has sent its two people.
PEOPLE = (
    ("Aminata Coulibaly", "Radio Kayira (exemple)", "aminata.coulibaly@example.org"),
    ("Moussa Diarra", "L’Essor du fleuve (exemple)", "moussa.diarra@example.org"),
    ("Fatoumata Keïta", "Télé Djoliba (exemple)", "fatoumata.keita@example.org"),
    ("Ibrahim Maïga", "Agence du Sahel (exemple)", "ibrahim.maiga@example.org"),
    ("Kadiatou Sissoko", "Radio Guintan (exemple)", "kadiatou.sissoko@example.org"),
    ("Seydou Traoré", "Le Courrier de Ségou (exemple)", "seydou.traore@example.org"),
    ("Oumou Sangaré", "Université de Ségou (exemple)", "oumou.sangare@example.org"),
    ("Bakary Dembélé", "Radio Mopti (exemple)", "bakary.dembele@example.org"),
    ("Mariam Konaté", "Presse étudiante (exemple)", "mariam.konate@example.org"),
    ("Adama Cissé", "Télé Djoliba (exemple)", "adama.cisse@example.org"),
    ("Rokia Samaké", "Radio rurale de Kayes (exemple)", "rokia.samake@example.org"),
    ("Yacouba Doumbia", "Photographe indépendant", "yacouba.doumbia@example.org"),
    ("Hawa Touré", "Le Quotidien du Nord (exemple)", "hawa.toure@example.org"),
    ("Modibo Sidibé", "TELE DJOLIBA (exemple)", "modibo.sidibe@example.org"),
)
BY_PHONE = ("Sira Diallo", "Radio Bougouni (exemple)", "+22370000011")
#: How many of them are accredited for the day, and in which order they ask.
ACCREDITED, ASKING = 7, (2, 0, 4, 1, 3)


def build(*, now: datetime) -> None:
    """Register, approve and accredit people and put some into the order; a second time changes nothing."""
    event = Event.objects.filter(kind=Kind.PRESS_CONFERENCE, takes_registrations=True).order_by("-pk").first()
    row = event.occurrences.coming(now).first() if event is not None else None
    if event is None or row is None or Registration.objects.filter(occurrence=row).exists():
        return
    with translation.override("fr"):
        roads.set_up_registration(event=event, user=None, now=now)
        people = _register(row, event.categories.get(name="Presse"), now=now)
        for person in people[:ACCREDITED]:
            accredit(registration=person, reason="Carte de presse vue", user=None, now=now)
        asking = [people[place].pk for place in ASKING]
        turns.take_turns(occurrence=row, people=asking, user=None, now=now)


def _register(row: Occurrence, press: Category, *, now: datetime) -> list[Registration]:
    """Everybody by the form and approved, but for the last; and somebody to be called."""
    card, number, _letter = row.event.questions.all()
    held = tuple(card.choices.all()[:1])
    people = []
    for place, (name, organisation, email) in enumerate(PEOPLE, 1):
        said: dict[str, Any] = {"name": name, "organisation": organisation, "email": email}
        answers = (actions.Said(card, choices=held), actions.Said(number, text=f"EXEMPLE-{place:03}"))
        said |= {"category": press, "answers": answers, "language": "fr", "now": now}
        people.append(actions.register(occurrence=row, **said))
    people = [actions.confirm_address(registration=one, now=now) for one in people]
    people[:-1] = [actions.approve(registration=one, user=None, now=now) for one in people[:-1]]
    name, organisation, phone = BY_PHONE
    said = {"name": name, "organisation": organisation, "phone": phone}
    actions.register(occurrence=row, category=press, language="fr", now=now, **said)
    return people
