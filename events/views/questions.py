"""The officer's screen of what an event's form asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock
from events import actions, queries
from events.actions.questions import FIELDS
from events.forms import ChoiceLines, QuestionForm
from events.models import WITH_CHOICES, Choice, Event, Question, QuestionKind
from events.views.once import once

if TYPE_CHECKING:
    from django.http import HttpRequest

KEEP = "events.manage_registrations"


def _event(request: HttpRequest, pk: int) -> Event:
    if not request.user.has_perm(KEEP):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _list(event: Event) -> str:
    return reverse("events_questions", args=[event.pk])


def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """What the form of one event asks, in its order."""
    event = _event(request, pk)
    context = {"event": event, "questions": list(queries.questions_of(event))}
    return render(request, "events/forms/questions.html", context)


@once
def question(request: HttpRequest, pk: int, uid: Any = None) -> HttpResponse:
    """Make a question, or change one of this event (of another one: 404)."""
    event = _event(request, pk)
    row = get_object_or_404(Question, uid=uid, event=event) if uid is not None else None
    categories = {one.uid.hex: one for one in queries.categories_of(event)}
    earlier = _earlier(event, row)
    form = QuestionForm(
        request.POST or None,
        kinds=QuestionKind.choices,
        categories=[(key, str(one)) for key, one in categories.items()],
        earlier=[(key, f"{one.question} : {one}") for key, one in earlier.items()],
        initial=_initial(row),
    )
    lines = ChoiceLines(request.POST or None, prefix="choices", initial=_lines(row))
    if request.method == "POST" and form.is_valid() and lines.is_valid():
        said = dict(form.cleaned_data)
        ticked = [categories[key] for key in said.pop("categories", [])]
        said["only_if"] = earlier.get(said.get("only_if") or "")
        try:
            actions.keep_question(
                event=event,
                question=row,
                values=said,
                categories=ticked,
                choices=[line for line in lines.cleaned_data if line.get("label")],
                user=request.user,
                now=clock.now(),
            )
        except ValidationError as error:
            form.add_error(None, "; ".join(error.messages))
        else:
            messages.success(request, _("The question “%s” is kept.") % said["label"])
            return HttpResponseRedirect(_list(event))
    context = {"event": event, "question": row, "form": form, "lines": lines, "back": _list(event)}
    return render(request, "events/forms/question.html", context, status=422 if form.errors else 200)


def _initial(row: Question | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {name: getattr(row, name) for name in FIELDS if name != "only_if"} | {
        "categories": [one.uid.hex for one in row.categories.all()],
        "only_if": row.only_if.uid.hex if row.only_if else "",
    }


def _lines(row: Question | None) -> list[dict[str, Any]]:
    names = ("uid", "label", "label_en", "places")
    return [{name: getattr(one, name) for name in names} for one in row.choices.all()] if row else []


def _earlier(event: Event, row: Question | None) -> dict[str, Choice]:
    """The answers that a question may follow from: those of others, before it."""
    found = queries.choices_of(event).filter(question__kind__in=WITH_CHOICES)
    if row is not None:
        found = found.exclude(question=row).filter(question__order__lte=row.order)
    return {one.uid.hex: one for one in found}


def remove_question(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Take away a question of this event that nobody answered."""
    event = _event(request, pk)
    row = get_object_or_404(Question, uid=uid, event=event)
    if request.method == "POST":
        try:
            actions.remove_question(question=row, user=request.user, now=clock.now())
        except actions.QuestionInUse:
            words = _(
                "“%s” was answered, or another question follows from it: untick “The form asks it” instead."
            )
            messages.error(request, words % row)
        else:
            messages.success(request, _("The question “%s” is taken away.") % row)
        return HttpResponseRedirect(_list(event))
    context = {
        "button": {"label": _("Take this question away"), "explanation": str(row), "danger": True},
        "event": event,
        "form": forms.Form(),
        "back": _list(event),
    }
    return render(request, "events/admin/button.html", context)
