"""A short signature tune: plucked strings (Karplus and Strong, 1983) on a scale of five notes, as a kora has it."""

from __future__ import annotations

import random
import struct
from array import array

RATE = 16_000
# (beat, note in hertz): two phrases over a drone
TUNE = [
    (0, 196.0), (0, 392.0), (1, 440.0), (1.5, 523.3), (2, 587.3), (3, 523.3), (3.5, 440.0), (4, 196.0), (4, 392.0),
    (4.5, 329.6), (5, 392.0), (6, 440.0), (7, 392.0), (8, 261.6), (8, 659.3), (8.5, 587.3), (9, 523.3), (10, 587.3),
    (10.5, 440.0), (11, 392.0), (12, 196.0), (12, 329.6), (12.5, 392.0), (13, 440.0), (14, 392.0), (14.5, 293.7),
    (15, 196.0),
]  # fmt: skip
BEAT = 0.34


def _pluck(hertz: float, seconds: float, dice: random.Random) -> list[float]:
    string = [dice.uniform(-1, 1) for _ in range(max(2, int(RATE / hertz)))]
    found, at = [], 0
    for _ in range(int(seconds * RATE)):
        following = (at + 1) % len(string)
        found.append(string[at])
        string[at] = (string[at] + string[following]) * 0.4975
        at = following
    return found


def tune() -> bytes:
    """Return the tune as a WAV file, 16 kHz, mono, the same each time; about seven seconds."""
    dice = random.Random(5)  # noqa: S311 (a tune, not a secret)
    mixed = [0.0] * int(RATE * (16 * BEAT + 1.6))
    for beat, hertz in TUNE:
        start = int(beat * BEAT * RATE)
        for offset, value in enumerate(_pluck(hertz, 1.5, dice)):
            if start + offset < len(mixed):
                mixed[start + offset] += value
    loudest = max(abs(value) for value in mixed)
    frames = array("h", (int(value / loudest * 26_000) for value in mixed)).tobytes()
    head = b"RIFF" + struct.pack("<I", 36 + len(frames)) + b"WAVEfmt "
    form = struct.pack("<IHHIIHH", 16, 1, 1, RATE, RATE * 2, 2, 16)
    return head + form + b"data" + struct.pack("<I", len(frames)) + frames


def duration() -> float:
    """Its length in seconds."""
    return 16 * BEAT + 1.6
