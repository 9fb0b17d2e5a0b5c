"""How long a web request waits for somebody else's lock."""

from __future__ import annotations

from typing import Any

#: Longer than any queue for the seats of one date (each holds its lock for some milliseconds), shorter than patience.
LOCK_WAIT = "10s"


def bound_waits(sender: Any, connection: Any, *, wait: str = LOCK_WAIT, **kwargs: Any) -> None:
    """Have PostgreSQL end a statement that gets no lock in time (SQLSTATE 55P03), which is answered with a 503.

    For web processes: workers and migrations have time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [wait])
