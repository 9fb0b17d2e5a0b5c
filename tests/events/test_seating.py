"""Seating by rank, and what is decided by hand."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from cms.accounts.models import User
from cms.contacts.models import Contact
from events import actions, queries
from events.actions import seating
from events.documents.seating import seating_html
from events.models import Invitation, Occurrence, Place, Registration
from events.validators.rows import parse_rows
from tests.factories.core import NOON
from tests.factories.events import make_event

pytestmark = pytest.mark.django_db

RANKS = {"Awa": 3, "Bakary": 1, "Chaka": None, "Djeneba": 2}


@pytest.fixture
def row() -> Occurrence:
    return make_event(name="Journée").occurrences.get()


def guest(row: Occurrence, name: str, rank: int | None) -> Registration:
    registration = actions.add_by_hand(
        occurrence=row, name=name, email=f"{name}@example.org", channel="phone", user=None, now=NOON
    )
    contact = registration.contact
    invited = Invitation.objects.create(
        occurrence=row,
        contact=contact,
        rank=rank,
        state="accepted",
        answered_at=NOON,
        answered_by="phone",
        created_at=NOON,
    )
    Registration.objects.filter(pk=registration.pk).update(invitation=invited)
    registration.refresh_from_db()
    return registration


@pytest.fixture
def people(row: Occurrence) -> dict[str, Registration]:
    return {name: guest(row, name, rank) for name, rank in RANKS.items()}


def seated(row: Occurrence) -> list[str]:
    plan = queries.seating_of(row)
    assert plan is not None
    return [
        one.registration.name if one.registration else ""
        for _name, all_ in queries.chairs_of(plan)
        for one in all_
    ]


def lay(row: Occurrence, rows: str = "Tribune : 2\nRang 1 : 3") -> None:
    seating.lay_rows(occurrence=row, rows=rows, user=None, now=NOON)


def test_the_first_rank_sits_in_front_and_who_has_none_sits_last(
    row: Occurrence, people: dict[str, Registration]
) -> None:
    lay(row)
    assert seated(row) == ["Bakary", "Djeneba", "Awa", "Chaka", ""]


def test_who_cancels_leaves_a_chair_and_who_is_put_by_hand_stays(
    row: Occurrence, people: dict[str, Registration]
) -> None:
    lay(row)
    seating.put(occurrence=row, registration=people["Chaka"], row=0, number=1, user=None, now=NOON)
    assert seated(row) == ["Chaka", "Djeneba", "Awa", "Bakary", ""]
    actions.cancel(registration=people["Awa"], now=NOON)
    assert seating.seat_by_rank(occurrence=row) == 0
    assert seated(row) == ["Chaka", "Bakary", "Djeneba", "", ""]
    lay(row, "Tribune : 1\nRang 1 : 1")
    assert seated(row) == ["Chaka", "Bakary"]
    assert [one.name for one in queries.without_chair(row)] == ["Djeneba"]
    assert seating.let_go(occurrence=row, registration=people["Chaka"], user=None, now=NOON) == 1
    assert seated(row) == ["Bakary", "Djeneba"]
    assert seating.seat_by_rank(occurrence=row) == 1


def test_a_chair_given_by_hand_is_not_given_again(row: Occurrence, people: dict[str, Registration]) -> None:
    lay(row)
    seating.put(occurrence=row, registration=people["Chaka"], row=0, number=1, user=None, now=NOON)
    with pytest.raises(seating.ChairTaken):
        seating.put(occurrence=row, registration=people["Awa"], row=0, number=1, user=None, now=NOON)
    with pytest.raises(seating.ChairTaken):
        seating.put(occurrence=row, registration=people["Awa"], row=7, number=1, user=None, now=NOON)
    other = guest(make_event(name="Autre").occurrences.get(), "Etranger", 1)
    with pytest.raises(seating.ChairTaken):
        seating.put(occurrence=row, registration=other, row=1, number=1, user=None, now=NOON)


def test_one_person_sits_on_one_chair_by_the_database_too(
    row: Occurrence, people: dict[str, Registration]
) -> None:
    lay(row)
    empty = Place.objects.get(registration=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=empty.pk).update(registration=people["Awa"])
    with pytest.raises(IntegrityError), transaction.atomic():
        Place.objects.filter(pk=empty.pk).update(is_fixed=True)


@pytest.mark.parametrize(
    "text", ["", "Tribune", "Tribune : 0", "Tribune : 999", ": 8", "\n".join(["A : 1"] * 61)]
)
def test_rows_that_say_nothing_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse_rows(text)


def test_rows_are_read_as_people_write_them() -> None:
    assert parse_rows("Tribune : 8\n\n Rang 1:12 ") == [("Tribune", 8), ("Rang 1", 12)]


def test_seating_asks_as_little_of_the_database_for_thirty_as_for_one(
    row: Occurrence, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        Registration.objects.create(
            occurrence=row,
            contact=Contact.objects.create(name=f"P{number:02}"),
            name=f"P{number:02}",
            state="confirmed",
            confirmed_channel="staff",
            created_at=NOON,
        )
    lay(row, "Rang : 40")
    with django_assert_max_num_queries(14):
        seating.seat_by_rank(occurrence=row)
    assert seated(row)[29:31] == ["P29", ""]


def test_the_plan_is_laid_printed_and_changed_in_the_admin(
    row: Occurrence, people: dict[str, Registration], client: Client
) -> None:
    Invitation.objects.filter(contact=people["Bakary"].contact).update(
        state="substituted", substitute_name="Salif"
    )
    user = User.objects.create_user(username="protocol", password="secret")
    user.groups.add(Group.objects.get(name="protocol"))
    client.force_login(user)
    here = f"/admin/agenda/{row.event_id}/seating/"
    assert client.post(here, {"do": "rows", "rows": "Tribune"}).status_code == 422
    assert client.post(here, {"do": "rows", "rows": "Tribune : 2"}).status_code == 302
    shown = client.get(here).content.decode()
    assert "représente Bakary" in shown
    assert "Sans chaise" in shown
    assert client.post(here, {"do": "put", "person": people["Awa"].pk, "chair": "0.1"}).status_code == 302
    assert seated(row)[0] == "Awa"
    assert client.post(here, {"do": "free", "person": people["Awa"].pk}).status_code == 302
    journal = client.get(f"/admin/agenda/{row.event_id}/journal/").content.decode()
    assert "placé à la main" in journal
    assert "Tribune 1" in journal
    assert "place donnée à la main reprise" in journal
    assert client.post(here, {"do": "nothing"}).status_code == 404
    assert client.get(f"{here}plan.pdf").content[:5] == b"%PDF-"
    plan = queries.seating_of(row)
    assert plan is not None
    assert "Placement" in seating_html(row, queries.chairs_of(plan)) or "placement" in seating_html(
        row, queries.chairs_of(plan)
    )
