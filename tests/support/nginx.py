"""The production shape's nginx, from its own files, in front of a web process on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

SERVICES = Path(settings.BASE_DIR) / "settings" / "services"
# Debian keeps it where only root's PATH leads
PATH = f"{os.environ['PATH']}:/usr/sbin"


def configured(folder: Path, *, upstream: str, port: int, static: Path, media: Path) -> dict[str, str]:
    """Write nginx.conf into `folder` with this machine's addresses; return nginx-start.sh's environment."""
    text = (SERVICES / "nginx.conf").read_text()
    for written, here in (
        ("/tmp/", f"{folder}/"),  # noqa: S108 (first: the clone itself may lie there)
        ("web:8000", upstream),
        ("listen 8080;", f"listen 127.0.0.1:{port};"),
        ("/etc/nginx/proxy", f"{SERVICES}/proxy"),
        ("/srv/static/", f"{static}/"),
        ("/srv/media/", f"{media}/"),
        ("/dev/stdout", f"{folder}/access.log"),
    ):
        assert written in text, written
        text = text.replace(written, here)
    if os.geteuid() == 0:
        # pytest's folders are open to their owner alone
        text = f"user root;\n{text}"
    (folder / "nginx.conf").write_text(text)
    return {
        "PATH": PATH,
        "NGINX_CONF": str(folder / "nginx.conf"),
        "OUTER_CONF": str(folder / "outer-proxies.conf"),
    }


def start(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """Run nginx-start.sh as the compose file does."""
    shell = shutil.which("sh")
    assert shell
    command = [shell, str(SERVICES / "nginx-start.sh"), *arguments]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


@contextmanager
def serving(
    folder: Path,
    *,
    upstream: str,
    port: int,
    outer: str = "",
    static: Path | None = None,
    media: Path | None = None,
) -> Iterator[str]:
    """Yield the address of an nginx in front of `upstream` (host:port) that believes the proxies in `outer`."""
    values = configured(folder, upstream=upstream, port=port, static=static or folder, media=media or folder)
    nginx = start(values | {"OUTER_PROXIES": outer})
    try:
        deadline = time.monotonic() + 20
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except OSError:
                if nginx.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"nginx does not serve: {nginx.communicate(timeout=5)[1]}") from None
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        nginx.terminate()
        nginx.communicate(timeout=10)
