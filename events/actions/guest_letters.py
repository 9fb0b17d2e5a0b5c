"""Invitations on paper: letters are numbered when they are printed, and written down when they are handed over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import Site

from cms.core.actions import log_thing
from cms.mailing import documents as paper
from cms.pages.models import Organisation
from events import queries
from events.actions import guests, seats
from events.actions.errors import EventsError
from events.documents import guests as sheets
from events.mail.guests import how_to_answer
from events.models import GuestList, Invitation, InvitationState, Occurrence

#: How many letters one file holds: more would keep the officer, and everybody else, waiting.
LETTERS_AT_ONCE = 100
LINES_AT_ONCE = 500
LANGUAGES = ("fr", "en")


class NobodyToPrint(EventsError):
    """Nothing can be printed; `str()` is the sentence for the officer."""


def letterhead() -> sheets.Letterhead:
    """Who writes, as the organisation's own settings say."""
    site = Site.objects.filter(is_default_site=True).first()
    body = Organisation.for_site(site) if site is not None else Organisation()
    address = " · ".join(line.strip() for line in body.address.splitlines() if line.strip())
    lines = " · ".join(filter(None, (address, body.phone, body.email)))
    return sheets.Letterhead(body.full_name or body.name, lines)


@transaction.atomic
def number_letters(
    *, occurrence: Occurrence, rows: Sequence[Invitation], dated: date, user: Any, now: datetime
) -> list[Invitation]:
    """Give each of these guests' letters its number, in the order given, and count the guests as invited.

    A letter that has a number keeps it, with its date. Two officers at once get different numbers, and an answer that
    comes meanwhile stays: the date is locked, as for whoever answers or changes the list.
    """
    seats.take(occurrence)
    listed = GuestList.objects.select_for_update().get(pk=guests.list_of(occurrence).pk)
    known = {one.pk: one for one in Invitation.objects.filter(pk__in=[row.pk for row in rows])}
    for row in rows:
        fresh = known[row.pk]
        if fresh.number is None:
            fresh.number, fresh.dated = listed.next_number, dated
            listed.next_number += 1
        if fresh.state == InvitationState.TO_SEND:
            fresh.state, fresh.sent_at = InvitationState.SENT, now
        row.number, row.dated, row.state = fresh.number, fresh.dated, fresh.state
        fresh.save(update_fields=["number", "dated", "state", "sent_at"])
    listed.save(update_fields=["next_number"])
    changes = {"date": occurrence.recurrence_id, "letters": len(rows)}
    log_thing(occurrence.event, action="guests.printed", user=user, now=now, changes=changes)
    return list(rows)


def print_letters(
    *,
    occurrence: Occurrence,
    rows: Sequence[Invitation],
    dated: date,
    user: Any,
    now: datetime,
    trial: bool = False,
) -> bytes:
    """A PDF of letters in the order given, numbered unless it is a trial. Raises NobodyToPrint."""
    _check(rows)
    if not trial:
        rows = number_letters(occurrence=occurrence, rows=rows, dated=dated, user=user, now=now)
    listed, head = guests.list_of(occurrence), letterhead()
    pages = [
        sheets.letter_html(one, listed, sheet_of(one, listed), head=head, dated=one.dated or dated)
        for one in rows
    ]
    return _pdf(*pages)


def print_labels(*, rows: Sequence[Invitation], sheet: str, start: int) -> bytes:
    """A PDF of address labels in the order given. `sheet` is a key of `cms.mailing.documents.SHEETS`."""
    _check(rows)
    return _pdf(paper.labels_html([one.contact for one in rows], sheet=paper.SHEETS[sheet], start=start))


def print_slip(*, occurrence: Occurrence, rows: Sequence[Invitation], dated: date) -> bytes:
    """The bordereau d'envoi of these guests' letters, as PDF."""
    return _pdf(_table(sheets.slip_html, occurrence, rows, dated))


def print_book(*, occurrence: Occurrence, rows: Sequence[Invitation], dated: date) -> bytes:
    """The cahier de transmission of these guests' letters, as PDF."""
    return _pdf(_table(sheets.book_html, occurrence, rows, dated))


def _table(template: Any, occurrence: Occurrence, rows: Sequence[Invitation], dated: date) -> str:
    _check(rows)
    title, _url = queries.title_of(occurrence.event, language="fr")
    listed = guests.list_of(occurrence)
    html: str = template(rows, occurrence, listed, head=letterhead(), title=title, dated=dated)
    return html


def sheet_of(guest: Invitation, listed: GuestList) -> sheets.Sheet:
    """What a guest's letter says, in the language of the card."""
    row, language = guest.occurrence, guest.contact.language
    language = language if language in LANGUAGES else LANGUAGES[0]
    title, _url = queries.title_of(row.event, language=language)
    subject, words = queries.words_of(listed, language)
    with translation.override(language):
        facts = [(_("Event"), title), (_("When"), row.when(language)), (_("Where"), row.where)]
        return sheets.Sheet(
            subject=subject or _("Invitation: %(title)s") % {"title": title},
            paragraphs=queries.paragraphs(words) or [_("We have the pleasure of inviting you.")],
            facts=[(name, said) for name, said in facts if said],
            answer=how_to_answer(guest, listed, language),
            link=f"{settings.PUBLIC_URL}/i/{queries.guest_key(guest)}",
            entry=f"{settings.PUBLIC_URL}/i/".removeprefix("https://").removeprefix("http://"),
            code=queries.guest_code(guest),
        )


def _check(rows: Sequence[Invitation]) -> None:
    if not rows:
        raise NobodyToPrint(_("There is nobody to print for."))


def _pdf(*pages: str) -> bytes:
    try:
        return paper.as_pdf(*pages)
    except paper.PaperUnavailable as error:
        raise NobodyToPrint(
            _("This server cannot make PDFs: it lacks %(names)s. Please tell whoever looks after it.")
            % {"names": error}
        ) from error


@transaction.atomic
def hand_over(
    *, invitation: Invitation, handed_at: datetime, received_by: str, user: Any, now: datetime
) -> Invitation:
    """Write down when a letter was handed over and who took it; a later word corrects the first."""
    row = seats.take(Occurrence(pk=invitation.occurrence_id))
    found = Invitation.objects.get(pk=invitation.pk)
    found.handed_at, found.received_by = handed_at, received_by
    if found.state == InvitationState.TO_SEND:
        found.state, found.sent_at = InvitationState.SENT, handed_at
    found.save(update_fields=["handed_at", "received_by", "state", "sent_at"])
    changes = {"guest": found.uid.hex}
    log_thing(row.event, action="guests.handed_over", user=user, now=now, changes=changes)
    return found
