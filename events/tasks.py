"""Background work; each loads, delegates, and may run five times at once with one effect."""

from __future__ import annotations

import threading
from functools import partial

from celery import shared_task
from django.db import transaction

from cms.core import clock
from cms.mailing import tasks as mailing
from events import actions, queries


@shared_task(name="events.tasks.extend_horizon", ignore_result=True)
def extend_horizon() -> None:
    """Once a day: write the dates that came within the horizon."""
    actions.extend_horizon(now=clock.now())


@shared_task(name="events.tasks.sweep_registrations", ignore_result=True)
def sweep_registrations() -> None:
    """Every few minutes: give lapsed holds to those who wait."""
    actions.sweep_registrations(now=clock.now())


_ringing = threading.Lock()


def ring(renderer: str) -> None:
    """Wake a worker for mail just owed, once committed, without making anybody wait for the broker.

    A silent Redis holds a caller for ten seconds (measured): the bell is rung from a thread, one at a time in a
    process; what a lost ring left lying is found by the sweep of the beat table.
    """
    queue = queries.owed_queue(renderer)
    if queue is not None:
        transaction.on_commit(partial(_ring_aside, queue), robust=True)


def _ring_aside(queue: int) -> None:
    if _ringing.acquire(blocking=False):
        threading.Thread(target=_ring, args=(queue,), daemon=True).start()


def _ring(queue: int) -> None:
    try:
        mailing.ring(queue)
    finally:
        _ringing.release()
