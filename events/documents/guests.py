"""Paper for guests: the letter with its code, the bordereau d'envoi, the cahier de transmission."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import segno
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cms.core import formats
from cms.core.bogolan import band_svg
from cms.mailing import documents as paper
from events.models import GuestList, Invitation, Occurrence


@dataclass(frozen=True)
class Letterhead:
    """Who writes: `name` large, then the lines under it."""

    name: str
    lines: str


@dataclass(frozen=True)
class Sheet:
    """What one letter says beside its guest's own lines. `paragraphs` are plain; `answer` says how to answer."""

    subject: str
    paragraphs: list[str]
    facts: list[tuple[str, str]]
    answer: list[str]
    link: str
    entry: str
    code: str


def reference_of(listed: GuestList, guest: Invitation) -> str:
    """The reference of a guest's letter, "0012/TOKTEN/2027"; "" before it has a number."""
    return f"{guest.number:04d}{listed.reference}" if guest.number is not None else ""


def letter_html(guest: Invitation, listed: GuestList, sheet: Sheet, *, head: Letterhead, dated: date) -> str:
    """One guest's letter on A4, in the language of the card, the address where a window envelope shows it."""
    card = guest.contact
    language = card.language if card.language in ("fr", "en") else "fr"
    with translation.override(language):
        greeting = card.salutation or _("Dear Sir or Madam,")
        day = formats.day(dated, language, weekday=False)
        number = reference_of(listed, guest)
        letter = paper.PaperLetter(
            language=language,
            to=paper.addressee(card),
            dated=_("%(place)s, %(date)s") % {"place": listed.place, "date": day} if listed.place else day,
            subject=sheet.subject,
            salutation=greeting,
            body=_body(sheet),
            closing=card.closing or _("Yours faithfully,") % {"opening": greeting.rstrip(" ,")},
            reference=_("No. %(number)s") % {"number": number} if number else "",
        )
    return paper.letter_html(
        letter,
        letterhead=head.name,
        address=head.lines,
        signatory=listed.signatory,
        function=listed.function,
    )


def _body(sheet: Sheet) -> SafeString:
    svg = segno.make(sheet.link, error="m").svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None, title=None
    )
    context = {"sheet": sheet, "qr": mark_safe(svg)}  # noqa: S308 - made by segno from our own link
    return SafeString(render_to_string("events/guests/letter_body.html", context))


def slip_html(
    rows: Iterable[Invitation],
    row: Occurrence,
    listed: GuestList,
    *,
    head: Letterhead,
    title: str,
    dated: date,
) -> str:
    """The bordereau d'envoi: what is sent, to whom, how many pieces, and a place to sign for it."""
    return _table("events/guests/slip.html", rows, row, listed, head=head, title=title, dated=dated)


def book_html(
    rows: Iterable[Invitation],
    row: Occurrence,
    listed: GuestList,
    *,
    head: Letterhead,
    title: str,
    dated: date,
) -> str:
    """The cahier de transmission: each letter with a place for the day, the name and the signature of who took it."""
    return _table("events/guests/book.html", rows, row, listed, head=head, title=title, dated=dated)


def _table(
    template: str,
    rows: Iterable[Invitation],
    row: Occurrence,
    listed: GuestList,
    *,
    head: Letterhead,
    title: str,
    dated: date,
) -> str:
    lines = [
        {"guest": guest, "reference": reference_of(listed, guest), "to": paper.addressee(guest.contact).who}
        for guest in rows
    ]
    context: Mapping[str, Any] = {
        "lines": lines,
        "row": row,
        "listed": listed,
        "head": head,
        "title": title,
        "dated": dated,
        "band": SafeString(band_svg("djenne").replace("currentColor", "#5a4433")),
    }
    with translation.override("fr"):
        return render_to_string(template, dict(context))
