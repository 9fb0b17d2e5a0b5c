"""ffmpeg and ffprobe in a child of their own: little memory, little time, no network, none of our secrets."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings

MEMORY: Final = 3 << 30
LARGEST: Final = 4 << 30
STEP: Final = 5.0
# Set by the child itself before it becomes ffmpeg: a limit set from outside would come late. It dies with us
# (PR_SET_PDEATHSIG, 1), so that a worker killed for a deploy leaves no encoder behind, and it waits its turn (nice).
_LAUNCH: Final = """
import ctypes, os, resource, signal, sys
memory, seconds, largest = (int(value) for value in sys.argv[1:4])
try:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
except (OSError, AttributeError):
    pass
resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.nice(10)
os.execv(sys.argv[4], sys.argv[4:])
"""


class RecordingError(Exception):
    """A sound or film could not be worked on; `code` names the reason in `models.Failure`."""

    code = "unreadable"


class ToolMissing(RecordingError):
    """ffmpeg is not installed on this machine."""

    code = "no_tool"


class CannotRead(RecordingError):
    """What came in is not the sound or film that it says it is."""

    code = "unreadable"


class TookTooLong(RecordingError):
    """The work was stopped at its limit of time."""

    code = "too_long"


class NoRoom(RecordingError):
    """The disk is full."""

    code = "no_room"


def path_of(tool: str) -> str:
    """Where "ffmpeg" or "ffprobe" is. Raises ToolMissing; they come together, beside each other or on the path."""
    given = settings.FFMPEG
    wanted = given if tool == "ffmpeg" else str(Path(given).with_name(tool))
    found = shutil.which(wanted)
    if found is None:
        raise ToolMissing(wanted)
    return os.path.abspath(found)


def is_installed() -> bool:
    """Whether sounds and films can be worked on here."""
    try:
        return bool(path_of("ffmpeg") and path_of("ffprobe"))
    except ToolMissing:
        return False


def run(
    tool: str,
    arguments: Sequence[str],
    *,
    seconds: int,
    memory: int = MEMORY,
    on_wait: Callable[[], object] = lambda: None,
) -> tuple[str, str]:
    """Run a tool and return what it printed on its two outputs (the last 64 kB of each).

    seconds: of processor per core and on the clock, whichever ends first. on_wait is called every few seconds
    while it works. Raises ToolMissing, TookTooLong, NoRoom, CannotRead.
    """
    launch = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(memory), str(seconds * 2), str(LARGEST)]
    command = [*launch, path_of(tool), *arguments]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": "/nonexistent"},
            close_fds=True,
        )
        try:
            _wait(child, seconds, on_wait)
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
        said = _tail(out), _tail(err)
    if child.returncode == 0:
        return said
    if child.returncode in (-9, -24):  # SIGKILL and SIGXCPU, by the limits of the processor
        raise TookTooLong(f"{tool}: {-child.returncode}")
    if os.strerror(errno.ENOSPC) in said[1] or child.returncode == -25:
        raise NoRoom(tool)
    raise CannotRead(said[1].strip()[-500:] or f"{tool}: {child.returncode}")


def _wait(child: subprocess.Popen[bytes], seconds: int, on_wait: Callable[[], object]) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            child.wait(min(STEP, max(0.01, end - time.monotonic())))
            return
        except subprocess.TimeoutExpired:
            if time.monotonic() >= end:
                raise TookTooLong(str(seconds)) from None
            on_wait()


def _tail(output: object) -> str:
    size = output.seek(0, os.SEEK_END)  # type: ignore[attr-defined]
    output.seek(max(0, size - 65_536))  # type: ignore[attr-defined]
    return output.read().decode(errors="replace")  # type: ignore[attr-defined, no-any-return]
