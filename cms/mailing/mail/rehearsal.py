"""A mailing as one person would get it, before anything is launched."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from cms.contacts.models import Contact
from cms.core.registry import Parts, Refused
from cms.mailing import queries
from cms.mailing.mail import layout
from cms.mailing.mail.letters import message_of, personal, refusal, renderer_of, write
from cms.mailing.mail.placeholders import PLACEHOLDER, PLACEHOLDERS
from cms.mailing.models import Delivery, Mailing, Sender

#: Where the personal links of a mail that is only tried lead: a page that says so and does nothing.
TRIAL_PATH = "/m/essai"


def hour_of(mailing: Mailing, *, now: datetime) -> tuple[datetime, Refused | None]:
    """When a mailing confirmed at `now` would leave, and what its renderer says against an earlier hour."""
    at = max(mailing.send_at, now) if mailing.send_at is not None else now
    refused = refusal(mailing, now=at)
    if refused is not None and refused.until is not None:
        at = max(at, refused.until)
    return at, refused


def language_for(contact: Contact | None) -> str:
    """The language a mailing takes for a contact: theirs, where the site has it, else the first."""
    known = queries.languages()
    return contact.language if contact is not None and contact.language in known else known[0]


def language_of_words(parts: Parts, asked: str) -> str:
    """The language that words are in: the renderer's header says so where it had none in the one asked for."""
    return next((value for name, value in parts.headers.items() if name.lower() == "content-language"), asked)


def language_name(code: str) -> str:
    """A language's name, in the language of whoever reads the screen."""
    try:
        return layout.language_name(code, inside=translation.get_language() or settings.LANGUAGE_CODE)
    except KeyError:
        return code


def values_of(contact: Contact | None) -> dict[str, str]:
    """What a delivery keeps of a contact for its placeholders, as the launch writes it."""
    if contact is None:
        return {}
    return {
        "name": contact.name,
        "greeting": contact.salutation,
        "function": contact.function,
        "organisation": contact.organisation.name if contact.organisation is not None else "",
    }


@dataclass(frozen=True)
class Rehearsal:
    """One mailing for one person. `language` is what they read; `written_in` that of the words they get."""

    mailing: Mailing
    sender: Sender
    parts: Parts
    language: str
    written_in: str
    at: datetime
    delivery: Delivery
    values: Mapping[str, str]

    def fill(self, text: str, *, markup: bool = False) -> str:
        """Put the person's words in the places kept for them."""
        return PLACEHOLDER.sub(
            lambda found: (escape if markup else str)(self.values.get(found.group(1), "")), text
        )

    @property
    def subject(self) -> str:
        return self.fill(self.parts.subject)

    @property
    def text(self) -> str:
        return self.fill(self.parts.text)

    @property
    def html(self) -> str:
        return self.fill(self.parts.html, markup=True)

    def trial(self) -> bytes:
        """The bytes of the real mail, but for the word before the subject and where the personal links lead."""
        with translation.override(self.language):
            word = _("Test")
        message = message_of(
            replace(self.parts, subject=f"[{word}] {self.parts.subject}"),
            mailing=self.mailing,
            sender=self.sender,
            renderer=renderer_of(self.mailing),
            language=self.language,
        )
        return message.render(replace(personal(self.delivery), values=self.values))


def rehearse(
    mailing: Mailing,
    *,
    contact: Contact | None,
    sender: Sender,
    now: datetime,
    language: str = "",
    address: str = "",
) -> Rehearsal:
    """Write a mailing as `contact` would get it at its hour; nothing is kept. Raises Refused.

    Without a contact the places kept for a person's words hold what everybody without a card gets. `language` shows
    another one than theirs; `address` is written in place of theirs.
    """
    at, _refused = hour_of(mailing, now=now)
    code = language or language_for(contact)
    parts = write(mailing, language=code, sender=sender, now=at)
    uid = uuid.uuid4()
    delivery = Delivery(
        uid=uid,
        mailing=mailing,
        contact=contact,
        address=address or (contact.primary_email if contact is not None else None) or sender.address,
        language=code,
        values=values_of(contact),
        message_id=f"<{uid.hex}@{sender.domain}>",
        boundary=f"=_{uid.hex}",
        dated_at=now,
    )
    return Rehearsal(
        mailing=mailing,
        sender=sender,
        parts=parts,
        language=code,
        written_in=language_of_words(parts, code),
        at=at,
        delivery=delivery,
        values={**personal(delivery).values, **_links_of_trials()},
    )


def _links_of_trials() -> dict[str, str]:
    return {name: f"{settings.PUBLIC_URL}{TRIAL_PATH}" for name in PLACEHOLDERS if name.endswith("_url")}
