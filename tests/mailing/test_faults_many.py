"""Ten thousand recipients, three in a hundred of them bad: each is accounted for."""

from __future__ import annotations

import json
import smtplib
from collections import Counter

import pytest

from cms.contacts.models import Audience, AudienceMember, Contact, ContactEmail, Suppression
from cms.core import clock
from cms.mailing import actions, queries
from cms.mailing.models import Mailing
from tests.bench.test_mailing import listening
from tests.factories import mailing as make

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER, BAD = 10_000, 300


@pytest.fixture
def sink_port(settings):
    with listening("smtp_sink.py") as port:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield port


def address(number: int) -> str:
    bad = number * BAD % NUMBER < BAD
    return f"{'bad' if bad else 'p'}{number}@d{number % 50}.example.org"


def everybody() -> Audience:
    people = Contact.objects.bulk_create(
        (Contact(name=f"Personne {number}", name_key=f"personne {number}") for number in range(NUMBER)),
        batch_size=5000,
    )
    ContactEmail.objects.bulk_create(
        (
            ContactEmail(contact=row, address=address(number), is_primary=True)
            for number, row in enumerate(people)
        ),
        batch_size=5000,
    )
    audience = Audience.objects.create(name="Tous", slug="tous")
    AudienceMember.objects.bulk_create(
        (AudienceMember(audience=audience, contact=row, added_at=make.NOON) for row in people),
        batch_size=5000,
    )
    return audience


def test_ten_thousand_recipients_with_three_in_a_hundred_bad_are_all_accounted_for(sink_port, tmp_path):
    make.sender(connections=3)
    mailing = actions.launch(make.mailing(everybody()), user=None, now=clock.now())
    while actions.drain(mailing.pk, clock=clock.now).more:
        pass
    found = queries.counts(mailing)
    total = found.pop("total")
    assert sum(found.values()) == total == NUMBER
    assert (found["sent"], found["failed"]) == (NUMBER - BAD, BAD)
    assert set(mailing.deliveries.filter(state="failed").values_list("reason", flat=True)) == {"no_such_box"}
    assert Suppression.objects.filter(reason="hard_bounce").count() == BAD
    assert Mailing.objects.get(pk=mailing.pk).state == Mailing.State.SENT
    with smtplib.SMTP("127.0.0.1", sink_port) as server:
        server.docmd("XDUMP", str(tmp_path / "taken"))
    seen = Counter(key for _moment, _number, key in json.loads((tmp_path / "taken").read_text()))
    assert set(seen.values()) == {1}
    assert set(seen) == set(mailing.deliveries.filter(state="sent").values_list("message_id", flat=True))
