"""The closed list of personal placeholders, and how a value stays inert whatever was typed into it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Placeholder:
    """A word that differs from one recipient to the next.

    label: what an officer reads of it. sample: what a preview shows in its place. is_link: it holds an address, so
    it stands in a link and never among words; the frame has one where it is needed, an officer writes none.
    """

    label: Any
    sample: Any
    is_link: bool = False


#: What a text may hold as ``[[name]]``, and nothing else may: a text with another one is refused.
PLACEHOLDERS: dict[str, Placeholder] = {
    "greeting": Placeholder(_("how the person is addressed"), _("Dear Madam Director,")),
    "name": Placeholder(_("name"), _("Aminata Traoré")),
    "function": Placeholder(_("function"), _("director")),
    "organisation": Placeholder(_("organisation"), _("University of Bamako")),
    "view_url": Placeholder(_("the mail in the browser"), "#", is_link=True),
    "preferences_url": Placeholder(_("what the person receives"), "#", is_link=True),
    "unsubscribe_url": Placeholder(_("the way out"), "#", is_link=True),
}
#: Those that an officer may write.
WORDS = {name: one for name, one in PLACEHOLDERS.items() if not one.is_link}
PLACEHOLDER = re.compile(r"\[\[(" + "|".join(PLACEHOLDERS) + r")\]\]")
_ANYTHING = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
# An address, in a link or bare among words: mail programs make links of those.
_ADDRESS = re.compile(
    r"""\bhref\s*=\s*(?:"[^"]*"|'[^']*')|(?:\b[a-z][a-z0-9+.-]*://|\bmailto:|\bwww\.)[^\s"'<>]*""",
    re.IGNORECASE,
)

_WORD_JOINER = "\u2060"
# A dot or a scheme's colon inside a word: what mail programs turn into links.
_LINK_LIKE = re.compile(r"(?<=\w)([.:])(?=[^\W\d_]|/)|(?<=\w)(@)(?=\w)|(\[)(?=\[)")
_MAX_CHARS = 300


def inert(value: str) -> str:
    """Return `value` as one line of at most 300 characters that no mail program makes a link of.

    Controls, line breaks and bidirectional overrides go; an invisible word joiner breaks what looks like an
    address, a domain or a placeholder. Markup is left as typed: the HTML part escapes it.
    """
    if value.isprintable() and len(value) <= _MAX_CHARS and not _LINK_LIKE.search(value):
        return " ".join(value.split())
    kept = "".join(
        " " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char
        for char in value
        if not ("\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069")
    )
    text = " ".join(kept.split())[:_MAX_CHARS]
    return _LINK_LIKE.sub(lambda found: f"{found.group(0)}{_WORD_JOINER}", text)


def inert_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make every string of a JSON-like mapping inert, except those of keys ending in ``url``."""

    def clean(key: str, value: Any) -> Any:
        if isinstance(value, str):
            return " ".join(value.split()) if key.endswith("url") else inert(value)
        if isinstance(value, Mapping):
            return {str(inner): clean(str(inner), item) for inner, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [clean(key, item) for item in value]
        return value

    return {str(key): clean(str(key), value) for key, value in values.items()}


def unknown(text: str) -> list[str]:
    """The ``[[…]]`` of an officer's text that are none of the list, each once: they would reach people as they are."""
    return [name for name in dict.fromkeys(_ANYTHING.findall(text)) if name not in WORDS]


def in_addresses(text: str) -> list[str]:
    """The placeholders inside addresses, linked or bare: a person's words are no address."""
    return list(dict.fromkeys(_ANYTHING.findall(" ".join(_ADDRESS.findall(text)))))


def sampled(text: str, *, markup: bool) -> str:
    """A text with each placeholder as a preview shows it."""

    def shown(found: re.Match[str]) -> str:
        sample = str(PLACEHOLDERS[found.group(1)].sample)
        return escape(sample) if markup else sample

    return PLACEHOLDER.sub(shown, text)
