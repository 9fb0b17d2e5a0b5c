"""Rules in four zones before and after save and load, the cost of a rule, and a month of 1,000 recurring events."""

from __future__ import annotations

import json
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import actions
from events.models import Event
from events.validators import expand, parse_rule, to_utc
from tests.events.test_validators_rules import MONDAY, RULES, ZONES
from tests.factories.core import NOON
from tests.factories.events import make_agendas, make_event, make_event_page

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
EVENTS = 1_000
YEARS = timedelta(days=3 * 365)
BOMBS = (
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY",
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=300",
    "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
)


def say(bench: str, value: float, unit: str, against: str, ratio: float, **more: object) -> None:
    line = {"bench": bench, "value": value, "unit": unit, "against": against, "ratio": ratio}
    print("\n" + json.dumps(line | more, ensure_ascii=False))


def instants(text: str, zone: str) -> list[datetime]:
    """What dateutil gives on the zone's own clocks, as instants by the IANA database."""
    wall = rrulestr(text.replace("T090000Z", "T090000"), dtstart=MONDAY).between(
        MONDAY, MONDAY + YEARS, inc=True
    )
    return [at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for at in wall][:600]


def test_dates_in_four_zones_before_and_after_save_and_load() -> None:
    for zone in ZONES:
        run, before, after = 0, 0, 0
        for text in RULES:
            expected = instants(text, zone)
            rule = parse_rule(f"RRULE:{text}")
            event = make_event(
                zone=zone, start_date=MONDAY.date(), start_time=MONDAY.time(), end_time=None, rule=rule
            )
            stored = Event.objects.get(pk=event.pk)
            assert stored.starts is not None
            found = [to_utc(at, zone) for at in expand(rule, MONDAY, until=MONDAY + YEARS)]
            again = [to_utc(at, zone) for at in expand(stored.rule, stored.starts, until=MONDAY + YEARS)]
            run += len(expected)
            before += sum(one == other for one, other in zip(found, expected, strict=False))
            after += sum(one == other for one, other in zip(again, expected, strict=False))
            assert (found, again) == (expected, expected), (zone, text)
        say(
            f"dates of {len(RULES)} rules, {zone}",
            after,
            "dates",
            f"dateutil: {run}",
            after / run,
            before=before,
        )


def test_what_a_rule_costs() -> None:
    worst, name = 0.0, ""
    for text in (*RULES, *BOMBS):
        rule = parse_rule(f"RRULE:{text}")
        best = 1.0
        for _time in range(3):
            began = time.process_time()
            expand(rule, MONDAY, until=MONDAY + timedelta(days=550))
            best = min(best, time.process_time() - began)
        worst, name = max((worst, name), (best, text))
    say("dearest rule", round(worst * 1000, 1), "ms", "50 ms", round(worst / 0.05, 2), rule=name)
    assert worst < 0.05


def test_a_month_of_a_thousand_recurring_events() -> None:
    make_agendas()
    for number in range(EVENTS):
        first = date(2026, 12, 1) + timedelta(days=number % 28)
        event = make_event(start_date=first, rule=parse_rule("RRULE:FREQ=WEEKLY"), name=f"Rencontre {number}")
        page = make_event_page(event, title=event.name, slug=f"rencontre-{number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as the server does by itself once rows are committed
    agenda, client = page.get_parent().specific, Client()
    for mode in (
        "mode=month&month=2027-02",
        "mode=week&month=2027-02-08",
        "",
        "from=2027-02-08&until=2027-02-08",
    ):
        address = f"{agenda.public_path}?{mode}"
        client.get(address)
        wall, queries = [], 0
        for _round in range(5):
            with CaptureQueriesContext(connection) as found:
                began = time.perf_counter()
                assert client.get(address).status_code == 200
                wall.append((time.perf_counter() - began) * 1000)
            queries = len(found)
        say(f"agenda of {EVENTS} weekly events, ?{mode}", round(min(wall), 1), "ms", "queries", queries)
    began = time.perf_counter()
    assert actions.extend_horizon(now=NOON + timedelta(days=1)) < EVENTS
    say(f"horizon of {EVENTS} weekly events", round(time.perf_counter() - began, 2), "s", "events", EVENTS)
