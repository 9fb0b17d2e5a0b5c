"""The address a request comes from, told by those proxies only that we named."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def _is_trusted(address: str) -> bool:
    if not address:
        return bool(settings.TRUSTED_PROXIES)  # a unix socket: whoever may open it is the proxy itself
    try:
        peer = ip_address(address)
    except ValueError:
        return False
    return any(peer in ip_network(network, strict=False) for network in settings.TRUSTED_PROXIES)


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the peer's own, or `X-Real-IP` where the peer is one of TRUSTED_PROXIES.

    `X-Forwarded-For` is never read: anyone can begin it. nginx sets `X-Real-IP` afresh.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if _is_trusted(peer):
        try:
            return str(ip_address(request.headers.get("X-Real-IP", "")))
        except ValueError:
            pass
    return peer or "0.0.0.0"  # noqa: S104 (a word for "unknown", nothing binds to it)
