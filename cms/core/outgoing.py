"""The one way in which the site asks another for something: to public addresses only, little, and not for long.

An officer's address is not to be trusted: it may name a server of the network that the site stands in, by its number,
by a name that leads there, or by a redirect. Each name is resolved here, every address that it has is looked at, and
the connection goes to the very address looked at (OWASP ASVS 5.0, 1.3.6).
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

REDIRECTS = 3
PORTS = {"http": 80, "https": 443}
_NAT64 = ip_network("64:ff9b::/96")
_CHUNK = 16_384


class Unreachable(Exception):
    """The address is not asked, or did not answer well; the message is a sentence for an officer."""


@dataclass(frozen=True)
class Answer:
    """What another site answered: its last address, its bytes."""

    url: str
    body: bytes
    content_type: str


def fetch(
    url: str,
    *,
    max_bytes: int,
    timeout: float | None = None,
    headers: Mapping[str, str] | None = None,
    allowed: tuple[str, ...] | None = None,
) -> Answer:
    """GET an http(s) address within `timeout` seconds in all, and at most `max_bytes`. Raises Unreachable.

    `allowed` are networks that may be reached although they are not public (settings.OUTGOING_ALLOWED).
    """
    ends_at = time.monotonic() + (timeout or settings.OUTGOING_HTTP_TIMEOUT)
    networks = tuple(settings.OUTGOING_ALLOWED) if allowed is None else allowed
    for _hop in range(REDIRECTS + 1):
        with _asked(_checked(url), headers or {}, networks, ends_at) as answer:
            if answer.status in (301, 302, 303, 307, 308):
                url = urljoin(url, answer.headers.get("Location", ""))
                continue
            if answer.status != 200:
                words = _("The other site answered with the number %(code)s.")
                raise Unreachable(words % {"code": answer.status})
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise Unreachable(_("The other site sent something that was not asked for."))
            return Answer(url, _read(answer, max_bytes, ends_at), answer.headers.get("Content-Type", ""))
    raise Unreachable(_("The other site leads on and on."))


def _checked(url: str) -> SplitResult:
    """The parts of an address that may be asked."""
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, parts.hostname or ""
        host.encode("idna")
    except (ValueError, UnicodeError) as error:
        raise Unreachable(_("This is not an address of the web.")) from error
    if parts.scheme not in PORTS or not host or any(ord(char) < 33 for char in url.strip()):
        raise Unreachable(_("Give an address that begins with https:// or http://."))
    if parts.username or parts.password:
        raise Unreachable(_("An address with a name and a password is not asked."))
    if port not in (None, PORTS[parts.scheme]) and not settings.OUTGOING_ALLOWED:
        raise Unreachable(_("Only the usual ports of the web are asked."))
    return parts


def _is_public(text: str, networks: tuple[str, ...]) -> bool:
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is not None:
            address = inner
    if any(address in ip_network(one, strict=False) for one in networks):
        return True
    return address.is_global and not address.is_multicast and address not in _NAT64


def _addresses(host: str, port: int, networks: tuple[str, ...]) -> list[str]:
    """The addresses of a host, every one of which may be reached."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(_("This address leads nowhere: look whether it is written right.")) from error
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(_is_public(one, networks) for one in addresses):
        raise Unreachable(_("This address does not lead to a public site."))
    return addresses


def _left(ends_at: float) -> float:
    left = ends_at - time.monotonic()
    if left <= 0:
        raise Unreachable(_("The other site is too slow."))
    return left


def _hang_up(holder: list[socket.socket]) -> None:
    for one in holder:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def _asked(
    parts: SplitResult, headers: Mapping[str, str], networks: tuple[str, ...], ends_at: float
) -> Iterator[http.client.HTTPResponse]:
    """The answer to one GET; whatever drips in byte by byte is cut off when the time is over."""
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    address = _addresses(host, port, networks)[0]
    connection = http.client.HTTPConnection(host, port)
    holder: list[socket.socket] = []
    watch = threading.Timer(_left(ends_at), _hang_up, [holder])
    watch.daemon = True
    try:
        # To the address that was looked at, and no other that the name may lead to by now.
        sock: socket.socket = socket.create_connection((address, port), timeout=_left(ends_at))
        if parts.scheme == "https":
            context = ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
        holder.append(sock)
        connection.sock = sock
        watch.start()
        if isinstance(sock, ssl.SSLSocket):
            sock.do_handshake()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        asked = {"User-Agent": "Kunnafoni", "Accept-Encoding": "identity", "Connection": "close", **headers}
        connection.request("GET", quote(path, safe="/%?&=:;,+~!*'()@$#[]"), headers=asked)
        answer = connection.getresponse()
        _left(ends_at)  # what was hung up on looks like an end
        yield answer
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(_("The other site does not answer.")) from error
    finally:
        watch.cancel()
        connection.close()


def _read(answer: http.client.HTTPResponse, max_bytes: int, ends_at: float) -> bytes:
    pieces, size = [], 0
    while piece := answer.read1(_CHUNK):
        size += len(piece)
        if size > max_bytes:
            raise Unreachable(_("What the other site sends is too big."))
        pieces.append(piece)
        _left(ends_at)
    _left(ends_at)
    return b"".join(pieces)
