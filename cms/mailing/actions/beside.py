"""What the office sends beside e-mail: paper, text messages through an operator, texts copied for WhatsApp."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms.contacts.models import Contact
from cms.core.registry import Brief, Refused
from cms.mailing import documents, queries
from cms.mailing.actions.errors import MailingError, WrongState
from cms.mailing.exports import WHATSAPP_MOST, Receiver, measure, messages_csv, one_line_end
from cms.mailing.mail.letters import refusal
from cms.mailing.mail.paper import letters_on_paper
from cms.mailing.models import Diffusion, Mailing

Channel = Diffusion.Channel
#: How many letters one file holds: more would keep the officer, and everybody else, waiting.
LETTERS_AT_ONCE = 100
LABELS_AT_ONCE = 960


class NobodyBeside(MailingError):
    """There is nobody to print or to call."""

    message = gettext_lazy("There is nobody here to print or to export.")


@dataclass(frozen=True)
class Signature:
    """What stands around the words of a letter."""

    place: str
    dated: date
    name: str
    function: str = ""


def print_labels(
    mailing: Mailing,
    *,
    people: Iterable[Contact],
    sheet: str,
    start: int = 1,
    user: Any,
    now: datetime,
    trial: bool = False,
) -> bytes:
    """A PDF of address labels in the order given, recorded unless it is a trial.

    `sheet` is a key of `documents.SHEETS`, `start` the first free place of the first sheet. Raises NobodyBeside,
    WrongState for what is no mailing to people, MailingError where this machine makes no PDF.
    """
    chosen = _people(mailing, people)
    content = _pdf(documents.labels_html(chosen, sheet=documents.SHEETS[sheet], start=start))
    if not trial:
        options = {"sheet": sheet, "start": (start - 1 + len(chosen)) % documents.SHEETS[sheet].places + 1}
        _record(Channel.LABELS, mailing=mailing, contacts=chosen, options=options, user=user, now=now)
    return content


def print_letters(
    mailing: Mailing,
    *,
    people: Iterable[Contact],
    signature: Signature,
    user: Any,
    now: datetime,
    trial: bool = False,
) -> bytes:
    """A PDF of letters in the order given, each in its contact's language, recorded unless it is a trial.

    Raises NobodyBeside, WrongState, MailingError with the renderer's sentence (an embargo), or where this machine
    makes no PDF.
    """
    chosen = _people(mailing, people)
    _may_be_said(mailing, now=now)
    try:
        letters = letters_on_paper(mailing, chosen, place=signature.place, dated=signature.dated, now=now)
    except Refused as refused:
        raise MailingError(str(refused)) from refused
    sender = mailing.sender or queries.default_sender()
    around = {
        "letterhead": sender.name if sender else "",
        "address": sender.address if sender else "",
        "signatory": signature.name,
        "function": signature.function,
    }
    content = _pdf(*(documents.letter_html(letter, **around) for letter in letters))
    if not trial:
        options = {"place": signature.place, "name": signature.name, "function": signature.function}
        _record(Channel.LETTERS, mailing=mailing, contacts=chosen, options=options, user=user, now=now)
    return content


@transaction.atomic
def hand_over_numbers(
    mailing: Mailing, *, people: Iterable[Any], texts: Mapping[str, str], user: Any, now: datetime
) -> Iterator[bytes]:
    """A CSV of telephone numbers with the text of each one's language, for an SMS operator; recorded.

    `people` have `number`. `texts`: by language, as they are sent, none empty; who reads no language of them gets
    the first. Raises NobodyBeside, WrongState, or MailingError with the renderer's sentence.
    """
    chosen = _people(mailing, people)
    _may_be_said(mailing, now=now)
    texts = {language: one_line_end(text) for language, text in texts.items()}
    first = next(iter(texts))
    receivers = [
        Receiver(one.number, one.name, one.language if one.language in texts else first) for one in chosen
    ]
    cost = {language: measure(text).segments for language, text in texts.items()}
    _record(
        Channel.SMS,
        mailing=mailing,
        contacts=chosen,
        text="\n\n".join(texts.values()),
        segments=sum(cost[one.language] for one in receivers),
        options={"texts": texts},
        user=user,
        now=now,
    )
    return messages_csv(receivers, texts)


def note_copied(
    *,
    source: str,
    source_uid: UUID,
    brief: Brief,
    text: str,
    mailing: Mailing | None = None,
    user: Any,
    now: datetime,
) -> Diffusion:
    """Keep that a text was copied for WhatsApp. Raises MailingError for an empty text or one that is too long."""
    text = one_line_end(text).strip()
    if not text:
        raise MailingError(_("There is no text to copy."))
    if len(text) > WHATSAPP_MOST:
        over = len(text) - WHATSAPP_MOST
        raise MailingError(
            ngettext(
                "The text is %d character too long for WhatsApp.",
                "The text is %d characters too long for WhatsApp.",
                over,
            )
            % over
        )
    return Diffusion.objects.create(
        channel=Channel.WHATSAPP,
        mailing=mailing,
        source=source,
        source_uid=source_uid,
        title=" ".join(brief.title.split())[:255],
        activity=brief.activity,
        text=text,
        at=now,
        user=user,
    )


def strike_out(diffusion: Diffusion, *, user: Any, now: datetime) -> None:
    """Say that something did not leave after all: it stays in the list and counts no more."""
    Diffusion.objects.filter(pk=diffusion.pk, struck_at=None).update(struck_at=now, struck_by=user)


def _people(mailing: Mailing, people: Iterable[Any]) -> list[Any]:
    if mailing.is_standing or mailing.state == Mailing.State.CANCELLED:
        raise WrongState
    if not (chosen := list(people)):
        raise NobodyBeside
    return chosen


def _may_be_said(mailing: Mailing, *, now: datetime) -> None:
    if (refused := refusal(mailing, now=now)) is not None:
        raise MailingError(str(refused))


def _pdf(*pages: str) -> bytes:
    try:
        return documents.as_pdf(*pages)
    except documents.PaperUnavailable as error:
        raise MailingError(
            _("This server cannot make PDFs: it lacks %(names)s. Please tell whoever looks after it.")
            % {"names": error}
        ) from error


@transaction.atomic
def _record(channel: str, *, mailing: Mailing, contacts: list[Any], **fields: Any) -> Diffusion:
    now = fields.pop("now")
    row = Diffusion.objects.create(
        channel=channel,
        mailing=mailing,
        source=mailing.renderer,
        source_uid=mailing.source_uid,
        title=mailing.title,
        activity=mailing.activity,
        people=len(contacts),
        at=now,
        **fields,
    )
    through = Diffusion.contacts.through
    through.objects.bulk_create(
        (through(diffusion=row, contact=contact) for contact in contacts), batch_size=1000
    )
    return row
