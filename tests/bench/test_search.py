"""The search page and the list of releases of a press room of 20,000 texts: milliseconds, CPU and queries."""

from __future__ import annotations

import json
import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.core.models import Topic
from tests.factories.press import make_release, make_room
from tests.support.many import copies

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
RELEASES = 20_000
ADDRESSES = {
    "search, a word of all 20,000": "/fr/recherche/?q=mali",
    "search, a word of one in seven": "/fr/recherche/?q=télémédecine",
    "search, narrowed to a year": "/fr/recherche/?q=télémédecine&year=2020",
    "search, narrowed to a topic": "/fr/recherche/?q=mali&topic=diaspora",
    "search, a word of one": "/fr/recherche/?q=19999",
    "search, a word of none": "/fr/recherche/?q=zanzibar",
    "@search, a word of all": "/++api++/fr/@search?SearchableText=mali",
    "list of releases": "/fr/presse/communiques/",
    "list of releases, part 400": "/fr/presse/communiques/?b_start=10000",
    "press room": "/fr/presse/",
}


def test_search_and_lists_at_20_000_releases() -> None:
    page = make_release(make_room())
    topics = [Topic.objects.create(name=name, slug=name, locale=page.locale) for name in ("diaspora", "msas")]
    copies(page, RELEASES - 1, topics=topics)
    client = Client()
    for name, address in ADDRESSES.items():
        client.get(address)
        wall, cpu = [], []
        for _round in range(5):
            with CaptureQueriesContext(connection) as queries:
                began, burnt = time.perf_counter(), time.process_time()
                assert client.get(address).status_code == 200
                wall.append((time.perf_counter() - began) * 1000)
                cpu.append((time.process_time() - burnt) * 1000)
        line = {"bench": name, "value": round(min(wall), 1), "unit": "ms", "against": "CPU ms in our process"}
        print(json.dumps(line | {"ratio": round(min(cpu), 1), "queries": len(queries)}, ensure_ascii=False))
