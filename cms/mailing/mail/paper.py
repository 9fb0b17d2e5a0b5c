"""The words of a mailing on paper: those of its mail, in each person's language, as a letter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from html import escape, unescape

from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms.contacts.models import Contact
from cms.core import formats
from cms.core.registry import Parts
from cms.mailing import queries
from cms.mailing.documents import PaperLetter, addressee
from cms.mailing.mail.letters import plain_greeting, renderer_of
from cms.mailing.mail.placeholders import PLACEHOLDER
from cms.mailing.models import Mailing

_LINK = re.compile(r"""<a\b([^>]*\bhref\s*=\s*["']([^"']*)["'][^>]*)>(.*?)</a>""", re.IGNORECASE | re.DOTALL)
_COMPLETE = re.compile(r"\s*<(?:!doctype|html|mjml|mj-)", re.IGNORECASE)


def letters_on_paper(
    mailing: Mailing, people: Iterable[Contact], *, place: str, dated: date, now: datetime
) -> list[PaperLetter]:
    """A letter for each contact, in the order given. Raises Refused where the renderer does."""
    languages = queries.languages()
    words: dict[str, Parts] = {}
    letters = []
    for contact in people:
        asked = contact.language if contact.language in languages else languages[0]
        if asked not in words:
            with translation.override(asked):
                words[asked] = renderer_of(mailing).render(mailing, asked, now)
        letters.append(_letter(contact, words[asked], asked=asked, place=place, dated=dated))
    return letters


def _letter(contact: Contact, parts: Parts, *, asked: str, place: str, dated: date) -> PaperLetter:
    """One person's letter; where the words exist in another language only, all of the letter is in that."""
    language = str(parts.headers.get("Content-Language", asked))
    greeting = contact.salutation or plain_greeting(language)
    values = {
        "name": contact.name,
        "greeting": greeting,
        "function": contact.function,
        "organisation": contact.organisation.name if contact.organisation else "",
    }
    body = _body(parts)
    greets = "[[greeting]]" in body
    body = PLACEHOLDER.sub(lambda found: escape(_value(values, found.group(1))), body)
    subject = PLACEHOLDER.sub(lambda found: _value(values, found.group(1)), parts.subject)
    with translation.override(language):
        # In French the opening is said again; where a language does not, its words hold no %(opening)s.
        closing = contact.closing or _("Yours faithfully,") % {"opening": greeting.rstrip(" ,")}
        day = formats.day(dated, language, weekday=False)
        where = _("%(place)s, %(date)s") % {"place": place, "date": day} if place else day
        to = addressee(contact)
    return PaperLetter(
        language=language,
        to=to,
        dated=where,
        subject=" ".join(subject.split()),
        salutation="" if greets else greeting,
        body=SafeString(body),
        closing=closing,
    )


def _value(values: dict[str, str], name: str) -> str:
    return values.get(name, settings.PUBLIC_URL if name.endswith("_url") else "")


def _body(parts: Parts) -> str:
    """The inner HTML of a mail, or its text where the mail is a document of its own; links say where they lead."""
    if _COMPLETE.match(parts.html) or not parts.html.strip():
        paragraphs = re.split(r"\n\s*\n", parts.text.strip())
        return "".join(f"<p>{escape(one).replace(chr(10), '<br>')}</p>" for one in paragraphs)
    return _LINK.sub(_link, parts.html)


def _link(found: re.Match[str]) -> str:
    """On paper an address is printed after its words, unless they are the address already."""
    said = unescape(re.sub(r"<[^>]+>", "", found.group(3))).strip()
    href = unescape(found.group(2))
    if not href.startswith("http") or said.rstrip("/") in (
        href.rstrip("/"),
        href.split("://")[-1].rstrip("/"),
    ):
        return found.group(3)
    return f"<a{found.group(1)}>{found.group(3)}</a>"
