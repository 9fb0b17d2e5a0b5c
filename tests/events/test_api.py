"""Events as JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.core.models import Topic
from events.models import EventPage
from events.validators import parse_rule
from tests.core.api.conftest import Api
from tests.factories.events import make_agendas, make_event, make_event_page, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


def announce(number: int, *, days: int = 7, **values: Any) -> EventPage:
    now = timezone.now()
    day = (now + timedelta(days=days)).date()
    event = make_event(**{"now": now, "start_date": day, **values})
    return make_event_page(event, title=f"Rencontre {number}", slug=f"rencontre-{number}")


def in_full() -> tuple[dict[str, Any], int]:
    agenda, _english = make_agendas()
    with CaptureQueriesContext(connection) as queries:
        response = Api().get(agenda.public_path.strip("/"), fullobjects="1", b_size=50)
    assert response.status_code == 200
    return {one["title"]: one for one in response.json()["items"]}, len(queries)


def various(numbers: range) -> None:
    """Events of each sort, so that one and thirty ask the same questions: a series, one that is over, one date."""
    topic = Topic.objects.get_or_create(name="Santé", slug="sante")[0]
    for number in numbers:
        rule = parse_rule("RRULE:FREQ=WEEKLY;COUNT=3") if number % 3 == 0 else None
        page = announce(number, days=-30 if number % 3 == 1 else 7, rule=rule, capacity=4)
        EventPage.topics.through.objects.create(eventpage=page, topic=topic)


def test_thirty_events_in_full_cost_as_many_queries_as_one() -> None:
    various(range(1))
    in_full()
    one, few = in_full()
    various(range(1, 30))
    thirty, many = in_full()
    assert (len(one), len(thirty)) == (1, 30)
    assert many == few


def test_in_full_each_event_tells_its_own_next_dates_and_seats_and_one_that_is_over_its_last() -> None:
    series = announce(1, rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=30"), capacity=4)
    over, undated = announce(2, days=-30), announce(3, start_date=None, start_time=None, end_time=None)
    dates = list(series.event.occurrences.order_by("starts_at"))
    for number in range(3):
        make_registration(dates[1], number, now=timezone.now())
    said, _number = in_full()
    told = said[series.title]
    assert [row["recurrence_id"] for row in told["occurrences"]] == [row.recurrence_id for row in dates[:25]]
    assert [row["seats_left"] for row in told["occurrences"][:3]] == [4, 1, 4]
    assert (told["start"], told["seats_left"]) == (dates[0].local_start.isoformat(), 4)
    last = over.event.occurrences.get()
    assert (said[over.title]["start"], said[over.title]["occurrences"]) == (last.local_start.isoformat(), [])
    assert said[over.title]["registration_state"] == "over"
    assert (said[undated.title]["start"], said[undated.title]["registration_state"]) == (None, "none")
