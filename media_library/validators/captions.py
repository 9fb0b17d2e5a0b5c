"""Captions: WebVTT (W3C) and SubRip are read and written anew as WebVTT, with nothing else inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LARGEST: Final = 2_000_000
MOST_CUES: Final = 20_000
_TIME: Final = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
_TIMING: Final = re.compile(rf"^\s*{_TIME}\s*-->\s*{_TIME}([ \t].*)?$")
_SETTING: Final = re.compile(
    r"^(?:vertical:(?:rl|lr)|line:-?\d{1,3}%?|position:\d{1,3}%|size:\d{1,3}%|align:(?:start|center|end|left|right))$"
)
_TAG: Final = re.compile(r"</?([a-zA-Z]*)[^<>]*>")
_KEPT_TAGS: Final = {"b", "i", "u"}


@dataclass(frozen=True)
class Cue:
    """Words shown from one instant to another, in milliseconds."""

    start: int
    end: int
    settings: str
    text: str


def read_captions(data: bytes, *, seconds: float | None = None) -> list[Cue]:
    """The cues of a WebVTT or SubRip file, in order.

    seconds: the length of the film, where it is known. Raises ValidationError, a sentence for the officer with the
    line where there is one, for what is no captions, is empty, runs backwards or longer than its film.
    """
    if len(data) > LARGEST:
        raise ValidationError(_("This file is too big for captions."), code="size")
    lines = re.split(r"\r\n|\r|\n", _decoded(data))
    cues: list[Cue] = []
    for number, line in enumerate(lines):
        timing = _TIMING.match(line)
        if timing is None:
            if "-->" in line:
                raise _wrong(number, _("the times cannot be read"))
            continue
        start, end = _instant(timing.groups()[:4]), _instant(timing.groups()[4:8])
        if end <= start:
            raise _wrong(number, _("it ends before it begins"))
        if cues and start < cues[-1].start:
            raise _wrong(number, _("it begins before the one above"))
        text = _words(lines, number + 1)
        if text:
            cues.append(Cue(start, end, _settings(timing[9] or ""), text))
        if len(cues) > MOST_CUES:
            raise ValidationError(_("This file is too big for captions."), code="size")
    if not cues:
        raise ValidationError(
            _("There are no captions in this file. Export them as WebVTT (.vtt) or SubRip (.srt)."),
            code="empty",
        )
    if seconds and cues[-1].start > (seconds + 2) * 1000:
        raise ValidationError(
            _("These captions go on after the end of the film: they belong to another one."), code="long"
        )
    return cues


def written(cues: list[Cue]) -> bytes:
    """The cues as a WebVTT file."""
    parts = ["WEBVTT"]
    for cue in cues:
        settings = f" {cue.settings}" if cue.settings else ""
        parts.append(f"{_said(cue.start)} --> {_said(cue.end)}{settings}\n{cue.text}")
    return ("\n\n".join(parts) + "\n").encode()


def transcript_of(cues: list[Cue]) -> str:
    """What the cues say, without times and marks: a line for each change of words."""
    lines: list[str] = []
    for cue in cues:
        for line in unescape(_TAG.sub("", cue.text)).split("\n"):
            if not lines or lines[-1] != line:
                lines.append(line)
    return "\n".join(lines)


def _decoded(data: bytes) -> str:
    for code in ("utf-8-sig", "utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return data.decode(code).replace("\0", "")
        except UnicodeDecodeError:
            continue
    return data.decode("cp1252", errors="replace").replace("\0", "")  # SubRip as Windows writes it


def _instant(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))


def _said(instant: int) -> str:
    seconds, thousandths = divmod(instant, 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{thousandths:03d}"


def _words(lines: list[str], at: int) -> str:
    found = []
    while at < len(lines) and lines[at].strip():
        found.append(_marked(lines[at].strip()[:1000]))
        at += 1
    return "\n".join(line for line in found if line)


def _marked(line: str) -> str:
    """A line with bold, italic and underlined words alone; the rest is text, and never an end of a cue."""
    parts, at = [], 0
    for tag in _TAG.finditer(line):
        parts.append(_text(line[at : tag.start()]))
        name = tag[1].lower()
        if name in _KEPT_TAGS:
            parts.append(f"</{name}>" if tag[0].startswith("</") else f"<{name}>")
        at = tag.end()
    return "".join([*parts, _text(line[at:])]).strip()


def _text(words: str) -> str:
    return escape(unescape(words), quote=False)


def _settings(given: str) -> str:
    return " ".join(one for one in given.split() if _SETTING.match(one))


def _wrong(number: int, reason: str) -> ValidationError:
    return ValidationError(
        _("Line %(number)s of the captions: %(reason)s.") % {"number": number + 1, "reason": reason},
        code="cue",
    )
