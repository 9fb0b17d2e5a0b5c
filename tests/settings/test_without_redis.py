"""Redis gone, or there and silent: every page answers within two seconds, in a process of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from cms.accounts.models import Role
from cms.core import clock
from cms.pages import actions as pages
from cms.pages.models import HomePage
from events import actions as events
from media_library import actions as library
from press import actions as press
from tests.factories.accounts import make_user
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
begun = time.monotonic()
answer = Client(headers={"host": "localhost"}).post("/admin/login/", {"username": "x", "password": "y"})
found.append(("sign-in", answer.status_code, time.monotonic() - begun))
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
    *("/fr/presse/communiques/atom.xml", "/fr/agenda/events.ics", "/sitemap.xml", "/robots.txt", "/absent/"),
    *("/admin/", "/admin/pages/", "/admin/images/", "/++api++/fr", "/++api++/@search?SearchableText=expert"),
    "/readyz",
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", ["silent", "gone"])
def test_without_redis_every_page_answers_within_two_seconds(broker):
    now, user = clock.now(), make_user(Role.ADMIN)
    pages.lay_site(user=user, now=now)
    home = HomePage.objects.get(locale__language_code="fr")
    press.lay_press_room(home, user=user, now=now)
    events.lay_agenda(home, user=user, now=now)
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
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", f"ADDRESSES = {ADDRESSES!r}\n{ASK}"],
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
