"""`@occurrences`: the dates of an event and of an agenda."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import actions
from events.models import EventPage, Occurrence
from events.validators import parse_rule
from tests.core.api.conftest import Api, token_for
from tests.events.test_api import announce
from tests.factories.accounts import make_user
from tests.factories.events import make_agendas, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


def dates(page: Any, **asked: Any) -> Any:
    answer = Api().get(f"{page.public_path.strip('/')}/@occurrences", **asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def weekly(number: int, count: int = 3, **values: Any) -> EventPage:
    return announce(number, rule=parse_rule(f"RRULE:FREQ=WEEKLY;COUNT={count}"), **values)


def test_an_event_tells_each_of_its_dates_with_seats_and_an_address_of_its_own() -> None:
    page = weekly(1, 30, capacity=4)
    rows = list(page.event.occurrences.order_by("starts_at"))
    make_registration(rows[1], 1, now=timezone.now())
    said = dates(page, b_size=2)
    assert (said["items_total"], len(said["items"])) == (30, 2)
    assert said["batching"]["next"].endswith("/@occurrences?b_start=2&b_size=2")
    first, second = said["items"]
    assert first == {
        "@id": f"{page.public_url.rstrip('/')}/@occurrences/{rows[0].uid.hex}",
        "@type": "Occurrence",
        "title": page.title,
        "UID": rows[0].uid.hex,
        "recurrence_id": rows[0].recurrence_id,
        "start": rows[0].local_start.isoformat(),
        "end": rows[0].local_end.isoformat(),
        "location": page.event.place_name,
        "state": "planned",
        "capacity": 4,
        "seats_left": 4,
        "registration_state": "open",
        "timezone": "Africa/Bamako",
        "whole_day": False,
        "event": {"@id": page.public_url.rstrip("/"), "UID": page.uid.hex, "title": page.title},
    }
    assert second["seats_left"] == 3
    path = f"{page.public_path.strip('/')}/@occurrences"
    assert Api().get(f"{path}/{rows[1].uid.hex}").json() == second
    other = weekly(2).event.occurrences.first()
    for key in (other.uid.hex, "0" * 32, str(rows[1].pk), "x"):
        assert Api().get(f"{path}/{key}").status_code == 404, key


def test_a_period_holds_past_and_cancelled_dates_both_its_days_included() -> None:
    page = weekly(1, days=-7)
    past, today, _next = page.event.occurrences.order_by("starts_at")
    actions.cancel_occurrence(occurrence=today, reason="", user=None, now=timezone.now() - timedelta(days=8))
    day = {name: row.local_start.date().isoformat() for name, row in (("start", past), ("end", today))}
    assert [one["state"] for one in dates(page, **day)["items"]] == ["planned", "cancelled"]
    assert [one["UID"] for one in dates(page, end=day["start"])["items"]] == [past.uid.hex]
    for asked in (
        {"start": "demain"},
        {"start": "0001-01-01"},
        {"end": "9999-12-31"},
        {"kind": "x"},
        {"since": "1"},
    ):
        assert Api().get(f"{page.public_path.strip('/')}/@occurrences", **asked).status_code == 400, asked


def test_an_agenda_tells_the_dates_of_the_events_that_the_reader_may_see_narrowed_by_kind_and_place() -> None:
    agenda, _english = make_agendas()
    public = weekly(1, kind="forum", place_name="Ségou")
    hidden = announce(2, audience="members")
    assert {one["event"]["UID"] for one in dates(agenda)["items"]} == {public.uid.hex}
    inside = Api(token_for(make_user("internal"), "read"))
    seen = inside.get(f"{agenda.public_path.strip('/')}/@occurrences").json()["items"]
    assert hidden.uid.hex in {one["event"]["UID"] for one in seen}, "the control: who may see it is told"
    assert Api().get(f"{hidden.public_path.strip('/')}/@occurrences").status_code == 404
    for asked, number in (
        ({"kind": "forum"}, 3),
        ({"kind": "msas"}, 0),
        ({"place": "Ségou"}, 3),
        ({"place": "Gao"}, 0),
        ({"topic": "sante"}, 0),
    ):
        assert dates(agenda, **asked)["items_total"] == number, asked


def test_thirty_dates_of_many_events_cost_as_many_queries_as_one() -> None:
    agenda, _english = make_agendas()

    def asked() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as found:
            number = len(dates(agenda, b_size=50)["items"])
        return number, len(found)

    announce(0)
    asked()
    one, few = asked()
    for number in range(1, 11):
        weekly(number)
    many, queries = asked()
    assert (one, many) == (1, 31)
    assert queries == few
    assert Occurrence.objects.count() == 31
