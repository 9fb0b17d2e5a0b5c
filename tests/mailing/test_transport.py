"""Handing over: commands in one go, refusals at each step, sign-in, TLS, a provider's API."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from cms.mailing import actions, queries
from cms.mailing.mail.transport import Fault, Scope, SmtpTransport, connect
from cms.mailing.models import Mailing, Sender
from tests.conftest import free_port
from tests.factories import mailing as make
from tests.factories.mailing import NOON
from tests.mailing.sinks import BadSink, bad_sink
from tests.mailing.test_drain import Clock

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = b"From: a@example.org\r\nMessage-ID: <1@example.org>\r\n\r\nBonjour\r\n"


@pytest.fixture(params=[False, True], ids=["one by one", "pipelining"])
def sink(request, settings) -> Iterator[BadSink]:
    with bad_sink(settings, pipelining=request.param) as running:
        yield running


# Commands in one go --------------------------------------------------------------------------------------------
def test_a_refused_recipient_leaves_the_connection_fit_for_the_next_mail(sink):
    sink.at_rcpt = lambda address: "550 5.1.1 nobody" if address.startswith("no") else None
    transport = connect()
    for _time in range(2):
        with pytest.raises(Fault) as caught:
            transport.send("me@example.org", "no@example.org", MAIL)
        fault = caught.value
        assert (fault.scope, fault.code, fault.reason) == (Scope.RECIPIENT, 550, "no_such_box")
        transport.send("me@example.org", "yes@example.org", MAIL)
    transport.close()
    assert (len(sink.taken), sink.connections) == (2, 1)


def test_a_refused_sender_is_told_from_a_refused_recipient(sink):
    sink.at_mail = lambda _address: "550 5.7.1 not you"
    with pytest.raises(Fault, match="not you") as caught:
        connect().send("me@example.org", "you@example.org", MAIL)
    assert caught.value.scope is Scope.SENDER
    assert not sink.taken


def test_a_line_that_breaks_before_the_mail_took_nothing(sink):
    sink.at_rcpt = lambda _address: "drop"
    with pytest.raises(Fault) as caught:
        connect().send("me@example.org", "you@example.org", MAIL)
    assert (caught.value.scope, caught.value.lost) == (Scope.CONNECTION, True)


def test_a_line_that_breaks_after_the_mail_leaves_it_in_doubt(sink):
    sink.after_data = lambda _id: "drop"
    with pytest.raises(Fault) as caught:
        connect().send("me@example.org", "you@example.org", MAIL)
    assert caught.value.scope is Scope.DOUBT


@pytest.mark.parametrize("answer", ["354 go on", "099 what"])
def test_an_answer_that_says_neither_yes_nor_no_leaves_the_mail_in_doubt(sink, answer):
    sink.after_data = lambda _id: answer
    with pytest.raises(Fault) as caught:
        connect().send("me@example.org", "you@example.org", MAIL)
    assert caught.value.scope is Scope.DOUBT


SENDER_REFUSED = [
    ("at_rcpt", "553 5.7.1 <me@example.org>: Sender address rejected: not owned by user me"),
    ("at_rcpt", "550 5.1.8 <me@example.org>: domain not found"),
    ("at_rcpt", "550 Sender verify failed"),
    ("after_data", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
]


@pytest.mark.parametrize(("step", "answer"), SENDER_REFUSED)
def test_a_sender_refused_late_stops_the_mailing_at_its_first_mail_and_burns_nobody(sink, step, answer):
    """Postfix says 250 to MAIL and refuses the sender at RCPT; Exchange waits for the mail."""
    mailing = make.launched(3)
    setattr(sink, step, lambda _what: answer)
    actions.drain(mailing.pk, clock=Clock())
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert answer[:20] in mailing.reason
    assert queries.counts(mailing)["queued"] == 3


def test_control_the_same_words_about_a_recipient_concern_that_recipient_alone(sink):
    mailing = make.launched(3)
    sink.at_rcpt = lambda address: "553 5.7.1 Recipient address rejected" if "1@" in address else None
    actions.drain(mailing.pk, clock=Clock())
    found = queries.counts(mailing)
    assert (found["sent"], found["failed"]) == (2, 1)


def test_an_address_cannot_smuggle_a_command(sink):
    with pytest.raises(Fault, match=r"5\.6\.7"):
        connect().send("me@example.org", "you@example.org>\r\nRCPT TO:<other@example.org", MAIL)
    assert not sink.taken


def test_a_mailing_dropped_after_each_mail_stops_soon_and_doubts_only_those(sink, settings):
    """Three lines broken in a row hold the sender: three in doubt, the others untouched."""
    mailing = make.launched(8)
    sink.after_data = lambda _id: "drop"
    done = actions.drain(mailing.pk, clock=Clock())
    assert (done.doubtful, queries.counts(mailing)["queued"]) == (3, 5)
    assert len(sink.taken) == len(set(sink.taken)) == 3
    assert Sender.objects.get().held_until > NOON


class Odd(socketserver.StreamRequestHandler):
    """Refuses the recipient and asks for the mail all the same, as some servers do."""

    bodies: list[bytes] = []

    def handle(self) -> None:
        self.say("220 odd")
        while line := self.rfile.readline():
            match line[:4].upper():
                case b"EHLO":
                    self.say("250-odd", "250 PIPELINING")
                case b"RCPT":
                    self.say("550 5.1.1 nobody")
                case b"DATA":
                    self.say("354 go on")
                    body = b""
                    while (piece := self.rfile.readline()) != b".\r\n":
                        body += piece
                    self.bodies.append(body)
                    self.say("554 no recipients")
                case _:
                    self.say("250 ok")

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


def test_a_server_that_refuses_and_asks_for_the_mail_gets_an_empty_one(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Odd) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_HOST_USER, settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = "", False, False
        transport = connect()
        assert isinstance(transport, SmtpTransport)
        for _time in range(2):
            with pytest.raises(Fault, match="nobody") as caught:
                transport.send("me@example.org", "you@example.org", MAIL)
            assert caught.value.scope is Scope.RECIPIENT
        transport.close()
        server.shutdown()
    assert Odd.bodies == [b"", b""]


# Sign-in and TLS -----------------------------------------------------------------------------------------------
def test_a_wrong_password_pauses_the_mailing_and_burns_nobody(settings):
    port = free_port()
    controller = Controller(
        BadSink(port),
        hostname="127.0.0.1",
        port=port,
        authenticator=lambda *_: AuthResult(success=False, handled=False),
        auth_required=True,
        auth_require_tls=False,
    )
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "presse", "wrong"
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        mailing = make.launched(4)
        actions.drain(mailing.pk, clock=Clock())
    finally:
        controller.stop()
    assert stopped_without_a_loss(mailing, 4)


def test_a_server_without_tls_pauses_the_mailing_and_burns_nobody(settings):
    with bad_sink(settings) as sink:
        settings.EMAIL_USE_TLS = True
        mailing = make.launched(4)
        actions.drain(mailing.pk, clock=Clock())
    assert not sink.taken
    assert stopped_without_a_loss(mailing, 4)


def stopped_without_a_loss(mailing: Mailing, size: int) -> bool:
    """Paused with a reason, all of them queued as if never begun."""
    mailing.refresh_from_db()
    untouched = mailing.deliveries.filter(state="queued", attempts=0).count()
    return mailing.state == Mailing.State.PAUSED and bool(mailing.reason) and untouched == size


# A provider's API ----------------------------------------------------------------------------------------------
@contextmanager
def provider(settings, status: int = 200) -> Iterator[list[bytes]]:
    """Something that answers as Mailgun's API does."""
    taken: list[bytes] = []

    class Api(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            said = json.dumps({"id": f"<{len(taken)}@mg.example.org>", "message": "Queued"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        name_it(settings, server.server_address[1])
        yield taken
        server.shutdown()


def name_it(settings, port: int) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {
        "MAILGUN_API_KEY": "key",
        "MAILGUN_SENDER_DOMAIN": "mg.example.org",
        "MAILGUN_API_URL": f"http://127.0.0.1:{port}/v3",
    }


def test_a_provider_takes_each_mail_once_and_its_number_is_kept(settings):
    mailing = make.launched(3)
    with provider(settings) as taken:
        assert actions.drain(mailing.pk, clock=Clock()).sent == 3
    assert len(taken) == 3
    assert sorted(mailing.deliveries.values_list("smtp_text", flat=True)) == [
        f"<{number}@mg.example.org>" for number in (1, 2, 3)
    ]
    uid = mailing.deliveries.order_by("pk")[0].uid.hex.encode()
    assert uid in taken[0], "what its reports will carry back"


@pytest.mark.parametrize(
    ("status", "state", "paused", "held"),
    [
        (401, "queued", True, False),
        (429, "queued", False, True),
        (400, "failed", False, False),
        (502, "unknown", False, False),
    ],
)
def test_what_a_provider_answers_is_told_apart(settings, status, state, paused, held):
    mailing = make.launched(2)
    with provider(settings, status):
        actions.drain(mailing.pk, clock=Clock())
    assert queries.counts(mailing)[state] == 2
    assert (Sender.objects.get().held_until is not None) is held
    assert (Mailing.objects.get(pk=mailing.pk).state == Mailing.State.PAUSED) is paused


def test_a_provider_that_is_away_holds_the_sender_and_puts_nothing_in_doubt(settings):
    mailing = make.launched(3)
    name_it(settings, free_port())
    actions.drain(mailing.pk, clock=Clock())
    assert queries.counts(mailing)["queued"] == 3
    assert Sender.objects.get().held_until > NOON
