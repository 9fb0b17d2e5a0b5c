"""A sink as fast as Python lets it be, in a process of its own: it takes any mail and counts it.

Usage: python tests/bench/smtp_sink.py PORT
"""

from __future__ import annotations

import asyncio
import sys


class Sink(asyncio.Protocol):
    """Just enough of RFC 5321 for a well-behaved client."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.data, self.inside = transport, b"", False
        self.say(b"220 sink")

    def say(self, line: bytes) -> None:
        self.transport.write(line + b"\r\n")  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        self.data += data
        while True:
            if self.inside:
                end = self.data.find(b"\r\n.\r\n")
                if end < 0:
                    return
                self.data, self.inside = self.data[end + 5 :], False
                self.say(b"250 taken")
                continue
            line, found, rest = self.data.partition(b"\r\n")
            if not found:
                return
            self.data = rest
            verb = line[:4].upper()
            if verb == b"EHLO":
                self.say(b"250-sink\r\n250 SIZE 50000000")
            elif verb == b"DATA":
                self.inside = True
                self.say(b"354 go on")
            elif verb == b"QUIT":
                self.say(b"221 bye")
                self.transport.close()
            else:
                self.say(b"250 ok")


async def main(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
