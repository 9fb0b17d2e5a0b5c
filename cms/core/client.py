"""The address a request comes from, told by those proxies only that we named."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

LOOPBACK = ("127.0.0.0/8", "::1/128")


@lru_cache(maxsize=16)
def _networks(names: tuple[str, ...]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(name, strict=False) for name in names)


def is_peer_among(request: HttpRequest, networks: Sequence[str]) -> bool:
    """Tell whether the connection itself comes from one of `networks`.

    A unix socket has no address: whoever may open it is the proxy, where any is named at all.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if not peer:
        return bool(networks)
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    return any(address in network for network in _networks(tuple(networks)))


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the peer's own, or `X-Real-IP` where the peer is one of TRUSTED_PROXIES.

    `X-Forwarded-For` is never read: anyone can begin it. nginx sets `X-Real-IP` afresh.
    """
    if is_peer_among(request, settings.TRUSTED_PROXIES):
        try:
            return str(ip_address(request.headers.get("X-Real-IP", "")))
        except ValueError:
            pass
    return request.META.get("REMOTE_ADDR", "") or "0.0.0.0"  # noqa: S104 (a word for "unknown", nothing binds to it)
