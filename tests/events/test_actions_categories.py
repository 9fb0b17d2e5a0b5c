"""Categories of an event's people: their own quota, their own way in, one hall."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cms.core.models import ThingLog
from events import actions
from events.models import Access, Category, Event, Registration
from tests.factories.core import NOON
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db


def make_category(event: Event, name: str = "Presse", **values: Any) -> Category:
    return actions.add_category(event=event, name=name, user=None, now=NOON, **values)


def registered(category: Category, number: int, **values: Any) -> Registration:
    return make_registration(category.event.occurrences.get(), number, category=category, **values)


def state(registration: Registration) -> str:
    registration.refresh_from_db()
    return registration.state


def test_a_full_category_keeps_its_people_waiting_while_the_hall_has_seats_for_others() -> None:
    event = make_event(capacity=10)
    press, guests = make_category(event, quota=1), make_category(event, "Invités", quota=5)
    found = [registered(press, 1), registered(press, 2), registered(guests, 3)]
    assert [state(one) for one in found] == ["confirmed", "waiting", "confirmed"]


def test_a_category_holds_no_more_than_the_hall() -> None:
    event = make_event(capacity=1)
    press = make_category(event, quota=5)
    assert [state(registered(press, number)) for number in (1, 2)] == ["confirmed", "waiting"]


def test_who_waits_for_a_full_category_lets_the_next_pass_for_whom_there_is_a_seat() -> None:
    event = make_event(capacity=2)
    press, guests = make_category(event, quota=1), make_category(event, "Invités")
    seated, guest = registered(press, 1), registered(guests, 2)
    waiting_press, waiting_guest = registered(press, 3), registered(guests, 4)
    actions.cancel(registration=guest, now=NOON)
    assert (state(waiting_press), state(waiting_guest)) == ("waiting", "confirmed")
    actions.cancel(registration=seated, now=NOON)
    assert state(waiting_press) == "confirmed"


def test_a_stranger_of_another_category_takes_no_seat_that_somebody_waits_for() -> None:
    event = make_event(capacity=1)
    press, guests = make_category(event, quota=1), make_category(event, "Invités")
    held = registered(guests, 1, confirm=False)
    waiting = registered(press, 2)
    late = NOON.replace(hour=NOON.hour + 2)
    stranger = registered(guests, 3, now=late)
    assert (state(held), state(waiting), state(stranger)) == ("pending", "confirmed", "waiting")


def test_a_bigger_quota_goes_to_those_who_wait_and_a_smaller_one_takes_nobodys_seat() -> None:
    event = make_event(capacity=10)
    press = make_category(event, quota=1)
    found = [registered(press, number) for number in (1, 2, 3)]
    actions.change_category(category=press, values={"quota": 2}, user=None, now=NOON)
    assert [state(one) for one in found] == ["confirmed", "confirmed", "waiting"]
    actions.change_category(category=press, values={"quota": 1}, user=None, now=NOON)
    assert [state(one) for one in found] == ["confirmed", "confirmed", "waiting"]
    log = ThingLog.objects.filter(thing_uid=event.uid, action="category.changed").order_by("pk")
    assert [line.changes["quota"] for line in log] == [[1, 2], [2, 1]]


def test_a_category_on_approval_asks_the_unit_and_holds_no_seat_till_then() -> None:
    event = make_event(capacity=1)
    press, guests = make_category(event, access=Access.APPROVAL), make_category(event, "Invités")
    asking = registered(press, 1)
    assert (state(asking), state(registered(guests, 2))) == ("requested", "confirmed")
    actions.approve(registration=asking, user=None, now=NOON)
    assert state(asking) == "waiting"


@pytest.mark.parametrize("access", [Access.INVITED, Access.CLOSED])
def test_the_public_enters_no_category_that_is_not_open_while_staff_do(access: str) -> None:
    event = make_event()
    category = make_category(event, access=access)
    with pytest.raises(actions.RegistrationClosed):
        registered(category, 1)
    added = actions.add_by_hand(
        occurrence=event.occurrences.get(),
        name="Oumou",
        category=category,
        channel="letter",
        user=None,
        now=NOON,
    )
    assert (added.state, added.category) == ("confirmed", category)


def test_a_category_of_another_event_is_refused() -> None:
    other = make_category(make_event())
    with pytest.raises(actions.RegistrationClosed):
        make_registration(make_event().occurrences.get(), category=other)


def test_somebody_put_into_another_category_needs_a_seat_there_and_leaves_one() -> None:
    event = make_event(capacity=10)
    press, guests = make_category(event, quota=1), make_category(event, "Invités", quota=1)
    first, second, third = registered(press, 1), registered(guests, 2), registered(press, 3)
    with pytest.raises(actions.OccurrenceFull):
        actions.move_to_category(registration=second, category=press, user=None, now=NOON)
    moved = actions.move_to_category(registration=first, category=None, user=None, now=NOON)
    assert (moved.state, moved.category, state(third)) == ("confirmed", None, "confirmed")


def test_the_same_form_mended_moves_to_the_other_category() -> None:
    from uuid import uuid4

    event = make_event(capacity=10)
    press, guests = make_category(event, quota=2), make_category(event, "Invités", quota=1)
    registered(guests, 1)
    key = uuid4()
    first = registered(press, 2, confirm=False, key=key)
    assert first.held_until is not None
    again = registered(guests, 2, confirm=False, key=key)
    assert (again.pk, again.category, again.held_until) == (first.pk, guests, None)


def test_a_category_in_which_somebody_is_cannot_be_taken_away() -> None:
    event = make_event()
    press, unused = make_category(event), make_category(event, "Invités")
    registered(press, 1)
    with pytest.raises(actions.CategoryInUse):
        actions.remove_category(category=press, user=None, now=NOON)
    for _time in range(2):
        actions.remove_category(category=unused, user=None, now=NOON)
    assert list(Category.objects.filter(event=event)) == [press]


def test_two_categories_of_an_event_have_two_names() -> None:
    event = make_event()
    make_category(event)
    other = make_category(event, "Invités")
    with pytest.raises(ValidationError):
        make_category(event)
    with pytest.raises(ValidationError):
        actions.change_category(category=other, values={"name": "Presse"}, user=None, now=NOON)
    assert make_category(make_event()).name == "Presse"
    assert [one.order for one in Category.objects.filter(event=event)] == [0, 1]
