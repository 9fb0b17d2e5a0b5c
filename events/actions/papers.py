"""Files on paper that the public may ask for: made once for what they say, then kept.

What is kept is found by a hash of all that the file is made of, so that nothing old is found under new words.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.core.cache import caches
from django.db import OperationalError, connection, transaction

from events.actions.errors import EventsError

logger = logging.getLogger(__name__)
LOCK: Final = 0x65766E74  # "evnt": a namespace of advisory locks
SLOTS: Final = 2  # how many files are made at once, whoever asks


class PapersBusy(EventsError):
    """Other files are being made: ask again in a few seconds."""


def kept_file(parts: Any, make: Callable[[], bytes]) -> bytes:
    """The bytes that `make` gives for `parts` (JSON values: all that the file is made of).

    Made at most once for the same parts: who asks meanwhile waits a few seconds for the one that is being made.
    Raises PapersBusy, and what `make` raises.
    """
    key = sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()
    kept = caches["formats"]
    if (data := kept.get(key)) is not None:
        return bytes(data)
    with transaction.atomic():
        _wait_for_turn(key)
        if (data := kept.get(key)) is not None:
            return bytes(data)
        made = make()
    try:
        kept.set(key, made)
    except OSError as error:  # a full disk costs the next reader a second, not this one the file
        logger.warning("a file of an event cannot be kept: %s", error)
    return made


def _wait_for_turn(key: str) -> None:
    """Hold one of the places where files are made until the transaction ends: the same file always has the same."""
    patience = f"{settings.FORMATS_PATIENCE_SECONDS * 1000:.0f}ms"
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, int(key[:8], 16) % SLOTS])
    except OperationalError as error:
        raise PapersBusy from error
