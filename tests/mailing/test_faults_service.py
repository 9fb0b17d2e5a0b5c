"""The whole service against faults: real workers and schedulers, Redis flushed, a deploy, PostgreSQL restarted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as django_settings

from cms.core import clock
from cms.mailing import actions, queries, tasks
from cms.mailing.models import Mailing
from settings.celery import app
from settings.services.archive import program
from settings.services.postgres import Postgres
from settings.services.redis import Redis
from tests.factories import mailing as make
from tests.mailing.sinks import BadSink, bad_sink
from tests.support import databases
from tests.support.journeys import eventually

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def sink(settings) -> Iterator[BadSink]:
    with bad_sink(settings) as running:
        yield running


@pytest.fixture
def celery(redis, sink, tmp_path) -> Iterator[Start]:
    """Start a worker or a scheduler as the service does, on this test's database, Redis and sink."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"{len(started)}.log").open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "tests.mailing.bell", *arguments],
                cwd=django_settings.BASE_DIR,
                env=os.environ
                | {"DATABASE_URL": databases.current_url(), "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
                | environment,
                stdout=out,
                stderr=out,
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)


WORKER = ("worker", "--concurrency", "2", "--without-gossip", "--without-mingle")


def launch(size: int, slug: str = "presse", **sender: int) -> Mailing:
    if not queries.default_sender():
        make.sender(**sender)
    audience = make.audience(
        slug=slug, members=[make.contact(n, address=f"{slug}{n}@example.org") for n in range(size)]
    )
    return actions.launch(make.mailing(audience), user=None, now=clock.now())


def ring(mailing: Mailing) -> None:
    with app.connection_for_write() as bell:
        tasks.drain.apply_async((mailing.pk,), connection=bell)


def over(mailing: Mailing) -> bool:
    return Mailing.objects.get(pk=mailing.pk).state == Mailing.State.SENT


def test_two_schedulers_and_a_flushed_redis_lose_nothing_and_send_nothing_twice(
    celery, redis, sink, tmp_path
):
    """The connections of worker and schedulers stand while Redis is flushed, kombu's bindings with it."""
    first = launch(30, "un")
    celery(*WORKER)
    for name in ("a", "b"):
        celery("beat", "-s", str(tmp_path / name), "--pidfile", "")
    eventually(lambda: over(first))
    redis.flushdb()
    second = launch(30, "deux")  # nobody rings: the schedulers' bells must still be heard
    eventually(lambda: over(second), within=20)
    redis.flushdb()
    third = launch(30, "trois")
    for _time in range(5):
        ring(third)
    eventually(lambda: over(third), within=20)
    assert len(sink.taken) == len(set(sink.taken)) == 90


def test_redis_killed_and_back_empty_is_found_again_by_worker_and_scheduler(celery, sink, tmp_path):
    with tempfile.TemporaryDirectory(prefix="kunnafoni-redis-") as folder:
        Path(folder).chmod(0o755)
        server = Redis(Path(folder))
        server.start()
        try:
            first = launch(10, "un")
            celery(*WORKER, REDIS_URL=server.url)
            celery("beat", "-s", str(tmp_path / "a"), "--pidfile", "", REDIS_URL=server.url)
            eventually(lambda: over(first))
            assert server.child is not None
            server.child.stop((signal.SIGKILL, 5.0))
            second = launch(10, "deux")
            server.start()
            eventually(lambda: over(second))
        finally:
            server.stop()
    assert len(sink.taken) == len(set(sink.taken)) == 20


