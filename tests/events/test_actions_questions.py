"""Questions of a form: their order, what follows from what, and what was answered stays."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from events import actions, queries
from events.models import Event, Question
from tests.events.test_actions_categories import make_category
from tests.events.test_actions_form_answers import registered
from tests.factories.core import NOON
from tests.factories.events import make_event
from tests.factories.forms import choice_of, make_question, ticked

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make_event()


def test_a_question_follows_from_an_answer_before_it_and_from_none_after(event: Event) -> None:
    lodging = make_question(event, "Hébergement ?", "choice", choices=("Oui", "Non"))
    yes = choice_of(lodging, "Oui")
    follow = make_question(event, "Combien de nuits ?", only_if=yes)
    assert [one.order for one in (lodging, follow)] == [0, 1]
    lines = [{"uid": one.uid, "label": one.label} for one in lodging.choices.all()]
    later = {"order": 5}
    with pytest.raises(ValidationError):
        actions.keep_question(event=event, question=lodging, values=later, choices=lines, user=None, now=NOON)
    lodging.refresh_from_db()
    assert lodging.order == 0


def test_what_is_asked_depends_on_category_and_on_answers_that_are_asked_themselves(event: Event) -> None:
    press = make_category(event)
    lodging = make_question(event, "Hébergement ?", "choice", choices=("Oui", "Non"), categories=(press,))
    nights = make_question(event, "Combien de nuits ?", only_if=choice_of(lodging, "Oui"))
    diet = make_question(event, "Régime ?")
    every = list(queries.questions_of(event))
    yes = {choice_of(lodging, "Oui").uid.hex}

    def asked(category_id: int | None, ticked: set[str]) -> list[Question]:
        return queries.applicable(
            every, category_id=category_id, chosen=lambda one: ticked if one == lodging else set()
        )

    assert asked(press.pk, yes) == [lodging, nights, diet]
    assert asked(press.pk, set()) == [lodging, diet]
    assert asked(None, yes) == [diet]


def test_what_was_answered_is_neither_taken_away_nor_turned_into_another_kind(event: Event) -> None:
    workshop = make_question(event, "Atelier ?", "choice", choices=("Santé", "Énergie"))
    registered(event, 1, ticked(workshop, "Santé"))
    with pytest.raises(actions.QuestionInUse):
        actions.remove_question(question=workshop, user=None, now=NOON)
    with pytest.raises(ValidationError):
        actions.keep_question(event=event, question=workshop, values={"kind": "line"}, user=None, now=NOON)
    energy = [{"uid": choice_of(workshop, "Énergie").uid, "label": "Énergie"}]
    with pytest.raises(ValidationError):
        actions.keep_question(event=event, question=workshop, values={}, choices=energy, user=None, now=NOON)
    assert workshop.choices.count() == 2


def test_an_unanswered_question_goes_once_and_not_while_another_follows_from_it(event: Event) -> None:
    lodging = make_question(event, "Hébergement ?", "choice", choices=("Oui", "Non"))
    follow = make_question(event, "Nuits ?", only_if=choice_of(lodging, "Oui"))
    with pytest.raises(actions.QuestionInUse):
        actions.remove_question(question=lodging, user=None, now=NOON)
    for row in (follow, follow, lodging):
        actions.remove_question(question=row, user=None, now=NOON)
    assert not Question.objects.exists()


def test_a_choice_needs_something_to_choose(event: Event) -> None:
    with pytest.raises(ValidationError):
        make_question(event, "Atelier ?", "choice")
    assert not Question.objects.exists()
