"""Pictures: header first; the pixels only of those small enough, and then without keeping them."""

from __future__ import annotations

import re
import struct
import warnings
import zipfile
import zlib
from typing import IO, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageFile

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
MAX_FRAMES: Final = 200


def format_of(head: bytes) -> str | None:
    """The picture format of a file's first bytes, or None."""
    for magic, name in _MAGIC:
        if head.startswith(magic):
            return name
    return "WEBP" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def examine_image(content: IO[bytes], extension: str, size: int) -> Facts:
    """See `examine`. Peak memory is that of one decoded WebP or GIF frame of 40 megapixels at most."""
    found = format_of(content.read(32))
    if found is None:
        raise lying(extension, _("something that is not a picture we can show"))
    if FORMATS[extension][1] != _EXTENSIONS[found][1]:
        raise lying(extension, _("a %(format)s picture") % {"format": found})
    _refuse_stowaways(content, found, size)
    # WeasyPrint's import tells Pillow, for the whole process, to fill up what is cut off.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            content.seek(0)
            with Image.open(content, formats=[found]) as picture:
                width, height = picture.size
                _refuse_floods(width, height)
                upright = (height, width) if _is_turned(picture) else (width, height)
                content.seek(0)
                if found == "PNG":
                    check_png(content)
                elif found == "GIF":
                    _check_gif(picture, width * height)
                else:
                    if found == "WEBP":
                        _check_riff(content, size)
                        _refuse_floods(width, height, getattr(picture, "n_frames", 1))
                    elif not _has_end_of_image(content, size):
                        raise damaged()
                    picture.draft("RGB", (max(1, width // 8), max(1, height // 8)))
                    picture.load()
    except ValidationError:
        raise
    except Exception as error:  # a decoder may raise anything on hostile bytes: all of it means "damaged"
        raise damaged() from error
    kept, content_type = _EXTENSIONS[found]
    return Facts("image", content_type, kept, *upright)


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


def _refuse_floods(width: int, height: int, frames: int = 1) -> None:
    if width * height * frames > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise ValidationError(
            _(
                "This picture has too many pixels (%(count)s million). The limit is 40 million: reduce it first."
            )
            % {"count": -(-width * height * frames // 1_000_000)},
            code="pixels",
        )


def _is_turned(picture: Image.Image) -> bool:
    try:
        return picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except Exception:  # metadata may be hostile while the picture is sound
        return False


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


def _check_gif(picture: Image.Image, pixels: int) -> None:
    frames = 0
    try:
        while True:
            picture.seek(frames)
            frames += 1
            if frames > MAX_FRAMES or frames * pixels > MAX_PIXELS:
                raise ValidationError(
                    _("This animation is too long: at most 40 million pixels over all its frames."),
                    code="pixels",
                )
    except EOFError:
        pass
    picture.seek(0)
    picture.load()


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
