"""What a registration says, changed by its holder or by staff: one form, one action."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events import actions, queries
from events.forms import ChangeForm
from events.models import Question, Registration
from events.views import asking


class Changing:
    """The questions that are asked of one registration, with what it answered; `user` for staff."""

    def __init__(self, registration: Registration, *, user: Any = None, now: datetime) -> None:
        self.registration, self.user = registration, user
        self.taken = queries.taken_by_choice(registration.occurrence, now=now)
        self.given = queries.given(registration)
        self.questions: list[Question] = []

    def form(self, data: Any = None, files: Any = None) -> ChangeForm:
        """The form, with what was answered; with the questions that follow from what is typed in it."""
        registration = self.registration
        every = list(queries.questions_of(registration.occurrence.event).filter(is_asked=True))
        self.questions = queries.applicable(
            every, category_id=registration.category_id, chosen=lambda one: self._chosen(one, data)
        )
        asked = asking.asked_of(
            self.questions,
            language=registration.language,
            taken=self._taken_by_others(),
            full=_("full"),
        )
        form = ChangeForm(
            data,
            files,
            asked=asked,
            kinds=actions.FILE_KINDS,
            limit=actions.FILE_BYTES,
            initial={
                "name": registration.name,
                "organisation": registration.organisation,
                **self.given,
            },
        )
        self._soften(form)
        return form

    def _chosen(self, question: Question, data: Any) -> set[str]:
        if data is not None:
            return set(data.getlist(question.field_name))
        given = self.given.get(question.field_name, ())
        return {given} if isinstance(given, str) else set(given if isinstance(given, list) else ())

    def _taken_by_others(self) -> dict[int, int]:
        mine = set(self.registration.chosen)
        return {pk: number - (pk in mine) for pk, number in self.taken.items()}

    def _soften(self, form: ChangeForm) -> None:
        """A file that is there need not be joined again; a name that was approved is not the holder's to change."""
        there = {row.question_id: row.file_name for row in self.registration.answers.exclude(file="")}
        for question in self.questions:
            if question.pk in there:
                field = form.fields[question.field_name]
                field.required = False
                field.help_text = (
                    _("There is “%s” already; another file takes its place.") % there[question.pk]
                )
        if self.user is None and not actions.may_rename(self.registration):
            form.fields["name"].disabled = True
            form.fields["name"].help_text = _(
                "Your name was submitted to the organisers: write to them to change it."
            )

    def keep(self, form: ChangeForm, *, now: datetime) -> int:
        """Take what a valid form says. Returns 200, or the status of an error that the form then shows."""
        said = form.cleaned_data
        try:
            actions.change_answers(
                registration=self.registration,
                name=said["name"],
                organisation=said["organisation"],
                answers=asking.said_of(self.questions, said, language=self.registration.language),
                user=self.user,
                now=now,
            )
        except actions.OccurrenceFull:
            form.add_error(
                None, _("What you chose has just been filled: choose another, or keep what you had.")
            )
            return 409
        except actions.OutletFull:
            form.add_error("organisation", _("The places of this newsroom are taken: call us."))
            return 409
        except (actions.NotTaken, actions.AlreadyOver):
            form.add_error(None, _("This registration cannot be changed any more."))
            return 409
        except ValidationError as error:
            form.add_error(None, "; ".join(error.messages))
            return 422
        return 200
