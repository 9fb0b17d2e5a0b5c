"""Sounds and films to test with, made by ffmpeg as a telephone would make them: with a place, a camera, a cover."""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from pathlib import Path

SECRETS = (b"+12.6392-008.0029", b"SERIAL-4711", b"TELEPHONE-DE-AWA")
_TOLD = [
    *("-metadata", "location=+12.6392-008.0029/", "-metadata", "comment=SERIAL-4711"),
    *("-metadata", "encoded_by=TELEPHONE-DE-AWA", "-metadata", "title=TELEPHONE-DE-AWA"),
]


@cache
def _made(extension: str, arguments: tuple[str, ...]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"made{extension}"
        subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, str(target)], check=True)
        return target.read_bytes()


def film(extension: str = ".mp4", *, seconds: float = 1, size: str = "640x360", sound: bool = True) -> bytes:
    """A film of a test card with a tone, faint as telephones record."""
    arguments = ["-f", "lavfi", "-i", f"testsrc2=s={size}:r=25:d={seconds}"]
    if sound:
        arguments += ["-f", "lavfi", "-i", f"sine=440:d={seconds}", "-af", "volume=-12dB"]
    codec = (
        ["-c:v", "libvpx", "-deadline", "realtime"]
        if extension == ".webm"
        else ["-c:v", "libx264", "-preset", "ultrafast"]
    )
    return _made(extension, (*arguments, *codec, "-pix_fmt", "yuv420p", "-shortest", *_TOLD))


def sound(extension: str = ".mp3", *, seconds: float = 1, gain: int = -12) -> bytes:
    """A tone in stereo."""
    arguments = ["-f", "lavfi", "-i", f"sine=440:d={seconds}", "-af", f"volume={gain}dB", "-ac", "2"]
    codec = {".ogg": ["-c:a", "libvorbis"], ".opus": ["-c:a", "libopus"]}.get(extension, [])
    return _made(extension, (*arguments, *codec, *_TOLD))
