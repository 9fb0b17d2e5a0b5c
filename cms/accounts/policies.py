"""How often a password may be tried."""

from __future__ import annotations

import unicodedata
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.db.models import Sum

# One address may fail for many names (an office behind one router) this many times as often as for one name.
ADDRESS_SHARE = 5
# One name may be tried from many addresses this many times as often before unknown addresses are refused.
NAME_SHARE = 10


def tried_name(request: Any, credentials: dict[str, Any] | None) -> str:
    """Return the name that a sign-in tries, in one form: the account opens whatever the case (User)."""
    given = credentials or getattr(request, "POST", {})
    name = unicodedata.normalize("NFKC", str(given.get("username") or "")).strip()
    # upper first, as PostgreSQL compares: it takes letters together that folding alone keeps apart
    return name.upper().casefold()


class SignInThrottle(AxesDatabaseHandler):
    """django-axes with three counts: per name and address, per address, and per name.

    The first two refuse an address. The third, against many addresses at once, refuses only addresses from which
    this name has never signed in, so that the person under attack is not locked out of their own office.
    """

    def get_failures(self, request: Any, credentials: dict[str, Any] | None = None) -> int:
        """Return the failures that count against AXES_FAILURE_LIMIT."""
        own: int = super().get_failures(request, credentials)
        recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
        address = request.axes_ip_address
        name = get_client_username(request, credentials)
        by_address = recent.filter(ip_address=address).aggregate(n=Sum("failures_since_start"))["n"] or 0
        by_name = recent.filter(username=name).aggregate(n=Sum("failures_since_start"))["n"] or 0
        counts = [own, by_address // ADDRESS_SHARE]
        if by_name >= NAME_SHARE * settings.AXES_FAILURE_LIMIT and not self._knows(name, address):
            counts.append(by_name // NAME_SHARE)
        return max(counts)

    @staticmethod
    def _knows(name: str | None, address: str | None) -> bool:
        return AccessLog.objects.filter(username__iexact=name, ip_address=address).exists()
