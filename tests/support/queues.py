"""Two transactions at one lock, in a known order: a deadlock that happens in one race of ten happens every time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection, connections, transaction

PATIENCE = 20  # seconds until something is certainly wrong


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else a transaction sees what it saw at first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def queued(gate: Any, *jobs: Callable[[], Any]) -> list[Exception | None]:
    """What each job raised, or None, when all of them had to wait behind one transaction that holds `gate`.

    `gate` is a queryset of rows; each job starts, on a connection of its own, once the job before it waits for a
    lock. Then the gate opens. Called where no transaction is open.
    """
    raised: list[Exception | None] = [None] * len(jobs)

    def run(place: int) -> None:
        try:
            jobs[place]()
        except Exception as error:
            raised[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place,), daemon=True) for place in range(len(jobs))]
    with transaction.atomic():
        list(gate.select_for_update())
        for number, thread in enumerate(threads, start=1):
            thread.start()
            deadline = time.monotonic() + PATIENCE
            while _waiting() < number:
                if time.monotonic() > deadline or not thread.is_alive():
                    raise AssertionError(f"job {number} never waited: {raised[number - 1]}")
                time.sleep(0.01)
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
    return raised
