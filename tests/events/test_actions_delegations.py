"""Delegations: seats kept for names, partial confirmation, the last day, who is told what."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from cms.core.models import ThingLog
from cms.mailing.models import Delivery
from events import actions, queries
from events.actions import seats
from events.models import Delegation, Occurrence, Passport, Registration
from tests.factories.core import NOON
from tests.factories.events import (
    make_delegation,
    make_event,
    make_occurrence,
    make_registration,
    name_somebody,
)

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=13)  # after the last day for names, before the date


def renderers() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("mailing__renderer", flat=True))


def state(registration: Registration) -> str:
    registration.refresh_from_db()
    return registration.state


@pytest.fixture
def hall() -> Occurrence:
    return make_occurrence(capacity=5)


def test_seats_granted_are_taken_before_anybody_is_named(hall: Occurrence) -> None:
    make_delegation(hall)
    assert seats.free(hall, now=NOON) == 1
    assert Occurrence.objects.counted(NOON).get().taken == 4
    make_registration(hall, 1)
    assert make_registration(hall, 2).state == "waiting"


def test_naming_somebody_takes_no_seat_more(hall: Occurrence) -> None:
    delegation = make_delegation(hall)
    member = name_somebody(delegation)
    assert (member.state, member.organisation, member.confirmed_channel) == (
        "confirmed",
        "Agence du Bénin",
        "head",
    )
    assert seats.free(hall, now=NOON) == 1
    assert Occurrence.objects.counted(NOON).get().taken == 4


def test_after_the_last_day_seats_without_a_name_go_to_who_waits_by_the_clock_alone(hall: Occurrence) -> None:
    delegation = make_delegation(hall)
    name_somebody(delegation)
    make_registration(hall, 1)
    waiting = [make_registration(hall, number) for number in (2, 3)]
    assert seats.free(hall, now=LATER) == 3
    with pytest.raises(actions.NotTaken):
        name_somebody(delegation, 2, now=LATER)
    actions.sweep_registrations(now=LATER)
    assert [state(one) for one in waiting] == ["confirmed", "confirmed"]
    actions.sweep_registrations(now=LATER)
    assert Registration.objects.filter(state="confirmed").count() == 4


def test_staff_may_name_somebody_after_the_last_day_where_a_seat_is_left(
    hall: Occurrence, django_user_model
) -> None:
    delegation = make_delegation(hall, places=5, granted=5)
    user = django_user_model.objects.create_user(username="protocol")
    for number in range(5):
        member = name_somebody(delegation, number, user=user, now=LATER)
        assert member.state == "confirmed"


def test_more_seats_than_are_left_are_refused_with_the_number_left(hall: Occurrence) -> None:
    make_registration(hall, 1)
    make_registration(hall, 2)
    with pytest.raises(actions.SeatsShort) as short:
        make_delegation(hall)
    assert short.value.left == 3
    assert not Delegation.objects.exists()


def test_a_partly_confirmed_delegation_names_the_others_onto_the_waiting_list(hall: Occurrence) -> None:
    make_registration(hall, 1)
    make_registration(hall, 2)
    delegation = make_delegation(hall, granted=0)
    granted = actions.grant_places(
        delegation=delegation,
        granted=4,
        at_most=True,
        names_until=delegation.names_until,
        user=None,
        now=NOON,
    )
    assert (granted.granted, granted.is_partial) == (3, True)
    members = [name_somebody(granted, number) for number in range(4)]
    assert [one.state for one in members] == ["confirmed"] * 3 + ["waiting"]
    with pytest.raises(actions.NoPlaceLeft):
        name_somebody(granted, 5)
    assert renderers().count("events.delegate_named") == 0  # nobody gave an address
    letter = Delivery.objects.get(mailing__renderer="events.delegation_confirmed")
    assert (letter.values["places"], letter.values["granted"]) == (4, 3)


def test_a_seat_given_back_before_the_last_day_goes_to_who_of_the_delegation_waits(hall: Occurrence) -> None:
    stranger = make_registration(hall, 1)
    delegation = make_delegation(hall, places=5, granted=4)
    members = [name_somebody(delegation, number) for number in range(4)]
    outside = make_registration(hall, 2)
    own = name_somebody(delegation, 9)
    assert (state(outside), state(own)) == ("waiting", "waiting")
    actions.cancel(registration=members[0], now=NOON)
    assert (state(outside), state(own)) == ("waiting", "confirmed")
    actions.cancel(registration=stranger, now=NOON)
    assert state(outside) == "confirmed"


def test_a_seat_given_back_stays_with_the_delegation_and_after_the_last_day_leaves_it(
    hall: Occurrence,
) -> None:
    delegation = make_delegation(hall)
    members = [name_somebody(delegation, number) for number in range(4)]
    make_registration(hall, 1)
    outside = make_registration(hall, 2)
    actions.remove_member(member=members[0], now=NOON)
    assert state(outside) == "waiting"
    assert seats.kept_for(delegation, now=NOON) == 1
    actions.remove_member(member=members[1], now=LATER)
    assert state(outside) == "confirmed"


def test_a_seat_fewer_than_are_named_is_not_granted(hall: Occurrence) -> None:
    delegation = make_delegation(hall)
    for number in range(3):
        name_somebody(delegation, number)
    with pytest.raises(actions.PlacesNamed) as named:
        actions.grant_places(
            delegation=delegation, granted=2, names_until=delegation.names_until, user=None, now=NOON
        )
    assert named.value.named == 3
    actions.grant_places(
        delegation=delegation, granted=3, names_until=delegation.names_until, user=None, now=NOON
    )
    assert seats.free(hall, now=NOON) == 2


def test_the_head_who_comes_is_the_first_named_and_only_once(hall: Occurrence) -> None:
    delegation = make_delegation(hall, head_comes=True)
    actions.grant_places(
        delegation=delegation, granted=4, names_until=delegation.names_until, user=None, now=NOON
    )
    head = Registration.objects.get(delegation=delegation)
    assert (head.name, head.delegate.is_head, head.contact) == (
        "Codjo Ahouansou",
        True,
        delegation.contact,
    )
    assert seats.free(hall, now=NOON) == 1


def test_the_same_form_twice_is_one_delegation_and_one_person(hall: Occurrence) -> None:
    form, other = uuid4(), uuid4()
    delegation = make_delegation(hall, key=form)
    assert make_delegation(hall, key=form) == delegation
    first = name_somebody(delegation, key=other)
    assert name_somebody(delegation, key=other) == first
    assert seats.free(hall, now=NOON) == 1


def test_naming_somebody_who_registered_alone_neither_touches_them_nor_tells_the_head(
    hall: Occurrence,
) -> None:
    alone = make_registration(hall, 1)
    delegation = make_delegation(hall)
    named = name_somebody(delegation, email=alone.email)
    unknown = name_somebody(delegation, 2, email="nobody@example.org")
    assert named.state == unknown.state == "confirmed"
    assert named.contact != alone.contact
    actions.remove_member(member=named, now=NOON)
    assert state(alone) == "confirmed"


def test_a_cancelled_delegation_ends_its_people_and_gives_its_seats_away(hall: Occurrence) -> None:
    delegation = make_delegation(hall, places=5, granted=5)
    member = name_somebody(delegation, email="membre@example.org")
    waiting = make_registration(hall, 1)
    actions.cancel_delegation(delegation=delegation, reason="Vol annulé", now=NOON)
    actions.cancel_delegation(delegation=delegation, reason="Vol annulé", now=NOON)
    delegation.refresh_from_db()
    assert (delegation.state, delegation.granted, state(member), state(waiting)) == (
        "cancelled",
        0,
        "cancelled",
        "confirmed",
    )
    assert renderers().count("events.delegation_cancelled") == 1
    assert renderers().count("events.cancelled") == 1


def test_a_refused_delegation_is_told_why_and_takes_no_seat(hall: Occurrence) -> None:
    delegation = make_delegation(hall, granted=0)
    assert seats.free(hall, now=NOON) == 5
    actions.refuse_delegation(delegation=delegation, reason="Salle pleine", user=None, now=NOON)
    assert Delivery.objects.get().values["reason"] == "Salle pleine"
    with pytest.raises(actions.NotTaken):
        name_somebody(delegation)


def test_head_and_people_are_told_of_a_date_that_moves_or_is_called_off(hall: Occurrence) -> None:
    delegation = make_delegation(hall)
    name_somebody(delegation, email="membre@example.org")
    actions.move_occurrence(
        occurrence=hall,
        starts=hall.local_start.replace(tzinfo=None) + timedelta(days=1),
        ends=None,
        user=None,
        now=NOON,
    )
    actions.cancel_occurrence(occurrence=hall, user=None, now=NOON)
    sent = renderers()
    for renderer in ("delegation_changed", "changed", "delegation_called_off", "called_off"):
        assert sent.count(f"events.{renderer}") == 1
    delegation.refresh_from_db()
    assert (delegation.state, delegation.granted) == ("cancelled", 0)


def test_the_journal_says_who_changed_which_field_and_never_what_stands_in_it(hall: Occurrence) -> None:
    delegation = make_delegation(hall)
    member = name_somebody(delegation)
    actions.change_delegate(
        member=member,
        journey={"hotel": "Hôtel secret", "diet": ""},
        passport={"full_name": "AHOUANSOU CODJO", "number": "B0123456", "nationality": "BJ"},
        now=NOON,
    )
    assert Passport.objects.get().number == "B0123456"
    lines = ThingLog.objects.filter(thing_uid=hall.event.uid)
    said = lines.get(action="delegate.changed").changes
    assert said["fields"] == ["hotel", "passport"]
    assert said["by"] == "link"
    everything = str(list(lines.values_list("changes", flat=True)))
    for secret in ("secret", "B0123456", "AHOUANSOU", "Délégué"):
        assert secret not in everything


def test_the_head_is_reminded_once_of_names_that_are_missing_and_of_none_else(hall: Occurrence) -> None:
    start, soon = NOON - timedelta(days=5), NOON
    delegation = make_delegation(hall, now=start)
    for at in (start, start + timedelta(hours=1), soon, soon, soon + timedelta(hours=1)):
        actions.sweep_registrations(now=at)
    for number in range(3):
        name_somebody(delegation, number)
        actions.sweep_registrations(now=soon)
    reminder = Delivery.objects.get(mailing__renderer="events.delegation_reminder")
    assert (reminder.values["kept"], reminder.address) == (4, "chef@example.org")
    actions.sweep_registrations(now=LATER)
    assert renderers().count("events.delegation_reminder") == 1


def test_a_delegation_whose_places_are_all_named_is_reminded_of_nothing(hall: Occurrence) -> None:
    delegation = make_delegation(hall, now=NOON - timedelta(days=5))
    for number in range(4):
        name_somebody(delegation, number)
    actions.sweep_registrations(now=NOON)
    assert "events.delegation_reminder" not in renderers()


def test_a_new_link_of_the_head_ends_the_old_one(hall: Occurrence) -> None:
    delegation = make_delegation(hall)
    old = queries.head_token(delegation)
    assert queries.delegation_by_token(old) == delegation
    fresh = actions.new_delegation_link(delegation=delegation, user=None, now=NOON)
    assert queries.delegation_by_token(old) is None
    assert queries.delegation_by_token(queries.head_token(fresh)) == delegation


def test_a_link_of_a_registration_opens_no_delegation(hall: Occurrence) -> None:
    member = name_somebody(make_delegation(hall))
    assert queries.delegation_by_token(queries.key_of(member)) is None


def test_dates_are_counted_with_delegations_at_the_same_number_of_queries(
    django_assert_num_queries,
) -> None:
    event = make_event(capacity=5)
    make_delegation(event.occurrences.get())
    with django_assert_num_queries(1):
        list(Occurrence.objects.select_related("event").counted(NOON))
    for _number in range(3):
        make_delegation(make_occurrence(capacity=5))
    with django_assert_num_queries(1):
        rows = list(Occurrence.objects.select_related("event").counted(NOON))
    assert [row.taken for row in rows] == [4, 4, 4, 4]
