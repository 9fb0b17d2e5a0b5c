"""Sending through a real SMTP server, well-behaved or not."""

from __future__ import annotations

import threading
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection

from cms.contacts import actions as contacts
from cms.contacts.models import Suppression
from cms.mailing import actions, queries
from cms.mailing.actions import claims
from cms.mailing.mail.letters import message_of, parts_of, personal, renderer_of
from cms.mailing.models import Mailing, Sender
from tests.factories import mailing as make
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db(transaction=True)


class Clock:
    """The engine's clock, set by the test."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def assert_invariant(mailing: Mailing, size: int) -> dict[str, int]:
    """Rows are the sum of their states, and nobody vanished."""
    found = queries.counts(mailing)
    assert sum(number for state, number in found.items() if state != "total") == found["total"] == size
    return found


def test_a_mailing_reaches_everybody_once_and_is_sent(smtp_sink):
    mailing = make.launched(120)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 120
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENT
    assert assert_invariant(mailing, 120)["sent"] == 120
    ids = [message["Message-ID"] for message in smtp_sink.messages]
    assert len(ids) == len(set(ids)) == 120
    assert [item.rcpt_tos for item in smtp_sink.received] == [
        [address] for address in mailing.deliveries.order_by("pk").values_list("address", flat=True)
    ]


def test_several_connections_send_each_mail_once(smtp_sink):
    make.sender(connections=4)
    mailing = make.launched(300)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 300
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == len(smtp_sink.received) == 300


def test_a_pause_is_seen_before_the_next_mail(smtp_sink):
    mailing = make.launched(30)

    def pause_at_five(sender: str, to: list[str], raw: bytes) -> str:
        if len(smtp_sink.received) == 4:
            Mailing.objects.filter(pk=mailing.pk).update(state="paused")
        return "250 OK"

    smtp_sink.reply = pause_at_five
    actions.drain(mailing.pk, clock=Clock())
    assert len(smtp_sink.received) == 5
    found = assert_invariant(mailing, 30)
    assert (found["sent"], found["queued"]) == (5, 25)
    smtp_sink.reply = None
    actions.resume(mailing, user=None, now=NOON)
    actions.drain(mailing.pk, clock=Clock())
    assert len({m["Message-ID"] for m in smtp_sink.messages}) == len(smtp_sink.received) == 30


def test_cancelling_keeps_back_what_was_not_handed_over(smtp_sink):
    mailing = make.launched(3)
    actions.cancel(mailing, user=None, now=NOON)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 0
    assert not smtp_sink.received
    assert assert_invariant(mailing, 3)["cancelled"] == 3


def test_a_mail_put_off_as_its_mailing_is_cancelled_is_cancelled_with_it(smtp_sink):
    mailing = make.launched(3)

    def cancel(sender: str, to: list[str], raw: bytes) -> str:
        actions.cancel(mailing, user=None, now=NOON)
        return "451 4.2.0 later"

    smtp_sink.reply = cancel
    assert actions.drain(mailing.pk, clock=Clock()).deferred == 1
    assert assert_invariant(mailing, 3)["cancelled"] == 3


def test_what_was_put_off_as_its_mailing_was_cancelled_is_found_by_the_sweep():
    """The worker wrote after the officer's transaction had looked, and died before it looked again."""
    mailing = make.launched(3)
    actions.cancel(mailing, user=None, now=NOON)
    mailing.deliveries.filter(pk=mailing.deliveries.first().pk).update(state="deferred", reason="greylisted")
    actions.sweep(now=NOON)
    assert assert_invariant(mailing, 3)["cancelled"] == 3


def test_somebody_suppressed_after_launch_gets_nothing(smtp_sink):
    mailing = make.launched(3)
    contacts.suppress(address="personne1@example.org", now=NOON)
    actions.drain(mailing.pk, clock=Clock())
    assert sorted(item.rcpt_tos[0] for item in smtp_sink.received) == [
        "personne0@example.org",
        "personne2@example.org",
    ]
    assert assert_invariant(mailing, 3)["suppressed"] == 1


def test_an_embargo_is_asked_again_at_sending(smtp_sink):
    thing = uuid.uuid4()
    mailing = make.launched(2, source_uid=thing)
    make.EMBARGOED[thing] = None
    try:
        actions.drain(mailing.pk, clock=Clock())
        assert not smtp_sink.received
        mailing.refresh_from_db()
        assert (mailing.state, mailing.reason) == ("paused", "Sous embargo.")
        with pytest.raises(actions.MailingError, match="Sous embargo"):
            actions.resume(mailing, user=None, now=NOON)
    finally:
        make.EMBARGOED.clear()
    actions.resume(mailing, user=None, now=NOON)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 2


