"""Calendars of others: what is read, what is refused, and that the same one again changes nothing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from events import actions, ical
from events.imports import LIMIT, MAX_BYTES, Brought, Unreadable, read_calendar
from events.models import AgendaPage, CalendarImport, Event, EventPage, Occurrence
from events.validators import local, parse_rule
from tests.factories.core import NOON
from tests.factories.events import make_agendas, make_event, make_event_page, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]

ZONE = """BEGIN:VTIMEZONE\r\nTZID:Romance Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16011028T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nEND:STANDARD\r\nEND:VTIMEZONE"""
SERIES = """UID:serie-1\r\nSUMMARY:Réunion des points fo\r\n caux\\, à Paris\r\nLOCATION:Ambassade
DTSTART;TZID=Romance Standard Time:20261130T090000\r\nDTEND;TZID=Romance Standard Time:20261130T103000
RRULE:FREQ=WEEKLY;UNTIL=20270430T070000Z;BYDAY=MO\r\nEXDATE;TZID="Romance Standard Time":20261214T090000
DESCRIPTION:Ordre du jour :\\n<b>bilan</b> <script>alert(1)</script>\r\nURL:https://example.org/r\r\nSEQUENCE:2"""
MOVED = """UID:serie-1\r\nSUMMARY:Réunion\r\nRECURRENCE-ID;TZID=Europe/Paris:20261207T090000
DTSTART;TZID=Europe/Paris:20261208T140000\r\nDTEND;TZID=Europe/Paris:20261208T150000\r\nLOCATION:Consulat"""
OFF = """UID:serie-1\r\nSUMMARY:Réunion\r\nRECURRENCE-ID:20261221T080000Z
DTSTART;TZID=Europe/Paris:20261221T090000\r\nSTATUS:CANCELLED"""
DAYS = "UID:jours-1\r\nSUMMARY:Colloque\r\nDTSTART;VALUE=DATE:20270426\r\nDTEND;VALUE=DATE:20270503"


def calendar_of(*events: str, head: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{head}{inside}END:VCALENDAR\r\n".replace("\r\n", "\n").encode()


def one(text: str) -> Brought:
    (found,) = read_calendar(calendar_of(text))
    return found


def begin(data: bytes, *, now: datetime = NOON) -> CalendarImport:
    return actions.begin_calendar(name="agenda.ics", data=data, kind="focal_points", user=None, now=now)


def agenda() -> AgendaPage:
    return make_agendas()[0]


def bring(data: bytes, *, now: datetime = NOON) -> dict[str, int]:
    return actions.confirm_calendar(calendar=begin(data, now=now), agenda=agenda(), user=None, now=now)


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for model in (Event, Occurrence)
    ] + [EventPage.objects.count()]


def test_a_series_with_its_exceptions_comes_in_as_a_draft_with_its_dates() -> None:
    data = calendar_of(SERIES, MOVED, OFF, DAYS, head=ZONE + "\r\n")
    preview = begin(data)
    assert not Event.objects.exists()
    assert [look.verdict for look in actions.look(preview)] == ["new", "new"]
    assert actions.confirm_calendar(calendar=preview, agenda=agenda(), user=None, now=NOON) == {"new": 2}
    page = EventPage.objects.get(title="Réunion des points focaux, à Paris")
    event = page.event
    assert (page.live, event.kind, event.zone, event.place_name) == (
        False,
        "focal_points",
        "Europe/Paris",
        "Ambassade",
    )
    assert "alert" in str(page.body)
    assert "<script" not in str(page.body)
    rows = list(event.occurrences.order_by("recurrence_id")[:4])
    walls = [f"{row.local_start:%d/%m %H:%M} {row.place} {row.state}" for row in rows]
    assert walls == [
        "30/11 09:00 Ambassade planned",
        "08/12 14:00 Consulat planned",
        "21/12 09:00 Ambassade cancelled",
        "28/12 09:00 Ambassade planned",
    ]
    # Nine in Paris is nine in Paris after the change of clocks, and the last date is the last.
    last = event.occurrences.order_by("-starts_at")[0]
    assert local(last.starts_at, "Europe/Paris") == last.local_start
    assert (last.local_start.date(), last.local_start.hour) == (date(2027, 4, 26), 9)
    days = Event.objects.get(name="Colloque")
    assert (days.whole_day, days.start_date, days.end_date) == (True, date(2027, 4, 26), date(2027, 5, 2))


