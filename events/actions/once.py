"""A form of the team that makes something, done once however often it is posted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import connection, transaction

from events.models import OfficePost

LOCK = 0x6F6E6365  # "once": the first key of PostgreSQL's advisory locks
KEPT = timedelta(days=1)
T = TypeVar("T")


@transaction.atomic
def do_once(*, mark: str, make: Callable[[], tuple[T, str]], now: datetime) -> tuple[T | None, str]:
    """Do what a post asks, in one transaction with the note that it was done.

    `mark` is the hash (hex) of the post; `make` does it and gives its answer with where that leads ("": nothing was
    made, and the post may come again). Posted once more, or by two clicks at once, it is not done: (None, where it
    led). The lock of the post is taken before any of a date.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(mark[:8], 16) - 2**31])
    known = OfficePost.objects.filter(mark=mark).first()
    if known is not None:
        return None, known.leads_to
    answer, leads_to = make()
    if leads_to:
        OfficePost.objects.create(mark=mark, leads_to=leads_to[:500], at=now)
    return answer, leads_to


def forget_posts(*, now: datetime) -> int:
    """Delete what is of no use any more; returns how many rows."""
    return OfficePost.objects.filter(at__lt=now - KEPT).delete()[0]
