"""Downloads by day as bars of an SVG, for the team's screens: numbers as text, SVG takes no localised ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from media_library.queries.downloads import Day

WIDTH, HEIGHT, LEFT, TOP, BASE = 640, 200, 44, 16, 170
SMALL_WIDTH, SMALL_HEIGHT = 120, 24


@dataclass(frozen=True)
class Part:
    """A part of a day's bar: the tier or size, and its corners as SVG wants them."""

    tier: str
    x: str
    y: str
    width: str
    height: str


def bars(days: Sequence[Day]) -> dict[str, Any]:
    """The days with axes and words: each one's sizes (or tiers) one above the other, from the first."""
    busiest = max(days, key=lambda day: day.total)
    return {
        "parts": _parts(days, left=LEFT, right=WIDTH, top=TOP, base=BASE),
        "most": busiest.total,
        "total": sum(day.total for day in days),
        "busiest": busiest,
        "first": days[0].day,
        "last": days[-1].day,
        "width": str(WIDTH),
        "height": str(HEIGHT),
        "left": str(LEFT),
        "top": str(TOP),
        "base": str(BASE),
        "foot": str(BASE + 20),
    }


def small_bars(days: Sequence[Day]) -> dict[str, Any]:
    """The days as bars alone, to stand in a row of a table: {"parts", "width", "height", "busiest"}."""
    together = [type(day)(day.day, {"": day.total}) for day in days]
    return {
        "parts": _parts(together, left=0, right=SMALL_WIDTH, top=0, base=SMALL_HEIGHT),
        "width": str(SMALL_WIDTH),
        "height": str(SMALL_HEIGHT),
        "busiest": max(days, key=lambda day: day.total),
    }


def _parts(days: Sequence[Day], *, left: int, right: int, top: int, base: int) -> list[Part]:
    most = max(day.total for day in days) or 1
    slot = (right - left) / len(days)
    parts = []
    for place, day in enumerate(days):
        y = float(base)
        for tier, count in day.taken.items():
            height = (base - top) * count / most
            y -= height
            if count:
                parts.append(
                    Part(tier, f"{left + place * slot:.1f}", f"{y:.1f}", f"{slot * 0.8:.1f}", f"{height:.1f}")
                )
    return parts
