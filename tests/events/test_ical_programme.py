"""Sessions as calendar entries."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import icalendar
import pytest

from events.actions import programme as actions
from events.ical.programme import programme_calendar
from events.models import Event
from events.models.programme import Part
from events.queries.programme import first_day
from tests.factories.core import NOON
from tests.factories.events import make_event_page
from tests.factories.programme import change_session, make_forum, make_row, make_session, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


@pytest.fixture
def forum() -> Event:
    event = make_forum(zone="Europe/Paris")
    make_event_page(event, title="Forum", slug="forum")
    room, who = make_row(event, "room", "Salle A"), make_row(event, "speaker", "Awa Traoré")
    make_session(
        event,
        "L’eau",
        title_en="Water",
        room=room,
        people=[(who, Part.SPEAKER)],
        day=2,
        summary="Du puits au fleuve",
    )
    make_session(event, "Pause", "10:00-10:30", kind="break")
    publish(event)
    return event


def entries(event: Event, language: str = "fr", only: str = "") -> list[Any]:
    version, day = event.programme_versions.first(), first_day(event, now=NOON)
    assert version is not None
    assert day is not None
    body = programme_calendar(event, version, event.pages.get(), first=day, language=language, only=only)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    return list(icalendar.Calendar.from_ical(body).walk("VEVENT"))


def test_a_session_is_an_entry_in_the_zone_of_the_event_and_a_break_is_none(forum: Event) -> None:
    (entry,) = entries(forum)
    assert str(entry["SUMMARY"]) == "L’eau"
    start = entry["DTSTART"]
    assert (start.params["TZID"], start.dt.replace(tzinfo=None)) == (
        "Europe/Paris",
        datetime.combine(forum.end_date, time(9)),
    )
    assert str(entry["LOCATION"]).startswith("Salle A, Maison de la presse")
    assert str(entry["DESCRIPTION"]) == "Du puits au fleuve\n\nAwa Traoré"
    assert str(entries(forum, "en")[0]["SUMMARY"]) == "Water"


def test_a_moved_session_keeps_its_uid_and_raises_its_sequence(forum: Event) -> None:
    (before,) = entries(forum)
    change_session(forum.sessions.get(title="L’eau"), start_time=time(9, 15))
    publish(forum)
    (after,) = entries(forum)
    assert (before["UID"], before["SEQUENCE"], after["SEQUENCE"]) == (after["UID"], 0, 1)


def test_a_session_taken_off_is_cancelled_in_the_calendars_that_hold_it(forum: Event) -> None:
    gone = forum.sessions.get(title="L’eau")
    actions.remove_session(event=forum, session=gone, user=None, now=NOON)
    publish(forum)
    (entry,) = entries(forum, only=gone.uid.hex)
    assert (str(entry["STATUS"]), entry["SEQUENCE"]) == ("CANCELLED", 1)
