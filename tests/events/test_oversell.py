"""Seats under load: real connections, really at once, with a control that shows what the lock is for."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connections

from events import actions
from events.actions.occurrences import build, dates_of
from events.models import Category, Event, EventPage, Occurrence, Registration
from events.validators import parse_rule
from tests.factories.core import NOON, locale
from tests.factories.events import make_agendas, make_event, make_event_page, make_registration

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE, LEFT = 40, 10


def at_once(work: Callable[[int], Any], number: int) -> list[Any]:
    """Run `work(n)` in `number` threads, each with a connection of its own, released together.

    What any of them raised is raised here, so that a test never passes on the few that came through.
    """
    gate, found = threading.Barrier(number), [None] * number
    raised: list[BaseException] = []

    def run(place: int) -> None:
        try:
            gate.wait(timeout=30)
            found[place] = work(place)
        except BaseException as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    if raised:
        raise raised[0]
    assert not any(thread.is_alive() for thread in threads)
    return found


def hall() -> Occurrence:
    """A hall of 50 with 40 seats taken."""
    occurrence = make_event(capacity=50).occurrences.get()
    for number in range(40):
        make_registration(occurrence, 1000 + number)
    return occurrence


def lapsed(occurrence: Occurrence) -> tuple[list[Registration], Any]:
    """Forty people whose seat is kept no longer: all of them count the same seats when they confirm."""
    people = [make_registration(occurrence, number, confirm=False) for number in range(PEOPLE)]
    return people, NOON + timedelta(hours=2)


def states(occurrence: Occurrence) -> Counter[str]:
    return Counter(occurrence.registrations.values_list("state", flat=True))


def test_forty_at_once_for_the_last_ten_seats_leave_exactly_ten_confirmed() -> None:
    occurrence = hall()
    at_once(lambda number: make_registration(occurrence, number), PEOPLE)
    found = states(occurrence)
    assert found["confirmed"] == 50
    assert found["waiting"] == PEOPLE - LEFT
    positions = occurrence.registrations.filter(state="waiting").values_list("position", flat=True)
    assert len(set(positions)) == PEOPLE - LEFT


def test_control_without_the_lock_the_hall_is_oversold() -> None:
    occurrence = hall()
    people, now = lapsed(occurrence)
    unlocked = Occurrence.objects.all()
    at_once(
        lambda number: actions.confirm_address(registration=people[number], now=now, rows=unlocked), PEOPLE
    )
    sold = states(occurrence)["confirmed"]
    print(f"without the lock: {sold} confirmed for 50 seats")
    assert sold > 50


def test_with_the_lock_the_same_confirmations_sell_exactly_the_hall() -> None:
    occurrence = hall()
    people, now = lapsed(occurrence)
    at_once(lambda number: actions.confirm_address(registration=people[number], now=now), PEOPLE)
    assert states(occurrence)["confirmed"] == 50


def quota_of_ten() -> tuple[Category, list[Registration], Any]:
    """A hall without end, and forty people for the ten seats of a category."""
    event = make_event()
    category = actions.add_category(event=event, name="Presse", quota=LEFT, user=None, now=NOON)
    occurrence = event.occurrences.get()
    people = [
        make_registration(occurrence, number, category=category, confirm=False) for number in range(PEOPLE)
    ]
    return category, people, NOON + timedelta(hours=2)


def test_forty_at_once_for_the_ten_seats_of_a_category_leave_exactly_ten_confirmed() -> None:
    category, people, now = quota_of_ten()
    at_once(lambda number: actions.confirm_address(registration=people[number], now=now), PEOPLE)
    assert states(category.event.occurrences.get()) == {"confirmed": LEFT, "waiting": PEOPLE - LEFT}


def test_control_without_the_lock_the_category_is_oversold() -> None:
    category, people, now = quota_of_ten()
    unlocked = Occurrence.objects.all()
    at_once(
        lambda number: actions.confirm_address(registration=people[number], now=now, rows=unlocked), PEOPLE
    )
    assert states(category.event.occurrences.get())["confirmed"] > LEFT


def newsroom_of_two() -> tuple[Occurrence, list[Registration]]:
    """A conference to which a newsroom may send two, and eight people of it, as each of them writes its name."""
    occurrence = make_event(outlet_cap=2).occurrences.get()
    names = ("L’Essor", "l'essor", "L ESSOR", "L’Éssor")
    people = [
        make_registration(occurrence, number, organisation=names[number % 4], confirm=False)
        for number in range(8)
    ]
    return occurrence, people


def test_eight_of_a_newsroom_at_once_for_its_two_places_leave_two_and_six_who_ask() -> None:
    occurrence, people = newsroom_of_two()
    at_once(lambda number: actions.confirm_address(registration=people[number], now=NOON), 8)
    assert states(occurrence) == {"confirmed": 2, "requested": 6}


def test_control_without_the_lock_the_newsroom_gets_more_than_its_places() -> None:
    occurrence, people = newsroom_of_two()
    unlocked = Occurrence.objects.all()
    at_once(lambda number: actions.confirm_address(registration=people[number], now=NOON, rows=unlocked), 8)
    assert states(occurrence)["confirmed"] > 2


def test_a_translated_event_still_has_one_hall() -> None:
    event = make_event(capacity=10)
    french = make_event_page(event)
    _agenda, english_agenda = make_agendas()
    english = EventPage(
        title="Press conference",
        slug="press-conference",
        locale=locale("en"),
        translation_key=french.translation_key,
        event=french.event,
    )
    english_agenda.add_child(instance=english)
    halls = [page.event.occurrences.get() for page in (french, english)]
    at_once(
        lambda number: make_registration(halls[number % 2], number, language=("fr", "en")[number % 2]), 20
    )
    assert Counter(Registration.objects.values_list("state", flat=True)) == {"confirmed": 10, "waiting": 10}


def test_one_seat_cancelled_by_many_at_once_promotes_one() -> None:
    occurrence = make_event(capacity=1).occurrences.get()
    first = make_registration(occurrence, 0)
    for number in range(1, 9):
        make_registration(occurrence, number)
    at_once(lambda number: actions.cancel(registration=first, now=NOON), 8)
    assert states(occurrence) == {"cancelled": 1, "confirmed": 1, "waiting": 7}


def test_a_freed_seat_goes_to_who_waits_not_to_a_stranger() -> None:
    occurrence = make_event(capacity=1).occurrences.get()
    first = make_registration(occurrence, 0)
    waiting = make_registration(occurrence, 1)
    stranger = make_registration(occurrence, 2, confirm=False)

    def work(number: int) -> None:
        if number:
            actions.confirm_address(registration=stranger, now=NOON)
        else:
            actions.cancel(registration=first, now=NOON)

    at_once(work, 2)
    waiting.refresh_from_db()
    assert waiting.state == "confirmed"
    assert states(occurrence)["confirmed"] == 1


def test_one_form_posted_by_eight_at_once_is_one_registration() -> None:
    occurrence, key = make_event(capacity=10).occurrences.get(), uuid4()
    made = at_once(lambda number: make_registration(occurrence, 1, confirm=False, key=key), 8)
    assert {row.pk for row in made} == {Registration.objects.get().pk}


def test_eight_forms_of_one_person_at_once_are_one_registration() -> None:
    occurrence = make_event(capacity=10).occurrences.get()
    made = at_once(lambda number: make_registration(occurrence, 1, confirm=False, key=uuid4()), 8)
    assert {row.pk for row in made} == {Registration.objects.get().pk}


def test_what_one_of_the_threads_raises_fails_the_test() -> None:
    with pytest.raises(ZeroDivisionError):
        at_once(lambda number: 1 // number, 3)


def endless() -> Event:
    """A daily event whose dates are still to be written."""
    event = make_event(rule=None)
    event.rule = parse_rule("RRULE:FREQ=DAILY")
    event.save()
    return event


def test_two_horizons_extended_at_once_change_nothing() -> None:
    event = endless()
    at_once(lambda number: actions.extend_horizon(now=NOON), 4)
    number = event.occurrences.count()
    assert number == len(set(event.occurrences.values_list("recurrence_id", flat=True))) > 500
    assert actions.extend_horizon(now=NOON) == 0
    before = list(event.occurrences.order_by("pk").values())
    at_once(lambda number: actions.materialise(event=event, now=NOON + timedelta(days=4)), 4)
    after = list(event.occurrences.order_by("pk").values())
    assert (len(after), after[: len(before)]) == (len(before) + 3, before)


def test_control_two_that_only_look_what_is_missing_collide() -> None:
    event, gate = endless(), threading.Barrier(4)

    def work(number: int) -> None:
        known = set(event.occurrences.values_list("recurrence_id", flat=True))
        missing = [build(event, wall) for wall in dates_of(event, now=NOON)]
        gate.wait(timeout=30)
        Occurrence.objects.bulk_create(row for row in missing if row.recurrence_id not in known)

    with pytest.raises(IntegrityError):
        at_once(work, 4)
