"""Two officers bring one calendar in at the same moment: each event is made once."""

from __future__ import annotations

import pytest

from events import actions
from events.models import Event
from tests.events.test_actions_calendars import DAYS, SERIES, agenda, begin, calendar_of
from tests.events.test_oversell import at_once
from tests.factories.core import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_calendar_confirmed_twice_at_once_makes_its_events_once() -> None:
    data, parent = calendar_of(SERIES, DAYS), agenda()
    previews = [begin(data) for _officer in range(2)]
    found = at_once(
        lambda n: actions.confirm_calendar(calendar=previews[n], agenda=parent, user=None, now=NOON), 2
    )
    assert sorted(found, key=str) == [{"new": 2}, {"same": 2}]
    assert Event.objects.count() == 2
