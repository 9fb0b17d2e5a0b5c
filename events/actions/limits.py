"""Tries at public forms, counted in the database: the limit holds with Redis gone, and no address is kept."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings

from events.actions.errors import TooManyTries
from events.models import Attempt

WINDOW = timedelta(hours=1)
KEPT = timedelta(days=1)
# A ministry's people share one address of the network.
PER_NETWORK = 40
PER_PERSON = 6


def _bucket(kind: str, value: str) -> str:
    return hmac.new(settings.LINK_KEY.encode(), f"{kind}\0{value}".encode(), sha256).hexdigest()


def note_try(*, kind: str, value: str, limit: int, now: datetime) -> None:
    """Count a try by `value` (a network address, an e-mail, a number). Raises TooManyTries above `limit` an hour."""
    bucket = _bucket(kind, value)
    if Attempt.objects.filter(bucket=bucket, at__gt=now - WINDOW).count() >= limit:
        raise TooManyTries
    Attempt.objects.create(bucket=bucket, at=now)


def forget_tries(*, now: datetime) -> int:
    """Delete what is of no use any more; returns how many rows."""
    return Attempt.objects.filter(at__lt=now - KEPT).delete()[0]
