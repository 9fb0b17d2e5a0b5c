"""The address a request comes from, told by those proxies only that we named."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

LOOPBACK = ("127.0.0.0/8", "::1/128")
# What one subscriber of IPv6 has at least: addresses within it are theirs to change.
IPV6_SUBSCRIBER = 64


def _address(text: str) -> IPv4Address | IPv6Address:
    """The address in its one form: an IPv4 address written as IPv6 (::ffff:192.0.2.1) is an IPv4 one."""
    found = ip_address(text)
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found


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
        address = _address(peer)
    except ValueError:
        return False
    return any(address in network for network in _networks(tuple(networks)))


def client_address(request: HttpRequest) -> str:
    """Return the client's address: the peer's own, or `X-Real-IP` where the peer is one of TRUSTED_PROXIES.

    `X-Forwarded-For` is never read: anyone can begin it. nginx sets `X-Real-IP` afresh.
    """
    if is_peer_among(request, settings.TRUSTED_PROXIES):
        try:
            return str(_address(request.headers.get("X-Real-IP", "")))
        except ValueError:
            pass
    try:
        return str(_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return "0.0.0.0"  # noqa: S104 (a word for "unknown", nothing binds to it)


def client_network(request: HttpRequest) -> str:
    """Return what tries are counted by: the client's IPv4 address, or the first address of its IPv6 network."""
    address = client_address(request)
    if ":" not in address:
        return address
    return str(ip_network(f"{address.partition('%')[0]}/{IPV6_SUBSCRIBER}", strict=False).network_address)
