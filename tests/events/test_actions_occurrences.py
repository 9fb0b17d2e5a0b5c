"""Dates as rows: what hangs on one is never lost, and an event of one date has one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest

from cms.mailing.models import Delivery
from events import actions, ical
from events.actions.events import change_first_values
from events.mail.registrations import changed
from events.models import Event, EventPage, Occurrence
from events.validators import parse_rule
from tests.factories.contacts import make_contact
from tests.factories.core import NOON
from tests.factories.events import TOMORROW, make_delegation, make_event, make_event_page, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]

MONDAY = date(2026, 11, 30)


def invite(row: Occurrence) -> None:
    actions.add_guests(occurrence=row, contacts=[make_contact(protocol_rank=1)], user=None, now=NOON)


def hang_round(row: Occurrence) -> None:
    actions.plan_round(occurrence=row, kind="reminder", days=1, user=None, now=NOON)


HANGING: dict[str, Callable[[Occurrence], Any]] = {
    "guests": invite,
    "a delegation": make_delegation,
    "a mail planned": hang_round,
}


def weekly() -> Event:
    rule = parse_rule("RRULE:FREQ=WEEKLY;COUNT=4")
    return make_event(start_date=MONDAY, start_time=time(9), end_time=time(10), rule=rule)


def rows_of(event: Event) -> list[Occurrence]:
    return list(Occurrence.objects.filter(event=event).select_related("event").order_by("starts_at"))


@pytest.mark.parametrize("hang", HANGING.values(), ids=HANGING)
def test_a_date_that_something_hangs_on_outlives_a_new_rule_and_the_end_of_the_series(hang: Any) -> None:
    event = weekly()
    first, _second, third, _fourth = rows_of(event)
    hang(third)
    values = {"start_date": MONDAY + timedelta(days=1), "rule": parse_rule("RRULE:FREQ=WEEKLY;COUNT=2")}
    actions.change_when(event=event, values=values, user=None, now=NOON)
    kept = rows_of(event)
    assert [row.local_start.day for row in kept] == [1, 8, 14]
    assert (kept[2].pk, kept[2].is_moved, first.pk in {row.pk for row in kept}) == (third.pk, True, False)
    other = weekly()
    row = rows_of(other)[2]
    hang(row)
    actions.cancel_following(occurrence=rows_of(other)[1], user=None, now=NOON)
    assert [one.is_cancelled for one in rows_of(other)] == [False, True]
    assert rows_of(other)[1].pk == row.pk


def test_the_date_of_a_draft_moves_with_the_guests_that_were_listed_for_it() -> None:
    event = make_event()
    row = event.occurrences.get()
    invite(row)
    day = TOMORROW + timedelta(days=7)
    change_first_values(event, {"start_date": day, "start_time": time(15)}, None, NOON)
    moved = event.occurrences.get()
    assert (moved.pk, moved.local_start.date(), moved.local_start.hour) == (row.pk, day, 15)
    assert not Delivery.objects.exists()


def test_an_event_of_one_date_keeps_one_wherever_the_date_is_changed() -> None:
    event = make_event()
    row = event.occurrences.get()
    make_registration(row)
    day = TOMORROW + timedelta(days=1)
    starts, ends = datetime.combine(day, time(15)), datetime.combine(day, time(16, 30))
    actions.move_occurrence(occurrence=row, starts=starts, ends=ends, user=None, now=NOON)
    event.refresh_from_db()
    assert (event.start_date, event.start_time, event.end_time) == (day, time(15), time(16, 30))
    values = {"start_date": day + timedelta(days=1)}
    actions.change_when(event=event, values=values, user=None, now=NOON)
    only = event.occurrences.get()
    assert (only.pk, only.local_start.date(), only.is_moved) == (row.pk, day + timedelta(days=1), False)
    assert Delivery.objects.filter(recipient_key__contains=":changed:").count() == 2


def test_the_date_of_an_event_that_is_over_is_corrected_and_nobody_is_written_to() -> None:
    event = make_event()
    row = event.occurrences.get()
    make_registration(row)
    later, day = NOON + timedelta(days=30), TOMORROW + timedelta(days=2)
    actions.change_when(event=event, values={"start_date": day}, user=None, now=later)
    only = event.occurrences.get()
    assert (only.pk, only.local_start.date()) == (row.pk, day)
    assert not Delivery.objects.filter(recipient_key__contains=":changed:").exists()
    # Held again, it is another date: who came to the first did not come to the second.
    actions.change_when(event=event, values={"start_date": date(2027, 3, 1)}, user=None, now=later)
    assert [one.local_start.date() for one in rows_of(event)] == [day, date(2027, 3, 1)]
    page = EventPage.objects.get(pk=make_event_page(event).pk)
    entries = icalendar.Calendar.from_ical(ical.event_calendar(page.event, rows_of(event), page)).walk(
        "VEVENT"
    )
    uids = {str(entry["UID"]): entry["DTSTART"].dt.date() for entry in entries}
    assert uids[f"{event.uid}@kunnafoni"] == date(2027, 3, 1)
    assert len(uids) == 2


def test_the_place_and_seats_of_the_only_date_are_the_events() -> None:
    event = make_event(capacity=10, address="Hamdallaye ACI 2000", map_url="https://carte.example.org/")
    row = event.occurrences.get()
    said = {"starts": datetime.combine(TOMORROW, time(10)), "ends": datetime.combine(TOMORROW, time(10, 45))}
    move = {"occurrence": row, "place_name": "CICB", "user": None, "now": NOON, **said}
    actions.move_occurrence(capacity=50, **move)
    event.refresh_from_db()
    assert (event.place_name, event.address, event.capacity) == ("CICB", "", 50)
    actions.change_capacity(event=event, capacity=80, user=None, now=NOON)
    row.refresh_from_db()
    row.event.refresh_from_db()
    assert (row.seats, row.place, row.where) == (80, "CICB", "CICB")
    before = row.sequence
    assert actions.move_occurrence(**move).sequence == before, "the same again changes nothing"


def test_a_date_elsewhere_has_not_the_address_of_the_event() -> None:
    event = make_event(
        start_date=MONDAY,
        rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=3"),
        address="Hamdallaye ACI 2000",
        map_url="https://carte.example.org/",
    )
    page = make_event_page(event)
    row, usual = rows_of(event)[:2]
    make_registration(row)
    starts = datetime.combine(MONDAY, time(10))
    actions.move_occurrence(
        occurrence=row,
        starts=starts,
        ends=starts + timedelta(minutes=45),
        place_name="Université de Ségou",
        user=None,
        now=NOON,
    )
    row.refresh_from_db()
    assert (row.where, row.map_url) == ("Université de Ségou", "")
    assert usual.where == "Maison de la presse, Hamdallaye ACI 2000"
    values = Delivery.objects.get(recipient_key__contains=":changed:").values
    assert (values["place"], values["address"]) == ("Université de Ségou", "")
    text = ical.event_calendar(event, rows_of(event), EventPage.objects.get(pk=page.pk)).decode()
    assert "LOCATION:Université de Ségou\r\n" in text
    assert "LOCATION:Maison de la presse\\, Hamdallaye ACI 2000\r\n" in text
    starts += timedelta(weeks=1)
    asked = actions.Asked(starts, starts + timedelta(minutes=45), "CICB", None)
    actions.change_following(occurrence=usual, asked=asked, user=None, now=NOON)
    assert [one.where for one in rows_of(event)] == ["Université de Ségou", "CICB", "CICB"]


def test_a_new_link_to_take_part_is_told_to_who_is_registered_and_given_to_who_has_a_seat() -> None:
    event = make_event(capacity=1, online_url="https://visio.example.org/a")
    row = event.occurrences.get()
    for number in (1, 2):
        make_registration(row, number)
    values = {"online_url": "https://visio.example.org/b"}
    actions.change_place(event=event, values=values, user=None, now=NOON)
    found = list(Delivery.objects.filter(recipient_key__contains=":changed:").order_by("pk"))
    texts = [changed(one, "fr", NOON, calendar=ical.letter_calendar).text for one in found]
    assert ["visio.example.org/b" in text for text in texts] == [True, False]
