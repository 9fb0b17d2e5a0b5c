"""Bogolan geometry from a seed: one small tile per seed, drawn as SVG here and by Pillow elsewhere.

The motif is the site's only ornament. The same seed always gives the same tile, so that a reader learns which
pattern belongs to which kind of event or topic.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

TILE = 24
Point = tuple[int, int]

# Main figures on a 24 by 24 tile. Strokes are open lines, fills closed polygons; both in tile coordinates.
_STROKES: tuple[tuple[tuple[Point, ...], ...], ...] = (
    (((0, 18), (6, 6), (12, 18), (18, 6), (24, 18)),),
    (((4, 4), (20, 20)), ((20, 4), (4, 20))),
    (((12, 3), (21, 12), (12, 21), (3, 12), (12, 3)),),
    (((0, 6), (12, 18), (24, 6)), ((0, 14), (10, 24)), ((14, 24), (24, 14))),
    (((6, 0), (6, 24)), ((12, 4), (12, 20)), ((18, 0), (18, 24))),
    (((3, 3), (21, 3), (21, 21), (3, 21), (3, 3)), ((12, 8), (12, 16)), ((8, 12), (16, 12))),
    (((12, 0), (12, 24)), ((4, 6), (12, 12), (20, 6)), ((4, 14), (12, 20), (20, 14))),
    (((0, 12), (6, 12), (6, 4), (18, 4), (18, 12), (24, 12)), ((12, 12), (12, 24))),
    (((4, 20), (4, 4), (20, 4), (20, 16), (10, 16), (10, 10)),),
    (((0, 4), (24, 4)), ((0, 20), (24, 20)), ((4, 8), (12, 16), (20, 8))),
    (((2, 12), (8, 4), (14, 12), (8, 20), (2, 12)), ((17, 4), (22, 12), (17, 20))),
    (((12, 2), (12, 22)), ((2, 12), (22, 12)), ((6, 6), (9, 9)), ((18, 18), (15, 15)), ((18, 6), (15, 9))),
)
_FILLS: tuple[tuple[tuple[Point, ...], ...], ...] = (
    (((10, 10), (14, 10), (14, 14), (10, 14)),),
    (((0, 0), (5, 0), (0, 5)), ((24, 24), (19, 24), (24, 19))),
    (((12, 8), (16, 12), (12, 16), (8, 12)),),
    (((0, 10), (3, 12), (0, 14)), ((24, 10), (21, 12), (24, 14))),
    (((1, 1), (4, 1), (4, 4), (1, 4)), ((20, 20), (23, 20), (23, 23), (20, 23))),
    (((10, 0), (14, 0), (12, 4)), ((10, 24), (14, 24), (12, 20))),
    (),
)


@dataclass(frozen=True)
class Motif:
    """One tile: lines to stroke with `width`, polygons to fill, all on a square of side TILE that repeats."""

    strokes: tuple[tuple[Point, ...], ...]
    fills: tuple[tuple[Point, ...], ...]
    width: int
    key: str


def motif(seed: str) -> Motif:
    """Return the tile of a seed (any text: a kind's code, a topic's slug, a release's number)."""
    digest = hashlib.sha256(seed.encode()).digest()
    return Motif(
        strokes=_STROKES[digest[0] % len(_STROKES)],
        fills=_FILLS[digest[1] % len(_FILLS)],
        width=(2, 2, 3)[digest[2] % 3],
        key=digest[:3].hex(),
    )


def _line(points: tuple[Point, ...]) -> str:
    """Return a path in relative moves, the shortest way to write small integers."""
    x, y = points[0]
    parts, (px, py) = [f"M{x} {y}"], (x, y)
    for x, y in points[1:]:
        dx, dy = x - px, y - py
        if dy == 0:
            parts.append(f"h{dx}")
        elif dx == 0:
            parts.append(f"v{dy}")
        else:
            parts.append(f"l{dx}{'' if dy < 0 else ' '}{dy}")
        px, py = x, y
    return "".join(parts)


def _paths(found: Motif) -> str:
    lines = "".join(_line(points) for points in found.strokes)
    areas = "".join(_line(points) + "z" for points in found.fills)
    return f'<path d="{lines}" fill="none" stroke="currentColor" stroke-width="{found.width}"/>' + (
        f'<path d="{areas}" fill="currentColor"/>' if areas else ""
    )


def band_svg(seed: str) -> str:
    """Return an inline SVG band that repeats the tile over its width: under 600 bytes, no id used twice."""
    found = motif(seed)
    return (
        '<svg class="band" width="100%" height="16" aria-hidden="true" focusable="false">'
        f'<pattern id="b{found.key}" width="16" height="16" viewBox="0 0 24 24" '
        'patternUnits="userSpaceOnUse">'
        f'{_paths(found)}</pattern><rect width="100%" height="16" fill="url(#b{found.key})"/></svg>'
    )


def stamp_svg(seed: str) -> str:
    """Return one tile as a small inline SVG square without any id, for lists and cards."""
    paths = _paths(motif(seed))
    return f'<svg class="stamp" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{paths}</svg>'
