"""An SMTP server that does what it is told at each step: answer, wait, hang up, or call somebody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.conftest import free_port


@dataclass
class BadSink:
    """`at_rcpt(address)` and `after_data(message_id)` return a line to answer with, "drop", "hang" or None.

    `pace` is how many seconds each mail takes; with `pipelining` it offers that (RFC 2920).
    """

    port: int
    at_mail: Callable[[str], str | None] = lambda _address: None
    at_rcpt: Callable[[str], str | None] = lambda _address: None
    after_data: Callable[[str], str | None] = lambda _message_id: None
    taken: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    pace: float = 0.0
    pipelining: bool = False
    connections: int = 0

    async def handle_EHLO(
        self, server: SMTP, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return ["250-PIPELINING", *responses] if self.pipelining else responses

    async def _do(self, server: SMTP, wish: str | None) -> str:
        if wish == "drop":
            assert server.transport is not None
            server.transport.abort()
        elif wish == "hang":
            await asyncio.sleep(60)
        return wish if wish and wish[0].isdigit() else "250 OK"

    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        return await self._do(server, self.at_mail(address))

    async def handle_RCPT(self, server: SMTP, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = await self._do(server, self.at_rcpt(address))
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        raw = bytes(envelope.original_content)
        message_id = str(message_from_bytes(raw)["Message-ID"])
        self.taken.append(message_id)
        self.raw.append(raw)
        await asyncio.sleep(self.pace)
        return await self._do(server, self.after_data(message_id))


@contextmanager
def bad_sink(settings: Any, *, pipelining: bool = False) -> Iterator[BadSink]:
    """Run a BadSink on a free port with the mail settings pointed at it."""
    sink = BadSink(free_port(), pipelining=pipelining)
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    try:
        yield sink
    finally:
        controller.stop()
