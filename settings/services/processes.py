"""Child processes that end with their parent, in order, and leave their words in a log."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class Refusal(Exception):
    """Something that the person at the keyboard must change; the sentence says what."""


def _die_with_parent() -> None:
    """Ask Linux to end this child when its parent is gone, even killed (PR_SET_PDEATHSIG)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def is_root() -> bool:
    return os.geteuid() == 0


def as_nobody(arguments: Sequence[str]) -> list[str]:
    """The command run as `nobody` (PostgreSQL refuses root), still ending with its parent."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise Refusal("PostgreSQL refuses to run as root, and setpriv (package util-linux) is not here.")
    user = pwd.getpwnam("nobody")
    return [
        setpriv,
        f"--reuid={user.pw_uid}",
        f"--regid={user.pw_gid}",
        "--clear-groups",
        "--pdeathsig=INT",
        "--",
        *arguments,
    ]


class Child:
    """One supervised process in a session of its own, so that Ctrl-C reaches the supervisor alone."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        cwd: Path | None = None,
    ) -> None:
        self.name, self.command, self.log = name, list(command), log
        self.environment, self.cwd = dict(environment), cwd
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts: list[float] = []

    def start(self) -> Child:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > 20_000_000:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )
        return self

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, *steps: tuple[signal.Signals, float]) -> None:
        """Send each signal in turn and wait its seconds; at last kill the whole session."""
        process = self.process
        if process is None:
            return
        for number, seconds in steps or ((signal.SIGTERM, 10.0),):
            if process.poll() is not None:
                break
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(seconds)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)

    def last_words(self, lines: int = 15) -> str:
        """The end of its log."""
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        return ""


def wait_until(answers: Callable[[], bool], child: Child, *, seconds: float, what: str) -> None:
    """Poll until `answers()`; Refusal with the child's last words when it ends or time is up."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if answers():
            return
        if not child.is_running:
            raise Refusal(f"{what} ended at its start:\n{child.last_words()}")
        time.sleep(0.05)
    raise Refusal(f"{what} did not answer within {seconds:.0f} s:\n{child.last_words()}")


def short_folder(wanted: Path, *, name: str) -> Path:
    """A folder for unix sockets: `wanted`, or one below /tmp where that path is too long for a socket (107)."""
    if len(str(wanted / name).encode()) <= 100:
        return wanted
    import hashlib
    import tempfile

    mark = hashlib.sha256(str(wanted).encode()).hexdigest()[:10]
    return Path(tempfile.gettempdir()) / f"kunnafoni-{os.geteuid()}-{mark}"
