"""An event begun from another: what it is and where, but not when, nor for whom."""

from __future__ import annotations

from uuid import uuid4

import pytest

from cms.core import actions as core
from events.models import EventPage
from tests.factories.events import NOON, make_event, make_event_page, make_registration

pytestmark = pytest.mark.django_db


def test_an_event_begun_from_another_is_to_be_dated_and_has_nobody_registered() -> None:
    event = make_event(capacity=40, online_url="https://meet.example.org/secret")
    page = make_event_page(event, body=[("paragraph", "<p>Programme du jour.</p>")], organiser="TOKTEN")
    make_registration(event.occurrences.get())
    new = core.begin_from(page, title="Conférence de mars", key=uuid4(), user=None, now=NOON)
    assert isinstance(new, EventPage)
    made = new.event
    assert (new.organiser, new.live, made.name) == ("TOKTEN", False, "Conférence de mars")
    assert "Programme du jour." in str(new.body)
    assert (made.kind, made.place_name, made.capacity) == (event.kind, event.place_name, 40)
    assert made.takes_registrations
    assert (made.start_date, made.start_time, made.rule, made.online_url) == (None, None, None, "")
    assert not made.occurrences.exists()
    assert event.occurrences.get().registrations.count() == 1
