"""Twelve sizes of a 24-megapixel JPEG against the floor of encoding alone, in the same run; a bomb."""

from __future__ import annotations

import io
import json
import resource
import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from media_library import validators
from media_library.storage import presets, render
from media_library.storage.metadata import Credit
from tests.factories.media_library import bomb_png

pytestmark = pytest.mark.bench


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


def test_twelve_sizes_cost_little_more_than_their_encoding() -> None:
    source = photograph()
    web = presets.PRESETS["web"]
    variants = [*web[0], *web[1], *presets.AVIFS["web"]]
    assert len(variants) == 12
    began = spent()
    made = list(render.render(io.BytesIO(source), variants, words=Credit()))
    ours = spent() - began
    shown = [(one, Image.open(io.BytesIO(data)).convert("RGB")) for one, data, _extension, _size in made]
    options: dict[str, dict[str, Any]] = {
        "jpeg": {"progressive": True, "optimize": True},
        "webp": {"method": 3},
        "avif": {"speed": 8},
    }
    began = spent()
    for one, image in shown:
        image.save(io.BytesIO(), one.format.upper(), quality=one.quality, **options[one.format])
    floor = spent() - began
    say("media.twelve_renditions", cpu_s=ours, floor_cpu_s=floor, ratio=ours / floor)
    assert ours < 2 * floor


def test_a_bomb_is_refused_in_less_than_fifty_milliseconds() -> None:
    data = bomb_png()
    began = time.perf_counter()
    with pytest.raises(ValidationError):
        validators.examine(io.BytesIO(data), "bomb.png", kind="image")
    taken = time.perf_counter() - began
    say("media.bomb_refused", ms=taken * 1000)
    assert taken < 0.05
