"""Letting people in: each once, whatever telephones send, in whatever order and however late."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from cms.accounts.models import User
from events import actions, queries
from events.actions import Keeper, Scan
from events.models import Access, Category, CheckIn, Occurrence, Outcome, Registration
from events.queries.papers import badge_code
from events.queries.persons import person_sections
from tests.factories.core import NOON
from tests.factories.events import TOMORROW, make_event, make_registration

pytestmark = pytest.mark.django_db

#: An hour before the doors of an event that begins tomorrow at ten.
DOOR = NOON + timedelta(hours=21)
KEEPER = Keeper(user=None, door="Porte A", device=uuid4(), may_approve=True)
HELPER = Keeper(user=None, door="Porte B", device=uuid4(), may_approve=False)


def link_of(registration: Registration) -> str:
    return f"https://example.org/r/{queries.key_of(registration)}"


def scan(at: datetime = DOOR, **values: Any) -> Scan:
    return Scan(client_uid=uuid4(), at=at, **values)


def let_in(row: Occurrence, *scans: Scan, keeper: Keeper = KEEPER, now: datetime = DOOR) -> list[CheckIn]:
    return actions.check_in(occurrence=row, scans=scans, keeper=keeper, now=now)


@pytest.fixture
def row() -> Occurrence:
    return make_event(capacity=3).occurrences.get()


@pytest.fixture
def person(row: Occurrence) -> Registration:
    return make_registration(row)


def test_a_ticket_lets_its_holder_in_once_and_a_replayed_one_is_written_down(
    row: Occurrence, person: Registration
) -> None:
    first, again = scan(code=link_of(person)), scan(DOOR + timedelta(minutes=5), code=link_of(person))
    [one] = let_in(row, first)
    [two] = let_in(row, again, keeper=HELPER, now=DOOR + timedelta(minutes=5))
    assert (one.outcome, two.outcome) == (Outcome.ADMITTED, Outcome.ALREADY)
    person.refresh_from_db()
    assert person.attended_at == DOOR
    assert row.check_ins.count() == 2


def test_what_is_posted_twice_is_done_once(row: Occurrence, person: Registration) -> None:
    sent = [scan(code=link_of(person)), scan(name="Oumou Sangaré")]
    before = let_in(row, *sent)
    after = let_in(row, *sent, now=DOOR + timedelta(hours=1))
    assert [one.pk for one in before] == [one.pk for one in after]
    assert Registration.objects.filter(name="Oumou Sangaré").count() == 1
    assert row.check_ins.count() == 2


def test_who_asks_what_is_kept_is_told_of_the_door(row: Occurrence, person: Registration) -> None:
    let_in(row, scan(code=link_of(person)))
    said = [line for section in person_sections(person) for line in section.lines]
    assert any("Porte A" in words for _label, words in said)


def test_the_database_lets_nobody_in_twice(row: Occurrence, person: Registration) -> None:
    [one] = let_in(row, scan(registration=person.uid))
    one.pk, one.client_uid = None, uuid4()
    one._state.adding = True
    with pytest.raises(IntegrityError, match="let_in_once"), transaction.atomic():
        one.save()


def test_at_a_forum_of_three_days_people_come_in_once_a_day() -> None:
    row = make_event(end_date=TOMORROW + timedelta(days=2)).occurrences.get()
    person, second = make_registration(row), DOOR + timedelta(days=1)
    first = [let_in(row, scan(code=link_of(person)))[0].outcome for _again in range(2)]
    assert first == [Outcome.ADMITTED, Outcome.ALREADY]
    assert queries.list_of_door(row, now=DOOR)[0][5] == DOOR.timestamp()

    assert queries.list_of_door(row, now=second)[0][5] == 0, "nobody is inside on the morning after"
    assert queries.door_counts(row, now=second).inside == 0
    entry = scan(second, code=link_of(person))
    assert let_in(row, entry, now=second)[0].outcome == Outcome.ADMITTED
    assert queries.door_counts(row, now=second).inside == 1
    assert queries.inside_by_day(row) == [(TOMORROW, 1), (TOMORROW + timedelta(days=1), 1)]
    let_in(row, scan(second, undoes=entry.client_uid), now=second)
    person.refresh_from_db()
    assert person.attended_at == DOOR, "who came on the first day came, whatever was a mistake on the second"


def test_an_evening_that_goes_past_midnight_is_one_day() -> None:
    row = make_event(
        start_time=time(20), end_date=TOMORROW + timedelta(days=1), end_time=time(2)
    ).occurrences.get()
    person = make_registration(row)
    hours = (row.starts_at, row.starts_at + timedelta(hours=5))
    outcomes = [let_in(row, scan(at, registration=person.uid), now=at)[0].outcome for at in hours]
    assert outcomes == [Outcome.ADMITTED, Outcome.ALREADY]


@pytest.mark.parametrize("forge", ["altered", "other_date", "revoked", "other_uid", "nonsense"])
def test_a_forged_code_lets_nobody_in_and_is_written_down(
    row: Occurrence, person: Registration, forge: str
) -> None:
    code = link_of(person)
    if forge == "altered":
        code = code[:-6] + ("A" if code[-6] != "A" else "B") + code[-5:]
    elif forge == "other_date":
        code = link_of(make_registration(make_event(name="Autre").occurrences.get(), 2))
    elif forge == "revoked":
        actions.new_link(registration=person, user=None, now=NOON)
    elif forge == "nonsense":
        code = "https://example.org/r/\x00"
    values = {"registration": uuid4()} if forge == "other_uid" else {"code": code}
    [one] = let_in(row, scan(**values))
    assert (one.outcome, one.registration) == (Outcome.UNKNOWN, None)
    assert not Registration.objects.exclude(attended_at=None).exists()


def test_the_short_code_under_the_square_names_the_person_of_this_date_only(
    row: Occurrence, person: Registration
) -> None:
    elsewhere = make_event(name="Autre").occurrences.get()
    code = queries.door_code(person)
    assert let_in(elsewhere, scan(code=code))[0].outcome == Outcome.UNKNOWN
    assert let_in(row, scan(code=f"{code[:3]} {code[3:6].upper()}-{code[6:]}"))[0].registration == person


def test_a_badge_lets_its_wearer_in(row: Occurrence, person: Registration) -> None:
    assert let_in(row, scan(code=badge_code(person)))[0].outcome == Outcome.ADMITTED


def test_two_telephones_without_network_leave_one_entry_and_one_conflict(
    row: Occurrence, person: Registration
) -> None:
    early, late = DOOR - timedelta(minutes=20), DOOR - timedelta(minutes=5)
    let_in(row, scan(late, code=link_of(person), let_in=True))
    [second] = let_in(row, scan(early, registration=person.uid, let_in=True), keeper=HELPER)
    assert second.outcome == Outcome.ALREADY
    assert list(queries.conflicts_of(row)) == [second]
    person.refresh_from_db()
    assert person.attended_at == early, "the earlier hour is when the person came"
    actions.settle(check_in=second, user=None, now=DOOR)
    actions.settle(check_in=second, user=None, now=DOOR)
    assert not queries.conflicts_of(row).exists()


def test_a_try_that_timed_out_and_was_decided_by_the_list_is_a_conflict_when_sent_again(
    row: Occurrence, person: Registration
) -> None:
    let_in(row, scan(code=link_of(person)))
    unheard = scan(code=link_of(person))
    let_in(row, unheard, keeper=HELPER)
    decided = Scan(client_uid=unheard.client_uid, at=DOOR, code=unheard.code, let_in=True)
    [one] = let_in(row, decided, keeper=HELPER)
    assert one.is_conflict
    assert row.check_ins.count() == 2


def test_who_cancelled_after_the_list_was_read_is_a_conflict_not_a_seat(
    row: Occurrence, person: Registration
) -> None:
    actions.cancel(registration=person, now=DOOR - timedelta(hours=1))
    [one] = let_in(row, scan(registration=person.uid, let_in=True))
    assert (one.outcome, one.is_conflict) == (Outcome.NOT_CONFIRMED, True)
    person.refresh_from_db()
    assert (person.state, person.attended_at) == ("cancelled", DOOR)


def test_staff_vouch_for_who_has_not_confirmed_the_address(row: Occurrence) -> None:
    person = make_registration(row, confirm=False)
    [one] = let_in(row, scan(registration=person.uid), keeper=HELPER)
    assert one.outcome == Outcome.NOT_CONFIRMED
    [one] = let_in(row, scan(registration=person.uid, accept=True), keeper=HELPER)
    person.refresh_from_db()
    assert (one.outcome, person.state, person.confirmed_channel) == ("admitted", "confirmed", "in_person")


@pytest.mark.parametrize(("kept", "outcome"), [(True, "admitted"), (False, "full")])
def test_staff_vouch_in_a_full_hall_only_for_whose_seat_is_kept(kept: bool, outcome: str) -> None:
    row = make_event(capacity=1).occurrences.get()
    person = make_registration(row, confirm=False)
    until = DOOR + timedelta(hours=1) if kept else DOOR - timedelta(hours=1)
    Registration.objects.filter(pk=person.pk).update(held_until=until)
    if not kept:
        let_in(row, scan(name="Oumou"))
    [one] = let_in(row, scan(registration=person.uid, accept=True))
    assert one.outcome == outcome
    assert row.registrations.filter(state="confirmed").count() == 1


def test_only_who_may_approve_lets_in_who_was_not_approved() -> None:
    row = make_event(needs_approval=True).occurrences.get()
    person = make_registration(row)
    assert person.state == "requested"
    for keeper, outcome in ((HELPER, "not_confirmed"), (KEEPER, "admitted")):
        [one] = let_in(row, scan(registration=person.uid, accept=True), keeper=keeper)
        assert one.outcome == outcome
    [stranger] = let_in(row, scan(name="Oumou"), keeper=HELPER)
    assert (stranger.outcome, stranger.registration) == ("not_confirmed", None)


def test_who_comes_without_registering_gets_a_seat_while_there_is_one(row: Occurrence) -> None:
    outcomes = [
        let_in(row, scan(name=f"Passant {n}", phone="+22376001122" if n == 0 else ""))[0] for n in range(4)
    ]
    assert [one.outcome for one in outcomes] == ["admitted"] * 3 + ["full"]
    assert outcomes[3].registration is None, "nobody was let in: nothing is kept but the try"
    [inside] = let_in(row, scan(name="Passant 5", let_in=True))
    assert (inside.outcome, inside.is_conflict) == ("full", True)
    assert inside.registration is not None
    assert inside.registration.state == "waiting"
    assert row.registrations.filter(state="confirmed").count() == 3


def test_who_walks_in_takes_a_seat_of_the_category_and_only_of_one_that_is_open(row: Occurrence) -> None:
    press = Category.objects.create(event=row.event, name="Presse", quota=1)
    closed = Category.objects.create(event=row.event, name="Officiels", access=Access.INVITED)
    elsewhere = Category.objects.create(event=make_event(name="Autre"), name="Autre")
    asked = ((press, HELPER), (press, HELPER), (closed, HELPER), (closed, KEEPER), (elsewhere, HELPER))
    found = [
        let_in(row, scan(name=f"Passant {n}", category=category.uid), keeper=keeper)[0]
        for n, (category, keeper) in enumerate(asked)
    ]
    assert [one.outcome for one in found] == ["admitted", "full", "not_confirmed", "admitted", "admitted"]
    groups = [one.registration.category for one in found if one.registration is not None]
    assert groups == [press, closed, None]
    assert {line[6] for line in queries.list_of_door(row, now=DOOR)} == {"Presse", "Officiels", ""}


def test_only_who_may_approve_vouches_for_a_category_that_is_approved(row: Occurrence) -> None:
    person = make_registration(row, confirm=False)
    category = Category.objects.create(event=row.event, name="Presse", access=Access.APPROVAL)
    Registration.objects.filter(pk=person.pk).update(category=category)
    for keeper, outcome in ((HELPER, "not_confirmed"), (KEEPER, "admitted")):
        [one] = let_in(row, scan(registration=person.uid, accept=True), keeper=keeper)
        assert one.outcome == outcome


def test_who_walks_in_where_people_come_by_invitation_is_let_in_by_who_may_approve_alone() -> None:
    row = make_event(by_invitation=True).occurrences.get()
    [refused] = let_in(row, scan(name="Passant"), keeper=HELPER)
    assert (refused.outcome, refused.registration) == ("not_confirmed", None)
    assert let_in(row, scan(name="Passant"), keeper=KEEPER)[0].outcome == "admitted"


def test_a_walk_in_who_had_registered_is_let_in_by_that(row: Occurrence, person: Registration) -> None:
    [one] = let_in(row, scan(name="Invité", email=person.email))
    assert (one.outcome, one.registration) == (Outcome.ADMITTED, person)
    assert row.registrations.count() == 1


def test_an_entry_is_taken_back_once_and_the_person_may_come_again(
    row: Occurrence, person: Registration
) -> None:
    first = scan(registration=person.uid)
    let_in(row, first)
    before = queries.stamp_of_door(row)
    back = scan(undoes=first.client_uid)
    for _again in range(2):
        [one] = let_in(row, back)
        assert one.outcome == Outcome.UNDONE
    person.refresh_from_db()
    assert person.attended_at is None
    assert queries.stamp_of_door(row) != before, "the other doors read the list again"
    assert let_in(row, scan(registration=person.uid))[0].outcome == Outcome.ADMITTED


def test_an_entry_does_not_make_every_telephone_read_the_list_again(
    row: Occurrence, person: Registration
) -> None:
    before = queries.stamp_of_door(row)
    let_in(row, scan(registration=person.uid))
    assert queries.stamp_of_door(row) == before


def test_a_try_of_another_date_is_neither_told_nor_taken_back_here(
    row: Occurrence, person: Registration
) -> None:
    elsewhere = make_event(name="Autre").occurrences.get()
    first = scan(registration=person.uid)
    let_in(row, first)
    assert let_in(elsewhere, first) == []
    assert let_in(elsewhere, scan(undoes=first.client_uid)) == []
    assert row.check_ins.get().outcome == Outcome.ADMITTED


@pytest.mark.parametrize(
    ("hours", "outcome"), [(-25, "closed"), (-23, "admitted"), (12, "admitted"), (13, "closed")]
)
def test_a_door_is_open_from_the_day_before_until_half_a_day_after(
    row: Occurrence, person: Registration, hours: int, outcome: str
) -> None:
    at = row.starts_at + timedelta(hours=hours)
    [one] = let_in(row, scan(at, registration=person.uid), now=max(at, DOOR) + timedelta(days=2))
    assert one.outcome == outcome, "what counts is the hour at the door, not that of the post"


def test_a_cancelled_date_lets_nobody_in(row: Occurrence, person: Registration) -> None:
    actions.cancel_event(event=row.event, reason="", user=None, now=NOON)
    assert let_in(row, scan(registration=person.uid))[0].outcome == Outcome.CLOSED


def test_a_telephone_whose_clock_is_ahead_lets_nobody_in_tomorrow(
    row: Occurrence, person: Registration
) -> None:
    [one] = let_in(row, scan(DOOR + timedelta(hours=5), registration=person.uid))
    assert one.scanned_at == DOOR


def test_the_key_of_a_door_is_another_for_each_date_and_after_each_change(row: Occurrence) -> None:
    other = make_event(name="Autre").occurrences.get()
    first = queries.key_of_door(row)
    assert len(first) == 9
    assert first != queries.key_of_door(other)
    changed = actions.change_door_key(occurrence=row, user=User.objects.create_user("awa"), now=NOON)
    assert queries.key_of_door(changed) != first
    assert queries.key_of_door(changed, generation=0) == first


def test_the_list_of_a_door_holds_no_link_and_no_address(row: Occurrence, person: Registration) -> None:
    make_registration(row, 2, phone="+22376001122")
    actions.cancel(registration=make_registration(row, 3), now=NOON)
    told = queries.list_of_door(row, now=DOOR)
    assert [line[2] for line in told] == ["Invité 1", "Invité 2"]
    text = str(told)
    assert UUID(told[0][0]) == person.uid
    assert not any(secret in text for secret in (queries.key_of(person), "@", "76001122"))
