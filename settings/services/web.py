"""The web server process: its command line, and waiting until it answers."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request


def command(*, python: str, host: str, port: int, workers: int = 2, threads: int = 24) -> list[str]:
    """Return the command of the process that serves the site on `host:port`."""
    return [
        python,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        host,
        "--port",
        str(port),
        "--workers",
        str(workers),
        "--blocking-threads",
        str(threads),
        "--no-ws",
        "--log-level",
        "warning",
        "settings.wsgi:application",
    ]


def wait_for_http(url: str, process: subprocess.Popen[bytes], *, deadline: float) -> None:
    """Return once `url` answers 200; RuntimeError when the process ends or `deadline` (monotonic) passes."""
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode} before {url} answered")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.1)
    raise RuntimeError(f"{url} did not answer 200 in time")


if __name__ == "__main__":
    # In a container: become the server, listening where HOST and PORT say.
    arguments = command(
        python=sys.executable,
        host=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT", "8000")),
    )
    os.execv(arguments[0], arguments)  # noqa: S606
