"""iCalendar text into components, in one pass and bounded (RFC 5545, 3.1 and 3.4).

Our own few lines rather than the library that reads it too: an `.ics` comes from anybody, and what a line may cost has
to be known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MAX_BYTES = 1_000_000
MAX_LINES = 40_000
MAX_DEPTH = 4
_NAME = re.compile(r"^[A-Za-z0-9-]{1,60}")
_ENDS = re.compile(r"\r\n|\n|\r")
_ESCAPED = re.compile(r"\\([\\;,nN])")


class Unreadable(Exception):
    """Not a calendar file, or one too big; the message is a sentence for an officer."""


@dataclass(frozen=True)
class Line:
    """A property: its name in capitals, its parameters, its value as written."""

    name: str
    params: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value of a TEXT property."""
        return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], self.value)


@dataclass
class Component:
    """VCALENDAR, VEVENT, VTIMEZONE…: its properties and what stands inside it."""

    name: str
    lines: list[Line] = field(default_factory=list)
    inside: list[Component] = field(default_factory=list)

    def first(self, name: str) -> Line | None:
        return next((line for line in self.lines if line.name == name), None)

    def every(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def text(self, name: str) -> str:
        line = self.first(name)
        return line.text.strip() if line is not None else ""


def _unfolded(text: str) -> Iterator[str]:
    pieces: list[str] = []
    for number, line in enumerate(_ENDS.split(text)):
        if number > MAX_LINES:
            raise Unreadable(_("This calendar is too big."))
        if line[:1] in (" ", "\t"):
            pieces.append(line[1:])
            continue
        if pieces:
            yield "".join(pieces)
        pieces = [line] if line.strip() else []
    if pieces:
        yield "".join(pieces)


def _line(text: str) -> Line | None:
    """One property, or None for a line that is none: what is misspelt is passed over, as calendar programs do."""
    name = _NAME.match(text)
    if name is None:
        return None
    params: dict[str, str] = {}
    place = name.end()
    while place < len(text) and text[place] == ";":
        key, equals, _rest = text[place + 1 : place + 80].partition("=")
        if not equals:
            return None
        place += 2 + len(key)
        if text[place : place + 1] == '"':
            end = text.find('"', place + 1)
            if end < 0:
                return None
            params[key.upper()], place = text[place + 1 : end], end + 1
        else:
            end = min((at for at in (text.find(";", place), text.find(":", place)) if at >= 0), default=-1)
            if end < 0:
                return None
            params[key.upper()], place = text[place:end], end
    if text[place : place + 1] != ":":
        return None
    return Line(name[0].upper(), params, text[place + 1 :])


def components(data: bytes) -> Component:
    """The calendar that `data` is. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(_("This calendar is too big."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    root = Component("")
    stack = [root]
    for raw in _unfolded(text.replace("\x00", "")):
        line = _line(raw)
        if line is None:
            continue
        if line.name == "BEGIN":
            if len(stack) > MAX_DEPTH:
                raise Unreadable(_("This is not a calendar file (.ics)."))
            inner = Component(line.value.strip().upper())
            stack[-1].inside.append(inner)
            stack.append(inner)
        elif line.name == "END":
            if len(stack) == 1:
                raise Unreadable(_("This is not a calendar file (.ics)."))
            stack.pop()
        else:
            stack[-1].lines.append(line)
    found = next((one for one in root.inside if one.name == "VCALENDAR"), None)
    if found is None:
        raise Unreadable(_("This is not a calendar file (.ics)."))
    for other in root.inside:
        if other is not found and other.name == "VCALENDAR":
            found.inside += other.inside
    return found