def test_greylisted_mail_is_deferred_and_sent_later_with_the_same_bytes(smtp_sink):
    make.sender()
    people = [make.contact(1), make.contact(2, address="personne2@example.net")]
    mailing = actions.launch(make.mailing(make.audience(members=people)), user=None, now=NOON)
    seen: list[bytes] = []

    def grey(sender: str, to: list[str], raw: bytes) -> str:
        seen.append(raw)
        return "451 4.7.1 come back later" if len(seen) <= 2 else "250 OK"

    smtp_sink.reply = grey
    clock = Clock()
    assert actions.drain(mailing.pk, clock=clock).deferred == 2
    assert actions.drain(mailing.pk, clock=clock).sent == 0
    row = mailing.deliveries.first()
    assert (row.state, row.smtp_code, row.reason) == ("deferred", 451, "greylisted")
    assert timedelta(minutes=4) < row.next_attempt_at - NOON < timedelta(minutes=6)
    clock.now += timedelta(minutes=7)
    assert mailing.pk in actions.sweep(now=clock.now)
    assert actions.drain(mailing.pk, clock=clock).sent == 2
    assert sorted(seen[:2]) == sorted(seen[2:])
    assert row.events.count() == 1


def test_greylisting_ends_after_two_days(smtp_sink):
    mailing = make.launched(1)
    smtp_sink.reply = lambda *_: "451 4.7.1 later"
    clock = Clock()
    for _attempt in range(40):
        actions.sweep(now=clock.now)
        actions.drain(mailing.pk, clock=clock)
        for _hour in range(3):
            clock.now += timedelta(hours=1, minutes=40)
            actions.sweep(now=clock.now)
    row = mailing.deliveries.get()
    assert (row.state, row.reason) == ("failed", "too_long")
    assert row.attempts < 20


def test_what_an_officer_tries_again_after_days_has_its_own_two_days(smtp_sink):
    mailing, clock = make.launched(1), Clock()
    mailing.deliveries.update(
        state="failed", reason="too_long", attempts=17, dated_at=NOON - timedelta(days=6)
    )
    actions.retry_failed(mailing, user=None, now=NOON)
    smtp_sink.reply = lambda *_: "451 4.7.1 later"
    actions.drain(mailing.pk, clock=clock)
    assert mailing.deliveries.get().state == "deferred"


def test_an_unknown_address_fails_alone_and_is_suppressed(smtp_sink):
    mailing = make.launched(5)
    smtp_sink.reply = lambda sender, to, raw: (
        "550 5.1.1 no such user" if to == ["personne2@example.org"] else "250 OK"
    )
    actions.drain(mailing.pk, clock=Clock())
    found = assert_invariant(mailing, 5)
    assert (found["sent"], found["failed"]) == (4, 1)
    row = mailing.deliveries.get(state="failed")
    assert (row.reason, row.smtp_code) == ("no_such_box", 550)
    assert list(Suppression.objects.values_list("address", "reason")) == [
        ("personne2@example.org", "hard_bounce")
    ]
    (failure,) = queries.failures(mailing)
    assert (failure["state"], failure["reason"], failure["number"]) == ("failed", "no_such_box", 1)


def test_a_server_that_refuses_everybody_pauses_the_mailing_and_burns_nobody(smtp_sink):
    mailing = make.launched(40)
    smtp_sink.reply = lambda *_: "554 5.7.1 you are blocked"
    actions.drain(mailing.pk, clock=Clock())
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert "you are blocked" in mailing.reason
    assert assert_invariant(mailing, 40)["queued"] == 40
    assert not Suppression.objects.exists()
    smtp_sink.reply = None
    actions.resume(mailing, user=None, now=NOON)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 40


def test_dead_addresses_side_by_side_stop_a_mailing_once_and_not_for_ever(smtp_sink):
    """A ministry that gave up its domain: twelve lines of one list. Who was told and goes on gets them as failures."""
    mailing = make.launched(15)
    smtp_sink.reply = lambda sender, to, raw: (
        "250 OK" if to[0][8:10] in ("12", "13", "14") else "550 5.1.1 nobody"
    )
    actions.drain(mailing.pk, clock=Clock())
    assert Mailing.objects.get(pk=mailing.pk).state == Mailing.State.PAUSED
    assert assert_invariant(mailing, 15)["queued"] == 15
    actions.resume(mailing, user=None, now=NOON)
    actions.drain(mailing.pk, clock=Clock())
    found = assert_invariant(mailing, 15)
    assert (found["sent"], found["failed"]) == (3, 12)
    assert Mailing.objects.get(pk=mailing.pk).state == Mailing.State.SENT


def test_control_a_server_that_blocks_the_sender_stops_it_each_time(smtp_sink):
    mailing = make.launched(15)
    smtp_sink.reply = lambda *_: "554 5.7.1 you are blocked"
    for _time in range(3):
        actions.drain(mailing.pk, clock=Clock())
        assert assert_invariant(mailing, 15)["queued"] == 15
        actions.resume(mailing, user=None, now=NOON)


