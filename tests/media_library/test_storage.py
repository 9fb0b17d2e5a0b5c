"""What public bytes hold, and what they do not; names that survive anywhere."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, IptcImagePlugin

from media_library.storage import presets, render
from media_library.storage.metadata import Credit, clean_jpeg, read_credit
from media_library.validators import safe_name
from tests.factories.media_library import gps_jpeg, picture

WORDS = Credit(credit="Awa Diarra / TOKTEN", copyright="TOKTEN-Mali", caption="Atelier de Ségou")
SECRETS = (b"SERIAL-4711", b"HIDDEN-COMMENT", b"GPSLatitude", b"12,38N", b"Photographe")


def gps_of(data: bytes) -> dict[int, Any]:
    return dict(Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825))


def gps_png() -> bytes:
    exif = Image.Exif()
    exif[0x013B] = "Awa Photographe"
    exif.get_ifd(0x8825)[2] = (12.0, 38.0, 21.0)
    return picture("PNG", exif=exif)


@pytest.mark.parametrize("make", [gps_jpeg, gps_png])
def test_no_public_size_tells_where_or_by_which_camera(make: Any) -> None:
    source = make()
    assert gps_of(source), "the control: the original has a position"
    for variant, data, _extension, _size in render.render(
        io.BytesIO(source), presets.BY_SPEC.values(), words=WORDS
    ):
        assert not gps_of(data), variant.name
        assert not any(secret in data for secret in SECRETS), variant.name


def test_credit_and_copyright_travel_with_every_size() -> None:
    for variant, data, _extension, _size in render.render(
        io.BytesIO(gps_jpeg()), presets.PUBLIC.values(), words=WORDS
    ):
        exif = Image.open(io.BytesIO(data)).getexif()
        assert exif.get(0x8298) == "TOKTEN-Mali", variant.name
        assert b"Awa Diarra / TOKTEN" in data, variant.name
    full = clean_jpeg(gps_jpeg(), WORDS)
    iptc = IptcImagePlugin.getiptcinfo(Image.open(io.BytesIO(full))) or {}
    assert iptc[(2, 116)] == b"TOKTEN-Mali"
    assert read_credit(io.BytesIO(full)).caption == "Atelier de Ségou"


def test_the_full_size_of_a_jpeg_keeps_every_pixel_and_nothing_behind_it() -> None:
    source = gps_jpeg() + b"PK\x03\x04<script>alert(1)</script>"
    clean = clean_jpeg(source, WORDS)
    before, after = Image.open(io.BytesIO(source)), Image.open(io.BytesIO(clean))
    assert ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getbbox() is None
    assert b"<script>" not in clean
    assert clean.endswith(b"\xff\xd9")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_no_public_size_carries_what_stood_behind_the_picture(form: str) -> None:
    source = picture(form) + b"<script>alert(1)</script>"
    for variant, data, _extension, _size in render.render(
        io.BytesIO(source), presets.PUBLIC.values(), words=WORDS
    ):
        assert b"<script>" not in data, variant.name


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_pictures_come_out_upright_in_every_size(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    source = picture("JPEG", size=(600, 400), exif=exif)
    upright = (400, 600) if orientation > 4 else (600, 400)
    assert render.upright_size(io.BytesIO(source)) == upright
    words = read_credit(io.BytesIO(source))
    wanted = [presets.BY_NAME["web-320.jpg"], presets.BY_NAME["print"], presets.BY_NAME["square.webp"]]
    for variant, data, _extension, size in render.render(io.BytesIO(source), wanted, words=words):
        assert size == variant.size_of(*upright)
        if variant.operation != "original":
            assert Image.open(io.BytesIO(data)).size == size


def test_cmyk_comes_out_in_screen_colours() -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(picture())).convert("CMYK").save(out, "JPEG")
    for _variant, data, _extension, _size in render.render(
        io.BytesIO(out.getvalue()), presets.PUBLIC.values(), words=WORDS
    ):
        assert Image.open(io.BytesIO(data)).mode in ("RGB", "P")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("..\\..\\boot.ini.jpg", "boot-ini.jpg"),
        ("a\0b.jpg", "ab.jpg"),
        ("photo\u202egpj.exe.jpg", "photogpj-exe.jpg"),
        ("Été à Ségou.JPG", "Été-à-Ségou.jpg"),
        ("ߒߞߏ ߛߓߍ.jpg", "ߒߞߏ-ߛߓߍ.jpg"),
        ("ɲɛgɛn ŋana.jpg", "ɲɛgɛn-ŋana.jpg"),
        ("shell.php.jpg", "shell-php.jpg"),
        (".htaccess.jpg", "htaccess.jpg"),
        ("con.jpg", "fichier-con.jpg"),
        ("....jpg", "jpg.jpg"),
        ("-.jpg", "fichier.jpg"),
        ('a"b<c>|d.jpg', "a-b-c-d.jpg"),
    ],
)
def test_names_are_safe_and_still_readable(given: str, expected: str) -> None:
    assert safe_name(given, ".jpg") == expected


def test_a_name_of_three_hundred_characters_is_cut_between_characters() -> None:
    for letter in ("x", "é", "ߒ"):
        name = safe_name(letter * 300 + ".jpg", ".jpg")
        assert len(name.encode()) <= 124
        assert set(name[:-4]) == {letter}


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    from media_library.storage.files import whole_file

    with pytest.raises(RuntimeError), whole_file(tmp_path / "a" / "b") as part:  # noqa: PT012
        part.write(b"half")
        raise RuntimeError
    assert list((tmp_path / "a").iterdir()) == []
