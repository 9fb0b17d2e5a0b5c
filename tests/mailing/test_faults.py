"""Workers that die, servers that fall silent, five workers at once, no Redis: lost none, none twice."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from cms.core import clock
from cms.mailing import actions, queries, tasks
from cms.mailing.mail.letters import message_of, parts_of, personal, renderer_of
from cms.mailing.mail.transport import connect
from cms.mailing.models import Delivery, Mailing
from tests.factories import mailing as make
from tests.mailing.sinks import BadSink, bad_sink

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
LATER = timedelta(minutes=5)


@pytest.fixture
def sink(settings) -> Iterator[BadSink]:
    with bad_sink(settings) as running:
        yield running


def start_worker(mailing: Mailing, sink: BadSink) -> subprocess.Popen[bytes]:
    name = connection.settings_dict["NAME"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.mailing.worker", name, str(mailing.pk), str(sink.port)],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "settings.test"},
    )


def launch(size: int) -> Mailing:
    """A mailing launched by the real clock, as the worker process goes by it."""
    make.sender()
    return actions.launch(make.mailing(make.audience(size)), user=None, now=clock.now())


def killed_at(mailing: Mailing, sink: BadSink, number: int, *, before_data: bool) -> None:
    """Run a worker and kill -9 it at its `number`-th mail, before DATA or once the sink has it all."""
    holder: list[subprocess.Popen[bytes]] = []
    seen: list[str] = []

    def kill(what: str) -> str | None:
        seen.append(what)
        if len(seen) == number:
            holder[0].send_signal(signal.SIGKILL)
            return "drop"
        return None

    if before_data:
        sink.at_rcpt, sink.after_data = kill, lambda _id: None
    else:
        sink.at_rcpt, sink.after_data = (lambda _address: None), kill
    holder.append(start_worker(mailing, sink))
    assert holder[0].wait(60) == -signal.SIGKILL
    sink.at_rcpt = sink.after_data = lambda _what: None


def test_a_worker_killed_over_and_over_loses_nobody_and_writes_to_nobody_twice(sink):
    mailing = launch(60)
    for number, before_data in ((7, True), (11, False), (1, False)):
        killed_at(mailing, sink, number, before_data=before_data)
        actions.sweep(now=clock.now() + LATER)
    assert start_worker(mailing, sink).wait(60) == 0
    assert max(Counter(sink.taken).values()) == 1
    found = queries.counts(mailing)
    assert (found["sent"], found["unknown"], found["total"]) == (57, 3, 60)
    doubtful = set(mailing.deliveries.filter(state="unknown").values_list("message_id", flat=True))
    sent = set(mailing.deliveries.filter(state="sent").values_list("message_id", flat=True))
    assert sent <= set(sink.taken)
    assert len(doubtful & set(sink.taken)) == 2  # after 250: two arrived, and nobody but a person can know
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENT


def test_control_sending_doubtful_mail_again_unasked_writes_twice(sink):
    mailing = launch(10)
    killed_at(mailing, sink, 4, before_data=False)
    actions.sweep(now=clock.now() + LATER)
    actions.resolve_unknown(mailing, arrived=False, user=None, now=clock.now())
    assert start_worker(mailing, sink).wait(60) == 0
    assert Counter(Counter(sink.taken).values()) == {1: 9, 2: 1}


def test_an_officers_word_settles_what_is_in_doubt(sink):
    mailing = launch(3)
    killed_at(mailing, sink, 2, before_data=False)
    actions.sweep(now=clock.now() + LATER)
    actions.drain(mailing.pk, clock=clock.now)
    assert queries.counts(mailing)["unknown"] == 1
    assert actions.resolve_unknown(mailing, arrived=True, user=None, now=clock.now()) == 1
    assert queries.counts(mailing)["sent"] == 3
    assert len(sink.taken) == 3


def test_owed_mail_in_doubt_goes_out_once_more_with_the_same_bytes(sink):
    make.sender()
    row = make.owed(now=clock.now())
    killed_at(row.mailing, sink, 1, before_data=False)
    then = clock.now() + LATER
    actions.sweep(now=then)
    actions.drain(row.mailing_id, clock=lambda: then + LATER)
    row.refresh_from_db()
    assert (row.state, row.resends) == ("sent", 1)
    assert len(sink.raw) == 2
    assert sink.raw[0] == sink.raw[1]


def test_owed_mail_twice_in_doubt_waits_for_a_person(sink, settings):
    settings.MAILING_DATA_TIMEOUT = 1
    make.sender()
    row = make.owed(now=clock.now())
    sink.after_data = lambda _id: "drop"
    for minutes in (0, 5, 10, 15):
        now = clock.now() + timedelta(minutes=minutes)
        actions.sweep(now=now)
        actions.drain(row.mailing_id, clock=lambda now=now: now)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("unknown", "no_answer")
    assert len(sink.taken) == 2


def test_a_server_silent_after_the_mail_leaves_it_in_doubt_and_the_others_go(sink, settings):
    settings.MAILING_DATA_TIMEOUT = 1
    mailing = launch(4)
    first: list[str] = []

    def hang_once(message_id: str) -> str | None:
        first.append(message_id)
        return "hang" if len(first) == 1 else None

    sink.after_data = hang_once
    result = actions.drain(mailing.pk, clock=clock.now)
    assert (result.sent, result.doubtful) == (3, 1)
    assert max(Counter(sink.taken).values()) == 1
    row = mailing.deliveries.get(state="unknown")
    assert row.message_id == first[0]
    assert row.events.get().reason == "no_answer"


def test_a_server_silent_before_the_mail_burns_nobody(sink, settings):
    settings.EMAIL_TIMEOUT = 1
    mailing = launch(4)
    sink.at_rcpt = lambda _address: "hang"
    actions.drain(mailing.pk, clock=clock.now)
    assert queries.counts(mailing)["queued"] == 4
    assert mailing.deliveries.exclude(attempts=0).count() == 0
    mailing.sender.refresh_from_db()
    assert mailing.sender.held_until > clock.now()


def test_a_server_that_hangs_up_between_mails_is_called_again(sink):
    mailing = launch(6)
    calls: list[str] = []

    def drop_every_third(address: str) -> str | None:
        calls.append(address)
        return "drop" if len(calls) % 3 == 0 else None

    sink.at_rcpt = drop_every_third
    actions.drain(mailing.pk, clock=clock.now)
    assert queries.counts(mailing)["sent"] == 6
    assert max(Counter(sink.taken).values()) == 1


@pytest.mark.parametrize("stop", [actions.pause, actions.cancel])
def test_once_an_officer_stopped_a_mailing_no_connection_begins_another_mail(sink, stop):
    """What the other three connections had in hand may still arrive; nothing more does, and all is accounted for."""
    make.sender(connections=4)
    mailing = actions.launch(make.mailing(make.audience(120)), user=None, now=clock.now())
    stopped_after: list[int] = []

    def at_the_twentieth(_message_id: str) -> None:
        if len(sink.taken) >= 20 and not stopped_after:
            stop(mailing, user=None, now=clock.now())
            stopped_after.append(len(sink.taken))

    sink.after_data = at_the_twentieth
    actions.drain(mailing.pk, clock=clock.now)
    assert len(sink.taken) - stopped_after[0] <= 3
    found = queries.counts(mailing)
    assert found["sent"] == len(sink.taken) == len(set(sink.taken))
    assert found["queued" if stop is actions.pause else "cancelled"] == 120 - len(sink.taken)


def test_a_refused_sender_pauses_at_the_first_mail(sink):
    mailing = launch(5)
    sink.at_mail = lambda _address: "550 5.7.1 sender not allowed"
    actions.drain(mailing.pk, clock=clock.now)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.PAUSED
    assert "sender not allowed" in mailing.reason
    assert queries.counts(mailing)["queued"] == 5


def at_once(work, times: int = 5) -> None:
    """Run `work` in threads that start together, each on its own database connection."""
    gate, errors = threading.Barrier(times), []

    def one() -> None:
        try:
            gate.wait(10)
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _number in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not errors, errors


def test_the_same_task_five_times_at_once_has_one_effect(sink):
    make.sender(connections=5)
    mailing = actions.launch(make.mailing(make.audience(150)), user=None, now=clock.now())
    at_once(lambda: actions.drain(mailing.pk, clock=clock.now, connections=1))
    assert len(sink.taken) == len(set(sink.taken)) == 150
    assert queries.counts(mailing)["sent"] == 150


def test_control_without_claims_five_workers_write_several_times(sink):
    make.sender()
    mailing = actions.launch(make.mailing(make.audience(20)), user=None, now=clock.now())
    together = threading.Barrier(5)

    def naive() -> None:
        """Read what is queued, send it, mark it: what the engine would be without tokens and locks."""
        rows = list(mailing.deliveries.filter(state="queued"))
        together.wait(10)
        transport, sender, renderer = connect(), mailing.sender, renderer_of(mailing)
        parts = parts_of(mailing.letters.get())
        message = message_of(parts, mailing=mailing, sender=sender, renderer=renderer, language="fr")
        for row in rows:
            row.dated_at = clock.now()
            transport.send(sender.address, row.address, message.render(personal(row)))
            Delivery.objects.filter(pk=row.pk).update(state="sent", sent_at=clock.now())
        transport.close()

    at_once(naive)
    assert len(sink.taken) > 20


def test_two_who_launch_at_once_launch_it_once():
    make.sender()
    mailing = make.mailing(make.audience(10))
    refused: list[str] = []

    def try_launch() -> None:
        try:
            actions.launch(mailing, user=None, now=clock.now())
        except actions.WrongState:
            refused.append("x")

    at_once(try_launch)
    assert len(refused) == 4
    assert queries.counts(mailing)["total"] == 10


def test_control_asking_the_state_before_setting_it_lets_all_five_launch():
    """What launching by hand or by sweep would be without the one statement that compares and sets."""
    make.sender()
    mailing, together, went = make.mailing(make.audience(1)), threading.Barrier(5), []

    def naive() -> None:
        found = Mailing.objects.get(pk=mailing.pk).state
        together.wait(10)
        if found == Mailing.State.DRAFT:
            Mailing.objects.filter(pk=mailing.pk).update(state="sending", launched_at=clock.now())
            went.append(found)

    at_once(naive)
    assert len(went) == 5


def test_five_sweeps_at_once_launch_a_scheduled_mailing_once():
    make.sender()
    mailing = make.mailing(make.audience(5))
    now = clock.now()
    actions.schedule(mailing, send_at=now + timedelta(minutes=1), user=None, now=now)
    at_once(lambda: actions.sweep(now=now + timedelta(minutes=2)))
    assert queries.counts(mailing)["queued"] == 5
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.SENDING


def test_a_mailing_that_missed_its_hour_asks_first():
    make.sender()
    mailing, now = make.mailing(make.audience(2)), clock.now()
    actions.schedule(mailing, send_at=now + timedelta(minutes=1), user=None, now=now)
    assert actions.sweep(now=now + timedelta(hours=5)) == []
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DRAFT
    assert mailing.reason


def test_without_redis_a_ring_is_lost_quickly_and_the_sweep_finds_the_rows(sink, tmp_path):
    from celery import current_app

    mailing = launch(3)
    old = current_app.conf.broker_url
    current_app.conf.update(broker_url=f"redis+socket://{tmp_path}/nobody.sock", broker_connection_timeout=1)
    try:
        before = clock.now()
        tasks.ring(mailing.pk)
        assert clock.now() - before < timedelta(seconds=5)
    finally:
        current_app.conf.update(broker_url=old)
    assert not sink.taken
    due = actions.sweep(now=clock.now())
    assert due == [mailing.pk]
    actions.drain(mailing.pk, clock=clock.now)
    assert len(sink.taken) == 3


def test_an_edge_never_waits_for_a_silent_redis(settings):
    from celery import current_app

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        old = current_app.conf.broker_url
        current_app.conf.update(broker_url=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        try:
            before = clock.now()
            for _time in range(3):
                tasks.ring_on_commit(1)
            assert clock.now() - before < timedelta(seconds=1)
        finally:
            current_app.conf.update(broker_url=old)
