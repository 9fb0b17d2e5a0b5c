"""The questions of an event's form: made, changed, no longer asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from cms.core.actions import log_thing
from events.actions import seats
from events.actions.errors import EventsError
from events.models import (
    WITH_CHOICES,
    Answer,
    Category,
    Choice,
    Event,
    Question,
    QuestionKind,
)

FIELDS = (
    "kind",
    "label",
    "label_en",
    "help",
    "help_en",
    "is_required",
    "is_asked",
    "is_sector",
    "order",
    "only_if",
)
CHOICE_FIELDS = ("label", "label_en", "places")


class QuestionInUse(EventsError):
    """People answered this question, or another one follows from it: it can be asked no longer, not taken away."""


@transaction.atomic
def keep_question(
    *,
    event: Event,
    question: Question | None = None,
    values: dict[str, Any],
    categories: Iterable[Category] = (),
    choices: Iterable[dict[str, Any]] = (),
    user: Any,
    now: datetime,
) -> Question:
    """Make a question, or change one, with its answers to choose in their order.

    `values` are of FIELDS; `choices` of CHOICE_FIELDS, with "uid" for one that is there already. An answer left out
    goes, unless somebody chose it. Places added go to those who wait. Of an event's questions one tells the sector:
    the one said last. Raises ValidationError, in words.
    """
    dates = seats.take_dates(event)
    row = Question.objects.select_for_update().get(pk=question.pk) if question else Question(event=event)
    if row.pk and "kind" in values and values["kind"] != row.kind and row.answers.exists():
        raise ValidationError({"kind": _("People have answered: the kind of answer stays as it is.")})
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    if values.get("order") is None:
        row.order = question.order if question else _last(event)
    _settle_sector(row)
    row.save()
    row.categories.set(categories)
    _keep_choices(row, list(choices) if row.kind in WITH_CHOICES else [])
    _check_order(event)
    log_thing(event, action="question.kept", user=user, now=now, changes={"question": row.label})
    seats.promote_all(dates, now=now)
    return row


def _settle_sector(row: Question) -> None:
    if not row.is_sector:
        return
    if row.kind != QuestionKind.CHOICE:
        raise ValidationError({"is_sector": _("The sector is a question with one choice.")})
    Question.objects.filter(event=row.event, is_sector=True).exclude(pk=row.pk).update(is_sector=False)


def _last(event: Event) -> int:
    last = Question.objects.filter(event=event).aggregate(last=Max("order"))["last"]
    return 0 if last is None else last + 1


def _keep_choices(question: Question, choices: list[dict[str, Any]]) -> None:
    if question.kind in WITH_CHOICES and len(choices) < 1:
        raise ValidationError(_("Write at least one answer to choose."))
    known = {one.uid: one for one in question.choices.all()}
    for place, said in enumerate(choices):
        uid = said.get("uid")
        choice = (known.pop(uid, None) if uid else None) or Choice(question=question)
        for name in CHOICE_FIELDS:
            setattr(choice, name, said.get(name) or ("" if name != "places" else None))
        choice.order = place
        choice.save()
    for left in known.values():
        if left.answers.exists() or left.followed_by.exists():
            raise ValidationError(
                _("“%(answer)s” stays: somebody chose it, or a question follows from it."),
                params={"answer": left.label},
            )
        left.delete()


def _check_order(event: Event) -> None:
    """A question that follows from an answer stands after the one it follows from."""
    places = {row.pk: place for place, row in enumerate(Question.objects.filter(event=event))}
    for row in Question.objects.filter(event=event).exclude(only_if=None).select_related("only_if"):
        above = places.get(row.only_if.question_id) if row.only_if else None
        if above is None or above >= places[row.pk]:
            raise ValidationError(
                _("“%(question)s” follows from an answer: it must come after that question."),
                params={"question": row.label},
            )


@transaction.atomic
def remove_question(*, question: Question, user: Any, now: datetime) -> None:
    """Take a question away. Raises QuestionInUse once anybody answered it, or while another follows from it."""
    row = Question.objects.select_for_update().filter(pk=question.pk).first()
    if row is None:
        return
    followed = Question.objects.filter(only_if__question=row).exists()
    if followed or Answer.objects.filter(question=row).exists():
        raise QuestionInUse
    log_thing(row.event, action="question.removed", user=user, now=now, changes={"question": row.label})
    row.delete()
