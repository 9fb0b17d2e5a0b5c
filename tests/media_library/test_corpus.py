"""No place in any public byte: telephones' pictures in each format we take, through each size we give."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from cms.core import clock
from media_library import actions, tasks
from media_library.storage import presets
from tests.factories.core import NOON
from tests.factories.media_library import gps_jpeg, make_asset, picture

pytestmark = pytest.mark.django_db
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>12,38N</exif:GPSLatitude></x:xmpmeta>'
TOLD = (b"GPSLatitude", b"SERIAL-4711", b"HIDDEN-COMMENT", b"12,38N")


def exif() -> Image.Exif:
    told = Image.Exif()
    told[0x013B] = "Awa Photographe"
    told.get_ifd(0x8825)[2] = (12.0, 38.0, 21.0)
    told.get_ifd(0x8825)[4] = (8.0, 0.0, 10.0)
    told.get_ifd(0x8769)[0xA431] = "SERIAL-4711"
    return told


def corpus() -> dict[str, bytes]:
    told: dict[str, Any] = {"exif": exif(), "xmp": XMP}
    cmyk = io.BytesIO()
    Image.open(io.BytesIO(picture())).convert("CMYK").save(cmyk, "JPEG", **told)
    return {
        "telephone.jpg": gps_jpeg(),
        "progressive.jpg": gps_jpeg(progressive=True),
        "cmyk.jpg": cmyk.getvalue(),
        "with-tail.jpg": gps_jpeg() + b"GPSLatitude SERIAL-4711" * 9,
        "picture.png": picture("PNG", exif=exif()),
        "picture.webp": picture("WEBP", **told),
    }


def places_in(data: bytes) -> int:
    """Bytes of place in a public file: as its decoder reads them, and as they stand in it."""
    with Image.open(io.BytesIO(data)) as shown:
        shown.load()  # a PNG tells after its pixels
        found = len(shown.getexif().get_ifd(0x8825)) + len(shown.getexif().get_ifd(0x8769))
    return found + sum(data.count(word) for word in TOLD)


def test_no_public_picture_of_the_corpus_tells_a_place(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    files, places = 0, 0
    for name, data in corpus().items():
        assert places_in(data), f"the control: {name} tells where it was taken"
        image = make_asset(data, name, released=True).image
        for row in image.create_renditions(*presets.BY_SPEC).values():
            with row.file.open("rb") as made:
                places += places_in(made.read())
            files += 1
    print(f"places in public pictures: {places} in {files} files of {len(corpus())} sources")
    assert places == 0
    assert files == len(corpus()) * len(presets.BY_SPEC)


def test_the_first_page_of_a_pdf_tells_no_place(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    out = io.BytesIO()
    Image.open(io.BytesIO(gps_jpeg())).save(out, "PDF")
    asset = make_asset(out.getvalue(), "scan.pdf", now=NOON)
    actions.preview(asset.document, now=clock.now())
    tasks.take_in()
    asset.document.refresh_from_db()
    with asset.document.file.storage.open(asset.document.poster.name) as page:
        assert places_in(page.read()) == 0
