"""Personal links of a mail: only the holder's, only POST acts."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from cms.contacts.models import Suppression
from cms.core import links
from cms.mailing import actions
from cms.mailing.mail.layout import LINK_PURPOSE
from cms.mailing.mail.verp import uid_of
from cms.mailing.models import Delivery
from tests.factories import mailing as make
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(smtp_sink):
    """A mailing sent to three people, and what arrived."""
    make.register()
    mailing = make.launched(3)
    actions.drain(mailing.pk, clock=lambda: NOON)
    return mailing, smtp_sink


def link_of(message) -> str:
    return urlsplit(message["List-Unsubscribe"].strip("<>")).path


def test_get_shows_a_button_and_changes_nothing_post_without_cookies_acts(sent):
    _mailing, sink = sent
    path, client = link_of(sink.messages[0]), Client(enforce_csrf_checks=True)
    shown = client.get(path)
    assert shown.status_code == 200
    assert b"<button" in shown.content
    assert client.head(path).status_code == 200
    assert not Suppression.objects.exists()
    assert not shown.cookies
    done = client.post(path, {"List-Unsubscribe": "One-Click"})
    assert done.status_code == 200
    assert list(Suppression.objects.values_list("address", "reason")) == [
        (sink.received[0].rcpt_tos[0], "unsubscribed")
    ]
    client.post(path)
    assert Suppression.objects.count() == 1
    assert "no-store" in done["Cache-Control"]


def test_who_unsubscribes_is_taken_out_of_what_is_queued_but_not_of_what_they_are_owed(sent):
    _mailing, sink = sent
    address = sink.received[0].rcpt_tos[0]
    other = actions.launch(
        make.mailing(make.audience(slug="radio", members=[Delivery.objects.first().contact])),
        user=None,
        now=NOON,
    )
    ticket = make.owed(address=address)
    Client().post(link_of(sink.messages[0]))
    assert other.deliveries.get().state == "suppressed"
    ticket.refresh_from_db()
    assert ticket.state == "queued"


def test_an_altered_token_is_the_one_404_and_touches_nobody(sent):
    mailing, sink = sent
    path = link_of(sink.messages[0])
    token = path.split("/")[2]
    first, second = mailing.deliveries.order_by("pk")[:2]
    forged = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        links.make(LINK_PURPOSE, second.uid, second.generation + 1),
        links.make("registration", second.uid, second.generation),
        "x" * 43,
        "short",
        str(second.uid),
    ]
    client = Client()
    absent = client.get("/m/" + "y" * 43).content
    for wrong in forged:
        for ending in ("", "/unsubscribe"):
            answer = client.get(f"/m/{wrong}{ending}")
            assert answer.status_code == 404
            assert answer.content == absent
        assert client.post(f"/m/{wrong}/unsubscribe").status_code == 404
    assert not Suppression.objects.exists()
    assert first.state == "sent"


def test_the_mail_is_read_in_the_browser_with_its_own_policy_and_no_script(sent):
    _mailing, sink = sent
    path = link_of(sink.messages[0]).removesuffix("/unsubscribe")
    shown = Client().get(path)
    assert shown.status_code == 200
    assert "Journée du TOKTEN" in shown.content.decode()
    assert "[[" not in shown.content.decode()
    assert "script-src" not in shown["Content-Security-Policy"]
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert not re.search(rb"<script", shown.content)


def test_a_mail_that_has_not_left_is_not_shown():
    mailing = make.launched(1)
    row = mailing.deliveries.get()
    assert Client().get(f"/m/{links.make(LINK_PURPOSE, row.uid, row.generation)}").status_code == 404


def test_an_owed_mail_has_no_way_out_and_answers_what_the_person_did(smtp_sink):
    make.sender(reply_to="accueil@tokten.example.org")
    row = make.owed(name="Aminata\r\nTraoré <b>")
    actions.drain(row.mailing_id, clock=lambda: NOON)
    (mail,) = smtp_sink.messages
    assert mail["List-Unsubscribe"] is None
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "accueil@tokten.example.org"
    assert mail["Precedence"] is None
    assert next(mail.iter_attachments()).get_filename() == "évènement.ics"
    assert "&lt;b&gt;" in mail.get_body(("html",)).get_content()
    token = links.make(LINK_PURPOSE, row.uid, row.generation)
    assert Client().post(f"/m/{token}/unsubscribe").status_code == 404
    assert Client().get(f"/m/{token}").status_code == 200


def test_bounces_come_back_under_the_deliverys_own_number(smtp_sink):
    make.sender(bounce_address="retour@tokten.example.org")
    mailing = make.launched(1)
    actions.drain(mailing.pk, clock=lambda: NOON)
    path = smtp_sink.received[0].mail_from
    assert path.startswith(f"retour+{mailing.deliveries.get().uid.hex}")
    assert uid_of(path) == mailing.deliveries.get().uid
