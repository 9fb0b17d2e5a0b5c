"""A sink as fast as Python lets it be, in a process of its own: it takes mail, counts it and remembers what came.

Usage: python tests/bench/smtp_sink.py PORT

It says PIPELINING, refuses what goes to bad…@ (550 5.1.1), answers ``XCOUNT`` with the number of mails taken and
writes, for ``XDUMP path``, each of them as JSON: the monotonic moment, the number of the connection, the Message-ID.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from pathlib import Path

taken: list[tuple[float, int, str]] = []
numbers = itertools.count(1)


def message_id(data: bytes, end: int) -> str:
    start = data.find(b"\r\nMessage-ID: ", 0, end)
    return data[start + 14 : data.find(b"\r\n", start + 14)].decode() if start >= 0 else ""


class Sink(asyncio.Protocol):
    """Just enough of RFC 5321 for a well-behaved client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data, self.inside, self.bad = transport, b"", False, False
        self.number = next(numbers)
        self.say([b"220 sink"])

    def say(self, lines: list[bytes]) -> None:
        if lines:
            self.transport.write(b"\r\n".join(lines) + b"\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.data += data
        answers: list[bytes] = []
        while True:
            if self.inside:
                end = self.data.find(b"\r\n.\r\n")
                if end < 0:
                    break
                taken.append((time.monotonic(), self.number, message_id(self.data, end)))
                self.data, self.inside = self.data[end + 5 :], False
                answers.append(b"250 2.0.0 taken")
                continue
            line, found, rest = self.data.partition(b"\r\n")
            if not found:
                break
            self.data = rest
            answers.append(self.answer(line))
        self.say(answers)

    def answer(self, line: bytes) -> bytes:
        verb = line[:4].upper()
        if verb == b"MAIL":
            self.bad = False
        elif verb == b"RCPT":
            self.bad = line[8:13].lower().startswith(b"<bad")
            if self.bad:
                return b"550 5.1.1 no such user here"
        elif verb == b"DATA":
            if self.bad:
                return b"554 5.5.1 no valid recipients"
            self.inside = True
            return b"354 go on"
        elif verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 SIZE 50000000"
        elif verb == b"XCOU":
            return b"250 %d" % len(taken)
        elif verb == b"XDUM":
            Path(line[6:].strip().decode()).write_text(json.dumps(taken))
            return b"250 written"
        elif verb == b"QUIT":
            asyncio.get_running_loop().call_soon(self.transport.close)
            return b"221 bye"
        return b"250 ok"


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
