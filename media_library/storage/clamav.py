"""Ask clamd whether bytes carry a virus (clamd's INSTREAM command; `man clamd`)."""

from __future__ import annotations

import socket
import struct
from typing import IO, Final
from urllib.parse import urlsplit

_PIECE: Final = 256 * 1024
_CONNECT: Final = 5.0
_SILENCE: Final = 120.0  # a big film takes clamd its time


class ScannerSilent(Exception):
    """The scanner does not answer, or not with a verdict: nothing is known of the bytes."""


def scan(content: IO[bytes], address: str) -> str:
    """Return the name of the virus in an open file, "" for none.

    address: "tcp://host:port" or "unix:///path". Raises ScannerSilent.
    """
    try:
        with _connected(address) as line:
            line.sendall(b"zINSTREAM\0")
            content.seek(0)
            while piece := content.read(_PIECE):
                line.sendall(struct.pack(">I", len(piece)) + piece)
            line.sendall(struct.pack(">I", 0))
            said = _answer(line)
    except OSError as error:
        raise ScannerSilent(str(error)) from error
    if said == "stream: OK":
        return ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return said[len("stream: ") : -len(" FOUND")][:120] or "?"
    raise ScannerSilent(said[:200])


def _connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_CONNECT)
        try:
            line.connect(parts.path)
        except OSError:
            line.close()
            raise
    else:
        line = socket.create_connection((parts.hostname or "", parts.port or 3310), timeout=_CONNECT)
    line.settimeout(_SILENCE)
    return line


def _answer(line: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < 4096:
        piece = line.recv(1024)
        if not piece:
            break
        said += piece
    return said.rstrip(b"\0\n").decode(errors="replace").strip()
