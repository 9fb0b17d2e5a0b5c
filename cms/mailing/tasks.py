"""The bell. A task carries a mailing's key and nothing else; the rows are the queue."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from functools import partial

from celery import Task, shared_task
from django.conf import settings
from django.db import transaction

from cms.core import clock
from cms.mailing import actions
from cms.mailing.mail.mailbox import FAULTS, Place, plain_fault

logger = logging.getLogger(__name__)


@shared_task(name="cms.mailing.tasks.drain", ignore_result=True, soft_time_limit=240, time_limit=270)
def drain(mailing_id: int) -> None:
    """Send what is due of one mailing, for 20 seconds at most, then ring again if more is due.

    Other mailings of the same sender are rung for before: a large one holds its connections turn by turn only.
    """
    done = actions.drain(mailing_id, clock=clock.now)
    for waiting in [*done.beside, mailing_id] if done.more else []:
        ring(waiting)


@shared_task(name="cms.mailing.tasks.sweep", ignore_result=True, soft_time_limit=120, time_limit=150)
def sweep() -> None:
    """Every 30 seconds and when a worker starts: whatever a lost ring left lying."""
    for mailing_id in actions.sweep(now=clock.now()):
        ring(mailing_id)


@shared_task(name="cms.mailing.tasks.read_reports", ignore_result=True, soft_time_limit=240, time_limit=270)
def read_reports() -> None:
    """Every minute: the mailbox where returns arrive, where one is set; and reports not acted upon yet."""
    if settings.MAILING_REPORTS is not None:
        try:
            actions.read_mailbox(Place(**settings.MAILING_REPORTS), clock=clock.now)
        except FAULTS as error:
            logger.warning("the mailbox of returned mail cannot be read: %s", plain_fault(error))
    actions.apply_reports(now=clock.now())


def ring(mailing_id: int) -> bool:
    """Wake a worker for a mailing. Never raises: without a broker the next sweep finds the rows."""
    return _send(drain, (mailing_id,))


def _send(task: Task, arguments: tuple[int, ...] = ()) -> bool:
    try:
        task.apply_async(arguments, retry=False)
    except Exception as error:
        logger.warning("%s %s waits for the sweep: %r", task.name, arguments, error)
        return False
    return True


_ringing = threading.Lock()


def ring_on_commit(*mailing_ids: int) -> None:
    """Ring for each mailing once the present transaction is committed; for edges, after an action that wrote rows.

    The answer does not wait for the broker: a silent Redis holds a caller for seconds, so the bell is rung from a
    thread, one at a time in a process; a bell that found the thread busy is made good by the sweep.
    """
    transaction.on_commit(partial(_ring_aside, drain, [(key,) for key in mailing_ids]), robust=True)


def ring_sweep_on_commit() -> None:
    """Have the sweep run once the present transaction is committed: it takes the mail that other apps owe."""
    transaction.on_commit(partial(_ring_aside, sweep, [()]), robust=True)


def _ring_aside(task: Task, calls: Sequence[tuple[int, ...]]) -> None:
    if not _ringing.acquire(blocking=False):
        return

    def ring_and_leave() -> None:
        try:
            all(_send(task, arguments) for arguments in calls)  # a broker that fails is asked once
        finally:
            _ringing.release()

    threading.Thread(target=ring_and_leave, name="mailing-bell", daemon=True).start()
