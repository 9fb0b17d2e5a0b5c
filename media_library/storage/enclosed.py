"""Pictures inside documents, without the place where they were taken. Runs in the child alone, without Django.

Formats: JPEG (ITU T.81), PNG 3, WebP (RFC 9649), TIFF 6, JPEG 2000 (ITU T.800, annex I).
"""

from __future__ import annotations

import io
import struct
from typing import Final

from PIL import Image

from media_library.storage.metadata import Credit, clean_jpeg, read_credit

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_WORDS: Final = (b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME")
_JP2: Final = b"\0\0\0\x0cjP  \r\n\x87\n"


def without_place(data: bytes, *, turned: bool = True) -> bytes:
    """The same picture without what was written beside its pixels; other bytes as they are.

    turned: whether who shows it heeds Exif's orientation, which then stays. Raises ValueError for a JPEG whose
    markers cannot be followed.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data, turned)
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    if data.startswith((b"II*\0", b"MM\0*")):
        return _tiff(data)
    return _jp2(data) if data.startswith(_JP2) else data


def _jpeg(data: bytes, turned: bool) -> bytes:
    words = Credit(orientation=read_credit(io.BytesIO(data)).orientation if turned else 1)
    try:
        return clean_jpeg(data, words)
    except ValueError:  # cut off before its end, which viewers forgive
        return clean_jpeg(data + b"\xff\xd9", words)


def _png(data: bytes) -> bytes:
    parts, at = [_PNG], len(_PNG)
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind not in _PNG_WORDS:
            parts.append(data[at : at + 12 + length])
        at += 12 + length
        if kind == b"IEND":
            break
    return b"".join(parts)


def _webp(data: bytes) -> bytes:
    parts, at = [b"WEBP"], 12
    while at + 8 <= len(data):
        kind, length = struct.unpack("<4sI", data[at : at + 8])
        chunk = data[at : at + 8 + length + length % 2]
        if kind == b"VP8X":  # without the flags that announce Exif and XMP
            chunk = chunk[:8] + bytes([chunk[8] & ~0x0C]) + chunk[9:]
        if kind not in (b"EXIF", b"XMP "):
            parts.append(chunk)
        at += len(chunk)
    body = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _tiff(data: bytes) -> bytes:
    """Written again: places and words may stand anywhere in a TIFF."""
    out = io.BytesIO()
    with Image.open(io.BytesIO(data), formats=["TIFF"]) as picture:
        upright = picture.convert("RGB") if picture.mode not in ("1", "L", "RGB", "RGBA", "CMYK") else picture
        Image.frombytes(upright.mode, upright.size, upright.tobytes()).save(
            out, "TIFF", compression="tiff_adobe_deflate", dpi=picture.info.get("dpi", (72, 72))
        )
    return out.getvalue()


def _jp2(data: bytes) -> bytes:
    parts, at = [], 0
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if length == 1:
            (length,) = struct.unpack(">Q", data[at + 8 : at + 16])
        length = length or len(data) - at
        if length < 8:
            raise ValueError("a box without length")
        if kind not in (b"uuid", b"xml "):
            parts.append(data[at : at + length])
        at += length
    return b"".join(parts)
