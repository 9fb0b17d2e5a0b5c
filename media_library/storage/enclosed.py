"""Pictures and films inside documents, without the place where they were taken. Runs in the child, without Django.

Formats: JPEG (ITU T.81), PNG 3, WebP (RFC 9649), GIF89a, TIFF 6, JPEG 2000 (ITU T.800, annex I), MP4 (`boxes`).
"""

from __future__ import annotations

import io
import struct
from typing import Final

from PIL import Image

from media_library.storage.metadata import Credit, clean_jpeg, read_credit
from media_library.validators import boxes

_PNG: Final = b"\x89PNG\r\n\x1a\n"
# What is drawn, and how. What else stands in a picture is words, and new kinds of them come up (C2PA's `caBX`).
_PNG_DRAWN: Final = frozenset(
    {
        *(
            b"IHDR",
            b"PLTE",
            b"IDAT",
            b"IEND",
            b"tRNS",
            b"cHRM",
            b"gAMA",
            b"iCCP",
            b"sBIT",
            b"sRGB",
            b"cICP",
            b"mDCV",
        ),
        *(b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT"),
    }
)
_WEBP_DRAWN: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_GIF_DRAWN: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
_FILM: Final = (b"ftyp", b"moov", b"mdat", b"wide")
# Pictures in the boxes of films, whose own `meta` box is what is shown.
_HEIF: Final = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_JP2: Final = b"\0\0\0\x0cjP  \r\n\x87\n"


def without_place(data: bytes, *, turned: bool = True) -> bytes:
    """The same picture or film without what was written beside what it shows; other bytes as they are.

    turned: whether who shows it heeds Exif's orientation, which then stays. Raises ValueError for a JPEG whose
    markers cannot be followed, and for a film whose boxes cannot.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return _jpeg(data, turned)
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    if data.startswith((b"II*\0", b"MM\0*")):
        return _tiff(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        return _gif(data)
    if data[4:8] in _FILM and data[8:12] not in _HEIF:
        return boxes.without_place(io.BytesIO(data)).read()
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
        if kind in _PNG_DRAWN:
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
        if kind in _WEBP_DRAWN:
            parts.append(chunk)
        at += len(chunk)
    body = b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(data: bytes) -> bytes:
    """Without comments and what programs write for themselves (XMP is such a block); cut off, up to where it is."""
    at = 13 + _table(data, 10)
    parts = [data[:at]]
    while at < len(data) and data[at] != 0x3B:
        start = at
        if data[at] == 0x21:
            at = _blocks_end(data, at + 2)
            label, program = data[start + 1 : start + 2], data[start + 3 : start + 14]
            if label == b"\xfe" or (label == b"\xff" and program not in _GIF_DRAWN):
                continue
        elif data[at] == 0x2C:
            at = _blocks_end(data, at + 11 + _table(data, at + 9))
        else:
            break
        parts.append(data[start:at])
    return b"".join(parts) + b"\x3b"


def _table(data: bytes, at: int) -> int:
    """The bytes of the colour table that the flags at `at` announce."""
    flags = data[at] if at < len(data) else 0
    return int(3 << ((flags & 7) + 1)) if flags & 0x80 else 0


def _blocks_end(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return min(at + 1, len(data))


def _tiff(data: bytes) -> bytes:
    """Written again, page by page: places and words may stand anywhere in a TIFF."""
    out, pages = io.BytesIO(), []
    with Image.open(io.BytesIO(data), formats=["TIFF"]) as picture:
        dpi = picture.info.get("dpi", (72, 72))
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            plain = picture.mode in ("1", "L", "RGB", "RGBA", "CMYK")
            shown = picture if plain else picture.convert("RGB")
            pages.append(Image.frombytes(shown.mode, shown.size, shown.tobytes()))
    first, *others = pages
    first.save(
        out, "TIFF", compression="tiff_adobe_deflate", dpi=dpi, save_all=bool(others), append_images=others
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
        if kind not in (b"uuid", b"xml ", b"jumb", b"uinf"):
            parts.append(data[at : at + length])
        at += length
    return b"".join(parts)