def test_the_same_calendar_again_changes_nothing_and_pressing_twice_neither() -> None:
    data = calendar_of(SERIES, MOVED, OFF, DAYS)
    bring(data)
    before = everything()
    stamped = data.replace(b"SEQUENCE:2", b"SEQUENCE:2\nDTSTAMP:20261124T000000Z")
    assert bring(stamped, now=NOON + timedelta(hours=1)) == {"same": 2}
    done = CalendarImport.objects.order_by("pk")[0]
    assert actions.confirm_calendar(calendar=done, agenda=agenda(), user=None, now=NOON) == {"new": 2}
    assert everything() == before
    assert not CalendarImport.objects.exclude(text="").exists()


def test_what_changed_in_the_calendar_changes_here_and_its_people_are_told() -> None:
    bring(calendar_of(SERIES))
    event = Event.objects.get()
    actions.change_window(event=event, values={"takes_registrations": True}, user=None, now=NOON)
    row = event.occurrences.order_by("starts_at")[0]
    person = make_registration(row)
    later = SERIES.replace("T090000", "T110000").replace("T103000", "T123000").replace("070000Z", "090000Z")
    assert bring(calendar_of(later.replace("Ambassade", "Consulat"))) == {"changed": 1}
    row = Occurrence.objects.get(pk=row.pk)
    assert (row.local_start.hour, row.place) == (11, "Consulat")
    assert bring(calendar_of(later.replace("Ambassade", "Consulat") + "\r\nSTATUS:CANCELLED")) == {
        "changed": 1
    }
    event.refresh_from_db()
    person.refresh_from_db()
    assert (event.is_cancelled, person.state) == (True, "cancelled")


def test_seats_given_to_one_date_stay_when_its_calendar_changes() -> None:
    bring(calendar_of(SERIES, MOVED))
    row = Occurrence.objects.get(recurrence_id="20261207T090000")
    Occurrence.objects.filter(pk=row.pk).update(capacity=7)
    assert bring(calendar_of(SERIES, MOVED.replace("T140000", "T143000"))) == {"changed": 1}
    row.refresh_from_db()
    assert (row.local_start.minute, row.capacity) == (30, 7)


def test_what_left_from_here_comes_back_as_nothing_new() -> None:
    event = make_event(
        zone="Europe/Paris", start_date=date(2026, 11, 30), rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=9")
    )
    page = make_event_page(event)
    row = event.occurrences.order_by("starts_at")[2]
    asked = actions.Asked(datetime(2026, 12, 15, 9), datetime(2026, 12, 15, 10), event.place_name, None)
    actions.change_following(occurrence=row, asked=asked, user=None, now=NOON)
    event.refresh_from_db()
    text = ical.event_calendar(
        event, event.occurrences.order_by("starts_at"), EventPage.objects.get(pk=page.pk)
    )
    before = everything()
    assert bring(text) == {"ours": 2}
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("Romance Standard Time", "Europe/Paris"),
        ("/freeassociation.sourceforge.net/America/Montreal", "America/Montreal"),
        ("/mozilla.org/20050126_1/America/Argentina/Salta", "America/Argentina/Salta"),
    ],
)
def test_zones_are_known_by_the_names_that_other_programs_give(name: str, zone: str) -> None:
    found = one(f"UID:a\nSUMMARY:A\nDTSTART;TZID={name}:20260701T090000\nDURATION:PT1H30M")
    assert (found.zone, found.starts, found.ends) == (zone, "2026-07-01T09:00:00", "2026-07-01T10:30:00")
    assert not found.errors


