"""What a corrected text said before: published wordings compared, correction by correction."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from press import queries
from press.models import Correction, Release, Wording

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Above so many words a paragraph is shown whole, old and new: comparing word by word costs their product.
WORDS_COMPARED = 1_200
#: So many corrections are shown with their words, the newest; a text with more has another problem.
SHOWN = 20

SAME, GONE, NEW = "same", "gone", "new"
Piece = tuple[str, str]


@dataclass
class Changed:
    """A correction with what it changed in one language: paragraphs, each a list of (same | gone | new, words)."""

    correction: Correction
    paragraphs: list[list[Piece]] = field(default_factory=list)


def _pieces(old: str, new: str) -> list[Piece]:
    before, after = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    if not before or not after or len(before) + len(after) > WORDS_COMPARED:
        return [piece for piece in ((GONE, old), (NEW, new)) if piece[1]]
    found: list[Piece] = []
    matcher = SequenceMatcher(
        None, [word.strip() for word in before], [word.strip() for word in after], False
    )
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            found.append((SAME, "".join(after[c:d])))
            continue
        if b > a:
            found.append((GONE, "".join(before[a:b])))
        if d > c:
            found.append((NEW, "".join(after[c:d])))
    return found


def compare(old: str, new: str) -> list[list[Piece]]:
    """The paragraphs that differ between two plain texts, in order; those that stayed are left out."""
    before = [part for part in old.split("\n\n") if part.strip()]
    after = [part for part in new.split("\n\n") if part.strip()]
    found: list[list[Piece]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, False).get_opcodes():
        if what == "equal":
            continue
        gone, come = before[a:b], after[c:d]
        for number in range(max(len(gone), len(come))):
            pair = [(texts[number] if number < len(texts) else "") for texts in (gone, come)]
            found.append(_pieces(*pair))
    return found


def _steps(wordings: Iterable[Wording], since: dict[str, Any]) -> list[tuple[Wording, Wording]]:
    """Each change of words that readers could see, as (before, after), in order of time."""
    last: dict[str, Wording] = {}
    found = []
    for one in wordings:
        start = since.get(one.language)
        if start is None:
            continue
        if one.at > start and one.language in last:
            found.append((last[one.language], one))
        last[one.language] = one
    return found


def _owner(
    step: tuple[Wording, Wording], corrections: list[Correction], owned: set[int]
) -> Correction | None:
    """The correction that says a change: the one before it that has none yet, else the next one.

    An officer says it first and then publishes, or the other way round.
    """
    earlier = [one for one in corrections if one.at < step[1].at]
    if earlier and earlier[-1].pk not in owned:
        return earlier[-1]
    return next((one for one in corrections if one.at >= step[1].at), None)


def history(release: Release, *, language: str) -> list[Changed]:
    """The corrections of a release, newest first, each with what it changed in the words of `language`.

    Five queries. What was changed without a word said of it, and what a correction asks not to show, is left out;
    so is what nobody outside the team could read (drafts, and texts before the end of their embargo).
    """
    corrections = sorted(release.corrections.all(), key=lambda one: (one.at, one.pk))[-SHOWN:]
    since = {code: page.public_from for code, page in queries.live_pages_of(release).items()}
    owned: set[int] = set()
    spans: dict[int, tuple[str, str]] = {}
    for step in _steps(release.wordings.order_by("at", "pk"), since):
        if (owner := _owner(step, corrections, owned)) is None:
            continue
        owned.add(owner.pk)
        if step[0].language == language and owner.shows_words:
            first = spans[owner.pk][0] if owner.pk in spans else step[0].text
            spans[owner.pk] = (first, step[1].text)
    return [Changed(one, compare(*spans[one.pk]) if one.pk in spans else []) for one in reversed(corrections)]
