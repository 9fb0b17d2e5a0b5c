"""A release uncached, in HTML and JSON, against a bare Django view in the same run; pages against their budget."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

from cms.core import clock
from events.models import EventPage
from press.models import KitPage, ReleasePage
from tests.pages.conftest import weight

pytestmark = [pytest.mark.bench, pytest.mark.django_db]
BUDGET = 14_000
ROUNDS = 60


@pytest.fixture
def loaded(settings: Any, tmp_path: Any) -> dict[str, str]:
    """The TOKTEN demo, and the addresses of one page of each kind."""
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path
    call_command("demo", verbosity=0)
    now = clock.now()

    def of(model: Any, **more: Any) -> Any:
        found = model.objects.filter(live=True, locale__language_code="fr", public_from__lte=now, **more)
        return max(found, key=lambda page: len(json.dumps(page.serializable_data(), default=str)))

    open_event = of(
        EventPage, event__takes_registrations=True, event__occurrences__starts_at__gt=now
    ).public_path
    return {
        "home": "/fr/",
        "release": of(ReleasePage).public_path,
        "kit": of(KitPage).public_path,
        "event": open_event,
        "registration": f"{open_event}inscription/",
    }


def say(bench: str, value: float, unit: str, against: str, ratio: float) -> None:
    line = {"bench": bench, "value": round(value, 2), "unit": unit, "against": against}
    print(json.dumps(line | {"ratio": round(ratio, 2)}, ensure_ascii=False))


def cpu_ms(ask: Callable[[], Any]) -> float:
    """CPU milliseconds of one call, the least of three series, after a first that fills caches of code."""
    for _time in range(5):
        ask()
    series = []
    for _time in range(3):
        began = time.process_time()
        for _round in range(ROUNDS // 3):
            ask()
        series.append((time.process_time() - began) / (ROUNDS // 3) * 1000)
    return min(series)


def bare(_request: HttpRequest) -> HttpResponse:
    """What a Django view costs that reads one row and writes one line."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("<!doctype html><title>Bare</title>")


urlpatterns = [path("bare/", bare)]


def test_queries_and_cpu_of_a_release_in_html_and_json(loaded: dict[str, str], settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    floor = cpu_ms(lambda: Client().get("/bare/"))
    settings.ROOT_URLCONF = "settings.urls"
    against = f"a bare Django view through the same middleware: {floor:.2f} ms of CPU"
    say("requests.bare_view_cpu", floor, "ms", "itself", 1)
    for accept in ("text/html", "application/json"):
        client, name = Client(headers={"accept": accept}), accept.rpartition("/")[2]

        def ask(client: Client = client) -> Any:
            return client.get(loaded["release"])

        answer = ask()
        assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (200, accept)
        with CaptureQueriesContext(connection) as queries:
            ask()
        say(f"requests.release_{name}_queries", len(queries), "queries", "a bare view's 1", len(queries))
        spent = cpu_ms(ask)
        say(f"requests.release_{name}_cpu", spent, "ms", against, spent / floor)


def test_weights_of_the_main_pages(loaded: dict[str, str]) -> None:
    against = "14,000 bytes by gzip -6 of HTML and stylesheet"
    for name, address in loaded.items():
        answer = Client().get(address)
        assert answer.status_code == 200, address
        heft = weight(answer)
        say(f"requests.{name}_weight", heft, "bytes", against, heft / BUDGET)
        assert heft <= BUDGET
