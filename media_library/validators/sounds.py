"""Sounds and films: known by their container, and whole."""

from __future__ import annotations

import struct
from typing import IO

from django.utils.translation import gettext as _

from media_library.validators import boxes
from media_library.validators.facts import FORMATS, Facts, damaged, lying


def examine_recording(content: IO[bytes], extension: str, size: int, kind: str) -> Facts:
    """See `examine`."""
    head = content.read(64)
    if not _matches(head, extension):
        raise lying(extension, _("something else"))
    if extension in ("m4a", "mp4"):
        check_boxes(content, size)
        try:
            boxes.blanks(content, size)
        except (boxes.BrokenBoxes, struct.error) as error:
            raise damaged() from error
    if extension == "wav" and struct.unpack("<I", head[4:8])[0] + 8 > size:
        raise damaged()
    return Facts(kind, FORMATS[extension][1], f".{extension}")


def _matches(head: bytes, extension: str) -> bool:
    if extension == "mp3":
        return head[:3] == b"ID3" or (head[0] == 0xFF and head[1] & 0xE6 == 0xE2)
    if extension == "wav":
        return head[:4] == b"RIFF" and head[8:12] == b"WAVE"
    if extension in ("ogg", "opus"):
        return head[:4] == b"OggS"
    if extension == "webm":
        return head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head
    return head[4:8] == b"ftyp"


def check_boxes(content: IO[bytes], size: int) -> None:
    """Raise where the boxes of an MP4 (ISO/IEC 14496-12) do not fill the file exactly, or `moov` is missing."""
    at, seen = 0, set()
    while at < size:
        content.seek(at)
        header = content.read(16)
        if len(header) < 8:
            raise damaged()
        length, kind = struct.unpack(">I4s", header[:8])
        if length == 1 and len(header) == 16:
            (length,) = struct.unpack(">Q", header[8:])
        elif length == 0:
            length = size - at
        if length < 8 or at + length > size:
            raise damaged()
        seen.add(kind)
        at += length
    if b"moov" not in seen:
        raise damaged()
