"""What does not fit in a programme, and what changed: pure functions of its content."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from events.models import Event
from events.queries.clashes import by_session, change_words, changes, clashes

EVENT = Event(name="Forum", start_date=date(2027, 2, 1), end_date=date(2027, 2, 2))


def row(uid: str, start: str = "09:00", end: str = "10:00", **values: Any) -> dict[str, Any]:
    empty = {"title_en": "", "summary": "", "summary_en": "", "track": None, "room": None, "people": []}
    said = {"uid": uid, "title": uid.upper(), "kind": "session", "day": 1, "start": start, "end": end}
    return {**empty, **said, **values}


def speaks(*uids: str) -> list[dict[str, str]]:
    return [{"speaker": uid, "part": "speaker", "subject": "", "subject_en": ""} for uid in uids]


def content(*rows: dict[str, Any]) -> dict[str, Any]:
    rooms = [
        {"uid": "r1", "name": "Grande salle", "seats": None},
        {"uid": "r2", "name": "Salle B", "seats": None},
    ]
    people = [{"uid": "p1", "name": "Awa"}, {"uid": "p2", "name": "Issa"}]
    return {"rooms": rooms, "tracks": [], "speakers": people, "sessions": list(rows)}


@pytest.mark.parametrize(
    ("first", "second", "kinds"),
    [
        (row("a", room="r1"), row("b", "09:30", "11:00", room="r1"), {"room"}),
        (row("a", room="r1"), row("b", "10:00", "11:00", room="r1"), set()),
        (row("a", room="r1"), row("b", room="r2"), set()),
        (row("a", room="r1"), row("b", room="r1", day=2), set()),
        (row("a", room="r1"), row("b", room="r1", kind="break"), set()),
        (row("a"), row("b"), set()),
        (row("a", people=speaks("p1")), row("b", "09:59", "11:00", people=speaks("p2", "p1")), {"speaker"}),
        (row("a", people=speaks("p1")), row("b", people=speaks("p2")), set()),
        (
            row("a", room="r1", people=speaks("p1")),
            row("b", room="r1", people=speaks("p1")),
            {"room", "speaker"},
        ),
        (row("a"), row("b", day=3), {"outside"}),
    ],
)
def test_a_room_and_a_person_are_in_one_place_at_a_time(
    first: dict[str, Any], second: dict[str, Any], kinds: set[str]
) -> None:
    assert {one.kind for one in clashes(content(first, second), EVENT)} == kinds
    assert {one.kind for one in clashes(content(second, first), EVENT)} == kinds


def test_each_session_is_told_of_its_clashes_by_name() -> None:
    with translation.override("fr"):
        found = by_session(clashes(content(row("a", room="r1"), row("b", room="r1")), EVENT))
    assert set(found) == {"a", "b"}
    (words,) = found["a"]
    assert words.replace("\u00a0", " ") == "Grande salle est prise deux fois en même temps : « A » et « B »."


@pytest.mark.parametrize(
    ("after", "what", "words"),
    [
        (
            row("a", "09:30", "10:30"),
            "moved",
            "« A » est déplacée : J1, 9 h 30–10 h 30, au lieu de J1, 9 h 00–10 h 00.",
        ),
        (row("a", day=2), "moved", "« A » est déplacée : J2, 9 h 00–10 h 00, au lieu de J1, 9 h 00–10 h 00."),
        (row("a", room="r2"), "room", "« A » change de salle : Salle B."),
        (row("a", title="Autre"), "renamed", "« A » s’appelle désormais « Autre »."),
        (row("a", people=speaks("p1")), "people", "« A » : les intervenants ou les sujets changent."),
        (row("a", summary="Mieux"), "words", "« A » : la présentation est revue."),
    ],
)
def test_a_change_is_told_in_a_sentence(after: dict[str, Any], what: str, words: str) -> None:
    (found,) = changes(content(row("a")), content(after))
    assert found["what"] == what
    with translation.override("fr"):
        said = change_words(found, language="fr", day_words=lambda number: f"J{number}")
    assert said.replace("\u00a0", " ") == words


def test_what_is_new_and_what_is_gone_are_told() -> None:
    found = changes(content(row("a")), content(row("b", title_en="In English")))
    assert [(one["what"], one["uid"]) for one in found] == [("added", "b"), ("removed", "a")]
    assert "In English" in change_words(found[0], language="en", day_words=str)


def test_the_first_version_changes_nothing() -> None:
    assert changes(None, content(row("a"))) == []
    assert changes(content(row("a")), content(row("a"))) == []
