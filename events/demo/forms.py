"""The forum's categories and who is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from events import actions, queries
from events.models import Access, Category, Channel, Colour, Event, Kind, Question, Registration

if TYPE_CHECKING:
    from datetime import datetime

CATEGORIES: tuple[dict[str, Any], ...] = (
    {"name": "Expert de la diaspora", "name_en": "Diaspora expert", "colour": Colour.INDIGO, "quota": 120},
    {
        "name": "Structure bénéficiaire ou partenaire",
        "name_en": "Host institution or partner",
        "colour": Colour.LEAF,
        "quota": 80,
        "access": Access.APPROVAL,
    },
    {
        "name": "Entreprise exposante",
        "name_en": "Exhibitor",
        "colour": Colour.OCHRE,
        "quota": 2,
        "amount_xof": 25_000,
    },
    {"name": "Officiel", "name_en": "Official guest", "colour": Colour.BRICK, "access": Access.INVITED},
)
#: Name, organisation, e-mail, telephone, place of the category.
PEOPLE = (
    ("Djénéba Coulibaly", "Université de Lyon (exemple)", "djeneba.coulibaly@example.org", "", 0),
    ("Cheick Sidibé", "Hôpital de Montréal (exemple)", "cheick.sidibe@example.org", "", 0),
    ("Assétou Koné", "Faculté de médecine (exemple)", "assetou.kone@example.org", "", 1),
    ("Lassana Ballo", "Institut d’économie rurale (exemple)", "lassana.ballo@example.org", "", 1),
    ("Aïssata Dicko", "Solaire du Mandé (exemple)", "aissata.dicko@example.org", "", 2),
    ("Boubacar Guindo", "Semences du Delta (exemple)", "boubacar.guindo@example.org", "", 2),
    ("Nana Kouyaté", "Tissus de Ségou (exemple)", "nana.kouyate@example.org", "", 2),
)
OFFICIAL = ("M. le représentant du ministre", "Ministère chargé des Maliens de l’extérieur")


def build(*, now: datetime) -> None:
    """Give the coming forum its categories and a few people; a second time changes nothing."""
    event = Event.objects.filter(kind=Kind.FORUM, takes_registrations=True).order_by("-pk").first()
    row = event.occurrences.coming(now).first() if event is not None else None
    if event is None or row is None or event.categories.exists():
        return
    made: list[Category] = [
        actions.add_category(event=event, user=None, now=now, **said) for said in CATEGORIES
    ]
    workshop = _ask(event, made, now=now)
    sector = _ask_sector(event, now=now)
    if Registration.objects.filter(occurrence=row).exists():
        return
    for number, (name, organisation, email, phone, place) in enumerate(PEOPLE):
        registration = actions.register(
            occurrence=row,
            name=name,
            organisation=organisation,
            email=email,
            phone=phone,
            language="fr",
            category=made[place],
            answers=[
                actions.Said(workshop, choices=(workshop.choices.all()[place % 3],)),
                *_sector_said(sector, number),
            ],
            now=now,
        )
        actions.confirm_address(registration=registration, now=now)
    name, organisation = OFFICIAL
    actions.add_by_hand(
        occurrence=row,
        name=name,
        organisation=organisation,
        category=made[3],
        channel=Channel.LETTER,
        user=None,
        now=now,
    )


def _ask_sector(event: Event, *, now: datetime) -> Question | None:
    """In which of the programme's sectors people work: what the report counts by."""
    choices = queries.sector_choices()
    if not choices:
        return None
    return actions.keep_question(
        event=event,
        values={
            "kind": "choice",
            "label": "Dans quel secteur travaillez-vous ?",
            "label_en": "In which sector do you work?",
            "is_sector": True,
        },
        choices=choices,
        user=None,
        now=now,
    )


def _sector_said(sector: Question | None, number: int) -> list[actions.Said]:
    """All but the last say one of the first three sectors."""
    if sector is None or number == len(PEOPLE) - 1:
        return []
    return [actions.Said(sector, choices=(sector.choices.all()[number % 3],))]


def _ask(event: Event, categories: list[Category], *, now: datetime) -> Question:
    """The forum's form: a workshop with places, lodging and what follows, a file, an agreement."""

    def kept(label: str, kind: str, **values: Any) -> Question:
        lines = [{"label": words, "places": places} for words, places in values.pop("lines", ())]
        asked_of = values.pop("categories", ())
        return actions.keep_question(
            event=event,
            values={"label": label, "kind": kind, **values},
            categories=asked_of,
            choices=lines,
            user=None,
            now=now,
        )

    workshop = kept(
        "À quel atelier prenez-vous part ?",
        "choice",
        label_en="Which workshop do you join?",
        is_required=True,
        lines=(("Enseignement supérieur", 60), ("Santé", 60), ("Entreprises", 40)),
    )
    lodging = kept("Avez-vous besoin d’un hébergement ?", "choice", lines=(("Oui", None), ("Non", None)))
    kept(
        "Pour combien de nuits ?",
        "line",
        is_required=True,
        only_if=lodging.choices.get(label="Oui"),
    )
    kept(
        "Présentation de votre entreprise",
        "file",
        help="Deux pages au plus, pour le catalogue des stands.",
        categories=categories[2:3],
    )
    kept(
        "J’accepte d’être photographié pendant le forum.",
        "consent",
        help="Les photos illustrent le compte rendu.",
    )
    return workshop
