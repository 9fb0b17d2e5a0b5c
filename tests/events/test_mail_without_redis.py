"""The forms of an event while the broker is silent or gone: taken, and nobody waits for it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from uuid import uuid4

import pytest
from django.utils import timezone

from cms.mailing.models import Delivery
from events import queries
from events.models import Event, Invitation, Registration
from tests.events.test_views_links import World
from tests.factories.events import make_registration
from tests.support import databases

pytestmark = pytest.mark.django_db(transaction=True)

ASK = """
import json, os, time
import settings.celery
from django.test import Client
found = []
for address, form in json.loads(os.environ["POSTED"]):
    begun = time.monotonic()
    answer = Client(headers={"host": "localhost"}).post(address, form)
    found.append((address, answer.status_code, time.monotonic() - begun))
print("ANSWERS", json.dumps(found))
"""


def posts(world: World, late: Registration) -> list[tuple[str, dict[str, str], int]]:
    """One post to each form that somebody without an account can reach, with the status it is to get."""
    page, links = world.page, world.links
    said = {"name": "Awa", "email": "a@example.org", "occurrence": world.date.uid.hex, "step": "send"}
    head = {
        "organisation": "Santé",
        "country": "BJ",
        "name": "Codjo",
        "email": "c@example.org",
        "places": "2",
    }
    authors = {"author0_name": "Awa", "author0_organisation": "IER", "presents": "0", "rows": "1"}
    paper = {"title_fr": "Eau", "abstract_fr": "Mesures.", "theme": "Sols", "form": "talk", "language": "fr"}
    card = {"code": queries.guest_code(world.guest), "surname": "keita"}
    open_category = world.person.category
    assert open_category is not None
    return [
        # The first request of a process also loads its code: it is not what a visitor waits for.
        (f"{page.public_path}inscription/", {**said, "email": "first@example.org"}, 422),
        (
            f"{page.public_path}inscription/",
            {**said, "category": open_category.uid.hex, "key": str(uuid4())},
            303,
        ),
        (f"{page.public_path}delegation/", {**head, "date": world.date.uid.hex, "key": str(uuid4())}, 303),
        (f"{page.public_path}communications/", {**paper, **authors, **said, "email": "p@example.org"}, 303),
        (f"/r/{queries.key_of(late)}", {"do": "confirm"}, 303),
        (f"/r/{links['r']}", {"do": "change", "name": "Awa", "organisation": "IER"}, 303),
        (f"/r/{links['r']}", {"do": "cancel"}, 303),
        (f"/r/{queries.key_of(world.member)}/journey/", {"hotel": "Azalaï"}, 303),
        (f"/d/{links['d']}/name/", {"name": "Deux", "language": "fr", "key": str(uuid4())}, 303),
        (f"/d/{links['d']}/{world.member.uid}/", {"do": "remove"}, 303),
        (f"/d/{links['d']}", {"do": "cancel"}, 303),
        ("/i/", card, 303),
        (f"/i/{links['i']}", {"state": "accepted"}, 303),
        (
            f"/e/{links['e']}/{world.paper.number}/",
            {"verdict": "accept", "version": str(world.paper.version)},
            303,
        ),
        (f"/a/{links['a']}", {"do": "withdraw"}, 303),
        ("/verify/", {"code": world.certificate.code}, 303),
    ]


@pytest.mark.parametrize("broker", ["silent", "gone"])
def test_without_redis_every_form_of_an_event_is_taken_and_answered_within_two_seconds(broker: str) -> None:
    world = World()
    Event.objects.filter(pk=world.page.event_id).update(takes_delegations=True)
    late = make_registration(world.date, 7, category=world.person.category, confirm=False, now=timezone.now())
    asked = posts(world, late)
    before = Delivery.objects.count()
    door = socket.create_server(("127.0.0.1", 0), backlog=100)  # accepts, and never answers
    port = door.getsockname()[1]
    if broker == "gone":
        door.close()
    try:
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", ASK],
            env=os.environ
            | {"DATABASE_URL": databases.current_url(), "REDIS_URL": f"redis://127.0.0.1:{port}/0"}
            | {"POSTED": json.dumps([one[:2] for one in asked])},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        door.close()
    lines = [line for line in done.stdout.splitlines() if line.startswith("ANSWERS")]
    assert lines, done.stderr[-2000:]
    found = json.loads(lines[0].removeprefix("ANSWERS"))
    assert [(one[0], one[1]) for one in found] == [(one[0], one[2]) for one in asked]
    assert not [one for one in found[1:] if one[2] > 2], "address, status, seconds"
    late.refresh_from_db()
    assert late.state == "confirmed"
    assert Registration.objects.get(email="a@example.org").state == "pending"
    assert Invitation.objects.get().state == "accepted"
    assert Delivery.objects.count() > before + 6
    assert set(Delivery.objects.values_list("state", flat=True)) == {"queued"}, "what no ring told waits"
