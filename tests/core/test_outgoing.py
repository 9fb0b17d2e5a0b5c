"""What the site asks of others: public addresses only, little, and not for long."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from cms.core.outgoing import Unreachable, fetch

HERE = ("127.0.0.0/8",)
INNER = (
    "http://127.0.0.1/",
    "http://2130706433/",  # 127.0.0.1 as one number
    "http://0x7f.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://0.0.0.0/",
    "http://10.1.2.3/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://100.64.0.1/",
    "http://224.0.0.1/",
    "http://[fd00::1]/",
    "http://[fe80::1]/",
    "http://localhost/",
)
ODD = (
    "",
    "ftp://example.org/a.ics",
    "file:///etc/passwd",
    "gopher://example.org/",
    "javascript:alert(1)",
    "https://",
    "http://user:secret@example.org/",
    "http://example.org:22/",
    "http://example.org:99999/",
    "http://exa mple.org/",
    "http://example.org/\r\nHost: inner",
)


class Other(BaseHTTPRequestHandler):
    """Another site; what it was asked for is kept by its server."""

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Cookie")))  # type: ignore[attr-defined]
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        elif self.path == "/drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            while True:
                self.wfile.write(b"X-Drip: 1\r\n")
                self.wfile.flush()
                time.sleep(0.1)
        elif self.path == "/big":
            self._say(b"x" * 5_000)
        elif self.path == "/gone":
            self.send_error(410)
        else:
            self._say(b"BEGIN:VCALENDAR")

    def _say(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/calendar")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def other() -> Iterator[tuple[str, list[Any]]]:
    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        asked: list[Any]

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass  # a caller that hangs up

    server = Quiet(("127.0.0.1", 0), Other)
    server.asked = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", server.asked
    server.shutdown()
    server.server_close()


@pytest.fixture
def port(settings: Any) -> None:
    """Ports other than the web's are for networks that were allowed."""
    settings.OUTGOING_ALLOWED = list(HERE)


@pytest.mark.parametrize("url", INNER)
def test_addresses_of_the_inner_network_are_never_asked(url: str) -> None:
    with pytest.raises(Unreachable):
        fetch(url, max_bytes=100, timeout=2, allowed=())


@pytest.mark.parametrize("url", ODD)
def test_what_is_no_plain_address_of_the_web_is_never_asked(url: str) -> None:
    with pytest.raises(Unreachable):
        fetch(url, max_bytes=100, timeout=2, allowed=())


def test_an_allowed_network_answers_and_without_the_fence_the_inner_one_would(
    other: tuple[str, list[Any]], port: None
) -> None:
    url, asked = other
    # The control: the same server is asked where its network is allowed, so the refusals above are the fence's.
    assert fetch(f"{url}/a.ics", max_bytes=100, timeout=5).body == b"BEGIN:VCALENDAR"
    assert asked[-1] == ("/a.ics", None)
    number = len(asked)
    with pytest.raises(Unreachable):
        fetch(f"{url}/a.ics", max_bytes=100, timeout=5, allowed=())
    assert len(asked) == number


def test_a_redirect_is_looked_at_like_the_first_address(other: tuple[str, list[Any]], port: None) -> None:
    url, asked = other
    assert fetch(f"{url}/to/{url}/b", max_bytes=100, timeout=5).url == f"{url}/b"
    number = len(asked)
    for inner in ("http://169.254.169.254/", "http://[::1]/", "file:///etc/passwd", "//10.0.0.1/"):
        with pytest.raises(Unreachable):
            fetch(f"{url}/to/{inner}", max_bytes=100, timeout=5)
    with pytest.raises(Unreachable):
        fetch(f"{url}/to/{url}/to/{url}/to/{url}/to/{url}/to/x", max_bytes=100, timeout=5)
    assert len(asked) == number + 4 + 4


def test_size_time_and_answer_are_bounded(other: tuple[str, list[Any]], port: None) -> None:
    url, _asked = other
    for path in ("/big", "/gone"):
        with pytest.raises(Unreachable):
            fetch(f"{url}{path}", max_bytes=1_000, timeout=5)
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        fetch(f"{url}/drip", max_bytes=1_000, timeout=0.6)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unreachable):
        fetch(f"http://127.0.0.1:{silent.getsockname()[1]}/", max_bytes=100, timeout=0.6)
    assert time.monotonic() - begun < 4
