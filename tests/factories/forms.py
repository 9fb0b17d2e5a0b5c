"""Questions of an event's form, and answers to them."""

from __future__ import annotations

from typing import Any

from events import actions
from events.models import Category, Choice, Event, Question
from tests.factories.core import NOON


def make_question(
    event: Event,
    label: str = "Que mangez-vous ?",
    kind: str = "line",
    *,
    choices: tuple[Any, ...] = (),
    categories: tuple[Category, ...] = (),
    **values: Any,
) -> Question:
    """A question; `choices` are labels, or (label, places)."""
    lines = [one if isinstance(one, tuple) else (one, None) for one in choices]
    return actions.keep_question(
        event=event,
        values={"label": label, "kind": kind, **values},
        categories=categories,
        choices=[{"label": words, "places": places} for words, places in lines],
        user=None,
        now=NOON,
    )


def choice_of(question: Question, label: str) -> Choice:
    return question.choices.get(label=label)


def ticked(question: Question, *labels: str) -> actions.Said:
    """These choices, as an answer."""
    return actions.Said(question, choices=tuple(choice_of(question, label) for label in labels))
