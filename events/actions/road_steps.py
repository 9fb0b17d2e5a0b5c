"""What a road is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any


@dataclass(frozen=True)
class Step:
    """A task of a road: its name in the list, days from the event, what, how."""

    key: str
    days: int
    title: str
    note: str = ""


@dataclass(frozen=True)
class Text:
    key: str
    title: str
    body: str


@dataclass(frozen=True)
class Point:
    """A point of the running order: minutes, what, who; `at`: minutes from the start, where it has an hour."""

    minutes: int
    title: str
    who: str = ""
    note: str = ""
    at: int | None = None


@dataclass(frozen=True)
class Road:
    """How events of a kind are prepared: first values of the event, words of its page, tasks, texts,
    the points of its running order, whether its form asks people's sector, which the report counts by; and,
    where an event is begun, what its registration is set up with.

    `categories` and `badges` are values of the rows of these names; `questions` too, each with its "choices" and
    the answer that it is asked after as "after" (place of the question, place of the answer).
    """

    kind: str
    summary: str
    paragraphs: tuple[str, ...]
    steps: tuple[Step, ...]
    texts: tuple[Text, ...]
    running: tuple[Point, ...] = ()
    asks_sector: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    categories: tuple[Mapping[str, Any], ...] = ()
    questions: tuple[Mapping[str, Any], ...] = ()
    badges: Mapping[str, Any] | None = None
    days: int = 1
    start_time: time | None = time(9)
    end_time: time | None = time(17)
