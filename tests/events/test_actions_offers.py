"""A seat that comes free is kept for who waits first, for the hours that the event gives; then for the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cms.mailing.models import Delivery
from events import actions, queries
from events.models import Occurrence, Registration
from events.views.people import todo_items
from tests.events.test_views_admin import address, signed_in
from tests.factories.accounts import make_user
from tests.factories.core import NOON
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db
HOURS = 6


def line(number: int = 4, **values: Any) -> list[Registration]:
    """A hall of one seat, three days from now: who sits in it, then those who wait, in order."""
    start = (NOON + timedelta(days=3)).date()
    occurrence = make_event(start_date=start, capacity=1, offer_hours=HOURS, **values).occurrences.get()
    return [make_registration(occurrence, place) for place in range(number)]


def states(people: list[Registration]) -> list[str]:
    for one in people:
        one.refresh_from_db()
    return [one.state for one in people]


def mails(renderer: str) -> list[str]:
    found = Delivery.objects.filter(mailing__renderer=f"events.{renderer}").order_by("pk")
    return list(found.values_list("address", flat=True))


def test_a_freed_seat_is_offered_to_the_first_and_counted_till_its_hour() -> None:
    people = line()
    actions.cancel(registration=people[0], now=NOON)
    assert states(people) == ["cancelled", "offered", "waiting", "waiting"]
    assert people[1].offered_until == NOON + timedelta(hours=HOURS)
    assert (mails("offered"), mails("promoted")) == (["invite1@example.org"], [])
    stranger = make_registration(people[0].occurrence, 9, now=NOON + timedelta(hours=1))
    assert stranger.state == "waiting"


def test_a_yes_takes_the_seat_and_a_second_one_changes_nothing() -> None:
    people = line()
    actions.cancel(registration=people[0], now=NOON)
    for _time in range(2):
        actions.accept_offer(registration=people[1], now=NOON + timedelta(hours=1))
    assert states(people) == ["cancelled", "confirmed", "waiting", "waiting"]
    assert mails("confirmed") == ["invite0@example.org", "invite1@example.org"]


def test_without_an_answer_the_sweep_asks_the_next_and_a_second_sweep_changes_nothing() -> None:
    people = line()
    actions.cancel(registration=people[0], now=NOON)
    late = NOON + timedelta(hours=HOURS)
    assert actions.sweep_registrations(now=late - timedelta(seconds=1))["lapsed"] == 0
    done = [actions.sweep_registrations(now=late) for _time in range(2)]
    assert [(one["lapsed"], one["promoted"]) for one in done] == [(1, 1), (0, 0)]
    assert states(people) == ["cancelled", "cancelled", "offered", "waiting"]
    assert (people[1].reason, mails("offer_lapsed")) == ("lapsed", ["invite1@example.org"])


def test_an_offer_is_over_at_its_hour_though_no_job_ran() -> None:
    people = line()
    actions.cancel(registration=people[0], now=NOON)
    late = NOON + timedelta(hours=HOURS)
    with pytest.raises(actions.NotTaken):
        actions.accept_offer(registration=people[1], now=late)
    make_registration(people[0].occurrence, 9, now=late)
    assert states(people)[2] == "offered"


def test_who_declines_lets_the_next_be_asked_at_once() -> None:
    people = line()
    actions.cancel(registration=people[0], now=NOON)
    actions.cancel(registration=people[1], now=NOON)
    assert states(people) == ["cancelled", "cancelled", "offered", "waiting"]


def test_in_the_last_hours_the_seat_is_given_outright() -> None:
    people = line()
    row = Occurrence.objects.get()
    actions.cancel(registration=people[0], now=row.starts_at - timedelta(hours=HOURS))
    assert states(people)[1] == "confirmed"


def test_the_holder_takes_the_seat_by_a_post_and_is_told_when_it_is_too_late(
    client: Client, occurrence: Occurrence
) -> None:
    occurrence.event.offer_hours, occurrence.event.capacity = HOURS, 1
    occurrence.event.save()
    now = timezone.now()
    first, second, third = (make_registration(occurrence, number, now=now) for number in range(3))
    actions.cancel(registration=first, now=now)
    own = f"/r/{queries.key_of(second)}"
    assert "Prendre la place" in client.get(own + "?do=accept").content.decode()
    assert states([second, third]) == ["offered", "waiting"]
    client.post(own, {"do": "accept"})
    assert states([second, third]) == ["confirmed", "waiting"]
    actions.cancel(registration=second, now=now - timedelta(hours=HOURS))
    client.post(f"/r/{queries.key_of(third)}", {"do": "accept"})
    assert states([third]) == ["offered"]
    assert "pas été prise à temps" in client.get(f"/r/{queries.key_of(third)}").content.decode()


def test_staff_take_the_seat_for_who_has_a_telephone_only(occurrence: Occurrence) -> None:
    occurrence.event.offer_hours, occurrence.event.capacity = HOURS, 1
    occurrence.event.save()
    now = timezone.now()
    first = make_registration(occurrence, 0, now=now)
    called = make_registration(occurrence, 1, email="", phone="+22376001122", confirm=False, now=now)
    actions.confirm_by_phone(registration=called, number="+22376001122", user=None, now=now)
    actions.cancel(registration=first, now=now)
    client = signed_in("protocol")
    [line] = [one for one in todo_items(make_user("protocol"), now) if one.url == address(occurrence.event)]
    assert (line.detail, line.level) == ("1 à appeler\u00a0: une place est offerte", "warning")
    assert "Invité 1" in client.get(address(occurrence.event), {"call": "on"}).content.decode()
    client.post(address(occurrence.event, f"{called.uid}/accept/"), {"number": "76 00 11 22"})
    called.refresh_from_db()
    assert (called.state, called.confirmed_by.username) == ("confirmed", "protocol")


def test_an_event_by_invitation_has_no_open_form(occurrence: Occurrence) -> None:
    occurrence.event.by_invitation = True
    occurrence.event.save()
    with pytest.raises(actions.RegistrationClosed):
        make_registration(occurrence, now=timezone.now())
