"""Answers: places of a choice, changes by the holder, files that are private and erased in time."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from events import actions, queries
from events.models import Answer, Event, Occurrence, Question, Receipt, Registration
from tests.events.test_actions_categories import make_category, state
from tests.factories.core import NOON
from tests.factories.events import make_event, make_registration
from tests.factories.forms import choice_of, make_question, ticked
from tests.factories.media_library import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "registration-files"


@pytest.fixture
def event() -> Event:
    return make_event(capacity=10)


@pytest.fixture
def workshop(event: Event) -> Question:
    return make_question(event, "Quel atelier ?", "choice", choices=(("Santé", 1), "Énergie"))


def registered(event: Event, number: int, *answers: actions.Said, **values: Any) -> Registration:
    return make_registration(event.occurrences.get(), number, answers=answers, **values)


def changed(registration: Registration, *answers: actions.Said, **values: Any) -> Registration:
    said = {"name": registration.name, "organisation": "", "now": NOON, **values}
    return actions.change_answers(registration=registration, answers=answers, **said)


def letter(name: str = "lettre.pdf", body: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body or pdf())


def test_who_chooses_what_is_full_waits_and_gets_the_place_that_comes_free(
    event: Event, workshop: Question
) -> None:
    first = registered(event, 1, ticked(workshop, "Santé"))
    second = registered(event, 2, ticked(workshop, "Santé"))
    third = registered(event, 3, ticked(workshop, "Énergie"))
    assert [state(one) for one in (first, second, third)] == ["confirmed", "waiting", "confirmed"]
    actions.cancel(registration=first, now=NOON)
    assert state(second) == "confirmed"


def test_without_a_waiting_list_what_is_full_is_refused(workshop: Question, event: Event) -> None:
    event.has_waiting_list = False
    event.save()
    registered(event, 1, ticked(workshop, "Santé"))
    with pytest.raises(actions.OccurrenceFull):
        registered(event, 2, ticked(workshop, "Santé"))


def test_more_places_go_to_those_who_wait(event: Event, workshop: Question) -> None:
    registered(event, 1, ticked(workshop, "Santé"))
    waiting = registered(event, 2, ticked(workshop, "Santé"))
    lines = [{"uid": one.uid, "label": one.label, "places": 2} for one in workshop.choices.all()]
    actions.keep_question(event=event, question=workshop, values={}, choices=lines, user=None, now=NOON)
    assert state(waiting) == "confirmed"


def test_the_holder_changes_answers_and_a_full_choice_changes_nothing(
    event: Event, workshop: Question
) -> None:
    registered(event, 1, ticked(workshop, "Santé"))
    holder = registered(event, 2, ticked(workshop, "Énergie"))
    with pytest.raises(actions.OccurrenceFull):
        changed(holder, ticked(workshop, "Santé"), name="Autre")
    holder.refresh_from_db()
    assert (holder.name, holder.chosen) == ("Invité 2", [choice_of(workshop, "Énergie").pk])
    changed(holder, ticked(workshop, "Énergie"), name="Oumou Keïta", organisation="Radio")
    holder.refresh_from_db()
    assert (holder.name, holder.organisation, holder.state) == ("Oumou Keïta", "Radio", "confirmed")


def test_a_place_left_by_a_change_goes_to_who_waits_for_it(event: Event, workshop: Question) -> None:
    first = registered(event, 1, ticked(workshop, "Santé"))
    waiting = registered(event, 2, ticked(workshop, "Santé"))
    changed(first, ticked(workshop, "Énergie"))
    assert state(waiting) == "confirmed"


def test_a_name_that_was_approved_is_changed_by_the_unit_alone(event: Event) -> None:
    press = make_category(event, access="approval")
    holder = registered(event, 1, category=press)
    assert changed(holder, name="Un autre").name == "Invité 1"


def test_what_ended_or_is_over_is_changed_no_more(event: Event) -> None:
    holder = registered(event, 1)
    with pytest.raises(actions.AlreadyOver):
        changed(holder, now=NOON + timedelta(days=3))
    actions.cancel(registration=holder, now=NOON)
    with pytest.raises(actions.NotTaken):
        changed(holder)


def test_the_same_post_twice_keeps_one_set_of_answers_and_one_file(
    event: Event, workshop: Question, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    card, key = make_question(event, "Lettre de mission", "file"), uuid4()
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            said = (
                ticked(workshop, "Énergie"),
                actions.Said(card, file=letter(), file_name="../../lettre de mission.pdf"),
            )
            registered(event, 1, *said, confirm=False, key=key)
    assert Answer.objects.count() == 2
    assert len(os.listdir(media)) == 1
    row = Answer.objects.get(question=card)
    assert (row.file_name, row.file_type) == ("lettre-de-mission.pdf", "application/pdf")
    assert Path(row.file.path).name == f"{row.uid.hex}.pdf"


@pytest.mark.parametrize(
    ("name", "body"),
    [("lettre.pdf", b"<html><script>alert(1)</script>"), ("carte.png", b"%PDF-1.7 not a picture")],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_with_all_the_rest(
    event: Event, media: Path, name: str, body: bytes
) -> None:
    card = make_question(event, "Lettre", "file")
    with pytest.raises(ValidationError):
        registered(event, 1, actions.Said(card, file=letter(name, body), file_name=name))
    assert not Registration.objects.exists()


def test_files_are_erased_so_many_days_after_the_event_and_a_second_time_changes_nothing(
    event: Event, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    event.files_kept_days = 10
    event.save()
    card = make_question(event, "Lettre", "file")
    registered(event, 1, actions.Said(card, file=letter(), file_name="lettre.pdf"))
    over = Occurrence.objects.get().ends_at
    assert over is not None
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.erase_files(now=over + timedelta(days=10)) == 0
        assert [actions.erase_files(now=over + timedelta(days=11)) for _time in range(2)] == [1, 0]
    row = Answer.objects.get()
    assert (row.file.name, row.file_name, row.erased_at is not None) == ("", "", True)
    assert os.listdir(media) == []


def test_bytes_that_no_answer_has_are_swept_after_a_day(event: Event, media: Path) -> None:
    card = make_question(event, "Lettre", "file")
    registered(event, 1, actions.Said(card, file=letter(), file_name="lettre.pdf"))
    (media / "perdu.pdf").write_bytes(pdf())
    from django.utils import timezone

    now = timezone.now()
    assert actions.sweep_files(now=now) == 0
    assert [actions.sweep_files(now=now + timedelta(days=2)) for _time in range(2)] == [1, 0]
    assert os.listdir(media) == [Path(Answer.objects.get().file.path).name]


def test_who_is_erased_leaves_neither_words_nor_files_nor_a_payers_name_and_the_counts_stay(
    event: Event, workshop: Question, media: Path, django_capture_on_commit_callbacks: Any
) -> None:
    card = make_question(event, "Lettre", "file")
    exhibitor = make_category(event, "Exposant", amount_xof=25_000)
    joined = actions.Said(card, file=letter(), file_name="lettre.pdf")
    person = registered(event, 1, ticked(workshop, "Énergie"), joined, category=exhibitor)
    actions.take_payment(
        registration=person,
        amount_xof=25_000,
        means="cash",
        payer="Awa Keïta",
        paid_date=NOON.date(),
        key=uuid4(),
        user=None,
        now=NOON,
    )
    told = [line for section in queries.person_sections(person) for line in section.lines]
    assert ("Quel atelier ?", "Énergie") in told
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_person(registration=person, user=None, now=NOON)
    assert [(row.words, row.file.name) for row in Answer.objects.order_by("pk")] == [
        ("Énergie", ""),
        ("", ""),
    ]
    assert os.listdir(media) == []
    receipt = Receipt.objects.get()
    assert (receipt.payer, receipt.amount_xof) == ("Données effacées", 25_000)
