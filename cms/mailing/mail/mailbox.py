"""Reading the mailbox where reports arrive, over IMAP or POP3, both in TLS or plain.

Every step has a time limit. Of each mail the first 256 kB are read: a report stands in front of the mail it speaks
of. Nothing is thrown away before its reader says so.
"""

from __future__ import annotations

import contextlib
import imaplib
import poplib
import re
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

TIMEOUT = 20
MAX_BYTES = 256 * 1024
#: What may go wrong while a mailbox is read.
FAULTS = (OSError, imaplib.IMAP4.error, poplib.error_proto, ssl.SSLError, EOFError)


@dataclass(frozen=True)
class Place:
    """Where a mailbox is: scheme imap, imaps, pop3 or pop3s."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"


class Mailbox(Protocol):
    """`names()` are stable for each mail as long as it lies there; `fetch(name)` returns its first bytes."""

    def names(self) -> list[str]: ...

    def fetch(self, name: str) -> bytes: ...

    def delete(self, name: str) -> None: ...

    def close(self) -> None: ...


class ImapMailbox:
    """A folder of an IMAP server (RFC 3501); mails are named by the folder's validity and their UID."""

    def __init__(self, place: Place) -> None:
        if place.scheme == "imaps":
            self.server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                place.host, place.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT
            )
        else:
            self.server = imaplib.IMAP4(place.host, place.port, timeout=TIMEOUT)
        self.deleted: list[str] = []
        try:
            self.server.login(place.user, place.password)
            folder = place.folder.replace("\\", "\\\\").replace('"', '\\"')
            self._ok(self.server.select(f'"{folder}"'))
            self.validity = str(
                (self.server.response("UIDVALIDITY")[1] or [b"0"])[0] or b"0", "ascii", "replace"
            )
        except BaseException:
            self.server.shutdown()
            raise

    @staticmethod
    def _ok(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
        kind, data = answer
        if kind != "OK":
            raise imaplib.IMAP4.error(str(data))
        return data

    def names(self) -> list[str]:
        data = self._ok(self.server.uid("SEARCH", "UNDELETED"))
        found = data[0].split() if data and isinstance(data[0], bytes) else []
        return [f"{self.validity}.{uid.decode('ascii', 'replace')}" for uid in found]

    def fetch(self, name: str) -> bytes:
        uid = name.rpartition(".")[2]
        for piece in self._ok(self.server.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_BYTES}>)")):
            if isinstance(piece, tuple):
                return bytes(piece[1])
        return b""

    def delete(self, name: str) -> None:
        uid = name.rpartition(".")[2]
        self._ok(self.server.uid("STORE", uid, "+FLAGS", r"(\Deleted)"))
        self.deleted.append(uid)

    def close(self) -> None:
        """Have the mails thrown away that were marked here, and no others (RFC 4315)."""
        with contextlib.suppress(*FAULTS):
            if self.deleted and "UIDPLUS" in self.server.capabilities:
                self.server.uid("EXPUNGE", ",".join(self.deleted))
            self.server.logout()  # closes the connection, if it comes so far
            return
        with contextlib.suppress(*FAULTS):
            self.server.shutdown()


class Pop3Mailbox:
    """A POP3 mailbox (RFC 1939); what is deleted goes when the connection ends in order."""

    def __init__(self, place: Place) -> None:
        if place.scheme == "pop3s":
            self.server: poplib.POP3 = poplib.POP3_SSL(
                place.host, place.port, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        else:
            self.server = poplib.POP3(place.host, place.port, timeout=TIMEOUT)
        self.numbers: dict[str, int] = {}
        try:
            self.server.user(place.user)
            self.server.pass_(place.password)
        except BaseException:
            self.server.close()
            raise

    def names(self) -> list[str]:
        for line in self.server.uidl()[1]:
            number, _space, name = line.decode("ascii", "replace").partition(" ")
            self.numbers[name.strip()] = int(number)
        return list(self.numbers)

    def fetch(self, name: str) -> bytes:
        lines, size = [], 0
        for line in self.server.top(self.numbers[name], MAX_BYTES // 64)[1]:
            size += len(line) + 2
            if size > MAX_BYTES:
                break
            lines.append(line)
        return b"\r\n".join(lines) + b"\r\n"

    def delete(self, name: str) -> None:
        self.server.dele(self.numbers[name])

    def close(self) -> None:
        with contextlib.suppress(*FAULTS):
            self.server.quit()
        self.server.close()


@contextlib.contextmanager
def opened(place: Place) -> Iterator[Mailbox]:
    """The mailbox at a place, closed in order afterwards. Raises one of FAULTS where it cannot be opened."""
    box: Mailbox = Pop3Mailbox(place) if place.scheme.startswith("pop3") else ImapMailbox(place)
    try:
        yield box
    finally:
        box.close()


def plain_fault(error: BaseException) -> str:
    """What a server said, on one line, without anything that was sent to it."""
    said = error.args[-1] if error.args else error
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return re.sub(r"\s+", " ", text).strip()[:200]
