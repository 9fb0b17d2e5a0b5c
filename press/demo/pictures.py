"""Drawn pictures for the demo: bogolan geometry over a sky and a river, no photograph of anyone."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from cms.core.bogolan import TILE, motif

WIDTH, HEIGHT = 2400, 1600
KAOLIN, INK, MUD, INDIGO, OCHRE, LEAF = "#fbf7f0", "#1b1713", "#5a4433", "#1d3f72", "#955a0c", "#1a6640"


@dataclass(frozen=True)
class Drawing:
    """A picture of the demo: what it is called, what it shows, and the pattern and colours it is drawn with."""

    slug: str
    title: str
    alt: str
    caption: str
    seed: str
    sky: str
    ground: str


DRAWINGS = (
    Drawing(
        "fleuve-niger",
        "Le fleuve à Bamako, dessin",
        "Dessin : le fleuve Niger au couchant sous une bande de motifs bogolan.",
        "Le fleuve à Bamako, vu par le dessinateur du programme.",
        "fleuve",
        "#e9b872",
        INDIGO,
    ),
    Drawing(
        "amphitheatre",
        "Un amphithéâtre, dessin",
        "Dessin : des rangées de sièges stylisées face à un tableau.",
        "L’enseignement supérieur reçoit la plus grande part des missions.",
        "amphitheatre",
        KAOLIN,
        MUD,
    ),
    Drawing(
        "rizieres",
        "Rizières de l’Office du Niger, dessin",
        "Dessin : des parcelles vertes séparées par des canaux.",
        "L’agriculture attend davantage de missions.",
        "rizieres",
        "#cfe0d2",
        LEAF,
    ),
    Drawing(
        "centre-de-sante",
        "Un centre de santé, dessin",
        "Dessin : une façade claire sous un grand arbre.",
        "Quatorze missions de santé ont été réalisées entre 2012 et 2016.",
        "sante",
        "#f3d9c9",
        OCHRE,
    ),
    Drawing(
        "vingt-ans",
        "Vingt ans, l’affiche",
        "Affiche : le nombre vingt dans un cadre de motifs bogolan.",
        "L’affiche des vingt ans du programme.",
        "vingt-ans",
        OCHRE,
        INK,
    ),
)


def draw(drawing: Drawing) -> bytes:
    """The drawing as a JPEG, the same bytes each time."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), drawing.sky)
    pen = ImageDraw.Draw(picture)
    horizon = HEIGHT * 5 // 8
    pen.ellipse((WIDTH * 3 // 5, horizon - 420, WIDTH * 3 // 5 + 480, horizon + 60), fill=KAOLIN)
    pen.rectangle((0, horizon, WIDTH, HEIGHT), fill=drawing.ground)
    for step in range(9):
        top = horizon + 40 + step * 62
        pen.line((0, top, WIDTH, top + (step % 3 - 1) * 18), fill=drawing.sky, width=4 + step)
    _band(pen, drawing.seed, top=0, colour=drawing.ground)
    _band(pen, drawing.seed, top=HEIGHT - 240, colour=drawing.sky)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=86)
    return out.getvalue()


def _band(pen: ImageDraw.ImageDraw, seed: str, *, top: int, colour: str) -> None:
    tile, side = motif(seed), 240
    scale = side / TILE
    for left in range(0, WIDTH, side):
        for points in tile.strokes:
            pen.line(
                [(left + x * scale, top + y * scale) for x, y in points],
                fill=colour,
                width=int(tile.width * scale),
                joint="curve",
            )
        for points in tile.fills:
            pen.polygon([(left + x * scale, top + y * scale) for x, y in points], fill=colour)
