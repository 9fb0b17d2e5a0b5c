"""Rules: what they may be, which dates they give, and that nothing is endless."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
import recurrence
from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils import translation

from events.validators import check_rule, expand, in_words, parse_rule, serialise_rule, to_utc

MONDAY = datetime(2026, 3, 2, 9, 0)  # a Monday, before the clocks change
ZONES = ("Africa/Bamako", "Europe/Paris", "America/Montreal", "America/New_York")
RULES = (
    "FREQ=DAILY;COUNT=5",
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
    "FREQ=DAILY;BYMONTH=3,4;BYMONTHDAY=2,-1",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
    "FREQ=WEEKLY;BYDAY=MO;UNTIL=20260601T090000Z",
    "FREQ=MONTHLY",
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
    "FREQ=MONTHLY;INTERVAL=6;BYDAY=1MO;COUNT=4",
    "FREQ=MONTHLY;BYMONTHDAY=2,15,-1",
    "FREQ=YEARLY",
    "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=2",
    "FREQ=YEARLY;BYMONTH=3,9;BYDAY=1MO",
    "FREQ=YEARLY;INTERVAL=2;COUNT=3",
)


def reference(text: str, until: datetime) -> list[datetime]:
    """What dateutil gives for the same rule, on wall times."""
    rule = rrulestr(text.replace("T090000Z", "T090000"), dtstart=MONDAY)
    return list(rule.between(MONDAY, until, inc=True))


@pytest.mark.parametrize("text", RULES)
def test_dates_are_those_of_the_reference_before_and_after_save_and_load(text: str) -> None:
    until = MONDAY + timedelta(days=3 * 365)
    rule = parse_rule(f"RRULE:{text}")
    check_rule(rule, MONDAY)
    expected = reference(text, until)[:600]
    assert expand(rule, MONDAY, until=until) == expected
    assert expand(parse_rule(serialise_rule(rule)), MONDAY, until=until) == expected


def test_random_rules_agree_with_the_reference() -> None:
    chance = random.Random(5)
    days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    tried = 0
    while tried < 120:
        parts = [f"FREQ={chance.choice(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'])}"]
        parts.append(f"INTERVAL={chance.randint(1, 4)}")
        if chance.random() < 0.5:
            parts.append(f"BYDAY={','.join(chance.sample(days, chance.randint(1, 3)))}")
        if chance.random() < 0.3:
            parts.append(f"BYMONTH={','.join(map(str, sorted(chance.sample(range(1, 13), 3))))}")
        if chance.random() < 0.3 and "WEEKLY" not in parts[0]:
            parts.append(f"BYMONTHDAY={chance.randint(1, 31)}")
        if chance.random() < 0.4:
            parts.append(f"COUNT={chance.randint(1, 20)}")
        text = ";".join(parts)
        until = MONDAY + timedelta(days=900)
        assert expand(parse_rule(f"RRULE:{text}"), MONDAY, until=until) == reference(text, until)[:600], text
        tried += 1


@pytest.mark.parametrize("zone", ZONES)
def test_nine_o_clock_stays_nine_o_clock_across_the_change_of_clocks(zone: str) -> None:
    from events.validators import local

    rule = parse_rule(serialise_rule(parse_rule("RRULE:FREQ=WEEKLY")))
    found = [to_utc(at, zone) for at in expand(rule, MONDAY, until=MONDAY + timedelta(days=365))]
    assert len(found) == 53
    assert {local(at, zone).hour for at in found} == {9}
    assert {local(at, zone).weekday() for at in found} == {0}
    assert len({at.astimezone(UTC).hour for at in found}) == (1 if zone == "Africa/Bamako" else 2)


def test_an_excluded_day_is_left_out_whatever_its_hour() -> None:
    for text in ("EXDATE:20260309T090000Z", "EXDATE:20260309", "EXDATE:20260309T000000Z"):
        rule = parse_rule(f"RRULE:FREQ=WEEKLY;COUNT=3\n{text}")
        assert [at.day for at in expand(rule, MONDAY, until=MONDAY + timedelta(days=60))] == [2, 16]


def test_count_counts_right_and_the_end_is_no_accidental_date() -> None:
    rule = parse_rule("DTEND:20260401T090000Z\nRRULE:FREQ=WEEKLY;COUNT=3")
    assert [at.day for at in expand(rule, MONDAY, until=MONDAY + timedelta(days=90))] == [2, 9, 16]


def test_lists_of_added_dates_survive() -> None:
    rule = parse_rule("RRULE:FREQ=WEEKLY;COUNT=1\nRDATE:20260310T090000Z,20260312T090000Z,20260314T090000Z")
    again = parse_rule(serialise_rule(rule))
    assert [at.day for at in expand(again, MONDAY, until=MONDAY + timedelta(days=60))] == [2, 10, 12, 14]


@pytest.mark.parametrize(
    "text",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=MINUTELY",
        "RRULE:FREQ=HOURLY",
        "RRULE:FREQ=YEARLY;BYMONTH=13",
        "RRULE:FREQ=DAILY;INTERVAL=0",
        "RRULE:FREQ=DAILY;COUNT=0",
        "RRULE:FREQ=DAILY;COUNT=100000",
        "RRULE:FREQ=DAILY;BYHOUR=1,2,3",
        "RRULE:FREQ=DAILY;UNTIL=99991231T000000Z",
        "RRULE:FREQ=MONTHLY;BYDAY=9MO",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=0",
        "RRULE:FREQ=WEEKLY;BYDAY=TU",
        "RRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY",
        "RRULE:FREQ=NEVER",
        "RRULE:",
        "nonsense",
        "EXDATE:" + ",".join(["20260309T090000Z"] * 600),
        "RRULE:FREQ=DAILY;BYDAY=" + "MO," * 9000,
    ],
)
def test_rules_that_cannot_be_kept_are_form_errors(text: str) -> None:
    begun = time.perf_counter()
    with pytest.raises(ValidationError):
        check_rule(parse_rule(text), MONDAY)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=300",
        "FREQ=YEARLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29",
    ],
)
def test_no_rule_costs_more_than_fifty_milliseconds(text: str) -> None:
    rule = parse_rule(f"RRULE:{text}")
    best = 1.0
    for _time in range(5):
        begun = time.process_time()
        expand(rule, MONDAY, until=MONDAY + timedelta(days=550))
        best = min(best, time.process_time() - begun)
    assert best < 0.05


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=DAILY",
        "FREQ=DAILY;COUNT=400;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=3;BYDAY=MO",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU",
    ],
)
def test_a_rule_that_began_in_1900_costs_no_more_and_gives_the_same_dates(text: str) -> None:
    rule, first = parse_rule(f"RRULE:{text}"), datetime(1900, 1, 1, 9)  # a Monday
    since, until = MONDAY - timedelta(days=366), MONDAY + timedelta(days=550)
    every = expand(rule, first, until=until, limit=60_000)
    best = 1.0
    for _time in range(3):
        begun = time.process_time()
        found = expand(rule, first, since=since, until=until)
        best = min(best, time.process_time() - begun)
    assert found == [at for at in every if at >= since][:600]
    assert best < 0.05


def test_a_rule_is_said_in_plain_french() -> None:
    with translation.override("fr"):
        rule = parse_rule("RRULE:FREQ=WEEKLY\nEXDATE:20260406T090000Z")
        assert in_words(rule, MONDAY) == "chaque lundi, sauf le 6 avril 2026"
        every_six = recurrence.Recurrence(
            rrules=[recurrence.Rule(recurrence.MONTHLY, interval=6, byday=[recurrence.MO(1)])]
        )
        assert in_words(every_six, MONDAY) == "tous les 6 mois, le premier lundi"


def test_a_rule_says_its_dates_as_the_pages_do() -> None:
    rule = parse_rule("RRULE:FREQ=WEEKLY;UNTIL=20270104T090000\nEXDATE:20260406T090000Z")
    with translation.override("en"):
        assert in_words(rule, MONDAY).endswith("until 4 January 2027, except 6 April 2026")
    with translation.override("fr"):
        assert "jusqu’au 4 janvier 2027" in in_words(rule, MONDAY)
