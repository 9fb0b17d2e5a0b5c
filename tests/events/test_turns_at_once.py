"""Moderators really at once, with a control that shows what the lock of the date is for."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from events import actions, queries
from events.actions import turns
from events.models import Occurrence
from tests.events.test_oversell import at_once
from tests.factories.core import NOON
from tests.factories.events import make_occurrence

pytestmark = pytest.mark.django_db(transaction=True)

MODERATORS = 6


def test_moderators_at_once_lose_nobody_and_without_the_lock_they_would() -> None:
    row = make_occurrence()
    people = [
        actions.add_by_hand(occurrence=row, name=f"P{n}", channel="staff", user=None, now=NOON).pk
        for n in range(2 * MODERATORS)
    ]

    def add(number: int, *, locked: bool = True) -> int:
        said = {"people": [people[number]], "user": None, "now": NOON}
        try:
            return len(
                turns.take_turns(occurrence=row, rows=None if locked else Occurrence.objects.all(), **said)
            )
        except IntegrityError:
            return 0

    assert at_once(add, MODERATORS) == [1] * MODERATORS
    assert queries.waiting_turns(row).count() == MODERATORS
    unlocked = at_once(lambda number: add(MODERATORS + number, locked=False), MODERATORS)
    assert sum(unlocked) < MODERATORS
