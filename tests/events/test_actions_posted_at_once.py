"""One form posted again while its first words are confirmed, or by many at once: really at once."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from cms.mailing.models import Delivery
from events import actions
from events.models import Occurrence, Registration
from events.validators import parse_rule
from tests.events.test_actions_posted import post
from tests.events.test_oversell import at_once
from tests.factories.core import NOON
from tests.factories.events import make_event

pytestmark = pytest.mark.django_db(transaction=True)

FORMS = 20


def race(rows: Any) -> tuple[int, int]:
    """Twenty people confirm while their own form corrects the address: (confirmed, confirmed and then lost)."""
    occurrence = make_event().occurrences.get()
    keys = [uuid4() for _form in range(FORMS)]
    people = [post(occurrence, key, name=f"N {n}", email=f"n{n}@example.org") for n, key in enumerate(keys)]

    def work(place: int) -> None:
        number = place // 2
        # Without the lock the database refuses some of it: two rows of one key.
        with suppress(IntegrityError) if rows is not None else nullcontext():
            if place % 2:
                actions.confirm_address(registration=people[number], now=NOON, rows=rows)
            else:
                post(occurrence, keys[number], name=f"N {number}", email=f"m{number}@example.org", rows=rows)

    at_once(work, 2 * FORMS)
    told = {
        key.split(":")[0]
        for key in Delivery.objects.values_list("recipient_key", flat=True)
        if key.split(":")[1] == "confirmed"
    }
    for person in people:
        person.refresh_from_db()
    promised = [person for person in people if person.uid.hex in told]
    return len(promised), sum(person.state != "confirmed" for person in promised)


def test_a_confirmation_beside_a_correction_is_kept_or_never_promised() -> None:
    _promised, lost = race(None)
    assert lost == 0


def test_control_without_the_lock_a_confirmed_seat_is_taken_back() -> None:
    promised, lost = race(Occurrence.objects.all())
    print(f"without the lock: {lost} of {promised} confirmed seats lost")
    assert lost > 0


def test_eight_corrections_of_one_form_at_once_leave_one_registration() -> None:
    event = make_event(rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=4"))
    dates, key = list(event.occurrences.order_by("starts_at")), uuid4()
    made = at_once(lambda n: post(dates[n % 4], key, email=f"a{n}@example.org"), 8)
    assert all(made)
    assert Registration.objects.active().count() == 1
