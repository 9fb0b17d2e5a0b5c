"""What is looked at before a mailing leaves: each finding a sentence, and where it is mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser

from django.db.models import Count
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core import formats
from cms.core.registry import Parts, Refused
from cms.mailing import queries
from cms.mailing.mail.addresses import judge, shown
from cms.mailing.mail.layout import too_heavy
from cms.mailing.mail.letters import renderer_of, write
from cms.mailing.mail.placeholders import PLACEHOLDERS, WORDS, in_addresses
from cms.mailing.mail.rehearsal import hour_of, language_name, language_of_words
from cms.mailing.models import Mailing, Sender

#: A file above this is better put as a link (a data bill is the reader's); all together above that is refused by many.
HEAVY_FILE, MOST_OF_FILES = 1_000_000, 10_000_000
#: So many addresses of one mail are looked at.
MOST_ADDRESSES = 200

_WAY_OUT = "[[unsubscribe_url]]"
_KEPT_PLACE = re.compile(r"\[\[([^\[\]\n]{0,60})\]\]")
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(frozen=True)
class Point:
    """One finding. `where` says what mends it: words, audiences or sender. What does not block is a warning."""

    code: str
    sentence: str
    blocks: bool
    where: str = "words"
    languages: tuple[str, ...] = ()


class _Markup(HTMLParser):
    """The addresses and pictures of a mail's HTML, and whether it says anything."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.unnamed: list[str] = []
        self.says = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in ("a", "area") and found.get("href") is not None:
            self.addresses.append(found["href"] or "")
        if tag == "img":
            source = found.get("src") or ""
            if not source.startswith("data:"):
                self.addresses.append(source)
            if found.get("alt") is None:
                self.unnamed.append(source)
            self.says = True

    def handle_data(self, data: str) -> None:
        self.says = self.says or bool(data.strip())


def read(html: str) -> _Markup:
    """Parse the HTML of a mail."""
    parser = _Markup()
    parser.feed(html)
    parser.close()
    return parser


@dataclass
class _Found:
    """Findings by language, each sentence once."""

    by_sentence: dict[tuple[str, str, bool, str], list[str]] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)

    def add(self, points: Iterator[Point], language: str) -> None:
        for point in points:
            key = (point.code, point.sentence, point.blocks, point.where)
            seen = self.by_sentence.setdefault(key, [])
            if language and language not in seen:
                seen.append(language)

    def listed(self) -> list[Point]:
        """What blocks first; a finding of every language names none."""
        points = [
            Point(*key, () if languages == self.languages else tuple(languages))
            for key, languages in self.by_sentence.items()
        ]
        return sorted(points, key=lambda point: not point.blocks)


def checklist(mailing: Mailing, *, now: datetime, readers: dict[str, int] | None = None) -> list[Point]:
    """Look a mailing over as it would leave if it were confirmed at `now`; what blocks comes first.

    Every language that somebody of its audiences reads is written and read; `readers` (language: number) says so
    where the audience is frozen already. No other server is asked anything.
    """
    found = _Found()
    sender = mailing.sender or queries.default_sender()
    if sender is None:
        found.add(iter([Point("sender", _("No sender is chosen."), True, "sender")]), "")
        return found.listed()
    if readers is None:
        rows = queries.reached(mailing).order_by().values_list("language")
        readers = dict(rows.annotate(number=Count("pk")))
    if not readers:
        sentence = _("Nobody in these audiences has an e-mail address that may be written to.")
        found.add(iter([Point("nobody", sentence, True, "audiences")]), "")
    at, refused = hour_of(mailing, now=now)
    if refused is not None and refused.until is None:
        found.add(iter([Point("refused", str(refused), True)]), "")
        return found.listed()
    written: dict[str, str] = {}
    found.languages = languages_of(readers)
    for language in found.languages:
        try:
            bare, parts = _written(mailing, language, sender=sender, at=at)
        except Refused as error:
            found.add(iter([Point("refused", str(error), True)]), language)
            continue
        written[language] = language_of_words(parts, language)
        found.add(_of_letter(mailing, bare, parts, at=at), language)
    found.add(_of_readers(readers, written), "")
    return found.listed()


def blocking(points: list[Point]) -> list[Point]:
    """Those that must be mended before anything leaves."""
    return [point for point in points if point.blocks]


def languages_of(readers: dict[str, int]) -> list[str]:
    """The languages a mailing is written in for these readers, the first of the site where there are none."""
    known = queries.languages()
    return sorted({code if code in known else known[0] for code in readers} or {known[0]}, key=known.index)


