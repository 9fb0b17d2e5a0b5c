"""Films and sounds in boxes: what tells where they were recorded does not leave the house."""

from __future__ import annotations

import io
import struct
import tracemalloc
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from media_library import actions
from media_library.validators import boxes
from tests.factories.core import NOON
from tests.factories.media_library import make_asset

PLACE = b"+12.6392-008.0029/"


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def full(kind: bytes, *parts: bytes) -> bytes:
    return box(kind, b"\0\0\0\0", *parts)


def handler(kind: bytes) -> bytes:
    return full(b"hdlr", b"\0\0\0\0", kind, b"\0" * 13)


def track(
    kind: bytes, *, offsets: tuple[int, ...] = (), size: int = 0, samples: int = 0, **extra: bytes
) -> bytes:
    """A track of a kind; where `samples` each of `size` lie, one chunk per offset."""
    tables = box(
        b"stbl",
        full(b"stsc", struct.pack(">IIII", 1, 1, samples, 1)),
        full(
            b"stsz",
            struct.pack(">II", 0, samples * len(offsets)),
            struct.pack(">I", size) * samples * len(offsets),
        ),
        full(b"stco", struct.pack(">I", len(offsets)), *(struct.pack(">I", at) for at in offsets)),
    )
    return box(b"trak", box(b"mdia", handler(kind), box(b"minf", tables)), *extra.values())


def keys() -> bytes:
    """QuickTime's list of keys and values, as telephones write it."""
    name = b"com.apple.quicktime.location.ISO6709"
    listed = full(b"keys", struct.pack(">I", 1), box(b"mdta", name))
    value = box(b"\0\0\0\1", box(b"data", struct.pack(">II", 1, 0), PLACE))
    return box(b"meta", handler(b"mdta"), listed, box(b"ilst", value))


def film(seconds: int = 3) -> bytes:
    """A film as telephones make it: its place in user data, in keys, in XMP and second by second in a track."""
    picture = b"PICTURE." * 40
    telemetry = PLACE * seconds
    head = box(b"ftyp", b"isom\0\0\0\0")
    media = box(b"mdat", picture, telemetry, picture)
    first = len(head) + 8 + len(picture)
    user = box(
        b"udta",
        box(b"\xa9xyz", struct.pack(">HH", len(PLACE), 0x15C7), PLACE),
        box(b"\xa9nam", b"\0\x05\0\0Atelier"),
        full(b"loci", b"\x15\xc7Bamako\0\0", PLACE, b"\0"),
        b"\0\0\0\0",
    )
    xmp = box(b"uuid", bytes(16), b"<exif:GPSLatitude>12,38N</exif:GPSLatitude>")
    offsets = (first, first + len(PLACE) * (seconds - 1))
    movie = box(
        b"moov",
        full(b"mvhd", b"\0" * 96),
        track(b"vide", user=box(b"udta", box(b"\xa9xyz", PLACE))),
        track(b"meta", offsets=offsets[:1], size=len(PLACE), samples=seconds),
        user,
        keys(),
    )
    return head + media + movie + xmp


def kept(data: bytes) -> bytes:
    return boxes.without_place(io.BytesIO(data)).read()


def test_no_place_is_left_anywhere_and_nothing_has_moved() -> None:
    data = film()
    assert data.count(PLACE) == 7, "the control: as uploaded it says it everywhere"
    clean = kept(data)
    assert len(clean) == len(data)
    for secret in (PLACE, b"ISO6709", b"GPSLatitude", b"Bamako"):
        assert secret not in clean, secret
    assert clean.count(b"PICTURE.") == data.count(b"PICTURE.")
    assert clean.index(b"vide") == data.index(b"vide")
    assert b"Atelier" in clean, "its title stays"
    assert [(one.kind, one.start) for one in boxes.boxes(io.BytesIO(clean), 0, len(clean))][:3] == [
        (one.kind, one.start) for one in boxes.boxes(io.BytesIO(data), 0, len(data))
    ][:3]


def test_a_film_that_tells_nothing_is_kept_byte_for_byte() -> None:
    data = box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", track(b"vide")) + box(b"mdat", b"x" * 99)
    assert kept(data) == data


def test_read_in_any_pieces_the_bytes_are_the_same() -> None:
    data, whole = film(), kept(film())
    for length in (1, 7, 64, 1000):
        content, pieces = boxes.without_place(io.BytesIO(data)), []
        while piece := content.read(length):
            pieces.append(piece)
        assert b"".join(pieces) == whole
        content.seek(40)
        assert content.read(50) == whole[40:90]


def test_a_long_film_is_cleaned_without_being_read_into_memory(tmp_path: Any) -> None:
    path = tmp_path / "long.mp4"
    with path.open("wb") as file:
        file.write(box(b"ftyp", b"isom\0\0\0\0"))
        file.write(struct.pack(">I4s", 60_000_008, b"mdat"))
        for _ in range(60):
            file.write(b"x" * 1_000_000)
        file.write(box(b"moov", track(b"vide"), box(b"udta", box(b"\xa9xyz", PLACE))))
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            content, found = boxes.without_place(file), b""
            while piece := content.read(1 << 20):
                found = piece
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert PLACE not in found
    assert peak < 8_000_000, peak


def outcome(data: bytes) -> str | None:
    from media_library import validators

    try:
        validators.examine(io.BytesIO(data), "film.mp4", kind="video")
    except ValidationError as error:
        return error.code
    return "kept" if len(kept(data)) == len(data) else "moved"


@pytest.mark.parametrize(
    ("inside", "expected"),
    [
        (struct.pack(">I4s", 4_000_000_000, b"udta"), "damaged"),
        (b"".join(struct.pack(">I4s", 8 * (40 - n), b"moov") for n in range(30)) + bytes(80), "damaged"),
        (track(b"meta")[:-8] + struct.pack(">II", 0, 4_000_000_000), "damaged"),
        (box(b"udta", struct.pack(">I4s", 3, b"\xa9xyz")), "kept"),
        (box(b"trak", box(b"mdia", handler(b"meta"))), "kept"),
    ],
    ids=["too long", "too deep", "a table of billions", "no box in user data", "no tables"],
)
def test_hostile_boxes_are_damaged_or_harmless_and_never_an_error_of_ours(
    inside: bytes, expected: str
) -> None:
    data = box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", inside)
    assert outcome(data) == expected


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["film.mp4", "entretien.m4a"])
def test_what_the_public_downloads_does_not_say_where_it_was_filmed(
    client: Client, settings: Any, tmp_path: Any, name: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    data = film()
    asset = make_asset(data, name)
    actions.waive_captions(asset, reason="Personne n’y parle", now=NOON)
    actions.release(asset, NOON)
    response = client.get(asset.url)
    body = b"".join(response)
    assert response.status_code == 200
    assert PLACE not in body
    assert len(body) == len(data) == int(response["Content-Length"]) == asset.blob.size
    assert body == kept(data)
