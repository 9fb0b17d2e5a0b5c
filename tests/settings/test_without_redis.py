"""Redis gone, or there and silent: every page answers within two seconds, in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from cms.accounts.models import Role
from cms.core import clock
from cms.core.actions import place_page
from cms.mailing import actions as mailing
from cms.mailing.models import Delivery
from cms.pages import actions as pages
from events import actions as events
from events.models import AgendaPage, EventPage, Occurrence
from media_library import actions as library
from tests.factories.accounts import make_user
from tests.factories.events import make_event
from tests.factories.press import make_release, make_room
from tests.support import databases

# The first request of a process also loads its code: it is not what a reader waits for.
ASK = """
import json, time
import settings.celery
from django.contrib.auth import get_user_model
from django.test import Client
visitor, officer = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
officer.force_login(get_user_model().objects.get())
for client in (visitor, officer):
    client.get("/fr/")
found = []
for address in ADDRESSES:
    for client in (visitor, officer):
        for accept in ("text/html", "application/json"):
            begun = time.monotonic()
            answer = client.get(address, headers={"accept": accept})
            found.append((address, answer.status_code, time.monotonic() - begun))
for address, form in FORMS:
    begun = time.monotonic()
    answer = Client(headers={"host": "localhost"}).post(address, form)
    found.append((address, answer.status_code, time.monotonic() - begun))
print("ANSWERS", json.dumps(found))
"""
ADDRESSES = [
    *(
        "/fr/",
        "/en/",
        "/fr/presse/",
        "/fr/presse/communiques/",
        "/fr/presse/dossiers/",
        "/fr/presse/contacts/",
    ),
    *("/fr/mediatheque/", "/fr/agenda/", "/fr/resultats/", "/fr/documents/", "/fr/recherche/?q=expert"),
    *("/fr/presse/communiques/essai/", "/fr/agenda/conference/", "/fr/agenda/conference/inscription/"),
    *("/fr/presse/communiques/atom.xml", "/fr/agenda/events.ics", "/sitemap.xml", "/robots.txt", "/absent/"),
    *("/admin/", "/admin/pages/", "/admin/images/", "/++api++/fr", "/++api++/@search?SearchableText=expert"),
    "/readyz",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", ["silent", "gone"])
def test_without_redis_every_page_answers_within_two_seconds_and_the_mail_goes_out_later(broker, smtp_sink):
    now, user = clock.now(), make_user(Role.ADMIN)
    room = make_room()
    home = room.home
    make_release(room, slug="essai")
    events.lay_agenda(home, user=user, now=now)
    date = open_conference(now)
    forms = [
        ("/admin/login/", {"username": "x", "password": "y"}),
        ("/admin/password_reset/", {"email": "nobody@example.org"}),
        (
            "/fr/agenda/conference/inscription/",
            {
                "occurrence": date.uid.hex,
                "name": "Awa Keïta",
                "email": "awa@example.org",
                "key": str(uuid4()),
                "step": "send",
            },
        ),
    ]
    library.lay_library(home, user=user, now=now)
    pages.lay_results(home, user=user, now=now)
    pages.lay_documents(home, user=user, now=now)
    assert get_user_model().objects.count() == 1
    door = socket.create_server(("127.0.0.1", 0), backlog=500)  # accepts, and never answers
    port = door.getsockname()[1]
    if broker == "gone":
        door.close()
    try:
        done = subprocess.run(
            [
                sys.executable,
                "manage.py",
                "shell",
                "-v",
                "0",
                "-c",
                f"ADDRESSES, FORMS = {ADDRESSES!r}, {forms!r}\n{ASK}",
            ],
            cwd=settings.BASE_DIR,
            env=os.environ
            | {"DATABASE_URL": databases.current_url(), "REDIS_URL": f"redis://127.0.0.1:{port}/0"},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    finally:
        door.close()
    lines = [line for line in done.stdout.splitlines() if line.startswith("ANSWERS")]
    assert lines, done.stderr[-3000:]
    found = json.loads(lines[0].removeprefix("ANSWERS"))
    assert not [one for one in found if one[1] >= 500 and one[0] != "/readyz"]
    assert {one[1] for one in found if one[0] == "/readyz"} == {503}
    assert not [one for one in found if one[2] > 2], "address, status, seconds"
    statuses = {one[0]: one[1] for one in found}
    assert {statuses[address] for address in ("/fr/presse/communiques/essai/", "/fr/agenda/conference/")} == {
        200
    }
    assert [statuses[address] for address, _form in forms] == [200, 302, 303]
    assert Delivery.objects.get().state == "queued", "what the ring lost waits in the database"
    assert not smtp_sink.received
    for queue in mailing.sweep(now=clock.now()):
        mailing.drain(queue, clock=clock.now)
    assert [one.rcpt_tos for one in smtp_sink.received] == [["awa@example.org"]]


def open_conference(now: datetime) -> Occurrence:
    """A press conference a week from now that takes registrations, and its French page."""
    event = make_event(start_date=(now + timedelta(days=7)).date(), now=now)
    agenda = AgendaPage.objects.get(locale__language_code="fr")
    page = EventPage(title="Conférence", slug="conference", locale=agenda.locale, event=event)
    place_page(agenda, page, user=None, now=now)
    return event.occurrences.get()
