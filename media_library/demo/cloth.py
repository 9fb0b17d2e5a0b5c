"""A canvas, a palette and the motifs of mud cloth: what the demo's pictures are drawn with."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageChops, ImageDraw

WIDTH: Final = 2400
HEIGHT: Final = 1600
FINE: Final = 2
KAOLIN, SAND, INK, MUD, EARTH = "#fbf7f0", "#ead9bd", "#1b1713", "#5a4433", "#8a6a4a"
INDIGO, OCHRE, GOLD, LEAF, BRICK, SKY = "#1d3f72", "#955a0c", "#d9982e", "#1a6640", "#9b2c1f", "#c9d6df"
DUSK, CLAY, NIGHT = "#e8b778", "#b9764a", "#14283f"
SKINS: Final = ("#3b2619", "#4a2f1f", "#5a3a27", "#2f1d13")
ROBES: Final = (INDIGO, KAOLIN, OCHRE, LEAF, BRICK, "#3f5f8f", GOLD, "#6e2f45", "#2f6f73", SAND)
Point = tuple[float, float]


class Cloth:
    """Drawing in units of a 2400 × 1600 picture, twice as fine, so that edges come out smooth."""

    def __init__(self, ground: str, seed: int) -> None:
        self.image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), ground)
        self.pen = ImageDraw.Draw(self.image)
        self.dice = random.Random(seed)  # noqa: S311 (a drawing, not a secret)

    def rect(self, x: float, y: float, w: float, h: float, fill: str) -> None:
        self.pen.rectangle((x * FINE, y * FINE, (x + w) * FINE, (y + h) * FINE), fill=fill)

    def poly(self, points: Sequence[Point], fill: str) -> None:
        self.pen.polygon([(x * FINE, y * FINE) for x, y in points], fill=fill)

    def disc(self, x: float, y: float, r: float, fill: str, *, squash: float = 1.0) -> None:
        ry = r * squash
        self.pen.ellipse(((x - r) * FINE, (y - ry) * FINE, (x + r) * FINE, (y + ry) * FINE), fill=fill)

    def line(self, points: Sequence[Point], fill: str, width: float) -> None:
        self.pen.line(
            [(x * FINE, y * FINE) for x, y in points], fill=fill, width=round(width * FINE), joint="curve"
        )

    def ring(
        self, x: float, y: float, r: float, fill: str, width: float, start: float = 0, end: float = 360
    ) -> None:
        box = ((x - r) * FINE, (y - r) * FINE, (x + r) * FINE, (y + r) * FINE)
        self.pen.arc(box, start, end, fill=fill, width=round(width * FINE))

    def pie(self, x: float, y: float, r: float, start: float, end: float, fill: str) -> None:
        self.pen.pieslice(
            ((x - r) * FINE, (y - r) * FINE, (x + r) * FINE, (y + r) * FINE), start, end, fill=fill
        )

    def round(self, x: float, y: float, w: float, h: float, r: float, fill: str) -> None:
        box = (x * FINE, y * FINE, (x + w) * FINE, (y + h) * FINE)
        self.pen.rounded_rectangle(box, r * FINE, fill=fill)

    def sky(self, top: str, bottom: str, height: float) -> None:
        """A gradient from the upper edge down to `height`."""
        mask = Image.linear_gradient("L").resize((WIDTH * FINE, round(height * FINE)))
        upper = Image.new("RGB", mask.size, top)
        self.image.paste(Image.composite(Image.new("RGB", mask.size, bottom), upper, mask), (0, 0))

    def finished(self) -> Image.Image:
        """The picture at its size, with the grain of woven cotton."""
        picture = self.image.reduce(FINE)
        grain = Image.effect_noise((WIDTH // 2, HEIGHT // 2), 26).resize(
            (WIDTH, HEIGHT), Image.Resampling.BILINEAR
        )
        soft = Image.merge("RGB", [grain.point(lambda value: 118 + value // 13)] * 3)
        return ImageChops.overlay(picture, soft)

    # Motifs ------------------------------------------------------------------------------------------------
    def wobble(self, amount: float = 4) -> float:
        return self.dice.uniform(-amount, amount)

    def band(self, y: float, height: float, ground: str = INK, mark: str = KAOLIN) -> None:
        """A strip of bogolan across the picture: hems, and one motif repeated by hand."""
        self.rect(0, y, WIDTH, height, ground)
        for edge in (y + height * 0.07, y + height * 0.9):
            self.line([(x, edge + self.wobble(2)) for x in range(-20, WIDTH + 60, 60)], mark, height * 0.035)
        motif = self.dice.choice([self.diamonds, self.zigzags, self.crosses, self.combs, self.wheels])
        motif(y + height * 0.16, height * 0.66, mark)

    def diamonds(self, y: float, height: float, mark: str) -> None:
        middle, half = y + height / 2, height / 2
        for number, x in enumerate(range(-20, WIDTH + 200, round(height * 1.16))):
            for scale in (1.0, 0.62):
                corners = [(x - half * scale, middle), (x, middle - half * scale), (x + half * scale, middle)]
                corners += [(x, middle + half * scale), corners[0]]
                self.line([(a + self.wobble(), b + self.wobble()) for a, b in corners], mark, height * 0.055)
            if number % 2:
                self.disc(x, middle, height * 0.1, mark)
            else:
                self.line([(x - height * 0.13, middle), (x + height * 0.13, middle)], mark, height * 0.06)
                self.line([(x, middle - height * 0.13), (x, middle + height * 0.13)], mark, height * 0.06)

    def zigzags(self, y: float, height: float, mark: str) -> None:
        step = height * 0.42
        for row in range(3):
            points = [
                (-40 + n * step, y + height * (0.14 + 0.27 * row + (0.2 if n % 2 else 0)) + self.wobble())
                for n in range(int(WIDTH / step) + 4)
            ]
            self.line(points, mark, height * (0.085 if row == 1 else 0.05))
        for n in range(0, int(WIDTH / step) + 4, 4):
            self.disc(-40 + n * step, y + height * 0.93, height * 0.05, mark)

    def crosses(self, y: float, height: float, mark: str) -> None:
        step, middle = height * 0.9, y + height / 2
        for n in range(int(WIDTH / step) + 2):
            x = n * step
            arm = height * 0.34
            for dx, dy in ((1, 1), (1, -1)):
                ends = [(x - arm * dx, middle - arm * dy), (x + arm * dx, middle + arm * dy)]
                self.line([(a + self.wobble(), b + self.wobble()) for a, b in ends], mark, height * 0.08)
            for side, down in ((0, -0.4), (0, 0.4), (-0.4, 0), (0.4, 0)):
                self.disc(x + side * height, middle + down * height, height * 0.055, mark)

    def combs(self, y: float, height: float, mark: str) -> None:
        step = height * 1.3
        for n in range(int(WIDTH / step) + 2):
            x = n * step
            self.line([(x, y + self.wobble()), (x, y + height + self.wobble())], mark, height * 0.07)
            for tooth in range(5):
                at = y + height * (0.1 + 0.2 * tooth)
                self.line(
                    [(x - height * 0.26, at + self.wobble()), (x + height * 0.26, at + self.wobble())],
                    mark,
                    height * 0.055,
                )
            self.ring(x + step / 2, y + height / 2, height * 0.24, mark, height * 0.06)
            self.disc(x + step / 2, y + height / 2, height * 0.08, mark)

    def wheels(self, y: float, height: float, mark: str) -> None:
        step, middle = height * 1.1, y + height / 2
        for n in range(int(WIDTH / step) + 2):
            x = n * step
            self.ring(x, middle, height * 0.42, mark, height * 0.055)
            for spoke in range(4):
                angle = spoke * math.pi / 4
                dx, dy = math.cos(angle) * height * 0.4, math.sin(angle) * height * 0.4
                self.line([(x - dx, middle - dy), (x + dx, middle + dy)], mark, height * 0.04)
            self.line([(x + step / 2, y), (x + step / 2, y + height)], mark, height * 0.05)

    # People ------------------------------------------------------------------------------------------------
    def person(
        self, x: float, y: float, height: float, robe: str, *, wrap: str | None = None, cap: str | None = None
    ) -> None:
        """Somebody standing at (x, y) in a boubou, with a headwrap or a cap."""
        skin = self.dice.choice(SKINS)
        r = height * 0.1
        head = y - height + r
        shoulder = head + r * 1.75
        if wrap:
            self.disc(x, head - r * 0.55, r * 1.22, wrap, squash=0.86)
        self.rect(x - r * 0.38, head + r * 0.5, r * 0.76, r * 1.3, skin)
        self.disc(x, head, r, skin, squash=1.14)
        if wrap:
            self.pie(x, head - r * 0.1, r * 1.12, 185, 355, wrap)
        if cap:
            self.poly(
                [
                    (x - r, head - r * 0.45),
                    (x - r * 0.86, head - r * 1.35),
                    (x + r * 0.86, head - r * 1.35),
                    (x + r, head - r * 0.45),
                ],
                cap,
            )
        self.disc(x, shoulder + r * 0.9, r * 2.1, robe, squash=0.6)
        self.poly(
            [
                (x - r * 2.05, shoulder + r * 0.8),
                (x + r * 2.05, shoulder + r * 0.8),
                (x + r * 2.6, y),
                (x - r * 2.6, y),
            ],
            robe,
        )
        trim = GOLD if robe != GOLD else KAOLIN
        self.poly(
            [(x - r * 0.7, shoulder - r * 0.1), (x + r * 0.7, shoulder - r * 0.1), (x, shoulder + r * 1.7)],
            skin,
        )
        self.line(
            [
                (x - r * 0.75, shoulder - r * 0.1),
                (x, shoulder + r * 1.75),
                (x + r * 0.75, shoulder - r * 0.1),
            ],
            trim,
            r * 0.16,
        )
        self.line([(x, shoulder + r * 1.75), (x, shoulder + r * 3.4)], trim, r * 0.12)

    def seated_from_behind(self, x: float, y: float, size: float, robe: str, *, wrap: str | None) -> None:
        """The back of somebody in the audience."""
        skin = self.dice.choice(SKINS)
        self.disc(x, y + size * 1.35, size * 1.55, robe, squash=0.95)
        self.rect(x - size * 0.3, y + size * 0.3, size * 0.6, size * 0.7, skin)
        self.disc(x, y, size * 0.62, skin, squash=1.12)
        if wrap:
            self.disc(x, y - size * 0.22, size * 0.78, wrap, squash=0.85)
        else:
            self.pie(x, y - size * 0.02, size * 0.66, 175, 365, INK)
