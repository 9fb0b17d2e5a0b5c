"""An event's questions, and what people answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from cms.core.models import Sector
from events.models import Answer, Choice, Event, Occurrence, Question, Registration


def questions_of(event: Event) -> QuerySet[Question]:
    """All questions of an event in their order, with choices and categories."""
    return (
        Question.objects.filter(event=event)
        .prefetch_related("choices", "categories")
        .select_related("only_if__question")
        .order_by("order", "pk")
    )


def sector_choices() -> list[dict[str, str]]:
    """The programme's sectors as answers to choose: "label" in French, "label_en" where it is said in English."""
    french = Sector.objects.filter(locale__language_code="fr").order_by("name")
    english = Sector.objects.filter(locale__language_code="en")
    names = dict(english.values_list("translation_key", "name"))
    return [{"label": one.name, "label_en": names.get(one.translation_key, "")} for one in french]


def applicable(
    questions: Iterable[Question], *, category_id: int | None, chosen: Callable[[Question], set[str]]
) -> list[Question]:
    """Those of the questions that are asked of somebody in this category who has `chosen` these answers so far.

    `chosen(question)` are the uids (hex) ticked in it; answers to a question that is not asked count for nothing.
    """
    asked: list[Question] = []
    ticked: set[str] = set()
    for question in questions:
        only_for = {one.pk for one in question.categories.all()}
        if only_for and category_id not in only_for:
            continue
        if question.only_if is not None and question.only_if.uid.hex not in ticked:
            continue
        asked.append(question)
        ticked |= chosen(question)
    return asked


def taken_by_choice(row: Occurrence, *, now: datetime) -> dict[int, int]:
    """How many places of each choice are not free for a date, by the choice's key."""
    taking = Registration.objects.filter(occurrence=row).taking_a_seat(now).order_by().values("pk")
    made = Answer.objects.filter(registration__in=taking).exclude(choice=None)
    return dict(made.order_by().values_list("choice_id").annotate(number=Count("pk")))


def answers_of(registration: Registration) -> list[tuple[Question, list[Answer]]]:
    """What somebody answered, question by question."""
    rows = registration.answers.select_related("question", "choice").order_by(
        "question__order", "question", "choice__order", "pk"
    )
    found: dict[int, tuple[Question, list[Answer]]] = {}
    for row in rows:
        found.setdefault(row.question_id, (row.question, []))[1].append(row)
    return list(found.values())


def given(registration: Registration) -> dict[str, Any]:
    """What somebody answered, as the first values of a form that asks again."""
    values: dict[str, Any] = {}
    for question, rows in answers_of(registration):
        chosen = [row.choice.uid.hex for row in rows if row.choice is not None]
        if question.kind == "choices":
            values[question.field_name] = chosen
        elif chosen:
            values[question.field_name] = chosen[0]
        elif question.kind == "consent":
            values[question.field_name] = True
        elif question.kind != "file":
            values[question.field_name] = rows[0].text
    return values


def choices_of(event: Event) -> QuerySet[Choice]:
    """All answers to choose of an event's questions, with the question."""
    return (
        Choice.objects.filter(question__event=event)
        .select_related("question")
        .order_by("question__order", "question", "order", "pk")
    )
