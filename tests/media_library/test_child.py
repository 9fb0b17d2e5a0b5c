"""The process that decodes: what it may take of the machine, and what it says when it took too much."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import Any

import pytest

from media_library.storage import presets
from media_library.storage.metadata import Credit
from media_library.validators import child
from tests.factories.media_library import picture


def sizes(data: bytes, *names: str, **limits: int) -> list[tuple[dict[str, Any], bytes]]:
    variants = [asdict(presets.BY_NAME[name]) for name in names]
    return list(
        child.ask("sizes", io.BytesIO(data), variants=variants, words=asdict(Credit()), focus=None, **limits)
    )


def test_a_decoder_that_wants_too_much_memory_ends_without_us() -> None:
    data = picture("PNG", (3000, 2000))
    with pytest.raises(child.CannotDecode) as error:
        sizes(data, "square.jpg", memory=90_000_000)
    assert error.value.code == "limits"
    assert sizes(data, "square.jpg")[0][0]["size"] == [320, 320], "the control: with its usual memory it does"


def test_a_decoder_that_computes_too_long_is_ended() -> None:
    data = picture("PNG", (5000, 4000), compress_level=0)
    with pytest.raises(child.CannotDecode) as error:
        sizes(data, "print", seconds=1)
    assert error.value.code == "limits"


def test_what_a_decoder_made_before_it_broke_is_not_given_out() -> None:
    data = picture("JPEG", (900, 600))
    with pytest.raises(child.CannotDecode) as error:
        sizes(data[: len(data) // 2], "web-320.jpg", "square.jpg")
    assert error.value.code == "damaged"
