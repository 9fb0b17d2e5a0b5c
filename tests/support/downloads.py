"""Taking files from a real server over real sockets: whole, in pieces, slowly."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from settings.services.web import command, wait_for_http
from tests.conftest import free_port
from tests.support import databases, nginx


@contextmanager
def web(folder: Path, *, media: Path, accel: bool = False, workers: int = 1) -> Iterator[tuple[str, int]]:
    """Yield address and process id of the site's own server on this test's database; `accel`: behind nginx."""
    port = free_port()
    values = os.environ | {
        "DATABASE_URL": databases.current_url(),
        "DJANGO_SETTINGS_MODULE": "settings.test",
        "PUBLIC_URL": "http://localhost:8000",
        "STORAGE_URL": f"file://{media}",
        "VAR_DIR": str(folder / "var"),
        "MEDIA_ACCEL_PREFIX": "/-/private/" if accel else "",
    }
    with (folder / "web.log").open("wb") as out:
        server = subprocess.Popen(
            command(python=sys.executable, host="127.0.0.1", port=port, workers=workers),
            env=values,
            stdout=out,
            stderr=out,
        )
    try:
        wait_for_http(f"http://127.0.0.1:{port}/healthz", server, deadline=time.monotonic() + 60)
        if not accel:
            yield f"http://127.0.0.1:{port}", server.pid
            return
        (folder / "nginx").mkdir(exist_ok=True)
        front = nginx.serving(
            folder / "nginx", upstream=f"127.0.0.1:{port}", port=free_port(), media=media, static=media
        )
        with front as address:
            yield address, server.pid
    finally:
        server.terminate()
        server.wait(20)


@dataclass
class Answer:
    """One answer: its status, headers by lower-case name, and body."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask(address: str, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=30)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)


@dataclass
class Taken:
    """A download: its bytes, how many were read off the wire for it (heads and bodies), in how many connections."""

    data: bytes
    wire: int
    connections: int


def take(address: str, path: str, *, drop_every: int) -> Taken:
    """Download a file over a line that breaks off after each `drop_every` bytes, going on as browsers do."""
    parts = urlsplit(address)
    got, wire, etag, total, connections = bytearray(), 0, "", None, 0
    while total is None or len(got) < total:
        line = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30)
        connections += 1
        resumed = f"Range: bytes={len(got)}-\r\nIf-Range: {etag}\r\n" if etag else ""
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n{resumed}Connection: close\r\n\r\n".encode()
        )
        head, left = b"", drop_every
        while b"\r\n\r\n" not in head and (piece := line.recv(min(left, 65_536))):
            head += piece
            left -= len(piece)
        head, _blank, body = head.partition(b"\r\n\r\n")
        said = {
            name.strip().lower(): value.strip()
            for name, _colon, value in (
                row.partition(":") for row in head.decode("latin-1").split("\r\n")[1:]
            )
        }
        status = int(head.split()[1])
        assert status == (206 if etag else 200), head
        etag = said["etag"]
        if total is None:
            total = int(said["content-length"])
        got += body
        wire += len(head) + 4 + len(body)
        while left > 0 and len(got) < total and (piece := line.recv(min(left, 262_144))):
            got += piece
            wire += len(piece)
            left -= len(piece)
        line.close()
    return Taken(bytes(got), wire, connections)


def slow_reader(address: str, path: str) -> socket.socket:
    """Ask for a file and read nothing of it yet, with the smallest buffer the system gives."""
    parts = urlsplit(address)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(30)
    line.connect((parts.hostname or "", parts.port or 80))
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
    return line


def rest_of(line: socket.socket) -> bytes:
    """All that a slow reader gets in the end, head and body."""
    found = bytearray()
    while piece := line.recv(1 << 20):
        found += piece
    line.close()
    return bytes(found)


def cpu_seconds(pid: int) -> float:
    """The processor time of a process and all that it started, living, in seconds (Linux)."""
    ticks = 0
    pids = [pid]
    for one in pids:
        try:
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            pids += [int(child) for child in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
