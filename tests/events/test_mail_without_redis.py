"""The mail of a registration while the broker is silent or gone: kept, and nobody waits for it."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from cms.mailing.models import Delivery
from events.models import Registration
from tests.factories.events import make_event, make_event_page

pytestmark = pytest.mark.django_db(transaction=True)

POST = """
import time
from uuid import uuid4
import settings.celery
from django.test import Client
from events.models import EventPage
page = EventPage.objects.get()
said = {"occurrence": page.event.occurrences.get().uid.hex, "name": "Awa", "step": "send"}
took = []
for number in range(2):
    begun = time.monotonic()
    values = {**said, "email": f"awa{number}@example.org", "key": str(uuid4())}
    answer = Client().post(page.public_path + "inscription/", values, headers={"host": "localhost"})
    took.append(time.monotonic() - begun)
print("ANSWER", answer.status_code, round(took[1], 2))
"""


@pytest.mark.parametrize("broker", ["silent", "gone"])
def test_without_redis_a_registration_is_kept_and_answered_within_two_seconds(broker: str) -> None:
    start = (timezone.now() + timedelta(days=7)).date()
    make_event_page(make_event(start_date=start, now=timezone.now()))
    name = settings.DATABASES["default"]["NAME"]
    url = re.sub(r"/[^/?]+(\?|$)", rf"/{name}\1", os.environ["DATABASE_URL"], count=1)
    door = socket.create_server(("127.0.0.1", 0))  # accepts, and never answers
    port = door.getsockname()[1]
    if broker == "gone":
        door.close()
    try:
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", POST],
            env={**os.environ, "DATABASE_URL": url, "REDIS_URL": f"redis://127.0.0.1:{port}/0"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        door.close()
    found = [line for line in done.stdout.splitlines() if line.startswith("ANSWER")]
    assert found, done.stderr[-2000:]
    _word, status, took = found[0].split()
    print(f"Redis {broker}: {took} s")
    assert status == "303"
    assert float(took) < 2
    assert set(Registration.objects.values_list("state", flat=True)) == {"pending"}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"queued"}