def _written(mailing: Mailing, language: str, *, sender: Sender, at: datetime) -> tuple[Parts, Parts]:
    """The words of one language, as their renderer gives them and in their frame."""
    with translation.override(language):
        bare = renderer_of(mailing).render(mailing, language, at)
    return bare, write(mailing, language=language, sender=sender, now=at)


def _of_readers(readers: dict[str, int], written: dict[str, str]) -> Iterator[Point]:
    """Who gets words in another language than theirs."""
    known = queries.languages()
    for code, number in sorted(readers.items()):
        got = written.get(code if code in known else known[0])
        if got is not None and got != code:
            sentence = ngettext(
                "%(number)s person reads %(language)s and gets the text in %(written)s.",
                "%(number)s people read %(language)s and get the text in %(written)s.",
                number,
            ) % {
                "number": formats.number(number),
                "language": language_name(code),
                "written": language_name(got),
            }
            yield Point("language", sentence, False)


def _of_letter(mailing: Mailing, bare: Parts, parts: Parts, *, at: datetime) -> Iterator[Point]:
    """What is wrong with the words of one language."""
    renderer = renderer_of(mailing)
    yield from _of_emptiness(bare)
    yield from _of_places(parts)
    if renderer.subscription and not all(_WAY_OUT in words for words in (parts.html, parts.text)):
        yield Point("no_way_out", _("The mail has no link to receive no more: it must hold one."), True)
    markup = read(parts.html)
    if markup.unnamed:
        number = len(markup.unnamed)
        sentence = ngettext(
            "%(number)s picture has no alternative text (%(first)s): who does not see it learns nothing.",
            "%(number)s pictures have no alternative text (%(first)s…): who does not see them learns nothing.",
            number,
        )
        yield Point("alt", sentence % {"number": number, "first": shown(markup.unnamed[0])}, False)
    yield from _of_addresses([*markup.addresses, *_ADDRESS.findall(parts.text)], at=at)
    yield from _of_weight(parts)


def _of_emptiness(parts: Parts) -> Iterator[Point]:
    if not parts.subject.strip():
        yield Point("no_subject", _("The subject is empty."), True)
    says = read(parts.html).says
    if not says and not parts.text.strip():
        yield Point("no_text", _("The mail says nothing: its text is empty."), True)
    elif not says:
        yield Point("no_text", _("The text with its layout is empty."), True)
    elif not parts.text.strip():
        yield Point(
            "no_plain_text", _("The version in plain text is empty: some people read only that."), True
        )


def _of_places(parts: Parts) -> Iterator[Point]:
    """Words between double square brackets that nothing replaces, or that would be part of an address."""
    written = _KEPT_PLACE.findall("\n".join((parts.subject, parts.text, parts.html)))
    for name in dict.fromkeys(written):
        if name not in PLACEHOLDERS:
            sentence = _("“[[%s]]” is not replaced by anything: people would read it as it stands.")
            yield Point("placeholder", sentence % name, True)
    for name in in_addresses("\n".join((parts.text, parts.html))):
        if name in WORDS:
            sentence = _("[[%(name)s]] stands in an address: a person's words lead nowhere.")
            yield Point("placeholder", sentence % {"name": name}, True)


def _of_addresses(addresses: list[str], *, at: datetime) -> Iterator[Point]:
    wanted = list(dict.fromkeys(address.rstrip(".,;:!?") for address in addresses))
    for address in wanted[:MOST_ADDRESSES]:
        if (wrong := judge(address, at=at)) is not None:
            yield Point(wrong.code, wrong.sentence, wrong.blocks)
    if len(wanted) > MOST_ADDRESSES:
        sentence = _("The mail holds %(all)s addresses; the first %(some)s were looked at.")
        yield Point("many", sentence % {"all": len(wanted), "some": MOST_ADDRESSES}, False)


def _of_weight(parts: Parts) -> Iterator[Point]:
    total = 0
    for name, _kind, content in parts.attachments:
        total += len(content)
        if len(content) > HEAVY_FILE:
            sentence = _("“%(name)s” weighs %(size)s: above 1 MB, give the address of the file instead.")
            yield Point(
                "heavy_file", sentence % {"name": name, "size": formats.filesize(len(content))}, False
            )
    if total > MOST_OF_FILES:
        sentence = _("The files weigh %s together: many servers refuse more than 10 MB.")
        yield Point("heavy_files", sentence % formats.filesize(total), True)
    if sentence := too_heavy(parts):
        yield Point("heavy_text", sentence, True)