def test_redis_that_falls_silent_keeps_no_mail_back_that_a_worker_has_in_hand_and_the_rest_leaves_after_it(
    celery, sink, tmp_path
):
    """Silent for longer than the connections of worker and scheduler wait: a stopped process answers nobody."""
    sink.pace = 0.05
    with tempfile.TemporaryDirectory(prefix="kunnafoni-redis-") as folder:
        Path(folder).chmod(0o755)
        server = Redis(Path(folder))
        server.start()
        try:
            first = launch(60, "un")
            celery(*WORKER, REDIS_URL=server.url)
            celery("beat", "-s", str(tmp_path / "a"), "--pidfile", "", REDIS_URL=server.url)
            eventually(lambda: len(sink.taken) > 5)
            os.kill(server_pid(server), signal.SIGSTOP)
            silent_since = time.monotonic()
            eventually(lambda: len(sink.taken) == 60, within=20)
            second = launch(10, "deux")
            patience = django_settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"]
            time.sleep(max(0.0, silent_since + patience + 2 - time.monotonic()))
            assert len(sink.taken) == 60, "nobody could be told of the second"
            os.kill(server_pid(server), signal.SIGCONT)
            eventually(lambda: over(second) and over(first))
        finally:
            os.kill(server_pid(server), signal.SIGCONT)
            server.stop()
    assert len(sink.taken) == len(set(sink.taken)) == 70


def server_pid(server: Redis) -> int:
    assert server.child is not None
    assert server.child.process is not None
    return server.child.process.pid


@pytest.mark.parametrize("environment", [{}, {"REMAP_SIGTERM": "SIGQUIT"}], ids=["make run", "compose"])
def test_a_worker_told_to_stop_ends_with_the_mail_in_hand_and_the_rest_stays(celery, sink, environment):
    sink.pace = 0.1
    mailing = launch(300, connections=3)
    worker = celery(*WORKER, **environment)
    ring(mailing)
    eventually(lambda: len(sink.taken) > 20)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(14) == 0, "`make run` kills after 15 s, a container after 45"
    found = queries.counts(mailing)
    assert found["sent"] == len(sink.taken) == len(set(sink.taken))
    assert found["queued"] == 300 - len(sink.taken) > 0
    assert found["unknown"] == found["sending"] == 0


def test_postgresql_restarted_in_the_middle_of_a_mailing_leaves_nothing_in_doubt(sink):
    """The server stops as a mail is taken and comes back a little later: the worker tells it then."""
    launch(40)
    with tempfile.TemporaryDirectory(prefix="kunnafoni-restart-") as folder:
        Path(folder).chmod(0o755)
        server = Postgres(Path(folder), durable=False)
        server.start()
        copied(server)
        down, over = threading.Event(), threading.Event()

        def come_back() -> None:
            """Start it again after a while; a child of ours ends with the thread that started it."""
            down.wait(60)
            time.sleep(1.5)
            server.start()
            over.wait(60)

        threading.Thread(target=come_back, daemon=True).start()

        def stop(_message_id: str) -> None:
            if len(sink.taken) == 15:
                server.stop()
                down.set()

        sink.after_data = stop
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.mailing.worker",
                "kunnafoni",
                str(Mailing.objects.get().pk),
                str(sink.port),
            ],
            cwd=django_settings.BASE_DIR,
            env=os.environ | {"DATABASE_URL": server.url(), "DJANGO_SETTINGS_MODULE": "settings.test"},
        )
        try:
            assert worker.wait(60) == 0
            with psycopg.connect(server.url()) as there:
                states = there.execute(
                    "SELECT state, count(*) FROM mailing_delivery GROUP BY state"
                ).fetchall()
        finally:
            worker.kill()
            worker.wait(10)
            server.stop()
            over.set()
    assert states == [("sent", 40)]
    assert Counter(Counter(sink.taken).values()) == {1: 40}


def copied(server: Postgres) -> None:
    """Lay this test's database into another server."""
    dumped = subprocess.run(
        [program("pg_dump"), "--format=custom", databases.current_url()], capture_output=True, check=True
    ).stdout
    restore = [program("pg_restore"), "--no-owner", "--exit-on-error", "--dbname", server.url()]
    subprocess.run(restore, input=dumped, check=True)
