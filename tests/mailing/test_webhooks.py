"""What mail providers post: proved, understood, taken once."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from django.test import Client

from cms.contacts.models import Suppression
from cms.mailing import actions
from cms.mailing.models import Delivery, Report
from settings.environment import Environment
from tests.factories import mailing as make
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "a signing key of the tests"
LOGIN = "postmark:a password of the tests"


@pytest.fixture
def row(settings: Any, smtp_sink: Any) -> Delivery:
    settings.MAILING_WEBHOOKS = {"mailgun": KEY, "postmark": LOGIN}
    make.sender()
    mailing = make.launched(1)
    actions.drain(mailing.pk, clock=lambda: NOON)
    return mailing.deliveries.get()


def mailgun(row: Delivery, event: str, *, number: str = "t1", key: str = KEY, **data: Any) -> Any:
    signature = hmac.new(key.encode(), f"1700000000{number}".encode(), sha256).hexdigest()
    post = {
        "signature": {"timestamp": "1700000000", "token": number, "signature": signature},
        "event-data": {
            "event": event,
            "timestamp": 1700000000.5,
            "recipient": row.address,
            "message": {"headers": {"message-id": row.message_id.strip("<>")}},
            **data,
        },
    }
    return Client(enforce_csrf_checks=True).post(
        "/m/reports/mailgun", json.dumps(post), content_type="application/json"
    )


def postmark(body: dict[str, Any], login: str = LOGIN) -> Any:
    return Client(headers={"Authorization": "Basic " + b64encode(login.encode()).decode()}).post(
        "/m/reports/postmark", json.dumps(body), content_type="application/json"
    )


DEAD = {"severity": "permanent", "reason": "bounce", "delivery-status": {"message": "550 5.1.1 no such user"}}


def test_a_signed_return_marks_the_mail_and_its_address(row):
    assert mailgun(row, "failed", **DEAD).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.reason) == ("bounced", "no_such_box")
    assert Suppression.objects.get().reason == "hard_bounce"


def test_an_unsigned_return_is_401_and_changes_nothing(row):
    assert mailgun(row, "failed", key="another key", **DEAD).status_code == 401
    assert postmark({"RecordType": "Bounce", "Type": "HardBounce"}, login="postmark:wrong").status_code == 401
    assert not Report.objects.exists()


def test_a_post_repeated_by_whomever_counts_once(row):
    for _time in range(3):
        assert mailgun(row, "failed", severity="permanent", reason="bounce").status_code == 200
    # who caught a post may send its signature again over other words: the same token is the same statement
    other = make.contact(7)
    assert other
    assert mailgun(row, "failed", recipient="personne7@example.org", reason="bounce").status_code == 200
    assert Report.objects.count() == row.events.count() == 1


def test_a_provider_that_was_not_set_up_does_not_exist(row):
    for name in ("mandrill", "sendgrid", "nobody"):
        assert Client().post(f"/m/reports/{name}", "{}", content_type="application/json").status_code == 404


def test_what_cannot_be_read_is_400_under_the_right_secret(row):
    assert postmark({"RecordType": "Bounce", "BouncedAt": 7, "Type": ["x"]}).status_code == 400


def test_a_temporary_failure_is_a_delay_and_what_was_opened_is_not_looked_at(row):
    assert mailgun(row, "failed", number="a", severity="temporary").status_code == 200
    for number, event in enumerate(("opened", "clicked", "accepted")):
        assert mailgun(row, event, number=str(number)).status_code == 200
    assert [one.kind for one in Report.objects.all()] == ["delay"]
    row.refresh_from_db()
    assert row.state == "sent"


def test_a_complaint_takes_an_address_off_even_where_the_mail_is_not_found(row):
    body = {"RecordType": "SpamComplaint", "MessageID": "x", "Email": "Other@Example.org", "ID": 3}
    assert postmark({**body, "Type": "SpamComplaint", "BouncedAt": "2026-11-23T12:00:00Z"}).status_code == 200
    row_ = Suppression.objects.get()
    assert (row_.address, row_.reason) == ("other@example.org", "complaint")


def test_a_complaint_by_address_alone_is_shown_in_the_life_of_the_last_mail_to_it(row, settings):
    Delivery.objects.update(sent_at=make.NOON + timedelta(days=3650))
    body = {"RecordType": "SpamComplaint", "MessageID": "x", "Email": row.address, "ID": 3}
    assert postmark({**body, "Type": "SpamComplaint", "BouncedAt": "2026-11-23T12:00:00Z"}).status_code == 200
    assert [one.reason for one in row.events.all()] == ["complaint"]


def test_a_delivery_said_by_the_provider_settles_one_in_doubt_and_adds_no_row_otherwise(row):
    mailgun(row, "delivered", number="a")
    assert not Report.objects.exists()
    Delivery.objects.update(state="unknown", sent_at=None, handed_at=NOON)
    mailgun(row, "delivered", number="b")
    row.refresh_from_db()
    assert row.state == "sent"


# Settings --------------------------------------------------------------------------------------------------------
def environment(tmp_path: Any, **values: str) -> Environment:
    found = Environment(tmp_path)
    found.values = values
    return found


def test_a_mailbox_is_read_from_one_address(tmp_path):
    url = "imaps://retour%40example.org:p%3Aw@imap.example.org/Retours"
    place = environment(tmp_path, X=url).mailbox("X")
    assert place == {
        "scheme": "imaps",
        "host": "imap.example.org",
        "port": 993,
        "user": "retour@example.org",
        "password": "p:w",
        "folder": "Retours",
    }
    assert environment(tmp_path).mailbox("X") is None
    for wrong in ("https://example.org", "imaps://example.org", "pop3://u:p@h:x"):
        with pytest.raises(SystemExit, match=r"^X must be imaps"):
            environment(tmp_path, X=wrong).mailbox("X")


def test_secrets_of_providers_are_long_and_of_known_ones(tmp_path):
    found = environment(tmp_path, X="mailgun:0123456789abcdef, postmark:user:0123456789abc")
    assert found.secrets_by_name("X", {"mailgun", "postmark"}) == {
        "mailgun": "0123456789abcdef",
        "postmark": "user:0123456789abc",
    }
    for wrong in ("mailgun:short", "nobody:0123456789abcdef", "mailgun"):
        with pytest.raises(SystemExit, match=r"^X must be provider:secret"):
            environment(tmp_path, X=wrong).secrets_by_name("X", {"mailgun"})
