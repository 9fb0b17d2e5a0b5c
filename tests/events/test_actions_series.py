"""This date, this and those after it, all to come: who moves, who is told, and what stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
from django.core.exceptions import ValidationError

from cms.mailing.models import Delivery
from events import actions, ical
from events.actions import Asked
from events.models import Event, EventPage, Occurrence, Period
from events.validators import parse_rule
from tests.factories.core import NOON
from tests.factories.events import make_event, make_event_page, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]

MONDAY = date(2026, 11, 30)  # a week after NOON


def weekly(**values: Any) -> Event:
    """Each Monday at nine in Paris, as of NOON."""
    said = {
        "zone": "Europe/Paris",
        "start_date": MONDAY,
        "start_time": time(9),
        "end_time": time(10),
        "rule": parse_rule("RRULE:FREQ=WEEKLY\nEXDATE:20270104T090000Z"),
        "place_name": "Salle A",
    }
    return make_event(**{**said, **values})


def rows_of(event: Event) -> list[Occurrence]:
    return list(Occurrence.objects.filter(event=event).select_related("event").order_by("starts_at"))


def walls(event: Event, number: int = 6) -> list[str]:
    return [f"{row.local_start:%Y-%m-%d %H:%M}" for row in rows_of(event)[:number]]


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour))


def asked(day: date, hour: int, *, hours: int = 1, place: str = "Salle A", seats: int | None = None) -> Asked:
    return Asked(at(day, hour), at(day, hour + hours), place, seats)


def told() -> list[str]:
    """The addresses told of a change, in order."""
    found = Delivery.objects.filter(recipient_key__contains=":changed:").order_by("pk")
    return [row.address for row in found]


def change(row: Occurrence, wanted: Asked, **values: Any) -> int:
    return actions.change_following(occurrence=row, asked=wanted, user=None, **{"now": NOON, **values})


def file_of(event: Event) -> list[Any]:
    page = event.pages.first() or make_event_page(event)
    page = EventPage.objects.get(pk=page.pk)
    text = ical.event_calendar(page.event, rows_of(event), page)
    return icalendar.Calendar.from_ical(text.decode()).walk("VEVENT")


def test_one_date_moves_alone_and_its_people_are_told_each_time_it_moves() -> None:
    event = weekly()
    row, other = rows_of(event)[1], rows_of(event)[2]
    make_registration(row, 1)
    make_registration(other, 2)
    move = {"occurrence": row, "place_name": "Salle B", "capacity": 7, "user": None, "now": NOON}
    actions.move_occurrence(starts=at(date(2026, 12, 8), 14), ends=at(date(2026, 12, 8), 15), **move)
    assert walls(event, 3) == ["2026-11-30 09:00", "2026-12-08 14:00", "2026-12-14 09:00"]
    assert told() == ["invite1@example.org"]
    # The same again says nothing; another hour is another word.
    actions.move_occurrence(starts=at(date(2026, 12, 8), 14), ends=at(date(2026, 12, 8), 15), **move)
    assert told() == ["invite1@example.org"]
    actions.move_occurrence(starts=at(date(2026, 12, 8), 16), ends=at(date(2026, 12, 8), 17), **move)
    assert told() == ["invite1@example.org"] * 2
    row.refresh_from_db()
    assert (row.recurrence_id, row.place, row.seats) == ("20261207T090000", "Salle B", 7)
    with pytest.raises(actions.AlreadyOver):
        actions.move_occurrence(
            starts=at(date(2026, 12, 8), 9), ends=None, **{**move, "now": NOON + timedelta(days=30)}
        )


def test_seats_added_to_one_date_go_to_those_who_wait_for_it() -> None:
    event = weekly(capacity=1)
    row = rows_of(event)[0]
    for number in (1, 2):
        make_registration(row, number)
    starts, ends = at(MONDAY, 9), at(MONDAY, 10)
    actions.move_occurrence(occurrence=row, starts=starts, ends=ends, capacity=2, user=None, now=NOON)
    assert set(row.registrations.values_list("state", flat=True)) == {"confirmed"}
    assert told() == []


def test_this_and_following_moves_those_and_leaves_the_ones_before() -> None:
    event = weekly()
    rows = rows_of(event)
    people = [make_registration(row, number) for number, row in enumerate(rows[:5])]
    before = {row.pk: row.uid for row in rows}
    # From the third on: Tuesdays at two, for two hours, elsewhere.
    number = change(rows[2], asked(date(2026, 12, 15), 14, hours=2, place="Salle C"))
    assert number == len(rows) - 2
    assert walls(event) == [
        "2026-11-30 09:00",
        "2026-12-07 09:00",
        "2026-12-15 14:00",
        "2026-12-22 14:00",
        "2026-12-29 14:00",
        # The Monday left out is a Tuesday left out.
        "2027-01-12 14:00",
    ]
    assert sorted(told()) == [f"invite{number}@example.org" for number in (2, 3, 4)]
    assert [one.place for one in rows_of(event)[:3]] == ["Salle A", "Salle A", "Salle C"]
    assert {row.pk: row.uid for row in rows_of(event) if row.pk in before} == before
    for person in people:
        person.refresh_from_db()
        assert person.state == "confirmed"
    # Twice changes nothing.
    again = Occurrence.objects.get(pk=rows[2].pk)
    assert change(again, asked(date(2026, 12, 15), 14, hours=2, place="Salle C")) == 0
    assert len(told()) == 3


def test_what_was_before_stays_in_calendars_and_the_new_part_has_a_rule_of_its_own() -> None:
    event = weekly()
    page = make_event_page(event)
    rows = rows_of(event)
    actions.cancel_occurrence(occurrence=rows[1], user=None, now=NOON)
    change(rows[2], asked(date(2026, 12, 14), 11))
    first, cancelled, second = file_of(page.event)
    assert str(first["UID"]) == str(cancelled["UID"]) == f"{event.uid}@kunnafoni"
    assert str(second["UID"]) != str(first["UID"])
    assert first["RRULE"]["UNTIL"][0] == datetime(2026, 12, 14, 7, 59, 59, tzinfo=UTC)
    assert "UNTIL" not in second["RRULE"]
    assert first["DTSTART"].dt.hour == 9
    assert second["DTSTART"].dt == datetime(2026, 12, 14, 11, tzinfo=second["DTSTART"].dt.tzinfo)
    assert cancelled["RECURRENCE-ID"].dt.date() == date(2026, 12, 7)
    assert second["EXDATE"].dts[0].dt.hour == 11


def test_all_means_all_to_come_and_past_years_are_never_rewritten() -> None:
    """The fifth of February: one year moves by itself, then the hour changes for good."""
    event = make_event(
        now=NOON - timedelta(days=700),
        start_date=date(2025, 2, 5),
        start_time=time(9),
        end_time=time(13),
        rule=parse_rule("RRULE:FREQ=YEARLY"),
        anniversary=27,
    )
    page = make_event_page(event)
    actions.materialise(event=event, now=NOON)
    past = rows_of(event)[:2]
    assert [row.starts_at.year for row in past] == [2025, 2026]
    kept = [(row.uid, row.starts_at, row.ends_at) for row in past]
    row = rows_of(event)[2]
    make_registration(row, 1)
    change(
        row,
        Asked(at(date(2027, 2, 5), 10), at(date(2027, 2, 5), 12), "Maison de la presse", None),
        whole=True,
    )
    assert [(row.uid, row.starts_at, row.ends_at) for row in rows_of(event)[:2]] == kept
    assert walls(event)[2:] == ["2027-02-05 10:00", "2028-02-05 10:00"]
    assert told() == ["invite1@example.org"]
    old, new = file_of(page.event)
    assert (old["DTSTART"].dt.year, old["DTSTART"].dt.hour) == (2025, 9)
    assert (new["DTSTART"].dt.year, new["DTSTART"].dt.hour) == (2027, 10)
    assert [row.anniversary for row in rows_of(event)] == [27, 28, 29, 30]
    later = NOON + timedelta(days=100)
    values = {"start_date": date(2027, 2, 6), "rule": parse_rule("RRULE:FREQ=YEARLY")}
    actions.change_when(event=event, values=values, user=None, now=later)
    assert [row.anniversary for row in rows_of(event)] == [27, 28, 29, 30, 31]
    assert walls(event)[2:4] == ["2027-02-05 10:00", "2028-02-06 10:00"]
    actions.cancel_following(occurrence=rows_of(event)[3], user=None, now=later)
    assert [row.anniversary for row in rows_of(event)] == [27, 28, 29]


def test_a_new_rule_leaves_the_past_alone_too_and_only_an_end_keeps_the_series_whole() -> None:
    event = weekly()
    later = NOON + timedelta(days=30)  # 23 December: four Mondays are over
    values = {"start_date": MONDAY, "rule": parse_rule("RRULE:FREQ=WEEKLY;UNTIL=20270301T090000Z")}
    actions.change_when(event=event, values=values, user=None, now=later)
    assert not Period.objects.exists()
    assert rows_of(event)[-1].local_start.date() == date(2027, 3, 1)
    values = {"start_date": date(2026, 12, 1), "rule": parse_rule("RRULE:FREQ=WEEKLY;COUNT=8")}
    actions.change_when(event=event, values=values, user=None, now=later)
    assert Period.objects.get().ended_before == "20261228T090000"
    found = walls(event, 99)
    assert found[:4] == [f"{MONDAY + timedelta(weeks=n)} 09:00" for n in range(4)]
    # Eight Tuesdays from 1 December: four are over, four are to come.
    assert found[4:] == [f"{date(2026, 12, 29) + timedelta(weeks=n)} 09:00" for n in range(4)]
    first, second = file_of(event)
    assert second["RRULE"]["COUNT"] == [4]
    assert first["DTSTART"].dt.date() == MONDAY


@pytest.mark.parametrize(
    ("rule", "first", "row", "to", "expected"),
    [
        # The second Tuesday becomes the second Wednesday.
        ("FREQ=MONTHLY;BYDAY=2TU", date(2026, 12, 8), 1, date(2027, 1, 13), ["01-13", "02-10", "03-10"]),
        # The fifth of the month becomes the seventh.
        ("FREQ=MONTHLY;BYMONTHDAY=5", date(2026, 12, 5), 0, date(2026, 12, 7), ["12-07", "01-07", "02-07"]),
        ("FREQ=WEEKLY;BYDAY=MO,TH", date(2026, 12, 3), 1, date(2026, 12, 8), ["12-08", "12-11", "12-15"]),
        ("FREQ=DAILY;INTERVAL=3", date(2026, 12, 3), 1, date(2026, 12, 5), ["12-05", "12-08", "12-11"]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=5", date(2027, 2, 5), 0, date(2027, 2, 6), ["02-06", "02-06"]),
    ],
)
def test_rules_follow_the_date_that_moves(
    rule: str, first: date, row: int, to: date, expected: list[str]
) -> None:
    event = weekly(start_date=first, rule=parse_rule(f"RRULE:{rule}"))
    change(rows_of(event)[row], asked(to, 9))
    assert [line[5:10] for line in walls(event, row + 3)[row:]] == expected[: len(walls(event)) - row]


def test_a_rule_that_cannot_follow_is_refused_in_words_and_nothing_changes() -> None:
    event = weekly(start_date=date(2026, 12, 1), rule=parse_rule("RRULE:FREQ=MONTHLY;BYDAY=1TU,3TU"))
    before = walls(event)
    with pytest.raises(ValidationError):
        change(rows_of(event)[1], asked(date(2026, 12, 16), 9))
    later = weekly()
    with pytest.raises(ValidationError):
        change(rows_of(later)[2], asked(date(2026, 12, 6), 9))
    single = make_event()
    with pytest.raises(actions.NotTaken):
        change(rows_of(single)[0], asked(date(2026, 12, 6), 9))
    assert walls(event) == before
    assert not Period.objects.exists()


def test_a_date_moved_by_hand_keeps_its_own_hours_when_the_others_move() -> None:
    event = weekly()
    rows = rows_of(event)
    day = date(2026, 12, 23)
    actions.move_occurrence(occurrence=rows[3], starts=at(day, 18), ends=at(day, 19), user=None, now=NOON)
    change(rows[1], asked(date(2026, 12, 7), 11))
    assert walls(event, 5)[1:] == [
        "2026-12-07 11:00",
        "2026-12-14 11:00",
        "2026-12-23 18:00",
        "2026-12-28 11:00",
    ]
    rows[3].refresh_from_db()
    assert rows[3].recurrence_id == "20261221T110000"


def test_seats_are_not_limited_behind_the_back_of_dates_that_have_none() -> None:
    event = weekly()
    rows = rows_of(event)
    make_registration(rows[0], 1)
    with pytest.raises(ValidationError):
        change(rows[2], asked(date(2026, 12, 14), 9, seats=5))
    assert change(rows[0], asked(MONDAY, 9, seats=5)) > 5
    assert {row.seats for row in rows_of(event)} == {5}
    assert told() == []


def test_cancelling_from_a_date_on_keeps_the_dates_before_and_tells_the_people() -> None:
    event = weekly()
    rows = rows_of(event)
    people = [make_registration(row, number) for number, row in enumerate(rows[:4])]
    ended = actions.cancel_following(occurrence=rows[2], reason="Fin", user=None, now=NOON)
    assert ended == len(rows) - 2
    for person in people:
        person.refresh_from_db()
    assert [person.state for person in people] == ["confirmed"] * 2 + ["cancelled"] * 2
    assert [row.is_cancelled for row in rows_of(event)] == [False, False, True, True]
    assert Delivery.objects.filter(recipient_key__contains=":called_off:").count() == 2
    # The horizon brings nothing back.
    assert actions.extend_horizon(now=NOON) == 0
    assert actions.cancel_following(occurrence=rows[1], whole=True, user=None, now=NOON) == 2
    event.refresh_from_db()
    assert event.is_cancelled


def test_cancelling_all_to_come_after_a_change_takes_the_former_rule_up_again() -> None:
    event = weekly()
    rows = rows_of(event)
    change(rows[2], asked(date(2026, 12, 15), 14))
    later = NOON + timedelta(days=20)  # 13 December
    row = Occurrence.objects.get(pk=rows[3].pk)
    actions.cancel_following(occurrence=row, whole=True, user=None, now=later)
    event.refresh_from_db()
    assert walls(event) == ["2026-11-30 09:00", "2026-12-07 09:00"]
    assert (event.state, event.start_date, event.series) == ("confirmed", MONDAY, event.uid)
    assert [str(entry["UID"]) for entry in file_of(event)] == [f"{event.uid}@kunnafoni"]
