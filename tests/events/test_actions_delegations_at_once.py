"""Delegations under load: real connections, really at once, with a control without the lock."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from events import actions
from events.models import Category, Delegation, Invitation, Occurrence, Registration
from events.queries import taken_by_category
from tests.events.test_oversell import at_once
from tests.factories.core import NOON
from tests.factories.events import make_delegation, make_event, make_registration, name_somebody
from tests.factories.guests import answer, make_guest

pytestmark = pytest.mark.django_db(transaction=True)

SEATS = 30


def asked(number: int, **values: Any) -> tuple[Occurrence, list[Delegation]]:
    """A hall of thirty, and delegations of four that ask for more than all of it."""
    occurrence = make_event(capacity=SEATS).occurrences.get()
    made = [
        make_delegation(occurrence, granted=0, email=f"chef{place}@example.org") for place in range(number)
    ]
    return occurrence, made


def grant(delegation: Delegation, rows: Any = None) -> None:
    with suppress(actions.SeatsShort):
        actions.grant_places(
            delegation=delegation,
            granted=4,
            at_most=True,
            names_until=NOON + timedelta(hours=12),
            user=None,
            now=NOON,
            rows=rows,
        )


def taken(occurrence: Occurrence) -> int:
    return Occurrence.objects.counted(NOON).get(pk=occurrence.pk).taken


def test_delegations_and_people_at_once_take_exactly_the_hall() -> None:
    occurrence, delegations = asked(12)

    def work(number: int) -> None:
        if number < 12:
            grant(delegations[number])
            delegation = Delegation.objects.get(pk=delegations[number].pk)
            for member in range(delegation.granted):
                name_somebody(delegation, 100 * number + member)
        else:
            make_registration(occurrence, number)

    at_once(work, 24)
    assert taken(occurrence) == SEATS
    assert Registration.objects.filter(state="confirmed").count() <= SEATS
    assert not Registration.objects.filter(delegation__isnull=False, state="waiting").exists()


def test_control_without_the_lock_more_seats_are_granted_than_there_are() -> None:
    occurrence, delegations = asked(24)
    unlocked = Occurrence.objects.all()
    at_once(lambda number: grant(delegations[number], rows=unlocked), 24)
    print(f"without the lock: {taken(occurrence)} seats granted of {SEATS}")
    assert taken(occurrence) > SEATS


def of_a_category(number: int) -> tuple[Category, list[Delegation]]:
    """A hall of hundred with a category of ten, and delegations of it that ask for four each."""
    occurrence = make_event(capacity=100).occurrences.get()
    officials = actions.add_category(event=occurrence.event, name="Officiels", quota=10, user=None, now=NOON)
    made = [
        make_delegation(occurrence, granted=0, email=f"chef{place}@example.org", category=officials)
        for place in range(number)
    ]
    return officials, made


def granted() -> int:
    return sum(Delegation.objects.values_list("granted", flat=True))


def test_delegations_and_guests_of_a_category_at_once_take_exactly_its_quota() -> None:
    officials, delegations = of_a_category(8)
    row = delegations[0].occurrence
    guests = [make_guest(row) for _number in range(8)]
    Invitation.objects.update(category=officials)

    def work(number: int) -> None:
        if number < 8:
            grant(delegations[number])
        else:
            answer(guests[number - 8])

    at_once(work, 16)
    assert taken_by_category(row, now=NOON) == {officials.pk: 10}
    assert granted() + Registration.objects.filter(state="confirmed").count() == 10


def test_control_without_the_lock_a_category_is_granted_beyond_its_quota() -> None:
    _officials, delegations = of_a_category(16)
    unlocked = Occurrence.objects.all()
    at_once(lambda number: grant(delegations[number], rows=unlocked), 16)
    print(f"without the lock: {granted()} seats granted of 10")
    assert granted() > 10


def test_a_head_who_names_many_at_once_names_no_more_than_the_places() -> None:
    occurrence = make_event(capacity=SEATS).occurrences.get()
    delegation = make_delegation(occurrence)

    def work(number: int) -> None:
        with suppress(actions.NoPlaceLeft):
            name_somebody(delegation, number, email=f"membre{number}@example.org")

    at_once(work, 10)
    assert Counter(Registration.objects.values_list("state", flat=True)) == {"confirmed": 4}
    assert taken(occurrence) == 4
