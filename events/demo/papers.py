"""The demo's badges and certificates: a model for the forum, and what was given after the workshop of 2017."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils import translation

from events import actions
from events.actions import badges, certificates
from events.models import Channel, Event, EventPage, Kind, Registration
from events.queries.papers import to_certify

PEOPLE = (
    ("Assitan Doumbia", "Direction de la communication (exemple)"),
    ("Boubacar Fofana", "Point focal, Université de Ségou (exemple)"),
    ("Coumba Ndiaye", "Point focal, Chambre de commerce (exemple)"),
    ("Drissa Coulibaly", "Radio rurale de Sikasso (exemple)"),
)
SIGNATORIES = {
    "first_function": "Le Coordinateur du TOKTEN-Mali",
    "first_name": "Issa Sanogo (exemple)",
    "second_function": "La Directrice de la communication",
    "second_name": "Ramata Kanté (exemple)",
}
ATTENDEE = {
    "title": "Attestation de participation",
    "body": "a pris part à « [[evenement]] », [[dates]], à [[lieu]].",
    "place": "Bamako",
    **SIGNATORIES,
}
ATTENDEE_EN = {
    "title": "Certificate of attendance",
    "body": "took part in “[[evenement]]”, [[dates]], in [[lieu]].",
    "place": "Bamako",
    "first_function": "Coordinator of TOKTEN-Mali",
    "first_name": "Issa Sanogo (exemple)",
    "second_function": "Director of communication",
    "second_name": "Ramata Kanté (exemple)",
}
TRAINEE = {
    "title": "Certificat de formation",
    "body": "[[organisation]]\n\na suivi l’« [[evenement]] », [[dates]], et sait s’en servir dans sa structure.",
    "place": "Bamako",
    **SIGNATORIES,
}


def build(*, now: datetime) -> None:
    """Make the models and the certificates, unless they are there."""
    with translation.override("fr"):
        forum = Event.objects.filter(kind=Kind.FORUM, badge_template=None).order_by("pk").first()
        if forum is not None:
            values = {
                "size": "90x55",
                "heading": "[[evenement]]",
                "lines": "[[fonction]]\n[[organisation]]",
                "foot": "[[categorie]]",
                "heading_en": "",
                "lines_en": "",
                "foot_en": "",
                "shows_code": True,
            }
            badges.change_badges(event=forum, values=values, user=None, now=now)
            for language, words in (("fr", ATTENDEE), ("en", ATTENDEE_EN)):
                certificates.change_model(
                    event=forum, role="attendee", language=language, values=words, user=None, now=now
                )
        page = EventPage.objects.filter(slug="atelier-plan-de-communication").first()
        if page is not None and not page.event.certificates.exists():
            _workshop(page.event)


def _workshop(event: Event) -> None:
    before, after = datetime(2017, 9, 11, 9, tzinfo=UTC), datetime(2017, 9, 15, 9, tzinfo=UTC)
    date = event.occurrences.get()
    for name, organisation in PEOPLE:
        actions.add_by_hand(
            occurrence=date,
            name=name,
            organisation=organisation,
            channel=Channel.LETTER,
            user=None,
            now=before,
        )
    Registration.objects.filter(occurrence=date).update(attended_at=date.starts_at)
    certificates.change_model(
        event=event, role="trainee", language="fr", values=TRAINEE, user=None, now=after
    )
    made = certificates.issue_certificates(
        event=event, role="trainee", people=to_certify(event, "trainee"), user=None, now=after
    )
    certificates.revoke_certificate(
        certificate=made[-1], reason="Nom mal orthographié.", user=None, now=after
    )
