"""The outbox against a bare smtplib loop, to the same sink in the same run."""

from __future__ import annotations

import json
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from cms.contacts.models import Audience, AudienceMember, Contact, ContactEmail
from cms.core import clock
from cms.mailing import actions, queries
from cms.mailing.mail.letters import message_of, parts_of, personal, renderer_of
from tests.conftest import free_port
from tests.factories import mailing as make

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
MAILS = 1500


@pytest.fixture
def fast_sink(settings: Any) -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen([sys.executable, str(Path(__file__).with_name("smtp_sink.py")), str(port)])
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield port
    process.terminate()
    process.wait(10)


def people(number: int) -> Audience:
    """An audience of `number` contacts with addresses, made in bulk."""
    contacts = Contact.objects.bulk_create(
        Contact(name=f"Personne {index}", name_key=f"personne {index}") for index in range(number)
    )
    ContactEmail.objects.bulk_create(
        ContactEmail(contact=row, address=f"p{row.pk}@example.org", is_primary=True) for row in contacts
    )
    audience = Audience.objects.create(name="Tous", slug="tous")
    AudienceMember.objects.bulk_create(
        AudienceMember(audience=audience, contact=row, added_at=make.NOON) for row in contacts
    )
    return audience


def say(bench: str, value: float, unit: str, against: str, ratio: float) -> None:
    line = {
        "bench": bench,
        "value": round(value, 1),
        "unit": unit,
        "against": against,
        "ratio": round(ratio, 2),
    }
    print("\n" + json.dumps(line, ensure_ascii=False))


def test_mails_per_second_and_cpu_per_mail(fast_sink, capsys):
    make.sender()
    draft = make.mailing(people(MAILS))
    started = time.perf_counter()
    mailing = actions.launch(draft, user=None, now=clock.now())
    launched = time.perf_counter() - started

    sender, letter = mailing.sender, mailing.letters.get()
    message = message_of(
        parts_of(letter), mailing=mailing, sender=sender, renderer=renderer_of(mailing), language="fr"
    )
    rows = list(mailing.deliveries.order_by("pk")[:1000])
    for row in rows:
        row.dated_at = clock.now()
    mails = [(row.address, message.render(personal(row))) for row in rows]
    server = smtplib.SMTP("127.0.0.1", fast_sink, timeout=10)
    server.ehlo()
    wall, cpu = time.perf_counter(), time.process_time()
    for address, data in mails:
        server.sendmail(sender.address, [address], data)
    bare_wall = (time.perf_counter() - wall) / len(mails)
    bare_cpu = (time.process_time() - cpu) / len(mails)
    server.quit()

    wall, cpu = time.perf_counter(), time.process_time()
    while queries.counts(mailing)["queued"]:
        actions.drain(mailing.pk, clock=clock.now)
    own_wall, own_cpu = (time.perf_counter() - wall) / MAILS, (time.process_time() - cpu) / MAILS
    assert queries.counts(mailing)["sent"] == MAILS
    with capsys.disabled():
        bare = "bare smtplib loop, one reused connection, same bytes"
        say("mailing.mails_per_second", 1 / own_wall, "mails/s", bare, bare_wall / own_wall)
        say("mailing.cpu_per_mail", own_cpu * 1e6, "µs", bare, own_cpu / bare_cpu)
        say("mailing.bare_loop", 1 / bare_wall, "mails/s", "itself", 1)
        say("mailing.bare_loop_cpu", bare_cpu * 1e6, "µs", "itself", 1)
        say("mailing.launch", MAILS / launched, "recipients/s", "one INSERT … SELECT", 1)


def test_expanding_a_large_audience_takes_seconds(capsys):
    make.sender()
    number = 20_000
    mailing = make.mailing(people(number))
    started = time.perf_counter()
    actions.launch(mailing, user=None, now=clock.now())
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM mailing_delivery")
        assert cursor.fetchone()[0] == number
    with capsys.disabled():
        say("mailing.expand_20000", seconds, "s", "100,000 in a few seconds (issue 3)", seconds * 5)
