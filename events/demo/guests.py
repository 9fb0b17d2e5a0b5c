"""The guests of 5 February: a list by rank, an invitation that left, answers by each way, letters on paper."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet

from cms.contacts import actions as contacts
from cms.contacts.models import Contact, OrganisationKind
from events import actions, queries
from events.models import Access, Category, Colour, Event, InvitationState, Kind, Occurrence, RoundKind

WORDS = (
    "À l’occasion de la Journée du TOKTEN-Mali, le programme rend hommage aux experts de la diaspora revenus en "
    "mission et aux structures qui les ont reçus.\n\n"
    "J’ai l’honneur de vous convier à la cérémonie, suivie d’un échange avec les experts."
)
DELEGATIONS = "Délégation étrangère"
#: Who answered what, by their place on the list.
ANSWERS: dict[int, tuple[str, dict[str, Any]]] = {
    1: (
        "phone",
        {"state": "substituted", "substitute_name": "Fanta Sangaré", "substitute_function": "Conseillère"},
    ),
    2: ("link", {"state": "accepted", "brings": ("Boubacar Sow",)}),
    3: ("letter", {"state": "declined", "note": "En mission à cette date"}),
    5: ("code", {"state": "accepted"}),
}
CATEGORIES: tuple[dict[str, Any], ...] = (
    {
        "name": "Officiel",
        "name_en": "Official guest",
        "colour": Colour.BRICK,
        "quota": 60,
        "access": Access.INVITED,
    },
    {
        "name": DELEGATIONS,
        "name_en": "Foreign delegation",
        "colour": Colour.OCHRE,
        "quota": 20,
        "access": Access.INVITED,
    },
    {"name": "Public", "name_en": "Public", "colour": Colour.INDIGO, "access": Access.APPROVAL},
)
BY_RANK = 9
#: Who has no mail is invited by a letter that somebody carries: name, function, telephone, where.
BY_LETTER = (
    ("Namory Keïta", "Chef de quartier (exemple)", "+22370001101", "Hamdallaye ACI 2000"),
    ("Chérif Haïdara", "Imam (exemple)", "+22370001102", "Badalabougou, rue 125"),
    ("Téné Diarra", "Présidente d’association (exemple)", "+22370001103", "Lafiabougou, rue 302"),
)


def build(*, now: datetime) -> None:
    """Lay the list once; a second time changes nothing."""
    row = _date(now)
    if row is None or queries.guest_list_of(row) is not None:
        return
    people = list(_people())
    if len(people) < BY_RANK:
        return
    officials = _categories(row, now=now)[0]
    people += [_without_mail(*facts, now=now) for facts in BY_LETTER]
    actions.add_guests(occurrence=row, contacts=people, user=None, now=now)
    actions.change_list(
        occurrence=row,
        values={
            "category": officials,
            "answer_by": row.starts_at - timedelta(days=10),
            "words_fr": WORDS,
            "reference": f"/TOKTEN-ML/{row.local_start:%Y}",
            "signatory": "Mariam Sidibé",
            "function": "La Coordinatrice nationale",
            "phone": "+223 20 00 00 00",
        },
        user=None,
        now=now,
    )
    guests = {one.contact_id: one for one in queries.guests_of(row)}
    for place, contact in enumerate(people):
        values = {"rank": place + 1 if place < BY_RANK else None, "may_bring": 1 if place < 3 else 0}
        actions.change_guest(invitation=guests[contact.pk], values=values, user=None, now=now)
    _write(row, now=now)
    _answers(row, now=now)


def _date(now: datetime) -> Occurrence | None:
    event = Event.objects.filter(kind=Kind.ANNIVERSARY, start_date__gt=now.date()).order_by("pk").first()
    return event.occurrences.coming(now).select_related("event").first() if event is not None else None


def _categories(row: Occurrence, *, now: datetime) -> list[Category]:
    """Officials and foreign delegations come by invitation, each with a quota; the public on approval."""
    known = list(queries.categories_of(row.event))
    return known or [actions.add_category(event=row.event, user=None, now=now, **said) for said in CATEGORIES]


def _people() -> QuerySet[Contact]:
    """Those whom protocol would invite: ministries, partners, universities and embassies."""
    kinds = (
        OrganisationKind.MINISTRY,
        OrganisationKind.DONOR,
        OrganisationKind.EMBASSY,
        OrganisationKind.UNIVERSITY,
    )
    rows = Contact.objects.filter(trashed_at=None, organisation__kind__in=kinds)
    return rows.select_related("organisation").order_by("organisation__kind", "pk")[:24]


def _without_mail(name: str, function: str, phone: str, where: str, *, now: datetime) -> Contact:
    found = contacts.find_or_create_contact(phone=phone, name=name, language="fr", now=now)
    found.function, found.postal_address, found.city = function, where, "Bamako"
    found.save(update_fields=["function", "postal_address", "city"])
    return found


def _write(row: Occurrence, *, now: datetime) -> None:
    """The invitation by mail, letters for those whom no mail reaches, and reminders to come."""
    first = actions.plan_round(occurrence=row, kind=RoundKind.INVITATION, days=None, user=None, now=now)
    actions.write_round(planned=first, user=None, now=now)
    for days in (7, 1):
        if row.starts_at - timedelta(days=days + 1) > now:
            actions.plan_round(
                occurrence=row, kind=RoundKind.REMIND, days=days, at=time(9), user=None, now=now
            )
    # The last letter is left to be printed.
    fresh = queries.on_paper(row, "fresh")[:-1]
    lettered = actions.number_letters(occurrence=row, rows=fresh, dated=now.date(), user=None, now=now)
    for guest in lettered[:1]:
        actions.hand_over(
            invitation=guest, handed_at=now, received_by="Secrétariat particulier", user=None, now=now
        )


def _answers(row: Occurrence, *, now: datetime) -> None:
    listed = list(queries.guests_of(row))
    for place, (channel, said) in ANSWERS.items():
        guest = listed[place]
        if guest.state in (InvitationState.TO_SEND, InvitationState.SENT):
            how = actions.How(channel)
            actions.answer(invitation=guest, said=actions.Answer(**said), how=how, now=now)
