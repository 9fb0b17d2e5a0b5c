"""Films and sounds in boxes (MP4, M4A): what tells where they were recorded is blanked, nothing is moved.

ISO/IEC 14496-12 (boxes, `udta`, `meta`, sample tables), QuickTime File Format (`©xyz`, metadata keys), 3GPP TS 26.244
(`loci`), XMP (the `uuid` box). A box is named `free` and filled with zeros, so that every offset stays what it was.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final

_DESCENDED: Final = {b"moov", b"trak", b"moof", b"traf", b"mdia", b"minf", b"stbl"}
# What a box of user data may say: words and credit. Telephones and cameras put position and serial numbers beside.
_WORDS: Final = {
    b"\xa9nam",
    b"\xa9ART",
    b"\xa9alb",
    b"\xa9day",
    b"cprt",
    b"titl",
    b"auth",
    b"perf",
    b"dscp",
} | {
    b"name",
    b"chpl",
}
# Tracks that go beside picture and sound: telephones, drones and action cameras write a position per second there.
_TELEMETRY: Final = {b"meta", b"camm", b"gpmd"}
_MAX_TABLE: Final = 8_000_000
_MAX_DEPTH: Final = 12
_PIECE: Final = 1 << 16


class BrokenBoxes(ValueError):
    """The boxes cannot be followed."""


@dataclass(frozen=True)
class Box:
    """A box: its kind, where it begins, where its body begins, where it ends."""

    kind: bytes
    start: int
    body: int
    end: int


def boxes(content: IO[bytes], start: int, end: int) -> Iterator[Box]:
    """The boxes that stand between two places, one after the other."""
    at = start
    while at + 8 <= end:
        content.seek(at)
        header = content.read(16)
        if len(header) < 8:
            raise BrokenBoxes
        length, kind = struct.unpack(">I4s", header[:8])
        body = at + 8
        if length == 1 and len(header) == 16:
            (length,) = struct.unpack(">Q", header[8:])
            body = at + 16
        elif length == 0:
            length = end - at
        if length < body - at or at + length > end:
            raise BrokenBoxes
        yield Box(kind, at, body, at + length)
        at += length


# What is blanked ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Blank:
    """A run of bytes to be zeros, after the four letters `free` four bytes in where `is_box`."""

    start: int
    end: int
    is_box: bool = True
    body: int = 0


def blanks(content: IO[bytes], size: int) -> list[Blank]:
    """What must not be told, in order. Raises BrokenBoxes for what no player could read either."""
    found = list(_within(content, 0, size, b"", 0))
    return sorted(found, key=lambda one: one.start)


def _within(content: IO[bytes], start: int, end: int, parent: bytes, depth: int) -> Iterator[Blank]:
    if depth > _MAX_DEPTH:
        raise BrokenBoxes
    for box in boxes(content, start, end):
        if box.kind in (b"uuid", b"meta", b"gps ") or (parent == b"udta" and box.kind not in _WORDS):
            yield Blank(box.start, box.end, body=box.body)
        elif box.kind == b"trak" and _handler(content, box) in _TELEMETRY:
            yield from _samples(content, box)
            yield Blank(box.start, box.end, body=box.body)
        elif box.kind == b"udta":
            yield from _user_data(content, box, depth)
        elif box.kind in _DESCENDED:
            yield from _within(content, box.body, box.end, box.kind, depth + 1)


def _user_data(content: IO[bytes], box: Box, depth: int) -> list[Blank]:
    """What is blanked of user data: all of it where cameras put there what is no box. It may end with four zeros
    (QuickTime)."""
    try:
        return list(_within(content, box.body, box.end, box.kind, depth + 1))
    except BrokenBoxes:
        return [Blank(box.start, box.end, body=box.body)]


def _find(content: IO[bytes], box: Box, *path: bytes) -> Box | None:
    for kind in path:
        inner = next((one for one in boxes(content, box.body, box.end) if one.kind == kind), None)
        if inner is None:
            return None
        box = inner
    return box


def _handler(content: IO[bytes], track: Box) -> bytes:
    """What kind of track it is: b"vide", b"soun", b"meta"…"""
    found = _find(content, track, b"mdia", b"hdlr")
    if found is None:
        return b""
    content.seek(found.body + 8)
    return content.read(4)


def _table(content: IO[bytes], box: Box | None, form: str, skip: int = 4) -> list[tuple[int, ...]]:
    """The rows of a sample table, after `skip` bytes of version and flags and its count."""
    if box is None:
        return []
    content.seek(box.body + skip)
    (count,) = struct.unpack(">I", content.read(4))
    width = struct.calcsize(form)
    if count * width > min(_MAX_TABLE, box.end - box.body):
        raise BrokenBoxes
    return list(struct.iter_unpack(form, content.read(count * width)))


def _samples(content: IO[bytes], track: Box) -> Iterator[Blank]:
    """Where the samples of a track lie in the file, chunk by chunk."""
    tables = _find(content, track, b"mdia", b"minf", b"stbl")
    if tables is None:
        return
    sizes_box = _find(content, tables, b"stsz")
    if sizes_box is None:
        return
    content.seek(sizes_box.body + 4)
    (uniform,) = struct.unpack(">I", content.read(4))
    sizes = iter(() if uniform else _table(content, sizes_box, ">I", skip=8))
    steps = _table(content, _find(content, tables, b"stsc"), ">III")
    offsets = _table(content, _find(content, tables, b"stco"), ">I")
    offsets = offsets or _table(content, _find(content, tables, b"co64"), ">Q")
    per_chunk, coming = 1, iter(steps)
    following = next(coming, None)
    for number, (offset,) in enumerate(offsets, 1):
        while following is not None and following[0] <= number:
            per_chunk, following = following[1], next(coming, None)
        length = uniform * per_chunk or sum(next(sizes, (0,))[0] for _ in range(min(per_chunk, _MAX_TABLE)))
        yield Blank(offset, offset + length, is_box=False)


# Reading with the blanks ----------------------------------------------------------------------------------------
class Blanked(io.RawIOBase):
    """The bytes of an open file with some of them blanked, read in pieces; the file itself stays as it is."""

    def __init__(self, content: IO[bytes], found: list[Blank], size: int) -> None:
        super().__init__()
        self._content, self._blanks, self._size, self._at = content, found, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._content.seek(self._at)
        piece = bytearray(self._content.read(len(buffer)))
        first, last = self._at, self._at + len(piece)
        for blank in self._blanks:
            if blank.start >= last:
                break
            if blank.end <= first:
                continue
            start = blank.body if blank.is_box else blank.start
            low, high = max(start, first), min(blank.end, last)
            if low < high:
                piece[low - first : high - first] = bytes(high - low)
            if blank.is_box:
                for index, letter in enumerate(b"free", blank.start + 4):
                    if first <= index < last:
                        piece[index - first] = letter
        buffer[: len(piece)] = piece
        self._at = last
        return len(piece)


def without_place(content: IO[bytes]) -> IO[bytes]:
    """The file as the library keeps it: itself where nothing is to be blanked. Raises BrokenBoxes."""
    size = content.seek(0, io.SEEK_END)
    found = blanks(content, size)
    content.seek(0)
    return io.BufferedReader(Blanked(content, found, size), _PIECE) if found else content  # type: ignore[return-value]
