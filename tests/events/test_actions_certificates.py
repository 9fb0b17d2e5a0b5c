"""Certificates are given once, in the words of the day, and revoked in the open."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cms.mailing.models import Delivery
from events.actions import certificates as actions
from events.actions.errors import NotTaken
from events.models import Certificate, Event, Registration
from events.models.programme import Part
from events.queries.papers import certificate_by_code, to_certify
from events.validators.papers import fill
from tests.factories.core import NOON
from tests.factories.events import make_registration
from tests.factories.programme import make_forum, make_row, make_session
from tests.support.shared import laid

pytestmark = pytest.mark.django_db
WORDS = {
    "title": "Attestation", "body": "[[nom]] a pris part à [[evenement]], [[dates]], à [[lieu]].\n\n[[sujet]]",
    "place": "Bamako", "first_name": "Issa Koné", "first_function": "Coordinateur",
    "second_name": "Awa Bâ", "second_function": "Doyenne",
}  # fmt: skip


@pytest.fixture(scope="module")
def laid_forum(django_db_setup: None, django_db_blocker: Any) -> Iterator[Event]:
    with laid(django_db_blocker):
        event = make_forum()
        date = event.occurrences.get()
        for number in (1, 2):
            person = make_registration(date, number)
            Registration.objects.filter(pk=person.pk).update(attended_at=NOON if number == 1 else None)
        who, chair = make_row(event, "speaker", "Fanta Sy"), make_row(event, "speaker", "Bocar Sow")
        make_session(event, "L’eau", people=[(who, Part.SPEAKER, "Du puits au fleuve"), (chair, Part.CHAIR)])
        for role in ("attendee", "speaker", "chair"):
            actions.change_model(event=event, role=role, language="fr", values=WORDS, user=None, now=NOON)
        yield event


@pytest.fixture
def forum(laid_forum: Event, db: None) -> Event:
    return deepcopy(laid_forum)


def issue(event: Event, role: str = "attendee", people: Any = None, **values: Any) -> list[Certificate]:
    chosen = to_certify(event, role) if people is None else people
    return actions.issue_certificates(event=event, role=role, people=chosen, user=None, now=NOON, **values)


def test_those_who_came_are_given_one_in_the_words_of_the_event(forum: Event) -> None:
    (made,) = issue(forum)
    assert made.name == "Invité 1"
    assert made.words["paragraphs"][0].startswith("Invité 1 a pris part à Forum, du ")
    assert made.words["paragraphs"][0].endswith(", à Maison de la presse.")
    assert [one["name"] for one in made.words["signatories"]] == ["Issa Koné", "Awa Bâ"]


def test_given_twice_it_is_one_and_the_person_is_written_to_once(forum: Event) -> None:
    person = Registration.objects.get(name="Invité 1", occurrence__event=forum)
    assert len(issue(forum, people=[person])) == 1
    assert issue(forum, people=[person]) == []
    assert Delivery.objects.filter(mailing__renderer="events.certificate").count() == 1


def test_nobody_is_written_to_where_that_is_not_wanted(forum: Event) -> None:
    issue(forum, writes=False)
    assert not Delivery.objects.filter(mailing__renderer="events.certificate").exists()


def test_the_database_keeps_a_second_one_out(forum: Event) -> None:
    (made,) = issue(forum)
    values = {"event": forum, "role": "attendee", "registration": made.registration, "name": "x", "words": {}}
    with pytest.raises(IntegrityError, match="one_certificate_for_a_role"), transaction.atomic():
        Certificate.objects.create(code="0" * 16, issued_at=NOON, **values)


def test_speakers_and_chairs_are_those_of_the_programme_with_what_they_spoke_about(forum: Event) -> None:
    (spoke,), (chaired,) = issue(forum, "speaker"), issue(forum, "chair")
    assert (spoke.name, spoke.words["paragraphs"][1]) == ("Fanta Sy", "Du puits au fleuve")
    assert (chaired.name, chaired.words["paragraphs"][1]) == ("Bocar Sow", "L’eau")


def test_somebody_of_another_event_is_given_none(forum: Event) -> None:
    stranger = make_registration(make_forum().occurrences.get(), 9)
    assert issue(forum, people=[stranger]) == []


def test_words_are_written_before_a_certificate_is_given(forum: Event) -> None:
    with pytest.raises(actions.NoModel):
        issue(forum, "trainee")


def test_later_words_do_not_touch_what_was_given(forum: Event) -> None:
    (made,) = issue(forum)
    values = {**WORDS, "title": "Autre titre"}
    actions.change_model(event=forum, role="attendee", language="fr", values=values, user=None, now=NOON)
    made.refresh_from_db()
    assert made.words["title"] == "Attestation"


def test_a_revoked_one_stays_and_another_may_be_given(forum: Event) -> None:
    (made,) = issue(forum)
    actions.revoke_certificate(certificate=made, reason="Nom mal écrit", user=None, now=NOON)
    with pytest.raises(NotTaken):
        actions.revoke_certificate(certificate=made, reason="", user=None, now=NOON)
    (again,) = issue(forum)
    assert again.code != made.code
    found = certificate_by_code(made.spelt)
    assert found is not None
    assert not found.holds


@pytest.mark.parametrize("field", ["title", "body", "place"])
def test_a_field_that_there_is_not_is_refused(field: str, forum: Event) -> None:
    values = {**WORDS, field: "Bonjour [[motdepasse]]"}
    with pytest.raises(ValidationError):
        actions.change_model(event=forum, role="attendee", language="fr", values=values, user=None, now=NOON)


def test_what_a_name_holds_is_never_read_as_a_field() -> None:
    values = {"nom": "[[lieu]] {{ settings.SECRET_KEY }} {0.__class__} %(x)s", "lieu": "Bamako"}
    assert fill("[[nom]]", values) == values["nom"]


@pytest.mark.parametrize("typed", ["{code}", "{spelt}", " {spelt} ", "{lower}"])
def test_a_code_is_found_however_it_was_typed(typed: str, forum: Event) -> None:
    (made,) = issue(forum)
    text = typed.format(code=made.code, spelt=made.spelt, lower=made.spelt.lower())
    assert certificate_by_code(text) == made
    assert certificate_by_code(made.code[:-1]) is None
