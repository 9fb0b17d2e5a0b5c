"""What does not fit in a programme, and what changed from one version to the next. Pure functions of its content."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import time
from itertools import combinations
from typing import Any

from django.utils.translation import gettext as _

from cms.core import formats
from events.models import Event
from events.models.programme import SessionKind, days_of

Content = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Clash:
    """Two sessions that cannot both be, or one that does not fit the event: `sessions` are uids, `words` a sentence."""

    kind: str
    sessions: tuple[str, ...]
    words: str


def clashes(content: Content, event: Event) -> list[Clash]:
    """The same room or the same person twice at once, and sessions on a day that the event does not have.

    Sessions that follow one another without a minute between do not clash. A break takes no room.
    """
    names = {row["uid"]: row["name"] for kind in ("rooms", "speakers") for row in content[kind]}
    found = [
        Clash(
            "outside",
            (row["uid"],),
            _("“%(title)s” is on a day after the event's last one.") % {"title": row["title"]},
        )
        for row in content["sessions"]
        if row["day"] > days_of(event)
    ]
    for first, second in combinations(content["sessions"], 2):
        if not _at_once(first, second):
            continue
        pair, at = (first["uid"], second["uid"]), {"first": first["title"], "second": second["title"]}
        if first["room"] and first["room"] == second["room"] and not _is_break(first, second):
            words = _("%(room)s is taken twice at once: “%(first)s” and “%(second)s”.")
            found.append(Clash("room", pair, words % {"room": names.get(first["room"], ""), **at}))
        for uid in sorted(_who(first) & _who(second), key=lambda one: names.get(one, "")):
            words = _("%(name)s is in two places at once: “%(first)s” and “%(second)s”.")
            found.append(Clash("speaker", pair, words % {"name": names.get(uid, ""), **at}))
    return found


def _at_once(first: Row, second: Row) -> bool:
    same_day = first["day"] == second["day"]
    return bool(same_day and first["start"] < second["end"] and second["start"] < first["end"])


def _is_break(*rows: Row) -> bool:
    return any(row["kind"] == SessionKind.BREAK for row in rows)


def _who(row: Row) -> set[str]:
    return {one["speaker"] for one in row["people"]}


def by_session(found: Iterable[Clash]) -> dict[str, list[str]]:
    """The sentences about each session, by its uid."""
    said: dict[str, list[str]] = {}
    for clash in found:
        for uid in clash.sessions:
            said.setdefault(uid, []).append(clash.words)
    return said


# What changed --------------------------------------------------------------------------------------------------
_WHEN = ("day", "start", "end")
_WORDS = ("summary", "summary_en", "kind", "track")


def _change(what: str, row: Row, **values: Any) -> dict[str, Any]:
    return {"what": what, "uid": row["uid"], "title": row["title"], "title_en": row["title_en"], **values}


def changes(before: Content | None, after: Content) -> list[dict[str, Any]]:
    """The differences between two versions, in the order of the later one; [] for the first version.

    Each {"what": added, removed, moved, room, people, renamed or words, "uid", "title", "title_en", "before",
    "after"}: of a session that moved both are {day, start, end}, of a room and a title the names.
    """
    if before is None:
        return []
    old = {row["uid"]: row for row in before["sessions"]}
    kept = {row["uid"] for row in after["sessions"]}
    found = []
    for row in after["sessions"]:
        if row["uid"] not in old:
            found.append(_change("added", row, after={name: row[name] for name in _WHEN}))
        else:
            found += _differences(old[row["uid"]], row, before, after)
    return found + [_change("removed", row) for row in before["sessions"] if row["uid"] not in kept]


def _differences(old: Row, new: Row, before: Content, after: Content) -> Iterator[dict[str, Any]]:
    if any(old[name] != new[name] for name in _WHEN):
        yield _change(
            "moved",
            new,
            before={name: old[name] for name in _WHEN},
            after={name: new[name] for name in _WHEN},
        )
    rooms = [_name(content, row["room"]) for content, row in ((before, old), (after, new))]
    if rooms[0] != rooms[1]:
        yield _change("room", new, before=rooms[0], after=rooms[1])
    if (old["title"], old["title_en"]) != (new["title"], new["title_en"]):
        yield _change("renamed", new, before=old["title"], after=new["title"])
    if _people(before, old) != _people(after, new):
        yield _change("people", new)
    if any(old[name] != new[name] for name in _WORDS):
        yield _change("words", new)


def _name(content: Content, room: str | None) -> str:
    return next((one["name"] for one in content["rooms"] if one["uid"] == room), "")


def _people(content: Content, row: Row) -> list[tuple[str, ...]]:
    names = {one["uid"]: one["name"] for one in content["speakers"]}
    return [
        (names.get(one["speaker"], ""), one["part"], one["subject"], one["subject_en"])
        for one in row["people"]
    ]


def change_words(change: dict[str, Any], *, language: str, day_words: Callable[[int], str]) -> str:
    """A change as a sentence in the active language; `day_words` says the nth day of the event."""
    title = (change["title_en"] if language == "en" else "") or change["title"]
    said = {"title": title}
    match change["what"]:
        case "added":
            words = _("New: “%(title)s”, %(after)s.")
            return words % {**said, "after": _when(change["after"], day_words)}
        case "removed":
            return _("Taken off: “%(title)s”.") % said
        case "moved":
            both = {name: _when(change[name], day_words) for name in ("before", "after")}
            return _("“%(title)s” moves from %(before)s to %(after)s.") % {**said, **both}
        case "room":
            to = {"after": change["after"] or _("a room to be fixed")}
            return _("“%(title)s” takes place in another room: %(after)s.") % {**said, **to}
        case "renamed":
            return _("“%(before)s” is now called “%(title)s”.") % {**said, "before": change["before"]}
        case "people":
            return _("“%(title)s”: other speakers or subjects.") % said
    return _("“%(title)s”: the words changed.") % said


def _when(at: dict[str, Any], day_words: Callable[[int], str]) -> str:
    hours = {name: formats.clock_time(time.fromisoformat(at[name])) for name in ("start", "end")}
    return _("%(day)s, %(start)s–%(end)s") % {"day": day_words(at["day"]), **hours}
