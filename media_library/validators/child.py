"""Decoders of foreign bytes run in a process of their own: what breaks there breaks nothing here.

The process knows no setting, no key and no database (its environment is empty), and has limits of memory, of
processor time and of what it writes. It begins in a tenth of a second, since it loads neither Django nor the apps.
"""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Final

_PROGRAM: Final = str(Path(__file__).resolve().parent.parent / "storage" / "decoder.py")
MEMORY: Final = 1_200_000_000  # bytes of address space: 40 megapixels decoded, turned, and written again
SECONDS: Final = 60  # of processor time; and twice as many by the clock
WRITTEN: Final = 300_000_000
_PIECE: Final = 1 << 20


class CannotDecode(Exception):
    """The bytes could not be read within the limits. `code` is "damaged", "frames", "drawing", "raster",
    "locked" or "limits"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask(
    task: str, content: IO[bytes], *, memory: int = MEMORY, seconds: int = SECONDS, **said: Any
) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Have a child do `task` (a name in `storage.decoder.TASKS`) with the bytes; yield what it made, each with
    what it says of it. Raises CannotDecode before the first of them, or never.

    memory in bytes, seconds of processor time; `said` is the task's own, in JSON's types.
    """
    order = json.dumps({"task": task, "memory": memory, "seconds": seconds, "written": WRITTEN, "said": said})
    with tempfile.TemporaryFile() as made, _on_disk(content) as given:
        child = subprocess.Popen(
            [sys.executable, "-I", "-B", _PROGRAM, order],
            stdin=given,
            stdout=made,
            stderr=subprocess.DEVNULL,
            env={"OMP_NUM_THREADS": "1"},
            cwd="/",
        )
        try:
            status = child.wait(timeout=2 * seconds)
        except subprocess.TimeoutExpired:
            status = -9
        finally:
            child.kill()
            child.wait()
        made.seek(0)
        results = _read(made)
        first = next(results, None)
        if first is not None and "error" in first[0]:
            raise CannotDecode(str(first[0]["error"]))
        if status or first is None:
            raise CannotDecode("limits")
        yield first
        yield from results


def _on_disk(content: IO[bytes]) -> IO[bytes]:
    """The bytes as a file that the child can be given, at their beginning; a handle of our own, to be closed."""
    content.seek(0)
    try:
        number = content.fileno()
    except (OSError, AttributeError):
        number = -1
    if number >= 0 and os.path.exists(f"/proc/self/fd/{number}"):
        return open(f"/proc/self/fd/{number}", "rb")
    copy = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    try:
        while piece := content.read(_PIECE):
            copy.write(piece)
    except BaseException:
        copy.close()
        raise
    content.seek(0)
    copy.seek(0)
    return copy


def _read(made: IO[bytes]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The results as `storage.decoder.give` writes them: two lengths, JSON, bytes."""
    while len(head := made.read(12)) == 12:
        words, length = struct.unpack(">IQ", head)
        yield json.loads(made.read(words)), made.read(length)
