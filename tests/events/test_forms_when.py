"""The plain fields of a repetition: what they say, what they keep, and what they refuse."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from events.forms.when import KEPT, compose_rule, plain_values, read_days, read_moments
from events.validators import expand, in_words, parse_rule, serialise_rule

FIRST = datetime(2027, 3, 1, 9, 0)  # a Monday


def composed(**values: Any) -> Any:
    said = {"start_date": FIRST.date(), "start_time": FIRST.time(), "repeat": "weekly"}
    return compose_rule({**said, **values})


def walls(rule: Any, number: int) -> list[str]:
    found = expand(rule, FIRST, until=datetime(2030, 1, 1), limit=number)
    return [f"{at:%d/%m %H:%M}" for at in found]


def test_dates_are_left_out_and_added_with_an_hour_of_their_own_or_without() -> None:
    added = read_moments("03/03/2027 14:30\n2027-03-04, 5.3.2027 à 8 h\n06/03/2027 10h15")
    rule = composed(left_out=[date(2027, 3, 8)], also_on=added, repeat_count=3)
    assert walls(rule, 9) == [
        "01/03 09:00",
        "03/03 14:30",
        "04/03 09:00",
        "05/03 08:00",
        "06/03 10:15",
        "15/03 09:00",
    ]
    assert walls(parse_rule(serialise_rule(rule)), 9) == walls(rule, 9)
    once = composed(repeat="", also_on=added[:1])
    assert walls(once, 9) == ["01/03 09:00", "03/03 14:30"]


@pytest.mark.parametrize("text", ["31/02/2027", "demain", "1/1", "03/03/2027 25:00", "9999-12-31 9:00:00:00"])
def test_what_is_no_date_is_said(text: str) -> None:
    with pytest.raises(ValidationError):
        read_moments(text)
    with pytest.raises(ValidationError):
        read_days("03/03/2027 14:30")


@pytest.mark.parametrize(
    "text",
    [
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1",
        "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=WEEKLY;BYDAY=MO;BYMONTH=3,4",
        "FREQ=MONTHLY;BYDAY=1MO,3MO;COUNT=7",
    ],
)
def test_a_rule_that_the_fields_cannot_say_is_kept_as_it_is(text: str) -> None:
    rule = parse_rule(f"RRULE:{text}")
    said = plain_values(rule, FIRST)
    assert said["repeat"] == KEPT
    again = compose_rule({**said, "start_date": FIRST.date(), "start_time": FIRST.time()})
    assert serialise_rule(again) == serialise_rule(rule)


@pytest.mark.parametrize(
    "text",
    ["FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=YEARLY;COUNT=4"],
)
def test_a_rule_that_the_fields_can_say_is_said_by_them(text: str) -> None:
    rule = parse_rule(f"RRULE:{text}\nEXDATE:20270308T090000Z\nRDATE:20270310T140000Z")
    said = plain_values(rule, FIRST)
    assert said["repeat"] != KEPT
    again = compose_rule({**said, "start_date": FIRST.date(), "start_time": FIRST.time()})
    assert walls(again, 40) == walls(rule, 40)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FREQ=WEEKLY\nEXDATE:20270308T090000Z", "chaque lundi à 9 h 00, sauf le 8 mars 2027"),
        ("FREQ=DAILY;BYDAY=MO,FR", "chaque lundi et vendredi à 9 h 00"),
        ("FREQ=YEARLY;BYMONTH=3,9;BYMONTHDAY=1", "chaque année, le 1 mars et 1 septembre à 9 h 00"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
            "chaque mois, le dernier de ces jours : lundi et mardi à 9 h 00",
        ),
        ("FREQ=WEEKLY;BYMONTH=3,4", "chaque lundi en mars et avril à 9 h 00"),
        (
            "FREQ=WEEKLY;COUNT=3\nRDATE:20270310T140000Z",
            "chaque lundi à 9 h 00, 3 fois, et aussi le 10 mars 2027",
        ),
    ],
)
def test_rules_are_said_in_french_with_their_hour(text: str, words: str) -> None:
    with translation.override("fr"):
        found = in_words(parse_rule(f"RRULE:{text}"), FIRST, hour=time(9))
    assert found.replace("\u00a0", " ") == words
