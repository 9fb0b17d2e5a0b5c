"""The server's clock: the only source of "now" for edges; actions and queries take `now=`."""

from datetime import UTC, datetime

from django.utils import timezone


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return timezone.now().astimezone(UTC)
