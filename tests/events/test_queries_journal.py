"""The journal speaks the language of the screens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from cms.core.actions import log_thing
from cms.core.formats import day
from events import actions, queries
from events.validators import parse_rule
from tests.factories.core import NOON
from tests.factories.events import make_event

pytestmark = pytest.mark.django_db


def test_a_line_of_the_journal_says_what_changed_in_french_and_nothing_else() -> None:
    event = make_event(capacity=2)
    window = {name: getattr(event, name) for name in actions.WINDOW}
    actions.change_window(event=event, values={**window, "needs_approval": True}, user=None, now=NOON)
    actions.change_state(event=event, state="provisional", user=None, now=NOON)
    actions.change_audience(event=event, audience="staff", user=None, now=NOON)
    first = event.start_date
    values = {"start_date": first + timedelta(days=7), "rule": parse_rule("RRULE:FREQ=WEEKLY;COUNT=2")}
    actions.change_when(event=event, values=values, user=None, now=NOON)
    row = event.occurrences.order_by("starts_at")[0]
    actions.cancel_occurrence(occurrence=row, user=None, now=NOON)
    with translation.override("fr"):
        lines = {line.action: queries.fields_in_journal(line) for line in queries.journal_of(event)}
        was, is_now = day(first, "fr"), day(first + timedelta(days=7), "fr")
    assert lines["event.registration"] == ["Chaque inscription est validée : Non → Oui"]
    assert lines["event.provisional"] == ["État : Confirmé → À confirmer"]
    assert lines["event.audience"] == ["Pour qui : Tout le monde → L’unité de communication"]
    assert set(lines["event.when"]) == {f"Premier jour : {was} → {is_now}", "Répétition"}
    assert lines["occurrence.cancelled"] == [f"Date : {is_now}, 10\u00a0h\u00a000"]


def test_a_value_called_as_what_points_to_an_event_is_told_as_it_is() -> None:
    changes = {"registrations": 3, "seating": "A", "periods": ["x", "y"], "tasks": 12}
    line = log_thing(make_event(), action="event.first_values", user=None, now=NOON, changes=changes)
    with translation.override("fr"):
        told = set(queries.fields_in_journal(line))
    assert {one.partition(" : ")[2] for one in told} == {"3", "A", "x → y", "12"}
    assert "Choses à faire : 12" in told