def test_retry_sends_the_failed_alone(smtp_sink):
    mailing = make.launched(4)
    smtp_sink.reply = lambda sender, to, raw: "552 5.2.2 full" if to[0].startswith("personne3") else "250 OK"
    actions.drain(mailing.pk, clock=Clock())
    assert mailing.deliveries.get(state="failed").reason == "box_full"
    smtp_sink.reply = None
    assert actions.retry_failed(mailing, user=None, now=NOON) == 1
    assert actions.drain(mailing.pk, clock=Clock()).sent == 1
    assert len({m["Message-ID"] for m in smtp_sink.messages}) == len(smtp_sink.received) == 4
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENT


def test_a_server_that_is_away_holds_the_sender_and_burns_nobody(smtp_sink, settings):
    mailing = make.launched(3)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    clock = Clock()
    assert actions.drain(mailing.pk, clock=clock).sent == 0
    held = Sender.objects.get()
    assert held.held_until > NOON
    assert held.held_reason
    assert assert_invariant(mailing, 3)["queued"] == 3
    assert not mailing.deliveries.exclude(attempts=0).exists()
    assert actions.sweep(now=clock.now) == []
    settings.EMAIL_PORT = port
    clock.now += timedelta(minutes=1)
    assert actions.sweep(now=clock.now) == [mailing.pk]
    assert actions.drain(mailing.pk, clock=clock).sent == 3
    held.refresh_from_db()
    assert (held.held_until, held.faults) == (None, 0)


def test_a_lease_that_ran_out_sends_nothing(smtp_sink):
    mailing = make.launched(3)
    held = claims.claim(mailing.pk, now=NOON)
    late = NOON + timedelta(minutes=4)
    assert claims.advance(held.token, sent=None, begin=held.rows[0].pk, now=late) == (True, False)


def test_a_stolen_token_marks_nothing():
    mailing = make.launched(1)
    held = claims.claim(mailing.pk, now=NOON)
    assert claims.advance(uuid.uuid4(), sent=held.rows[0].pk, begin=None, now=NOON) == (False, False)
    assert mailing.deliveries.get().state == "sending"


def test_what_a_person_is_owed_does_not_wait_for_a_mailing_that_holds_every_connection(smtp_sink):
    sender = make.sender()
    owed, mailing = make.owed(), make.launched(2)
    with claims.connection_slot(sender) as free:
        assert free
        assert in_a_thread(lambda: actions.drain(owed.mailing_id, clock=Clock())).sent == 1
        assert in_a_thread(lambda: actions.drain(mailing.pk, clock=Clock())).sent == 0


def test_mailings_of_one_sender_share_its_connections_and_ring_for_each_other(smtp_sink):
    make.sender(connections=4)
    first = make.launched(120)
    second = actions.launch(
        make.mailing(make.audience(1, slug="radio", members=[make.contact(900)])), user=None, now=NOON
    )
    clock = Clock()

    def time_is_up(sender: str, to: list[str], raw: bytes) -> str:
        clock.now = NOON + timedelta(seconds=21)
        return "250 OK"

    smtp_sink.reply = time_is_up
    done = actions.drain(first.pk, clock=clock)
    assert (done.more, done.beside) == (True, [second.pk])
    assert done.sent <= 2, "half of the connections"


def in_a_thread(work):
    """Run in a thread with a database session of its own, as a worker has."""
    found = []

    def run() -> None:
        try:
            found.append(work())
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return found[0]


def test_a_poison_row_fails_alone(smtp_sink):
    make.sender()
    bad, good = make.owed("a", values={}), make.owed("b")
    actions.drain(good.mailing_id, clock=Clock())
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.reason, good.state) == ("failed", "rendering", "sent")


def test_the_file_backend_writes_one_readable_file_per_mail(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    mailing = make.launched(2)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 2
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == sorted(f"{row.uid.hex}@tokten.example.org.eml" for row in mailing.deliveries.all())


def test_any_other_backend_gets_the_same_mail(settings, mailoutbox):
    mailing = make.launched(2)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 2
    assert len(mailoutbox) == 2
    row = mailing.deliveries.first()
    assert mailoutbox[0].message()["Message-ID"] == row.message_id
    assert mailoutbox[0].message()["List-Unsubscribe"].startswith("<http")
    assert mailoutbox[0].alternatives


def test_the_folder_of_mails_holds_the_very_bytes(settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "settings.mail.FolderBackend", str(tmp_path)
    mailing = make.launched(1)
    assert actions.drain(mailing.pk, clock=Clock()).sent == 1
    row = mailing.deliveries.get()
    letter = mailing.letters.get()
    bytes_ = message_of(
        parts_of(letter),
        mailing=mailing,
        sender=mailing.sender,
        renderer=renderer_of(mailing),
        language="fr",
    ).render(personal(row))
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == bytes_


def test_a_full_disk_holds_everything_and_puts_nothing_in_doubt(settings):
    settings.EMAIL_BACKEND = "settings.mail.FolderBackend"
    settings.EMAIL_FILE_PATH = "/proc/nowhere/mail"
    mailing = make.launched(2)
    actions.drain(mailing.pk, clock=Clock())
    assert queries.counts(mailing)["queued"] == 2
    assert Sender.objects.get().held_until > NOON
