"""The versions of a sound or film: one without anything but sound and picture, light ones, one for broadcast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from media_library.storage.av.child import run
from media_library.storage.av.probe import LONGEST, Loudness, Probed, source

# EBU R 128 for broadcasters; AES TD1008 for what is listened to on a telephone, in the street.
BROADCAST_LUFS: Final = -23.0
LISTENING_LUFS: Final = -16.0
# Sample peak in dBFS that leaves a decibel for the true one, and how much is added to the faintest recording.
CEILING: Final = 0.8
MOST_GAIN: Final = 20.0
# Muxers by extension.
MUXERS: Final = {
    ".mp3": "mp3",
    ".wav": "wav",
    ".ogg": "ogg",
    ".opus": "ogg",
    ".m4a": "ipod",
    ".mp4": "mp4",
    ".webm": "webm",
}
_BARE: Final = [
    *("-map_metadata", "-1", "-map_metadata:s:v", "-1", "-map_metadata:s:a", "-1"),
    *("-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
]
# What cameras write between the pictures (supplemental enhancement information), by codec.
_BETWEEN: Final = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39|40"}


@dataclass(frozen=True)
class Words:
    """What a version says about itself: title, credit, copyright."""

    title: str = ""
    credit: str = ""
    copyright: str = ""

    def arguments(self) -> list[str]:
        found = {"title": self.title, "artist": self.credit, "copyright": self.copyright}
        return [part for name, value in found.items() if value for part in ("-metadata", f"{name}={value}")]


def _ffmpeg(
    path: str, extension: str, output: list[str], *, seconds: int, on_wait: Callable[[], object]
) -> None:
    arguments = ["-nostdin", "-hide_banner", "-v", "error", "-y", *source(path, extension), *output]
    run("ffmpeg", arguments, seconds=seconds, on_wait=on_wait)


def clean_copy(
    path: str,
    extension: str,
    target: str,
    *,
    found: Probed,
    words: Words,
    on_wait: Callable[[], object] = lambda: None,
) -> None:
    """Write the same sound and picture, bit for bit, into a new file of the same kind: neither place, nor camera,
    nor cover, nor subtitle, nor track of positions comes along; title, credit and copyright do."""
    output = ["-map", "0:V:0?", "-map", "0:a:0?", "-c", "copy", *_BARE, *words.arguments()]
    if found.video in _BETWEEN:
        output += ["-bsf:v", _BETWEEN[found.video]]
    if extension == ".mp3":
        output += ["-id3v2_version", "3", "-write_id3v1", "0"]
    if extension in (".mp4", ".m4a"):
        output += ["-movflags", "+faststart"]
    output += ["-f", MUXERS[extension], f"file:{target}"]
    _ffmpeg(path, extension, output, seconds=1800, on_wait=on_wait)


def _level(measured: Loudness | None, target: float, *, channels: int = 0) -> str:
    """The filter that brings a recording to a loudness: one gain for all of it, and a limiter for its peaks.

    channels: 2 for stereo that becomes mono; ffmpeg's own way adds three decibels.
    """
    mixed = "pan=mono|c0=0.5*c0+0.5*c1," if channels == 2 else ""
    if measured is None:
        return f"{mixed}anull"
    gain = min(MOST_GAIN, target - measured.lufs)
    return f"{mixed}volume={gain:.2f}dB,alimiter=limit={CEILING}:level=disabled"


def audio_versions(
    path: str,
    extension: str,
    targets: dict[str, str],
    *,
    found: Probed,
    measured: Loudness | None,
    words: Words,
    on_wait: Callable[[], object] = lambda: None,
) -> None:
    """Write both MP3s with one decode: `targets["light"]`, 64 kb/s mono, loud enough for a telephone, and
    `targets["broadcast"]`, 192 kb/s at the loudness of broadcasters."""
    output: list[str] = []
    for name, level, mixed, options in (
        ("light", LISTENING_LUFS, found.channels, ["-ac", "1", "-ar", "44100", "-b:a", "64k"]),
        (
            "broadcast",
            BROADCAST_LUFS,
            0,
            ["-ac", "2" if found.channels > 1 else "1", "-ar", "48000", "-b:a", "192k"],
        ),
    ):
        output += [
            "-map",
            "0:a:0",
            *_BARE,
            "-af",
            _level(measured, level, channels=mixed),
            "-c:a",
            "libmp3lame",
            *options,
        ]
        output += [*words.arguments(), "-id3v2_version", "3", "-write_id3v1", "0", "-f", "mp3"]
        output.append(f"file:{targets[name]}")
    _ffmpeg(path, extension, output, seconds=LONGEST // 4, on_wait=on_wait)


def size_within(found: Probed, short: int) -> tuple[int, int]:
    """Width and height, even numbers, of a film whose shorter side is at most `short`; never larger than it is."""
    scale = min(1.0, short / max(1, min(found.width, found.height)))
    return tuple(max(2, round(side * scale / 2) * 2) for side in (found.width, found.height))  # type: ignore[return-value]


def film_version(
    path: str,
    extension: str,
    target: str,
    *,
    short: int,
    found: Probed,
    measured: Loudness | None,
    words: Words,
    on_wait: Callable[[], object] = lambda: None,
) -> None:
    """Write an MP4 (H.264, AAC) whose shorter side is `short` lines at most.

    240 lines: 25 pictures a second at most, 100 kb/s of picture and 48 of sound at most, so that 13 minutes stay
    below 15 MB. More lines: 900 and 96.
    """
    is_light = short <= 240
    width, height = size_within(found, short)
    output = ["-map", "0:V:0", "-map", "0:a:0?", *_BARE, *words.arguments()]
    output += ["-vf", f"yadif=deint=interlaced,scale={width}:{height},setsar=1,format=yuv420p"]
    output += _pictures(is_light)
    if found.audio:
        output += _track(is_light, found, measured)
    output += ["-movflags", "+faststart", "-f", "mp4", f"file:{target}"]
    _ffmpeg(path, extension, output, seconds=LONGEST, on_wait=on_wait)


def _pictures(is_light: bool) -> list[str]:
    rate, buffer, crf = ("100k", "1000k", "28") if is_light else ("900k", "3600k", "25")
    found = [
        "-fpsmax",
        "25" if is_light else "30",
        "-c:v",
        "libx264",
        "-preset",
        "medium",
        "-profile:v",
        "main",
    ]
    return [*found, "-crf", crf, "-maxrate", rate, "-bufsize", buffer, "-g", "250", "-threads", "2"]


def _track(is_light: bool, found: Probed, measured: Loudness | None) -> list[str]:
    level = _level(measured, LISTENING_LUFS, channels=found.channels if is_light else 0)
    channels = "1" if is_light or found.channels < 2 else "2"
    rate = "48k" if is_light else "96k"
    return ["-af", level, "-c:a", "aac", "-b:a", rate, "-ar", "44100", "-ac", channels]


def poster_frame(path: str, extension: str, target: str, *, found: Probed) -> None:
    """Write a typical picture of a film's beginning as a PNG."""
    begin = min(found.seconds / 10, 10.0)
    output = ["-map", "0:V:0", "-vf", "thumbnail=n=50,scale=iw*sar:ih", "-frames:v", "1", *_BARE]
    output += ["-f", "image2", "-c:v", "png", f"file:{target}"]
    arguments = ["-nostdin", "-hide_banner", "-v", "error", "-y", "-ss", f"{begin:.2f}"]
    run("ffmpeg", [*arguments, *source(path, extension), *output], seconds=120)
