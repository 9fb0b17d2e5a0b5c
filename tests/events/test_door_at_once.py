"""Several doors really at once, with a control that shows what the lock of the date is for."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import IntegrityError

from events import actions, queries
from events.actions import Keeper, Scan
from events.models import CheckIn, Occurrence, Registration
from tests.events.test_actions_door import DOOR
from tests.events.test_oversell import at_once
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db(transaction=True)

DOORS = 12


def hall() -> tuple[Occurrence, Registration]:
    row = make_event(capacity=5).occurrences.get()
    return row, make_registration(row)


def test_one_ticket_at_twelve_doors_at_once_comes_in_once() -> None:
    row, person = hall()
    code = queries.key_of(person)

    def try_in(number: int) -> str:
        scan = Scan(client_uid=uuid4(), at=DOOR, code=code)
        return actions.check_in(occurrence=row, scans=[scan], keeper=Keeper(None), now=DOOR)[0].outcome

    outcomes = at_once(try_in, DOORS)
    assert sorted(outcomes) == ["admitted", *["already"] * (DOORS - 1)]


def test_one_post_sent_twelve_times_at_once_is_done_once() -> None:
    row, _person = hall()
    scan = Scan(client_uid=uuid4(), at=DOOR, name="Oumou Sangaré")
    found = at_once(
        lambda number: actions.check_in(occurrence=row, scans=[scan], keeper=Keeper(None), now=DOOR)[0].pk,
        DOORS,
    )
    assert len(set(found)) == 1
    assert Registration.objects.filter(name="Oumou Sangaré").count() == 1


def test_twelve_who_walk_in_at_once_get_the_four_seats_that_are_left() -> None:
    row, _person = hall()

    def walk_in(number: int) -> str:
        scan = Scan(client_uid=uuid4(), at=DOOR, name=f"Passant {number}")
        return actions.check_in(occurrence=row, scans=[scan], keeper=Keeper(None), now=DOOR)[0].outcome

    outcomes = at_once(walk_in, DOORS)
    assert sorted(outcomes) == ["admitted"] * 4 + ["full"] * 8
    assert row.registrations.filter(state="confirmed").count() == 5


def test_without_the_lock_the_doors_run_into_the_constraint() -> None:
    """The control: every door finds nobody inside and writes; the database alone keeps the promise, by an error."""
    row, person = hall()
    found: list[str] = []

    def try_in(number: int) -> None:
        scan = Scan(client_uid=uuid4(), at=DOOR, registration=person.uid)
        try:
            actions.check_in(
                occurrence=row, scans=[scan], keeper=Keeper(None), now=DOOR, rows=Occurrence.objects.all()
            )
        except IntegrityError:
            found.append("refused by the database")

    at_once(try_in, DOORS)
    assert found
    assert CheckIn.objects.filter(outcome="admitted").count() == 1
