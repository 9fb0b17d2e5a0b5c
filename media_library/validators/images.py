"""Pictures: header first; the pixels only of those small enough, and then without keeping them."""

from __future__ import annotations

import os
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import IO, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from media_library.validators import child
from media_library.validators.facts import FORMATS, MAX_PIXELS, Facts, damaged, lying

_MAGIC: Final = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
)
_EXTENSIONS: Final = {"JPEG": (".jpg", "image/jpeg"), "PNG": (".png", "image/png")} | {
    "WEBP": (".webp", "image/webp"),
    "GIF": (".gif", "image/gif"),
}
_ENDS: Final = {"JPEG": b"\xff\xd9", "PNG": b"IEND\xaeB`\x82", "GIF": b"\x3b"}
_STOWAWAY: Final = re.compile(rb"<(script|html|svg|iframe|body|\?php)\b|%PDF-", re.I)
MAX_SIDE: Final = 20_000


def format_of(head: bytes) -> str | None:
    """The picture format of a file's first bytes, or None."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return "WEBP" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def examine_image(content: IO[bytes], extension: str, size: int) -> Facts:
    """See `examine`. Nothing is decoded in this process: what the header tells is believed only to refuse."""
    found = format_of(content.read(32))
    if found is None:
        raise lying(extension, _("something that is not a picture we can show"))
    if FORMATS[extension][1] != _EXTENSIONS[found][1]:
        raise lying(extension, _("a %(format)s picture") % {"format": found})
    width, height = _told_size(content, found)
    _refuse_floods(width, height)
    _refuse_stowaways(content, found, size)
    if found == "PNG":
        content.seek(0)
        _check(check_png, content)
    elif found == "WEBP":
        _check_riff(content, size)
    elif found == "JPEG" and not _has_end_of_image(content, size):
        raise damaged()
    try:
        said = next(child.ask("look", content, form=found))[0]
    except child.CannotDecode as error:
        raise (too_long() if error.code == "frames" else damaged()) from error
    upright = (said["height"], said["width"]) if said["turned"] else (said["width"], said["height"])
    kept, content_type = _EXTENSIONS[found]
    return Facts("image", content_type, kept, *upright, fingerprint=said["fingerprint"])


def _told_size(content: IO[bytes], form: str) -> tuple[int, int]:
    """Width and height as the header tells them, read here and not by a decoder. Raises `damaged`."""
    content.seek(0)
    try:
        return _SIZES[form](content)
    except (struct.error, IndexError, KeyError) as error:
        raise damaged() from error


def _png_size(content: IO[bytes]) -> tuple[int, int]:
    head = content.read(24)
    if head[12:16] != b"IHDR":
        raise KeyError
    width, height = struct.unpack(">II", head[16:])
    return width, height


def _gif_size(content: IO[bytes]) -> tuple[int, int]:
    width, height = struct.unpack("<HH", content.read(10)[6:])
    return width, height


def _webp_size(content: IO[bytes]) -> tuple[int, int]:
    """RFC 9649: the canvas of an extended file, else the frame of a lossy or lossless one."""
    head = content.read(30)
    if head[12:16] == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[12:16] == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF


def _jpeg_size(content: IO[bytes]) -> tuple[int, int]:
    """ITU T.81, B.2.2: the frame header, wherever among the segments it stands."""
    content.seek(2)
    for _segment in range(2_000):
        byte = content.read(1)
        while byte == b"\xff":
            byte = content.read(1)
        marker = byte[0]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content.read(7)[3:])
            return width, height
        if marker in (0xD8, 0x01) or 0xD0 <= marker <= 0xD7:
            continue
        (length,) = struct.unpack(">H", content.read(2))
        content.seek(length - 2, os.SEEK_CUR)
    raise IndexError


_SIZES: Final = {"PNG": _png_size, "GIF": _gif_size, "WEBP": _webp_size, "JPEG": _jpeg_size}


def _check(check: Callable[[IO[bytes]], None], content: IO[bytes]) -> None:
    try:
        check(content)
    except ValidationError:
        raise
    except Exception as error:  # hostile chunks may break it anywhere: all of it means "damaged"
        raise damaged() from error


def too_long() -> ValidationError:
    """The error for an animation of too many pixels."""
    return ValidationError(
        _("This animation is too long: at most 40 million pixels over all its frames."), code="pixels"
    )


def _refuse_stowaways(content: IO[bytes], form: str, size: int) -> None:
    """Refuse a picture that is an archive, a web page or a PDF as well. What cameras put behind one may stay:
    public bytes never carry it."""
    content.seek(max(0, size - (1 << 16)))
    tail = content.read()
    behind = (
        tail[tail.rfind(_ENDS[form]) + len(_ENDS[form]) :] if form in _ENDS and _ENDS[form] in tail else b""
    )
    if zipfile.is_zipfile(content) or _STOWAWAY.search(behind):
        raise ValidationError(
            _("Something else is hidden behind this picture. Save it again as JPEG or PNG and send that."),
            code="polyglot",
        )


def _refuse_floods(width: int, height: int) -> None:
    if not width or not height:
        raise damaged()
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ValidationError(
            _(
                "This picture has too many pixels (%(count)s million). The limit is 40 million: reduce it first."
            )
            % {"count": -(-width * height // 1_000_000)},
            code="pixels",
        )


def _has_end_of_image(content: IO[bytes], size: int) -> bool:
    """Whether an end-of-image marker is there at all: a cut-off upload has none (thumbnails come early)."""
    content.seek(max(0, size - (1 << 20)))
    found = b"\xff\xd9" in content.read()
    content.seek(0)
    return found


def _check_riff(content: IO[bytes], size: int) -> None:
    content.seek(4)
    (length,) = struct.unpack("<I", content.read(4))
    content.seek(0)
    if length + 8 > size:
        raise damaged()


def check_png(content: IO[bytes]) -> None:
    """Raise where a PNG is cut off or damaged: each chunk by its CRC, the pixels inflated and thrown away.

    No more than 64 kB of pixels are in memory at once, and never more inflated than the header promises.
    """
    content.seek(8)
    inflate, room = zlib.decompressobj(), 0
    while True:
        length, kind = struct.unpack(">I4s", content.read(8))
        crc, left = zlib.crc32(kind), length
        body = b""
        while left:
            piece = content.read(min(left, 1 << 16))
            if not piece:
                raise damaged()
            left -= len(piece)
            crc = zlib.crc32(piece, crc)
            if kind == b"IHDR":
                body += piece
            elif kind == b"IDAT":
                room -= _inflated(inflate, piece, room)
        if struct.unpack(">I", content.read(4))[0] != crc:
            raise damaged()
        if kind == b"IHDR":
            room = _png_bytes(body)
        elif kind == b"IEND":
            break
    if room > 0:
        raise damaged()


def _inflated(inflate: zlib._Decompress, piece: bytes, room: int) -> int:
    count = 0
    while piece:
        count += len(inflate.decompress(piece, 1 << 16))
        piece = inflate.unconsumed_tail
        if count > room + (1 << 16):
            raise damaged()
    return count


def _png_bytes(header: bytes) -> int:
    """The number of bytes of the pixels of a PNG, filter bytes included (PNG specification, sections 4 and 8)."""
    width, height, depth, colour, _compression, _filter, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [
            (0, 0, 8, 8),
            (4, 0, 8, 8),
            (0, 4, 4, 8),
            (2, 0, 4, 4),
            (0, 2, 2, 4),
            (1, 0, 2, 2),
            (0, 1, 1, 2),
        ]
    total = 0
    for x, y, across, down in passes:
        columns, rows = -(-(width - x) // across), -(-(height - y) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + (columns * bits + 7) // 8)
    return total