def test_hours_in_utc_and_without_a_zone_are_the_calendars_or_the_sites() -> None:
    utc = "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z"
    assert (one(utc).zone, one(utc).starts) == ("Africa/Bamako", "2026-07-01T07:00:00")
    (found,) = read_calendar(calendar_of(utc, head="X-WR-TIMEZONE:Europe/Paris\r\n"))
    assert (found.zone, found.starts) == ("Europe/Paris", "2026-07-01T09:00:00")


BAD = {
    "no identity": "SUMMARY:A\nDTSTART:20260701T070000Z",
    "no title": "UID:a\nDTSTART:20260701T070000Z",
    "no date": "UID:a\nSUMMARY:A",
    "no such date": "UID:a\nSUMMARY:A\nDTSTART:20260231T070000Z",
    "year 9999": "UID:a\nSUMMARY:A\nDTSTART:99990101T000000Z",
    "no such zone": "UID:a\nSUMMARY:A\nDTSTART;TZID=Mars/Olympus:20260701T070000",
    "ends before it starts": "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\nDTEND:20260601T070000Z",
    "every second": "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\nRRULE:FREQ=SECONDLY",
    "every minute of an impossible day": "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\n"
    "RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
    "thirteenth month": "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\nRRULE:FREQ=YEARLY;BYMONTH=13",
    "no step": "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\nRRULE:FREQ=DAILY;INTERVAL=0",
    "until the year 9999": "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\nRRULE:FREQ=DAILY;UNTIL=99991231T000000Z",
    "two rules": "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY",
    "many exclusions": "UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\nRRULE:FREQ=DAILY\n"
    + "".join(
        f"EXDATE:{datetime(2026, 7, 1, 7, tzinfo=UTC) + timedelta(days=n):%Y%m%dT%H%M%SZ}\n"
        for n in range(9000)
    ),
    "half a series": "UID:a\nSUMMARY:A\nRECURRENCE-ID:20260701T070000Z\nDTSTART:20260701T090000Z",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_an_entry_that_cannot_be_kept_is_left_out_with_its_reason(text: str) -> None:
    begun = time.process_time()
    good = "UID:b\nSUMMARY:Bon\nDTSTART:20260701T070000Z"
    assert one(text).title == ("A" if "SUMMARY" in text else ""), "an officer sees which entry it is"
    found = {brought.title or "?": brought for brought in read_calendar(calendar_of(text, good))}
    assert not found.pop("Bon").errors
    assert all(brought.errors for brought in found.values())
    assert len(found) == 1
    assert time.process_time() - begun < 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>404</html>",
        b"\xff\xfe\x00garbage",
        calendar_of(),
        b"END:VCALENDAR",
        b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\n" * 50,
        b"x" * (MAX_BYTES + 1),
        b"BEGIN:VCALENDAR\n" + b"\n" * 50_000,
        calendar_of(*(f"UID:{n}\nSUMMARY:A\nDTSTART:20260701T070000Z" for n in range(LIMIT + 1))),
    ],
)
def test_what_is_no_calendar_or_too_big_is_refused_at_once(data: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(Unreadable):
        read_calendar(data)
    with pytest.raises(actions.CalendarUnreadable):
        begin(data)
    assert time.process_time() - begun < 2


def test_links_of_other_schemes_than_the_webs_are_never_kept() -> None:
    for address in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example.org"):
        found = one(f"UID:a\nSUMMARY:A\nDTSTART:20260701T070000Z\nURL:{address}")
        assert (found.url, len(found.notes), found.errors) == ("", 1, [])
    bring(calendar_of("UID:a\nSUMMARY:A\nDTSTART:20270701T070000Z\nURL:javascript:alert(1)"))
    assert "javascript" not in str(EventPage.objects.get().body)


def test_what_is_never_confirmed_is_forgotten_after_a_week() -> None:
    begin(calendar_of(DAYS))
    assert actions.forget_calendars(now=NOON + timedelta(days=6)) == 0
    assert actions.forget_calendars(now=NOON + timedelta(days=8)) == 1
