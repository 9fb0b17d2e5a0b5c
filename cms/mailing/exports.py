"""Texts taken elsewhere: to an SMS operator with their numbers, to WhatsApp by hand. Nothing is ever transliterated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cms.core.exports import stream_csv
from cms.core.registry import Brief

#: The alphabet of text messages (3GPP TS 23.038, 6.2.1): Ç is in it and ç is not.
GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Its second table (6.2.1.1): each of these takes two places, which stay in one segment.
GSM_EXTENDED = "\f^{}\\[~]|€"
#: Places in a message alone, and in each segment of a longer one (the rest says which segment it is).
GSM_ROOM, UCS_ROOM = (160, 153), (70, 67)
#: How long a text for WhatsApp is at most: a screen of a telephone.
WHATSAPP_MOST = 900


@dataclass(frozen=True)
class Measure:
    """What a text costs as a text message.

    `units`: places taken in `alphabet` ("GSM-7" or "UCS-2"). `offending`: the characters, in order of appearance and
    each once, that are not in the alphabet of text messages and make the whole message UCS-2. `without`: how many
    segments it would be if each of them took one place of that alphabet.
    """

    alphabet: str
    units: int
    segments: int
    room: int
    offending: tuple[str, ...]
    without: int


def measure(text: str) -> Measure:
    """Count the segments of a text as operators do; an empty text has none. Line ends count as one character."""
    text = one_line_end(text)
    offending = tuple(dict.fromkeys(one for one in text if one not in GSM_BASIC and one not in GSM_EXTENDED))
    as_gsm = [2 if one in GSM_EXTENDED else 1 for one in text]
    without = _segments(as_gsm, GSM_ROOM)
    if not offending:
        return Measure("GSM-7", sum(as_gsm), without, _room(as_gsm, GSM_ROOM), (), without)
    # UTF-16: what lies beyond the first plane (emoji) takes two places, which stay in one segment.
    as_ucs = [2 if ord(one) > 0xFFFF else 1 for one in text]
    return Measure(
        "UCS-2", sum(as_ucs), _segments(as_ucs, UCS_ROOM), _room(as_ucs, UCS_ROOM), offending, without
    )


def one_line_end(text: str) -> str:
    """The text with line feeds alone at the ends of its lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _segments(places: Sequence[int], room: tuple[int, int]) -> int:
    if sum(places) <= room[0]:
        return 1 if places else 0
    segments, used = 1, 0
    for place in places:
        if used + place > room[1]:
            segments, used = segments + 1, 0
        used += place
    return segments


def _room(places: Sequence[int], room: tuple[int, int]) -> int:
    """How many characters one segment holds: more where the text fits into one."""
    return room[0] if sum(places) <= room[0] else room[1]


@dataclass(frozen=True)
class Receiver:
    """A number that a text message goes to, and in which of the texts' languages."""

    number: str
    name: str
    language: str


def messages_csv(receivers: Iterable[Receiver], texts: Mapping[str, str]) -> Iterator[bytes]:
    """Numbers in E.164 with their text, for an operator. A text begins with no sign that a spreadsheet runs."""
    measured = {language: measure(text) for language, text in texts.items()}
    headings = (_("Number"), _("Name"), _("Language"), _("Text"), _("Alphabet"), _("Segments"))
    return stream_csv(headings, (_line(one, texts, measured) for one in receivers))


def _line(one: Receiver, texts: Mapping[str, str], measured: Mapping[str, Measure]) -> list[Any]:
    found = measured[one.language]
    text = one_line_end(texts[one.language])
    return [one.number, one.name, one.language, text, found.alphabet, found.segments]


# WhatsApp ----------------------------------------------------------------------------------------------------
_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s")


def for_whatsapp(brief: Brief, *, most: int = WHATSAPP_MOST) -> str:
    """A thing in at most `most` characters: *title*, facts, as much of its text as there is room for, link.

    The title and the link are never cut out; the text ends at a sentence or a word, with "…". WhatsApp reads a title
    as bold between asterisks on one line (no asterisk of its own inside).
    """
    link = brief.url.strip()
    title = " ".join(brief.title.replace("*", " ").split())
    title = _cut(title, max(most - len(link) - 6, 20))
    head = f"*{title}*" if title else ""
    facts = "\n".join(" ".join(fact.split()) for fact in brief.facts if fact.strip())
    parts = [head, facts] if len(head) + len(facts) + len(link) + 6 <= most else [head]
    used = sum(len(part) + 2 for part in parts if part) + len(link)
    text = _cut(_paragraphs(brief.text), most - used - 2)
    return "\n\n".join(part for part in (*parts, text, link) if part)


def _paragraphs(text: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in one_line_end(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _cut(text: str, most: int) -> str:
    """The beginning of a text in at most `most` characters: whole sentences if they fill half of it, else words."""
    if len(text) <= most:
        return text
    if most < 20:
        return ""
    ends = [found.start() for found in _SENTENCE_END.finditer(text) if found.start() <= most - 2]
    if ends and ends[-1] >= most // 2:
        return f"{text[: ends[-1]].rstrip()} …"
    return f"{text[: most - 1].rpartition(' ')[0].rstrip(' ,;:') or text[: most - 1]}…"
