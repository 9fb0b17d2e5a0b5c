"""Senders, audiences and mailings to test with, and two renderers of the tests' own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.html import escape, format_html

from cms.contacts import actions as contacts
from cms.contacts.models import (
    Audience,
    AudienceMember,
    ConsentSource,
    Contact,
    ContactEmail,
    Purpose,
)
from cms.core import registry
from cms.core.registry import Parts, Refused, Renderer
from cms.mailing import actions
from cms.mailing.models import Mailing, Sender

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
#: A mailing of this thing is refused until somebody takes it out, or until its instant: the tests' embargo.
EMBARGOED: dict[UUID, datetime | None] = {}


def render_notice(mailing: Mailing, language: str, now: datetime) -> Parts:
    """Words for everybody, with the personal placeholders."""
    hello = "Hello" if language == "en" else "Bonjour"
    return Parts(
        subject=f"{mailing.title} – été",
        text=f"[[greeting]]\n\n{hello} [[name]] de [[organisation]].\n.une ligne qui commence par un point\n"
        + "Une phrase assez longue pour être coupée par le codage, avec des accents : é è ê ɛ ɔ ɲ ŋ. " * 3,
        html=f"<h1>{escape(mailing.title)}</h1><p>{hello} <b>[[name]]</b> de [[organisation]].</p>"
        '<p>{{ settings.SECRET_KEY }} <a href="https://tokten.example.org/dossier">Le dossier</a></p>',
    )


def recheck_notice(mailing: Any, now: datetime) -> None:
    if mailing.source_uid in EMBARGOED:
        until = EMBARGOED[mailing.source_uid]
        if until is None or until > now:
            raise Refused("Sous embargo.", until=until)


def render_ticket(delivery: Any, language: str, now: datetime) -> Parts:
    """Words for one person, from the values kept with the delivery."""
    return Parts(
        subject=f"Votre inscription : {delivery.values['event']} ({delivery.created_at:%d/%m/%Y})",
        text=f"{delivery.values['name']}, votre place est gardée.\n{delivery.values['ticket_url']}",
        html=format_html(
            '<p>{}, votre place est gardée.</p><p><a href="{}">Votre billet</a></p>',
            delivery.values["name"],
            delivery.values["ticket_url"],
        ),
        attachments=[
            ("évènement.ics", "text/calendar; charset=utf-8", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
        ],
    )


#: What the renderer "tests.worded" gives for a mailing of this thing: a function of language and hour.
WORDS: dict[UUID, Callable[[str, datetime], Parts]] = {}


def render_worded(mailing: Mailing, language: str, now: datetime) -> Parts:
    """The words that a test wrote."""
    assert mailing.source_uid is not None
    return WORDS[mailing.source_uid](language, now)


def worded(
    *audiences: Audience, say: Callable[[str, datetime], Parts] | None = None, **words: Any
) -> Mailing:
    """A draft of exactly these words: `html`, `text`, `subject`, `attachments`, `headers`; or what `say` says."""
    fixed = {"subject": "Objet", "text": "Bonjour.", "html": "<p>Bonjour.</p>", **words}
    uid = uuid4()
    WORDS[uid] = say or (lambda _language, _now: Parts(**fixed))
    return mailing(*audiences, renderer="tests.worded", source_uid=uid)


def register() -> None:
    """Fill the slots once per process."""
    if registry.mailing_renderers.get("tests.notice") is None:
        registry.mailing_renderers.register(
            Renderer(key="tests.notice", title="Notice", render=render_notice, recheck=recheck_notice)
        )
        registry.mailing_renderers.register(
            Renderer(
                key="tests.worded",
                title="Texte",
                render=render_worded,
                recheck=recheck_notice,
                place=lambda mailing: "/admin/texte/",
            )
        )
        registry.mailing_renderers.register(
            Renderer(key="tests.ticket", title="Billet", render=render_ticket, owed=True, subscription=False)
        )


register()


def sender(**fields: Any) -> Sender:
    defaults = {
        "name": "TOKTEN-Mali",
        "address": "presse@tokten.example.org",
        "is_default": True,
        "connections": 1,
    }
    return Sender.objects.create(**{**defaults, **fields})


def contact(number: int = 1, **fields: Any) -> Contact:
    """A person with one address, `personne<number>@example.org` unless `address` says otherwise."""
    address = fields.pop("address", f"personne{number}@example.org")
    row = Contact.objects.create(**{"name": f"Personne {number}", "language": "fr", **fields})
    if address:
        ContactEmail.objects.create(contact=row, address=address, is_primary=True)
    return row


def agreeing(people: list[Contact]) -> list[Contact]:
    """The same people, who agreed to newsletters."""
    for person in people:
        contacts.record_consent(
            contact=person, purpose=Purpose.NEWSLETTER, source=ConsentSource.PAPER, now=NOON
        )
    return people


def audience(size: int = 3, *, slug: str = "presse", members: list[Contact] | None = None) -> Audience:
    row = Audience.objects.create(name=slug.title(), slug=slug)
    people = members if members is not None else [contact(number) for number in range(size)]
    AudienceMember.objects.bulk_create(
        AudienceMember(audience=row, contact=person, added_at=NOON) for person in people
    )
    return row


def mailing(*audiences: Audience, user: Any = None, **fields: Any) -> Mailing:
    options = {"renderer": "tests.notice", "source_uid": None, "title": "Journée du TOKTEN"}
    return actions.create(audiences=audiences, user=user, now=NOON, **{**options, **fields})


def launched(size: int = 3, **fields: Any) -> Mailing:
    if not Sender.objects.exists():
        sender()
    return actions.launch(mailing(audience(size), **fields), user=None, now=NOON)


def owed(key: str = "a:ticket:1", **fields: Any) -> Any:
    options = {
        "renderer": "tests.ticket",
        "recipient_key": key,
        "address": "aminata@example.org",
        "name": "Aminata Traoré",
        "language": "fr",
        "values": {"event": "Conférence", "ticket_url": "https://tokten.example.org/r/abc"},
        "now": NOON,
    }
    return actions.owe(**{**options, **fields})
