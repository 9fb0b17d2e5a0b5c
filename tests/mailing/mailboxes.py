"""Two small mail servers to read from: IMAP and POP3, enough of each for a client that fetches and deletes."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cms.mailing.mail.mailbox import Place

PASSWORD = 'un mot "de passe"'


NOWHERE = Place("", "", 0, "", "")


@dataclass
class Box:
    """What lies in the mailbox, by number; `breaks` makes the server hang up at its next fetch."""

    mails: dict[int, bytes] = field(default_factory=dict)
    fetched: list[int] = field(default_factory=list)
    breaks: bool = False
    place: Place = NOWHERE

    def add(self, raw: bytes) -> int:
        number = max(self.mails, default=0) + 1
        self.mails[number] = raw
        return number


class _Imap(socketserver.StreamRequestHandler):
    server: Any

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        box, deleted = self.server.box, set()
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _space, command = line.partition(" ")
            verb = command.upper()
            if verb.startswith("CAPABILITY"):
                self.say("* CAPABILITY IMAP4rev1 UIDPLUS")
            elif verb.startswith("LOGIN"):
                if PASSWORD.replace('"', '\\"') not in command:
                    self.say(f"{tag} NO wrong password")
                    continue
            elif verb.startswith("SELECT"):
                self.say(f"* {len(box.mails)} EXISTS")
                self.say("* OK [UIDVALIDITY 42] valid")
            elif verb.startswith("UID SEARCH"):
                self.say("* SEARCH " + " ".join(str(uid) for uid in box.mails if uid not in deleted))
            elif verb.startswith("UID FETCH"):
                uid = int(verb.split()[2])
                if box.breaks:
                    return
                box.fetched.append(uid)
                self.wfile.write(b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (uid, len(box.mails[uid])))
                self.wfile.write(box.mails[uid])
                self.say(")")
            elif verb.startswith("UID STORE"):
                deleted.add(int(verb.split()[2]))
            elif verb.startswith("UID EXPUNGE"):
                for uid in re.findall(r"\d+", verb.split()[2]):
                    if int(uid) in deleted:
                        box.mails.pop(int(uid))
            self.say(f"{tag} OK done")
            if verb.startswith("LOGOUT"):
                return


class _Pop3(socketserver.StreamRequestHandler):
    server: Any

    def say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def handle(self) -> None:
        box, deleted = self.server.box, set()
        self.say("+OK ready")
        while line := self.rfile.readline().decode().strip():
            verb, _space, rest = line.partition(" ")
            match verb.upper():
                case "PASS" if rest != PASSWORD:
                    self.say("-ERR wrong password")
                    continue
                case "UIDL":
                    self.say("+OK", *(f"{number} uidl-{number}" for number in box.mails), ".")
                    continue
                case "TOP":
                    number = int(rest.split()[0])
                    if box.breaks:
                        return
                    box.fetched.append(number)
                    self.wfile.write(
                        b"+OK\r\n" + box.mails[number].replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n"
                    )
                    continue
                case "DELE":
                    deleted.add(int(rest))
                case "QUIT":
                    for number in deleted:
                        box.mails.pop(number)
                    self.say("+OK bye")
                    return
            self.say("+OK")


@contextmanager
def served(scheme: str) -> Iterator[Box]:
    """A mailbox served over "imap" or "pop3" on a free port."""
    box = Box()
    handler = _Imap if scheme == "imap" else _Pop3
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.box = box  # type: ignore[attr-defined]
        box.place = Place(scheme, "127.0.0.1", server.server_address[1], "retour@example.org", PASSWORD)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            server.shutdown()
            thread.join(5)
