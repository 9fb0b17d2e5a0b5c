"""Twelve sizes of a 24-megapixel JPEG against the floor of encoding alone, in the same run; a bomb."""

from __future__ import annotations

import io
import itertools
import json
import re
import resource
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from media_library import validators
from media_library.storage import presets, render
from media_library.storage.metadata import Credit
from tests.factories.media_library import bomb_png

pytestmark = pytest.mark.bench
ROUNDS = 4


def spent() -> float:
    """Processor seconds of this process and its ended children."""
    times = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in times)


def say(bench: str, **figures: Any) -> None:
    print(json.dumps({"bench": bench} | {name: round(value, 3) for name, value in figures.items()}))


def photograph() -> bytes:
    """Soft shapes with grain, as a photograph has them: noise alone would be encoding alone."""
    soft = Image.effect_noise((300, 200), 90).resize((6000, 4000), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((6000, 4000), 12)
    out = io.BytesIO()
    Image.blend(soft, grain, 0.3).convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()


def encoded(made: list[tuple[presets.Variant, Image.Image]]) -> None:
    """The floor: the same pictures, written in the same formats, qualities and efforts, and nothing else."""
    options: dict[str, dict[str, Any]] = {
        "jpeg": {"progressive": True, "optimize": True},
        "webp": {"method": 3},
        "avif": {"speed": 8},
    }
    for one, image in made:
        image.save(io.BytesIO(), one.format.upper(), quality=one.quality, **options[one.format])


def test_twelve_sizes_cost_little_more_than_their_encoding() -> None:
    """By turns, and the least of each: on a busy machine the same work takes half as much again."""
    source = photograph()
    web = presets.PRESETS["web"]
    variants = [*web[0], *web[1], *presets.AVIFS["web"]]
    assert len(variants) == 12
    ours, floors = [], []
    for _round in range(ROUNDS):
        began = spent()
        made = list(render.render(io.BytesIO(source), variants, words=Credit()))
        ours.append(spent() - began)
        shown = [(one, Image.open(io.BytesIO(data)).convert("RGB")) for one, data, _extension, _size in made]
        began = spent()
        encoded(shown)
        floors.append(spent() - began)
    say(
        "media.twelve_renditions",
        cpu_s=min(ours),
        floor_cpu_s=min(floors),
        ratio=min(ours) / min(floors),
        ratio_of_all=sum(ours) / sum(floors),
    )
    assert min(ours) < 1.6 * min(floors)
    began = spent()
    for one in variants:  # a decode for each size, as Wagtail does
        opened = Image.open(io.BytesIO(source)).convert("RGB")
        encoded([(one, opened.resize(one.size_of(6000, 4000), Image.Resampling.LANCZOS))])
    say("media.twelve_renditions_one_decode_each", cpu_s=spent() - began, floor_cpu_s=min(floors))


class Watched(threading.Thread):
    """The most memory that a child of this process held (VmHWM, in MB), looked at until `end()` (Linux)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0.0
        self.over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over.wait(0.002):
            children = [one.read_text().split() for one in Path("/proc/self/task").glob("*/children")]
            for child in itertools.chain(*children):
                try:
                    program = Path(f"/proc/{child}/cmdline").read_text()
                    status = Path(f"/proc/{child}/status").read_text()
                except OSError:
                    continue
                # before it is itself, it is a copy of this process
                if "decoder.py" in program and (found := re.search(r"VmHWM:\s+(\d+)", status)):
                    self.most = max(self.most, int(found[1]) / 1024)

    def end(self) -> float:
        self.over.set()
        self.join()
        return self.most


def test_twelve_sizes_take_little_memory() -> None:
    """All that the child holds at most, Python, Pillow and the file with it; the site's process has the results."""
    web = presets.PRESETS["web"]
    source = io.BytesIO(photograph())
    watched = Watched()
    list(render.render(source, [*web[0], *web[1], *presets.AVIFS["web"]], words=Credit()))
    most = watched.end()
    say("media.twelve_renditions_memory", child_mb=most)
    assert 20 < most < 110


def test_a_bomb_is_refused_in_less_than_fifty_milliseconds() -> None:
    data = bomb_png()
    began = time.perf_counter()
    with pytest.raises(ValidationError):
        validators.examine(io.BytesIO(data), "bomb.png", kind="image")
    taken = time.perf_counter() - began
    say("media.bomb_refused", ms=taken * 1000)
    assert taken < 0.05
