"""Registrations through HTTP against one event, two web workers on PostgreSQL: how many a second, and none oversold."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import local
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.utils import timezone

from events import queries
from events.models import Registration
from tests.factories.events import make_event, make_event_page
from tests.support.downloads import web

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
SEATS, ATTEMPTS, CLIENTS = 500, 2_000, 16
# What pretix says of its own lock, the fastest claim that we found: 300 to 400 tickets a minute for one event.
PRETIX = 400 / 60


class Visitor:
    """One connection of a browser that is at the form already, with its cookie."""

    def __init__(self, address: str, form: str) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self.connection.request("GET", form, headers={"X-Real-IP": "10.0.0.1"})
        answer = self.connection.getresponse()
        body = answer.read().decode()
        self.cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', body)
        assert found
        self.token = found[1]

    def post(self, path: str, who: int, **said: str) -> int:
        """Post a form from an address of the network of its own; returns the status."""
        body = urlencode({"csrfmiddlewaretoken": self.token, **said})
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": self.cookie,
            "X-Real-IP": f"10.1.{who // 250}.{who % 250 + 1}",
        }
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status


def say(bench: str, value: float, unit: str, against: str, ratio: float) -> None:
    line = {"bench": bench, "value": round(value, 2), "unit": unit, "against": against}
    print(json.dumps(line | {"ratio": round(ratio, 2)}, ensure_ascii=False))


def rush(address: str, form: str, posts: list[tuple[str, int, dict[str, str]]]) -> tuple[Counter[int], float]:
    """Send the posts from CLIENTS browsers at once; returns the statuses and the seconds."""
    mine = local()

    def send(post: tuple[str, int, dict[str, str]]) -> int:
        if not hasattr(mine, "visitor"):
            mine.visitor = Visitor(address, form)
        path, who, said = post
        return mine.visitor.post(path, who, **said)

    with ThreadPoolExecutor(CLIENTS) as pool:
        began = time.monotonic()
        statuses = Counter(pool.map(send, posts))
        return statuses, time.monotonic() - began


def test_two_thousand_register_at_once_for_five_hundred_seats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", "127.0.0.0/8")
    now = timezone.now()
    event = make_event(start_date=(now + timedelta(days=7)).date(), capacity=SEATS, now=now)
    page, row = make_event_page(event), event.occurrences.get()
    form = f"{page.public_path}inscription/"
    posts: list[Any] = [
        (
            form,
            number,
            {
                "occurrence": row.uid.hex,
                "name": f"Invité {number}",
                "email": f"invite{number}@example.org",
                "key": str(uuid4()),
                "step": "send",
            },
        )
        for number in range(ATTEMPTS)
    ]
    with web(tmp_path, media=tmp_path / "media", workers=2) as (address, _pid):
        registered, took = rush(address, form, posts)
        assert registered == {303: ATTEMPTS}
        people = list(Registration.objects.order_by("?"))
        links = [
            (f"/r/{queries.key_of(one)}", number, {"do": "confirm"}) for number, one in enumerate(people)
        ]
        confirmed, took_too = rush(address, form, links)
        assert confirmed == {303: ATTEMPTS}
    states = Counter(Registration.objects.values_list("state", flat=True))
    rate, rate_too = ATTEMPTS / took, ATTEMPTS / took_too
    against = "pretix's documentation, its lock on the event: 300 to 400 tickets a minute"
    say("registrations.posted", rate, "registrations/s", against, rate / PRETIX)
    say("registrations.confirmed", rate_too, "confirmations/s", against, rate_too / PRETIX)
    say("registrations.oversold", states["confirmed"] - SEATS, "seats", f"{SEATS} seats", 0)
    assert states == {"confirmed": SEATS, "waiting": ATTEMPTS - SEATS}
