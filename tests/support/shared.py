"""What the tests of a file share: rows laid once, seen by each test, and rolled back after the file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction


@contextmanager
def laid(django_db_blocker: Any) -> Iterator[None]:
    """A transaction around all the tests of a file; each test's own is a savepoint inside it.

    For fixtures of module scope, in files none of whose tests is transactional: those see what is committed alone.
    """
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]  # as TestCase's own: tests open theirs inside it
    with django_db_blocker.unblock(), around:
        yield
        transaction.set_rollback(True)
