"""Changing an event while others do: one order of locks, and nothing taken from a copy read before."""

from __future__ import annotations

import contextlib
import threading
import time as clock
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, transaction

from cms.core.models import ThingLog
from cms.mailing.models import Delivery
from events import actions
from events.actions.events import change_first_values
from events.models import Event, Occurrence, State
from events.validators import parse_rule
from tests.events.test_oversell import at_once
from tests.factories.core import NOON
from tests.factories.events import TOMORROW, make_event, make_registration

pytestmark = pytest.mark.django_db(transaction=True)

CHANGES: dict[str, Callable[[Event], Any]] = {
    "when": lambda event: actions.change_when(
        event=event, values={"start_time": time(11), "end_time": time(12)}, user=None, now=NOON
    ),
    "place": lambda event: actions.change_place(
        event=event, values={"place_name": "CICB"}, user=None, now=NOON
    ),
    "seats": lambda event: actions.change_capacity(event=event, capacity=5, user=None, now=NOON),
    "first values": lambda event: change_first_values(
        event, {"start_date": TOMORROW + timedelta(days=1)}, None, NOON
    ),
    "following": lambda event: following(event),
    "cancel": lambda event: actions.cancel_event(event=event, user=None, now=NOON),
}


def following(event: Event) -> None:
    """An hour later from the second date on, unless the event is cancelled or its dates changed meanwhile."""
    row = event.occurrences.order_by("starts_at")[1]
    starts = row.local_start.replace(tzinfo=None) + timedelta(hours=1)
    asked = actions.Asked(starts, starts + timedelta(hours=1), event.place_name, event.capacity)
    with contextlib.suppress(actions.AlreadyOver, actions.NotTaken):
        actions.change_following(occurrence=row, asked=asked, user=None, now=NOON)


def copy(event: Event) -> Event:
    return Event.objects.get(pk=event.pk)


def weekly() -> Event:
    event = make_event(capacity=2, rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=4"))
    for row in event.occurrences.all():
        make_registration(row)
    return event


def wait_until_blocked(thread: threading.Thread) -> None:
    """Return once some connection waits for this one."""
    for _time in range(1000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
        assert thread.is_alive(), "it waited for nothing"
        clock.sleep(0.01)
    raise AssertionError("it never waited")


class Beside:
    """A change made by another connection, begun while this one holds what it must wait for."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.raised: BaseException | None = None
        self._work = work
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            self.raised = error
        finally:
            connections.close_all()

    def start(self) -> None:
        self._thread.start()
        wait_until_blocked(self._thread)

    def end(self) -> BaseException | None:
        self._thread.join(timeout=30)
        assert not self._thread.is_alive()
        return self.raised


# One order of locks ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", CHANGES)
def test_who_waits_for_a_date_does_not_hold_its_event(name: str) -> None:
    event = weekly()
    change = Beside(lambda: CHANGES[name](copy(event)))
    with transaction.atomic():
        list(Occurrence.objects.locked().filter(event=event))
        change.start()
        Event.objects.select_for_update(nowait=True).get(pk=event.pk)
    assert change.end() is None


def test_control_the_two_orders_together_are_a_deadlock() -> None:
    event = weekly()
    met = threading.Barrier(2)
    dates, thing = Occurrence.objects.locked().filter(event=event), Event.objects.select_for_update()

    def work(number: int) -> None:
        orders = [dates, thing.filter(pk=event.pk)]
        first, second = orders if number else reversed(orders)
        with transaction.atomic():
            list(first.all())
            met.wait(timeout=30)
            list(second.all())

    with pytest.raises(OperationalError, match="deadlock"):
        at_once(work, 2)


def test_place_seats_date_and_cancellation_changed_at_once_all_come_through() -> None:
    names = list(CHANGES)
    for _round in range(5):
        event = weekly()
        at_once(lambda number, event=event: CHANGES[names[number]](copy(event)), len(names))
        assert copy(event).is_cancelled


def test_the_horizon_is_extended_by_the_rule_as_it_is_after_the_lock() -> None:
    event = make_event(rule=parse_rule("RRULE:FREQ=WEEKLY"))
    later = NOON + timedelta(days=60)
    extension = Beside(lambda: actions.extend_horizon(now=later))
    with transaction.atomic():
        actions.cancel_event(event=copy(event), user=None, now=NOON)
        known = event.occurrences.count()
        extension.start()
    assert extension.end() is None
    assert event.occurrences.count() == known


# Nothing from a copy read before ---------------------------------------------------------------------------------
def test_two_places_given_from_two_copies_raise_the_sequence_by_two() -> None:
    event = make_event()
    first, second = copy(event), copy(event)
    for one, place in ((first, "CICB"), (second, "Palais de la culture")):
        actions.change_place(event=one, values={"place_name": place}, user=None, now=NOON)
    assert copy(event).sequence == event.sequence + 2


def test_eight_changes_at_once_raise_the_sequence_by_eight() -> None:
    event = make_event(state=State.PROVISIONAL)
    copies = [copy(event) for _one in range(8)]

    def work(number: int) -> None:
        one, now = copies[number], NOON
        if number == 0:
            actions.change_state(event=one, state=State.CONFIRMED, user=None, now=now)
        elif number % 2:
            values = {"start_date": date(2030, 1, number), "start_time": time(10), "end_time": time(11)}
            actions.change_when(event=one, values=values, user=None, now=now)
        else:
            actions.change_place(event=one, values={"place_name": f"Salle {number}"}, user=None, now=now)

    at_once(work, 8)
    assert copy(event).sequence == event.sequence + 8


def test_the_place_given_back_from_an_old_copy_is_told_too() -> None:
    event = make_event()
    make_registration(event.occurrences.get())
    old = copy(event)
    actions.change_place(event=copy(event), values={"place_name": "CICB"}, user=None, now=NOON)
    told = Delivery.objects.filter(recipient_key__contains=":changed").count()
    actions.change_place(event=old, values={"place_name": old.place_name}, user=None, now=NOON)
    assert Delivery.objects.filter(recipient_key__contains=":changed").count() == told + 1


def test_a_confirmation_beside_a_cancellation_leaves_the_event_cancelled() -> None:
    event = make_event(state=State.PROVISIONAL)
    seen = copy(event)
    confirmation = Beside(
        lambda: actions.change_state(event=seen, state=State.CONFIRMED, user=None, now=NOON)
    )
    with transaction.atomic():
        actions.cancel_event(event=copy(event), user=None, now=NOON)
        confirmation.start()
    assert isinstance(confirmation.end(), actions.AlreadyOver)
    assert copy(event).is_cancelled


def test_an_event_confirmed_twice_changes_once() -> None:
    event = make_event(state=State.PROVISIONAL)
    for one in (copy(event), copy(event)):
        actions.change_state(event=one, state=State.CONFIRMED, user=None, now=NOON)
    assert copy(event).sequence == event.sequence + 1
    assert ThingLog.objects.filter(thing_uid=event.uid, action="event.confirmed").count() == 1
