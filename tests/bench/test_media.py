"""Renditions against the floor of encoding alone. `make bench` prints JSON lines."""

from __future__ import annotations

import io
import json
import time

import pytest
from PIL import Image

from media_library.storage import presets, render
from media_library.storage.metadata import Credit
from tests.factories.media_library import picture

pytestmark = [pytest.mark.bench, pytest.mark.django_db]


def say(bench: str, value: float, unit: str, against: float) -> None:
    print(
        json.dumps(
            {
                "bench": bench,
                "value": round(value, 4),
                "unit": unit,
                "against": round(against, 4),
                "ratio": round(value / against, 2),
            }
        )
    )


def test_renditions_cost_little_more_than_their_encoding() -> None:
    source = picture(size=(6000, 4000), quality=80)
    variants = [variant for variant in presets.PUBLIC.values() if variant.name.startswith("web-")]
    began = time.process_time()
    made = list(render.render(io.BytesIO(source), variants, words=Credit()))
    spent = time.process_time() - began
    shown = [
        (variant, Image.open(io.BytesIO(data)).convert("RGB")) for variant, data, _extension, _size in made
    ]
    began = time.process_time()
    for variant, image in shown:
        options = {"progressive": True, "optimize": True} if variant.format == "jpeg" else {"method": 3}
        image.save(io.BytesIO(), variant.format.upper(), quality=variant.quality, **options)  # type: ignore[arg-type]
    floor = time.process_time() - began
    say("media.renditions_of_24_megapixels", spent, "cpu_s", floor)
    began = time.process_time()
    for variant in variants:  # a decode for each size, as Wagtail does
        image = (
            Image.open(io.BytesIO(source))
            .convert("RGB")
            .resize(variant.size_of(6000, 4000), Image.Resampling.LANCZOS)
        )
        image.save(io.BytesIO(), variant.format.upper(), quality=variant.quality)
    say("media.renditions_one_decode_each", time.process_time() - began, "cpu_s", floor)
    assert spent < 12
