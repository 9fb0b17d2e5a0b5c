"""Wakes a worker, without ever making anybody wait for it.

The database is the queue of record: a ring that is lost costs a delay until the next sweep, never the work.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
# A silent broker costs one request these seconds, then nobody for REST_SECONDS.
PATIENCE = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5, "max_retries": 0, "retry_on_timeout": False}
REST_SECONDS = 15.0
_resting_until = 0.0


def ring(task: str, *args: Any) -> None:
    """Send the task named `task` once the current transaction is committed (at once outside of one).

    `args` are ids or plain values. A broker that is down or silent is logged, not raised.
    """
    transaction.on_commit(lambda: _send(task, args))


def _send(task: str, args: tuple[Any, ...]) -> None:
    global _resting_until
    if time.monotonic() < _resting_until:
        return
    try:
        options = {**current_app.conf.broker_transport_options, **PATIENCE}
        with current_app.connection_for_write(connect_timeout=0.5, transport_options=options) as connection:
            current_app.send_task(task, args=args, connection=connection, retry=False, ignore_result=True)
    except (OperationalError, OSError) as error:
        _resting_until = time.monotonic() + REST_SECONDS
        logger.warning("the broker is not answering, the sweep will find the work: %s", error)
