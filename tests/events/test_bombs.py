"""Recurrences that are meant to hurt, by every way in: a sentence at the form within a second, and nothing written."""

from __future__ import annotations

import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.accounts.actions.roles import grant_page_permissions
from cms.core.queries import site_root
from events.models import CalendarImport, EventPage, Occurrence
from tests.events.test_actions_calendars import calendar_of
from tests.events.test_views_admin import signed_in

pytestmark = pytest.mark.django_db

DAYS = [date(2027, 1, 31) + timedelta(days=number) for number in range(100_000)]
GOOD = {"start_date": "2027-01-31", "start_time": "9:00", "end_time": "10:00", "zone": "Africa/Bamako"}


def quickly(client: Client, address: str, values: dict[str, Any]) -> int:
    """The status of a post, which costs less than a second of work."""
    begun = time.process_time()
    answer = client.post(address, values)
    assert time.process_time() - begun < 1, "seconds"
    return answer.status_code


@pytest.mark.parametrize(
    "values",
    [
        {"repeat": "daily", "left_out": "\n".join(f"{day:%d/%m/%Y}" for day in DAYS)},
        {"repeat": "daily", "left_out": "\n".join(f"{day:%d/%m/%Y} 14:30" for day in DAYS[:50_000])},
        {"repeat": "kept", "kept_rule": "RRULE:FREQ=SECONDLY"},
        {"repeat": "kept", "kept_rule": "RRULE:FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30"},
        {"repeat": "kept", "kept_rule": "RRULE:FREQ=YEARLY;BYMONTH=13"},
        {"repeat": "kept", "kept_rule": "RRULE:FREQ=DAILY;INTERVAL=0"},
        {"repeat": "daily", "repeat_until": "9999-12-31"},
        {"repeat": "secondly"},
        {"start_date": "9999-12-31", "repeat": "daily"},
    ],
    ids=["days", "hours", "seconds", "impossible", "month 13", "no step", "until 9999", "word", "year 9999"],
)
def test_the_editor_refuses_a_bomb_in_words_within_a_second(page: EventPage, values: dict[str, str]) -> None:
    client, before = signed_in("officer"), list(Occurrence.objects.values())
    address = f"/admin/agenda/{page.event.pk}/change/when/"
    assert quickly(client, address, {**GOOD, **values}) == 422
    assert list(Occurrence.objects.values()) == before


@pytest.fixture
def officer(page: EventPage) -> Client:
    grant_page_permissions(site_root())
    return signed_in("officer")


def series(lines: str) -> SimpleUploadedFile:
    text = f"UID:a\nSUMMARY:A\nDTSTART:20270131T090000Z\nRRULE:FREQ=DAILY\n{lines}"
    return SimpleUploadedFile("autre.ics", calendar_of(text), content_type="text/calendar")


@pytest.mark.parametrize("name", ["EXDATE", "RDATE"])
def test_a_calendar_of_a_hundred_thousand_dates_is_refused_within_a_second(
    officer: Client, name: str
) -> None:
    before = Occurrence.objects.count()
    each = series("\n".join(f"{name}:{day:%Y%m%d}T090000Z" for day in DAYS))
    assert quickly(officer, "/admin/agenda/calendars/", {"file": each, "kind": "focal_points"}) == 422
    assert not CalendarImport.objects.exists()
    as_many_as_fit = series(f"{name}:" + ",".join(f"{day:%Y%m%d}T090000Z" for day in DAYS[:55_000]))
    posted = {"file": as_many_as_fit, "kind": "focal_points"}
    assert quickly(officer, "/admin/agenda/calendars/", posted) == 302
    preview = f"/admin/agenda/calendars/{CalendarImport.objects.get().uid}/"
    assert quickly(officer, preview, {}) == 302
    assert Occurrence.objects.count() == before, "it is left out, with its reason"
