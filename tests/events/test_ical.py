"""Calendar files as RFC 5545 wants them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from cms.core.reader import ANONYMOUS
from events import actions, ical, queries
from events.ical.text import fold
from events.models import EventPage
from events.validators import parse_rule
from tests.factories.core import NOON
from tests.factories.events import make_event, make_event_page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]
ZONES = ("Africa/Bamako", "Europe/Paris", "America/Montreal", "America/New_York", "Africa/Casablanca")


def zone_by_rule(lines: tuple[str, ...]) -> tzinfo:
    """The zone that a calendar program makes of a VTIMEZONE."""
    from dateutil.tz import tzical

    text = "BEGIN:VCALENDAR\r\n" + "\r\n".join(lines) + "\r\nEND:VCALENDAR\r\n"
    from io import StringIO

    found = tzical(StringIO(text)).get()
    assert found is not None
    return found


@pytest.mark.parametrize("name", ZONES)
def test_zones_give_the_right_hour_on_every_day_of_three_years(name: str) -> None:
    by_rule, zone = zone_by_rule(ical.vtimezone(name, 2026, 2028)), ZoneInfo(name)
    for day in range(0, 3 * 365):
        wall = datetime(2026, 1, 1, 12) + timedelta(days=day)
        assert by_rule.utcoffset(wall) == wall.replace(tzinfo=zone).utcoffset(), wall


def test_paris_changes_at_two_in_spring_and_at_three_in_autumn() -> None:
    lines = ical.vtimezone("Europe/Paris", 2026, 2026)
    text = "\n".join(lines)
    assert "BEGIN:DAYLIGHT\nDTSTART:20250330T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200" in text
    assert "BEGIN:STANDARD\nDTSTART:20251026T030000\nTZOFFSETFROM:+0200\nTZOFFSETTO:+0100" in text
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" in text
    assert "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU" in text


def test_new_york_changes_on_the_second_sunday_of_march() -> None:
    text = "\n".join(ical.vtimezone("America/New_York", 2026, 2026))
    assert "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU" in text
    assert "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU" in text


def test_bamako_has_a_zone_of_its_own() -> None:
    text = "\n".join(ical.vtimezone("Africa/Bamako", 2026, 2026))
    assert "TZID:Africa/Bamako" in text
    assert "TZOFFSETTO:+0000" in text


def test_lines_fold_at_seventy_five_octets_and_never_inside_a_character() -> None:
    line = "SUMMARY:" + "Journée du TOKTEN-Mali, ɲɛtaa " * 20
    pieces = fold(line).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert "".join([pieces[0], *(piece[1:] for piece in pieces[1:])]) == line


def file_of(page: EventPage) -> str:
    rows = page.event.occurrences.order_by("starts_at")
    return ical.event_calendar(page.event, rows, page).decode()


def test_an_event_is_one_entry_with_its_zone_and_a_stable_identity() -> None:
    page = make_event_page(title="Conférence; presse, radio")
    text = file_of(page)
    assert text.endswith("END:VCALENDAR\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert f"UID:{page.event.uid}@kunnafoni\r\n" in text
    assert "DTSTART;TZID=Africa/Bamako:20261124T100000\r\n" in text
    assert "BEGIN:VTIMEZONE\r\nTZID:Africa/Bamako\r\n" in text
    assert "SUMMARY:Conférence\\; presse\\, radio\r\n" in text
    assert "STATUS:CONFIRMED\r\n" in text
    parsed = icalendar.Calendar.from_ical(text)
    entry = parsed.walk("VEVENT")[0]
    assert entry["SEQUENCE"] == 0
    assert entry["DTSTAMP"].dt.tzinfo is not None


def test_the_sequence_rises_and_the_identity_stays_when_the_date_moves() -> None:
    page = make_event_page()
    before = file_of(page)
    actions.change_when(
        event=page.event,
        values={"start_date": page.event.start_date + timedelta(days=1)},
        user=None,
        now=NOON,
    )
    page.refresh_from_db()
    after = file_of(EventPage.objects.get(pk=page.pk))
    assert "SEQUENCE:0" in before
    assert "SEQUENCE:1" in after
    assert f"UID:{page.event.uid}@kunnafoni" in after


def test_provisional_and_cancelled_are_said() -> None:
    page = make_event_page(make_event(state="provisional"))
    assert "STATUS:TENTATIVE" in file_of(page)
    actions.cancel_event(event=page.event, user=None, now=NOON)
    assert "STATUS:CANCELLED" in file_of(EventPage.objects.get(pk=page.pk))


def test_whole_days_have_dates_and_an_exclusive_end() -> None:
    page = make_event_page(
        make_event(
            start_date=date(2027, 4, 26),
            end_date=date(2027, 5, 2),
            whole_day=True,
            start_time=None,
            end_time=None,
        )
    )
    text = file_of(page)
    assert "DTSTART;VALUE=DATE:20270426\r\nDTEND;VALUE=DATE:20270503" in text
    assert "VTIMEZONE" not in text


def test_a_series_has_one_rule_and_its_exceptions() -> None:
    event = make_event(
        zone="Europe/Paris",
        start_date=date(2026, 11, 30),
        start_time=time(9),
        end_time=time(16),
        rule=parse_rule("RRULE:FREQ=WEEKLY;UNTIL=20270430T090000Z\nEXDATE:20261214T090000Z"),
    )
    page = make_event_page(event)
    rows = list(event.occurrences.order_by("starts_at"))
    actions.cancel_occurrence(occurrence=rows[1], user=None, now=NOON)
    actions.move_occurrence(
        occurrence=rows[2],
        starts=datetime(2026, 12, 22, 10),
        ends=datetime(2026, 12, 22, 12),
        user=None,
        now=NOON,
    )
    text = file_of(page)
    # 09:00 in Paris at the end of April is 07:00 UTC: UNTIL is UTC where DTSTART has a zone.
    assert "RRULE:FREQ=WEEKLY;UNTIL=20270430T070000Z" in text
    assert "EXDATE;TZID=Europe/Paris:20261214T090000" in text
    assert "RECURRENCE-ID;TZID=Europe/Paris:20261207T090000" in text
    assert "RECURRENCE-ID;TZID=Europe/Paris:20261221T090000" in text
    assert text.count("BEGIN:VTIMEZONE") == 1
    entries = icalendar.Calendar.from_ical(text).walk("VEVENT")
    assert len({str(entry["UID"]) for entry in entries}) == 1
    assert [str(entry["STATUS"]) for entry in entries] == ["CONFIRMED", "CANCELLED", "CONFIRMED"]
    assert entries[2]["DTSTART"].dt.astimezone(UTC) == datetime(2026, 12, 22, 9, tzinfo=UTC)


def test_the_agenda_is_one_calendar_of_what_the_reader_may_see(client) -> None:  # type: ignore[no-untyped-def]
    shown = make_event_page(title="Visible", slug="visible")
    hidden = make_event_page(
        make_event(embargo_until=NOON + timedelta(days=36500)), title="Canari", slug="canari"
    )
    agenda = shown.get_parent().specific
    text = client.get(agenda.public_path + "events.ics").content.decode()
    assert "Visible" in text
    assert "Canari" not in text
    assert str(hidden.event.uid) not in text
    empty = client.get(agenda.public_path + "events.ics?kind=forum").content.decode()
    assert "BEGIN:VEVENT" not in empty


def test_the_agendas_file_still_says_which_former_dates_were_called_off(client) -> None:  # type: ignore[no-untyped-def]
    begun = clock.now() - timedelta(days=800)
    event = make_event(start_date=begun.date(), rule=parse_rule("RRULE:FREQ=WEEKLY"), now=begun)
    page = make_event_page(event, title="Points focaux", slug="points-focaux")
    off, usual = event.occurrences.order_by("starts_at")[3:5]
    actions.cancel_occurrence(occurrence=off, user=None, now=begun)
    actions.materialise(event=event, now=clock.now())
    ended = make_event(start_date=begun.date(), rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=4"), now=begun)
    make_event_page(ended, title="Ancienne série", slug="ancienne")
    actions.cancel_occurrence(occurrence=ended.occurrences.order_by("starts_at")[1], user=None, now=begun)
    text = client.get(page.get_parent().specific.public_path + "events.ics").content.decode()
    assert f"RECURRENCE-ID;TZID=Africa/Bamako:{off.recurrence_id}" in text
    assert usual.recurrence_id not in text
    assert "Ancienne" not in text


def test_the_agendas_file_reads_the_dates_of_the_events_that_it_holds_only() -> None:
    rule = parse_rule("RRULE:FREQ=WEEKLY")
    for n in range(3):
        make_event_page(make_event(rule=rule), title=f"Série {n}", slug=f"serie-{n}")
    late = make_event_page(make_event(start_date=date(2028, 12, 1)), title="Tard", slug="tard")
    found = queries.event_pages(late.get_parent().specific, reader=ANONYMOUS, now=clock.now())
    with CaptureQueriesContext(connection) as made:
        told = queries.calendar_rows(found, now=NOON, language="fr", limit=1)
    assert [(event.pk, len(rows), page.pk) for event, rows, page in told] == [(late.event_id, 1, late.pk)]
    assert len(made) <= 6
    assert len(queries.calendar_rows(found, now=NOON, language="fr", limit=9)) == 4
