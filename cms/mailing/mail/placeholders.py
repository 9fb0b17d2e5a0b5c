"""The closed list of personal placeholders, and how a value stays inert whatever was typed into it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

#: What a text may hold as ``[[name]]``; anything else stays as it was written.
PLACEHOLDERS = (
    "name",
    "greeting",
    "function",
    "organisation",
    "view_url",
    "preferences_url",
    "unsubscribe_url",
)
PLACEHOLDER = re.compile(r"\[\[(" + "|".join(PLACEHOLDERS) + r")\]\]")

_WORD_JOINER = "\u2060"
# A dot or a scheme's colon inside a word: what mail programs turn into links.
_LINK_LIKE = re.compile(r"(?<=\w)([.:])(?=[^\W\d_]|/)|(?<=\w)(@)(?=\w)")
_MAX_CHARS = 300


def inert(value: str) -> str:
    """Return `value` as one line of at most 300 characters that no mail program makes a link of.

    Controls, line breaks and bidirectional overrides go; an invisible word joiner breaks what looks like an
    address or a domain. Markup is left as typed: the HTML part escapes it.
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
