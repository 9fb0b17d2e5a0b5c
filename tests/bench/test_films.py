"""A film in the version for a telephone: its bytes for thirteen minutes, and the work. JSON lines, as `make bench`."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from pathlib import Path

import pytest

from media_library.storage import av

pytestmark = pytest.mark.bench
# The whole film of thirteen minutes: FILM_SECONDS=780 make bench ARGS="-k film"
SECONDS = int(os.environ.get("FILM_SECONDS", "40"))
THIRTEEN_MINUTES, ABOUT_FIFTEEN_MB, BUFFER = 780, 15_500_000, 125_000


def film(path: Path) -> None:
    """Moving shapes under the grain of a poor camera, and noise: harder to press than a face that speaks."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i"]
    command += [f"testsrc2=size=640x360:rate=25:duration={SECONDS},noise=alls=12:allf=t", "-f", "lavfi", "-i"]
    command += [
        f"anoisesrc=color=pink:amplitude=0.2:duration={SECONDS}",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
    ]
    subprocess.run([*command, "-crf", "20", "-c:a", "aac", "-b:a", "128k", str(path)], check=True)


def test_a_film_of_thirteen_minutes_takes_about_fifteen_megabytes(tmp_path: Path) -> None:
    source, target = tmp_path / "film.mp4", tmp_path / "240.mp4"
    film(source)
    found = av.probe(str(source), ".mp4")
    measured = av.loudness_of(str(source), ".mp4")
    used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    av.film_version(
        str(source), ".mp4", str(target), short=240, found=found, measured=measured, words=av.Words()
    )
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    size = target.stat().st_size
    # what the encoder may spend beforehand (its buffer) is spent once, however long the film
    full = BUFFER + (size - BUFFER) * THIRTEEN_MINUTES / SECONDS
    print(
        json.dumps(
            {
                "bench": "media.film_for_a_telephone",
                "seconds_of_film": SECONDS,
                "bytes": size,
                "bytes_of_13_minutes": round(full),
                "wall_s": round(wall, 1),
                "cpu_s": round(cpu, 1),
            }
        )
    )
    assert full < ABOUT_FIFTEEN_MB
