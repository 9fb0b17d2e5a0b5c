"""A line with a delay: each byte arrives half a round trip later, in either direction.

Usage: python tests/bench/delay_proxy.py PORT TO_PORT ROUND_TRIP_MS
"""

from __future__ import annotations

import asyncio
import sys


class Side(asyncio.Protocol):
    """One end of the line; what it hears the other end says after the delay, in order."""

    def __init__(self, delay: float, to_port: int = 0) -> None:
        self.delay, self.to_port = delay, to_port
        self.other: Side | None = None
        self.early: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        if self.to_port:
            asyncio.ensure_future(self.dial())  # noqa: RUF006  (ends with the connection)

    async def dial(self) -> None:
        _transport, far = await asyncio.get_running_loop().create_connection(
            lambda: Side(self.delay), "127.0.0.1", self.to_port
        )
        self.other, far.other = far, self
        for data in self.early:
            self.data_received(data)

    def data_received(self, data: bytes) -> None:
        if self.other is None:
            self.early.append(data)
            return
        asyncio.get_running_loop().call_later(self.delay, self.other.transport.write, data)  # type: ignore[attr-defined]

    def connection_lost(self, error: Exception | None) -> None:
        if self.other is not None:
            asyncio.get_running_loop().call_later(self.delay, self.other.transport.close)


async def main(port: int, to_port: int, round_trip_ms: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Side(round_trip_ms / 2000, to_port), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
