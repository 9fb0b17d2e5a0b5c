"""From the officer's questions to the fields of a form, and from what was typed back to answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from events import actions, queries
from events.forms import Asked
from events.models import WITH_CHOICES, Question, QuestionKind, Registration


def asked_of(
    questions: Iterable[Question], *, language: str, taken: dict[int, int], full: str = ""
) -> list[Asked]:
    """The questions as a form asks them. `taken` are the places not free of each choice.

    A choice without a place left stands in the form with the words `full`; without them it is only named.
    """
    found = []
    for question in questions:
        label, why = question.words(language)
        choices, gone = [], []
        for choice in question.choices.all():
            words = choice.title(language)
            if choice.places is None or taken.get(choice.pk, 0) < choice.places:
                choices.append((choice.uid.hex, words))
            elif full:
                choices.append((choice.uid.hex, f"{words} – {full}"))
            else:
                gone.append(words)
        if gone:
            why = " ".join(filter(None, (why, _("Full: %s.") % ", ".join(gone))))
        found.append(
            Asked(
                name=question.field_name,
                kind=question.kind,
                label=label,
                help=why,
                is_required=question.is_required,
                choices=tuple(choices),
            )
        )
    return found


def said_of(questions: Iterable[Question], typed: dict[str, Any], *, language: str) -> list[actions.Said]:
    """The validated values of a form as answers to these questions; what was left empty is none."""
    found = []
    for question in questions:
        value = typed.get(question.field_name)
        if question.kind == QuestionKind.FILE:
            found.append(actions.Said(question, file=value, file_name=value.name if value else ""))
        elif not value:
            continue
        elif question.kind in WITH_CHOICES:
            ticked = {value} if isinstance(value, str) else set(value)
            chosen = tuple(one for one in question.choices.all() if one.uid.hex in ticked)
            found.append(actions.Said(question, choices=chosen))
        elif question.kind == QuestionKind.CONSENT:
            found.append(actions.Said(question, text=question.words(language)[0]))
        else:
            found.append(actions.Said(question, text=value))
    return found


def in_words(answers: Iterable[actions.Said], *, language: str) -> list[tuple[str, str]]:
    """Answers to read again before sending, as (question, answer)."""
    found = []
    for said in answers:
        label = said.question.words(language)[0]
        if said.choices:
            found.append((label, ", ".join(one.title(language) for one in said.choices)))
        elif said.question.kind == QuestionKind.CONSENT:
            found.append((label, _("yes")))
        elif said.text:
            found.append((label, said.text))
    return found


def told(registration: Registration, *, language: str) -> list[tuple[str, str]]:
    """What somebody answered, as (question, answer) to read."""
    found = []
    for question, rows in queries.answers_of(registration):
        words = [row.choice.title(language) if row.choice else row.words for row in rows]
        agreed = question.kind == QuestionKind.CONSENT
        found.append((question.words(language)[0], _("yes") if agreed else ", ".join(words)))
    return found


def split(questions: Iterable[Question]) -> tuple[list[Question], list[Question]]:
    """The questions answered by typing, and those answered by a file."""
    rows = list(questions)
    files = [one for one in rows if one.kind == QuestionKind.FILE]
    return [one for one in rows if one.kind != QuestionKind.FILE], files
