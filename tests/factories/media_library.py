"""Files to test with: sound ones, and those that arrive broken, lying or hostile."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import datetime
from itertools import count
from typing import Any

import pikepdf
from PIL import Image, ImageDraw
from wagtail.models import Locale

from media_library import actions
from media_library.models import Asset
from tests.factories.core import NOON

_number = count(1)


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 426), **options: Any) -> bytes:
    """A small picture with enough going on that sizes differ; never twice the same."""
    shown = Image.effect_noise(size, 40).convert("RGB")
    draw = ImageDraw.Draw(shown)
    draw.rectangle((20, 20, size[0] // 2, size[1] // 2), fill=(next(_number) % 250, 90, 30))
    out = io.BytesIO()
    shown.save(out, form, **options)
    return out.getvalue()


def gps_jpeg(**options: Any) -> bytes:
    """A JPEG as a telephone writes it: position, serial number, thumbnail comment, owner, and an XMP packet."""
    exif = Image.Exif()
    exif[0x013B] = "Awa Photographe"
    exif[0x8298] = "© TOKTEN"
    exif.get_ifd(0x8825)[2] = (12.0, 38.0, 21.0)
    exif.get_ifd(0x8825)[4] = (8.0, 0.0, 10.0)
    exif.get_ifd(0x8769)[0xA431] = "SERIAL-4711"
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>12,38N</exif:GPSLatitude></x:xmpmeta>'
    return picture("JPEG", exif=exif, xmp=xmp, comment=b"HIDDEN-COMMENT", **options)


def bomb_png(width: int = 12_000, height: int = 12_000) -> bytes:
    """A PNG of a few kilobytes that unpacks to hundreds of megabytes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    # After a full flush deflate refers to nothing before it: one packed block of rows serves for all of them, and
    # the sum of nothing but zeros is known. Packing every row takes over a second.
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    some = 100
    assert height % some == 0, "a whole number of blocks"
    length = 1 + width * 4
    block = packer.compress(bytes(length * some)) + packer.flush(zlib.Z_FULL_FLUSH)
    sum_of_zeros = struct.pack(">HH", length * height % 65521, 1)
    body = b"\x78\xda" + block * (height // some) + packer.flush() + sum_of_zeros
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def pdf(text: str = "Bonjour") -> bytes:
    """A one-page PDF."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n% "
        + f"{text} {next(_number)}".encode()
        + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    )


def locked_pdf() -> bytes:
    """A PDF that asks for a password."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as made:
        made.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def docx(*, macros: bool = False) -> bytes:
    """The smallest Word document, on request with macros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<w:document/>")
        if macros:
            package.writestr("word/vbaProject.bin", "x")
    return out.getvalue()


def wav(seconds: float = 0.2) -> bytes:
    """A silent sound."""
    frames = b"\0\0" * int(8000 * seconds)
    head = b"RIFF" + struct.pack("<I", 36 + len(frames)) + b"WAVEfmt "
    return (
        head
        + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
        + b"data"
        + struct.pack("<I", len(frames))
        + frames
    )


def make_asset(
    data: bytes | None = None,
    filename: str = "photo.jpg",
    *,
    released: bool = False,
    now: datetime = NOON,
    **fields: Any,
) -> Asset:
    """An asset of the library, taken in by the app's own action; French words on request."""
    Locale.objects.get_or_create(language_code="fr")
    fields.setdefault("title", f"Photo {next(_number)}")
    return actions.import_file(
        fileobj=io.BytesIO(picture() if data is None else data),
        filename=filename,
        released=released,
        now=now,
        **fields,
    )
