"""What a sound or film is: its length, its picture, its sound, and how loud it is (EBU R 128, ITU-R BS.1770)."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, Final

from media_library.storage.av.child import CannotRead, run

# The reader of each kind of file is named, never guessed: a playlist in a sound's clothes would fetch other files.
DEMUXERS: Final = {
    ".mp3": "mp3",
    ".wav": "wav",
    ".ogg": "ogg",
    ".opus": "ogg",
    ".m4a": "mov",
    ".mp4": "mov",
    ".webm": "matroska",
}
LONGEST: Final = 4 * 3600


@dataclass(frozen=True)
class Probed:
    """seconds; width and height as shown (0 for a sound); codecs ("" for none); channels of the sound."""

    seconds: float
    width: int
    height: int
    video: str
    audio: str
    channels: int


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS and highest true peak in dBTP."""

    lufs: float
    peak: float


def source(path: str, extension: str) -> list[str]:
    """The arguments that name what is read: a file of this kind, and nothing that it may point to."""
    return ["-protocol_whitelist", "file,pipe", "-f", DEMUXERS[extension], "-i", f"file:{path}"]


def probe(path: str, extension: str) -> Probed:
    """Read the headers of a file. Raises CannotRead and the other errors of `child.run`."""
    shown = ["-v", "error", "-print_format", "json", "-show_format", "-show_streams"]
    text, _errors = run("ffprobe", [*shown, *source(path, extension)], seconds=60)
    try:
        said = json.loads(text)
    except ValueError as error:
        raise CannotRead("ffprobe") from error
    streams = said.get("streams", [])
    picture = next((one for one in streams if _is_film(one)), {})
    sound = next((one for one in streams if one.get("codec_type") == "audio"), {})
    width, height = _shown_size(picture)
    lengths = [said.get("format", {}).get("duration"), picture.get("duration"), sound.get("duration")]
    return Probed(
        seconds=next((found for length in lengths if (found := _number(length)) > 0), 0.0),
        width=width,
        height=height,
        video=str(picture.get("codec_name", "")),
        audio=str(sound.get("codec_name", "")),
        channels=int(sound.get("channels", 0)),
    )


def _is_film(stream: dict[str, Any]) -> bool:
    return stream.get("codec_type") == "video" and not stream.get("disposition", {}).get("attached_pic")


def _shown_size(picture: dict[str, Any]) -> tuple[int, int]:
    """Width and height after the shape of its pixels and its turn are taken into account."""
    width, height = int(picture.get("width", 0)), int(picture.get("height", 0))
    across, _, down = str(picture.get("sample_aspect_ratio", "")).partition(":")
    if across.isdigit() and down.isdigit() and int(across) and int(down):
        width = round(width * int(across) / int(down))
    turns = [side.get("rotation", 0) for side in picture.get("side_data_list", [])]
    turns.append(picture.get("tags", {}).get("rotate", 0))
    if any(round(abs(_number(turn))) % 180 == 90 for turn in turns):
        width, height = height, width
    return width, height


def _number(value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return 0.0
    return found if math.isfinite(found) else 0.0


def loudness_of(
    path: str, extension: str, *, on_wait: Callable[[], object] = lambda: None
) -> Loudness | None:
    """Measure the whole of a sound track, one channel as it is heard from two loudspeakers; None for silence."""
    measure = ["-map", "0:a:0", "-af", "loudnorm=dual_mono=true:print_format=json", "-f", "null", "-"]
    arguments = ["-nostdin", "-hide_banner", "-nostats", *source(path, extension), *measure]
    _text, errors = run("ffmpeg", arguments, seconds=LONGEST // 8, on_wait=on_wait)
    begin, end = errors.rfind("{"), errors.rfind("}")
    try:
        said = json.loads(errors[begin : end + 1])
        lufs, peak = float(said["input_i"]), float(said["input_tp"])
    except (ValueError, KeyError) as error:
        raise CannotRead("loudnorm") from error
    return Loudness(lufs, peak) if math.isfinite(lufs) and math.isfinite(peak) else None


def is_plain(content: IO[bytes], extension: str) -> bool:
    """Whether a file holds sound and picture alone, so that it may go out as it came in.

    MP4 and M4A are kept with all else blanked (`validators.boxes`); a WAV is plain where it holds nothing but its
    form and its samples. Of the others nobody knows before they are written anew.
    """
    if extension in (".mp4", ".m4a"):
        return True
    if extension != ".wav":
        return False
    try:
        return _chunks(content) <= {b"fmt ", b"data", b"fact"}
    finally:
        content.seek(0)


def _chunks(content: IO[bytes]) -> set[bytes]:
    """The kinds of chunk of a RIFF file, with b"" for whatever follows that is none."""
    size = content.seek(0, 2)
    at, found = 12, set()
    while at < size:
        content.seek(at)
        header = content.read(8)
        if len(header) < 8:
            return found | {b""}
        kind, length = struct.unpack("<4sI", header)
        found.add(kind)
        at += 8 + length + length % 2
    return found
