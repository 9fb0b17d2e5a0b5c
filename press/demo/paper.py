"""People of the demonstration who have no e-mail address: letters are for them."""

from __future__ import annotations

from datetime import datetime

from cms.contacts import actions as contacts
from cms.contacts.models import Audience, Contact

AUDIENCES = ("autorites", "antennes-de-relais")
# rank, civility, name, function, under cover of, postal address, opening, closing
PEOPLE = (
    (
        1,
        "S.E.M.",
        "Sékou Ballo",
        "Gouverneur de la région de Kayes",
        "",
        "Gouvernorat de Kayes\nBP 12\nKayes",
        "Monsieur le Gouverneur,",
        "Veuillez agréer, Monsieur le Gouverneur, l’expression de ma haute considération.",
    ),
    (
        2,
        "M.",
        "Hamidou Guindo",
        "Président du conseil régional de Mopti",
        "Monsieur le Gouverneur de la région de Mopti",
        "Quartier administratif\nBP 70\nMopti",
        "Monsieur le Président,",
        "",
    ),
    (3, "Mme", "Kani Dao", "Maire de la commune rurale de Baguinéda", "", "", "Madame le Maire,", ""),
)
RELAYS = {
    "Antenne de relais de Sikasso": "Gouvernorat de Sikasso\nBP 33\nSikasso",
    "Antenne de relais de Tombouctou": "BP 9\nTombouctou",
}


def people(*, now: datetime) -> list[Audience]:
    """Enter them once, in the audiences that a mailing in preparation goes to; return these."""
    audiences = list(Audience.objects.filter(slug__in=AUDIENCES).order_by("slug"))
    for number, (rank, civility, name, function, cover, address, opening, closing) in enumerate(PEOPLE):
        row = contacts.find_or_create_contact(
            phone=f"+22376009{number:03d}", name=name, language="fr", now=now
        )
        if not row.function:
            row.protocol_rank, row.civility, row.function, row.under_cover_of = (
                rank,
                civility,
                function,
                cover,
            )
            row.postal_address, row.salutation, row.closing = address, opening, closing
            row.save()
        for audience in audiences:
            if audience.slug == AUDIENCES[0]:
                contacts.add_to_audience(audience=audience, contacts=[row], now=now)
    for name, address in RELAYS.items():
        Contact.objects.filter(name=name, postal_address="").update(postal_address=address)
    return audiences
