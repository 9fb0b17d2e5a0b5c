"""A worker's tasks that die: `celery -A tests.support.fence worker`. Each run is counted in Redis at REDIS_URL."""

from __future__ import annotations

import os
import signal
import time

from django.conf import settings
from redis import Redis

from settings.celery import app

# The same fence, in less time.
app.conf.task_annotations = {"*": {**app.conf.task_annotations["*"], "default_retry_delay": 1}}
app.conf.worker_soft_shutdown_timeout = 6


def count(name: str) -> int:
    with Redis.from_url(settings.REDIS_URL) as client:
        return int(client.incr(f"fence:{name}"))


@app.task(name="tests.poison")
def poison() -> None:
    """Kill the process that runs it, each time."""
    count("poison")
    os.kill(os.getpid(), signal.SIGKILL)


@app.task(name="tests.dies_once")
def dies_once() -> None:
    """Kill its process the first time, finish the second."""
    if count("started") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    count("finished")


@app.task(name="tests.long")
def long() -> None:
    """Work for a while, as a task does when its worker is told to stop."""
    count("long-started")
    time.sleep(3)
    count("long-finished")
