"""Registering, confirming, waiting, cancelling."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from cms.mailing.models import Delivery
from events import actions
from events.models import Registration, RegistrationState
from tests.factories.core import NOON
from tests.factories.events import make_event, make_occurrence, make_registration

pytestmark = pytest.mark.django_db


def owed(registration: Registration) -> list[str]:
    rows = Delivery.objects.filter(recipient_key__startswith=registration.uid.hex).order_by("pk")
    return [row.recipient_key.split(":")[1] for row in rows]


def test_a_registration_counts_once_its_address_is_confirmed() -> None:
    registration = make_registration(make_occurrence(capacity=2), confirm=False)
    assert registration.state == RegistrationState.PENDING
    assert owed(registration) == ["confirm_address"]
    registration = actions.confirm_address(registration=registration, now=NOON)
    assert registration.state == RegistrationState.CONFIRMED
    assert owed(registration) == ["confirm_address", "confirmed"]


def test_confirming_twice_changes_nothing() -> None:
    registration = make_registration(make_occurrence())
    again = actions.confirm_address(registration=registration, now=NOON + timedelta(minutes=5))
    assert (again.state, again.confirmed_at) == (registration.state, registration.confirmed_at)
    assert owed(registration) == ["confirm_address", "confirmed"]


def test_a_form_posted_twice_is_one_registration() -> None:
    occurrence, key = make_occurrence(), uuid4()
    first = make_registration(occurrence, confirm=False, key=key)
    second = make_registration(occurrence, confirm=False, key=key)
    assert first.pk == second.pk
    assert owed(first) == ["confirm_address"]


def test_the_same_person_twice_is_one_registration_and_gets_the_link_again_later() -> None:
    occurrence = make_occurrence()
    first = make_registration(occurrence, confirm=False)
    at_once = make_registration(occurrence, confirm=False, email="INVITE1@Example.org")
    later = make_registration(occurrence, confirm=False, now=NOON + timedelta(minutes=20))
    assert first.pk == at_once.pk == later.pk
    assert owed(first) == ["confirm_address", "confirm_address"]


def test_a_full_date_puts_people_on_the_waiting_list_in_order() -> None:
    occurrence = make_occurrence(capacity=1)
    states = [make_registration(occurrence, number) for number in (1, 2, 3)]
    assert [row.state for row in states] == ["confirmed", "waiting", "waiting"]
    assert states[1].position < states[2].position
    assert owed(states[1]) == ["confirm_address", "waiting"]


def test_without_a_waiting_list_a_full_date_refuses() -> None:
    occurrence = make_occurrence(capacity=1, has_waiting_list=False)
    make_registration(occurrence)
    with pytest.raises(actions.OccurrenceFull):
        make_registration(occurrence, 2)


def test_cancelling_gives_the_seat_to_the_first_who_waits() -> None:
    occurrence = make_occurrence(capacity=1)
    first, second, third = (make_registration(occurrence, number) for number in (1, 2, 3))
    actions.cancel(registration=first, now=NOON)
    for row in (first, second, third):
        row.refresh_from_db()
    assert [row.state for row in (first, second, third)] == ["cancelled", "confirmed", "waiting"]
    assert owed(second)[-1] == "promoted"


def test_cancelling_twice_promotes_once() -> None:
    occurrence = make_occurrence(capacity=1)
    first, _second, _third = (make_registration(occurrence, number) for number in (1, 2, 3))
    actions.cancel(registration=first, now=NOON)
    actions.cancel(registration=first, now=NOON)
    assert Registration.objects.filter(state="confirmed").count() == 1


def test_an_unconfirmed_registration_holds_its_seat_for_an_hour_only() -> None:
    occurrence = make_occurrence(capacity=2)
    slow = make_registration(occurrence, 1, confirm=False)
    assert slow.held_until == NOON + timedelta(hours=1)
    quick = [make_registration(occurrence, number) for number in (2, 3)]
    assert [row.state for row in quick] == ["confirmed", "waiting"]
    later = NOON + timedelta(hours=2)
    assert actions.sweep_registrations(now=later)["promoted"] == 1
    slow = actions.confirm_address(registration=slow, now=later)
    assert slow.state == RegistrationState.WAITING


def test_robots_that_never_confirm_hold_half_of_the_hall_at_most() -> None:
    occurrence = make_occurrence(capacity=10)
    for number in range(30):
        make_registration(occurrence, number, confirm=False)
    people = [make_registration(occurrence, 100 + number) for number in range(6)]
    assert [row.state for row in people] == ["confirmed"] * 5 + ["waiting"]


def test_a_telephone_alone_is_enough_and_staff_confirm_it(django_user_model: type) -> None:
    staff = django_user_model.objects.create(username="protocole")
    registration = make_registration(
        make_occurrence(capacity=5), email="", phone="+22376001122", confirm=False
    )
    assert owed(registration) == []
    registration = actions.confirm_by_phone(
        registration=registration, number="+22376001122", user=staff, now=NOON
    )
    assert registration.state == RegistrationState.CONFIRMED
    assert (registration.confirmed_channel, registration.confirmed_by) == ("phone", staff)
    assert registration.confirmed_number == "+22376001122"


def test_with_approval_no_seat_counts_before_it() -> None:
    occurrence = make_occurrence(capacity=1, needs_approval=True)
    first, second = (make_registration(occurrence, number) for number in (1, 2))
    assert {first.state, second.state} == {"requested"}
    approved = actions.approve(registration=second, user=None, now=NOON)
    refused = actions.refuse(registration=first, reason="Une rédaction, une place.", user=None, now=NOON)
    assert (approved.state, refused.state) == ("confirmed", "refused")
    assert owed(first)[-1] == "refused"


def test_registration_follows_its_window() -> None:
    event = make_event(
        registration_opens_at=NOON + timedelta(hours=1), registration_closes_at=NOON + timedelta(hours=2)
    )
    occurrence = event.occurrences.get()
    for at in (NOON, NOON + timedelta(hours=2)):
        with pytest.raises(actions.RegistrationClosed):
            make_registration(occurrence, now=at)
    assert make_registration(occurrence, now=NOON + timedelta(hours=1)).state == "confirmed"


def test_cancelling_the_event_tells_everybody_once() -> None:
    occurrence = make_occurrence(capacity=1)
    people = [make_registration(occurrence, number) for number in (1, 2)]
    for _time in range(2):
        actions.cancel_event(event=occurrence.event, reason="Deuil national", user=None, now=NOON)
    assert [owed(row).count("called_off") for row in people] == [1, 1]
    assert set(Registration.objects.values_list("state", flat=True)) == {"cancelled"}


def test_more_seats_go_to_those_who_wait() -> None:
    occurrence = make_occurrence(capacity=1)
    people = [make_registration(occurrence, number) for number in range(4)]
    actions.change_capacity(event=occurrence.event, capacity=3, user=None, now=NOON)
    for row in people:
        row.refresh_from_db()
    assert [row.state for row in people] == ["confirmed", "confirmed", "confirmed", "waiting"]


def test_a_new_date_is_told_and_the_registration_stays() -> None:
    occurrence = make_occurrence()
    person = make_registration(occurrence)
    event = occurrence.event
    new_day = event.start_date + timedelta(days=3)
    actions.change_when(event=event, values={"start_date": new_day}, user=None, now=NOON)
    occurrence.refresh_from_db()
    assert occurrence.local_start.date() == new_day
    assert owed(person)[-1] == "changed"
    assert event.sequence == 1


def test_staff_who_enter_somebody_waiting_for_a_mail_confirm_them() -> None:
    waits = make_registration(make_occurrence(needs_approval=True), confirm=False)
    said = {"name": waits.name, "email": waits.email, "channel": "staff", "user": None, "now": NOON}
    for _twice in range(2):
        added = actions.add_by_hand(occurrence=waits.occurrence, **said)
    assert (added.pk, added.state, added.confirmed_channel) == (waits.pk, "confirmed", "staff")
    assert owed(waits) == ["confirm_address", "confirmed"]


def test_nobody_is_accepted_for_a_date_that_is_over() -> None:
    asks = make_registration(make_occurrence(needs_approval=True))
    late = asks.occurrence.ends_at + timedelta(minutes=1)
    with pytest.raises(actions.AlreadyOver):
        actions.approve(registration=asks, user=None, now=late)
    event = asks.occurrence.event
    assert not actions.decide(event=event, uids=[asks.uid], accept=True, user=None, now=late)
    assert owed(asks)[-1] == "requested"


def test_staff_add_a_visitor_without_any_address(django_user_model: type) -> None:
    staff = django_user_model.objects.create(username="protocole")
    row = actions.add_by_hand(
        occurrence=make_occurrence(capacity=1), name="Oumou Diarra", channel="in_person", user=staff, now=NOON
    )
    assert (row.state, row.confirmed_channel) == ("confirmed", "in_person")
