"""An agenda, and one announced event in it, laid once for a file whose tests are none of them transactional."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events.models import EventPage, Occurrence
from tests.factories.events import make_agendas, make_event, make_event_page
from tests.support.shared import laid


@pytest.fixture(scope="module")
def laid_agendas(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The site and its agendas: `make_agendas` and `make_event_page` find them."""
    with laid(django_db_blocker):
        make_agendas()
        yield


@pytest.fixture(scope="module")
def laid_page(laid_agendas: None) -> EventPage:
    start = (timezone.now() + timedelta(days=7)).date()
    return make_event_page(make_event(start_date=start, capacity=2, now=timezone.now()))


@pytest.fixture
def page(laid_page: EventPage, db: None) -> EventPage:
    """A press conference a week from now, of two seats."""
    return deepcopy(laid_page)


@pytest.fixture
def occurrence(page: EventPage) -> Occurrence:
    return page.event.occurrences.get()
