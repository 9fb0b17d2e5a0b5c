"""Celery is fenced: what kills a worker loses no work, repeats it a bounded number of times, and stops softly."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from django.conf import settings
from kombu.simple import SimpleQueue
from kombu.transport import redis as transport

from settings.broker import LosableQoS
from settings.celery import app
from tests.support.journeys import eventually


@pytest.fixture
def worker(redis, tmp_path) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker as the compose file starts it, with one process and tasks that die."""
    command = [sys.executable, "-m", "celery", "-A", "tests.support.fence", "worker"]
    with (tmp_path / "worker.log").open("wb") as out:
        process = subprocess.Popen(
            [*command, "--concurrency", "1", "--without-gossip", "--without-mingle"],
            cwd=settings.BASE_DIR,
            env=os.environ | {"REMAP_SIGTERM": "SIGQUIT"},
            stdout=out,
            stderr=out,
        )
    yield process
    process.kill()
    process.wait(10)
    # Its child holds the same line to Redis for a moment more: what the next test sends would go down with it.
    ours = str(redis.connection_pool.connection_kwargs.get("db", 0))
    eventually(
        lambda: not [one for one in redis.client_list() if one["cmd"] == "brpop" and one["db"] == ours]
    )


def send(task: str) -> None:
    """Ring for a task by its name."""
    with app.connection_for_write() as connection:
        app.send_task(task, connection=connection)


def counted(redis, name: str) -> int:
    return int(redis.get(f"fence:{name}") or 0)


def test_a_task_whose_process_is_killed_is_done_again_and_a_poisonous_one_a_few_times(redis, worker):
    send("tests.dies_once")
    eventually(lambda: counted(redis, "finished") == 1)
    send("tests.poison")
    eventually(lambda: counted(redis, "poison") == 4)
    send("tests.long")
    eventually(lambda: counted(redis, "long-finished") == 1)
    assert counted(redis, "poison") == 4, "first run and three more; then the worker goes on with the next"


def test_a_worker_told_to_stop_finishes_what_it_has_begun(redis, worker):
    send("tests.long")
    eventually(lambda: counted(redis, "long-started") == 1)
    worker.send_signal(signal.SIGTERM)
    worker.wait(40)
    assert counted(redis, "long-finished") == 1


@pytest.mark.parametrize(
    ("kind", "dies"), [(LosableQoS, False), (LosableQoS.__mro__[1], True)], ids=["ours", "control"]
)
def test_a_worker_that_loses_redis_with_a_message_in_hand_does_not_die_of_it(redis, kind, dies):
    assert transport.Channel.QoS is LosableQoS
    with app.connection_for_write() as connection:
        channel = connection.channel()
        channel.QoS = kind
        queue = SimpleQueue(channel, "in-hand")
        queue.put("a mail")
        message = queue.get()
        channel.connection.client = None  # as kombu leaves it when the line is gone
        channel._disconnect_pools()
        for let_go in (message.ack, channel.qos.restore_unacked_once):
            with pytest.raises(AttributeError) if dies else nullcontext():
                let_go()
        channel.qos._delivered.clear()
        channel.connection.client = connection


def test_the_fence_stands_as_it_was_measured():
    conf, transport = app.conf, app.conf.broker_transport_options
    assert conf.task_acks_late
    assert conf.task_retry_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_annotations["*"]["max_retries"] == 3
    assert conf.task_annotations["*"]["default_retry_delay"] <= 10
    assert conf.task_soft_time_limit < conf.task_time_limit < transport["visibility_timeout"] == 300
    assert (transport["unacked_restore_interval"], transport["unacked_restore_throttle"]) == (5, 1)
    assert 0 < transport["socket_connect_timeout"] <= transport["socket_timeout"] <= 10
    assert conf.worker_soft_shutdown_timeout == 30
    assert conf.worker_enable_soft_shutdown_on_idle
    assert conf.task_ignore_result


def test_no_task_runs_longer_than_the_broker_waits():
    app.loader.import_default_modules()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith(("celery.", "tests."))}
    assert ours
    limit = app.conf.broker_transport_options["visibility_timeout"]
    slow = {name for name, task in ours.items() if (task.time_limit or app.conf.task_time_limit) >= limit}
    # A film takes longer: its message is acknowledged as it begins, so that nobody is given it again, and its row
    # holds the lease (tests/media_library/test_recordings.py).
    assert slow == {"media_library.tasks.prepare_recording"}
    assert ours["media_library.tasks.prepare_recording"].acks_late is False


def test_there_is_one_beat_table_and_every_entry_is_a_task_that_expires_before_its_next_turn():
    app.loader.import_default_modules()
    for name, entry in app.conf.beat_schedule.items():
        assert entry["task"] in app.tasks, name
        assert 0 < entry["options"]["expires"] <= entry["schedule"], name
    root = Path(settings.BASE_DIR)
    tables = [
        path.relative_to(root)
        for package in ("cms", "events", "media_library", "press", "settings")
        for path in (root / package).rglob("*.py")
        if re.search(r"beat_schedule|BEAT_SCHEDULE|add_periodic_task|crontab\(", path.read_text())
    ]
    assert tables == [Path("settings/celery.py")]
