"""The demo's logo in three versions: mud cloth beside the name."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from press.demo.pictures import INK, KAOLIN, OCHRE

WIDTH, HEIGHT, SIDE = 1800, 600, 420
NAME, WORDS = "TOKTEN-Mali", "Les savoirs de la diaspora"


@dataclass(frozen=True)
class Logo:
    """One version: what it is called and its colours."""

    slug: str
    title: str
    caption: str
    ground: str
    name: str
    sign: str

    @property
    def alt(self) -> str:
        return f"Logo : un losange de bogolan à côté du nom {NAME}."


LOGOS = (
    Logo("logo-tokten-mali-couleur", "Logo en couleur", "Sur fond clair.", "#ffffff", INK, OCHRE),
    Logo("logo-tokten-mali-noir", "Logo en noir", "Pour le noir et blanc.", "#ffffff", "#000000", "#000000"),
    Logo("logo-tokten-mali-clair", "Logo sur fond sombre", "Sur fond sombre.", INK, KAOLIN, KAOLIN),
)


def draw_logo(logo: Logo) -> bytes:
    """The logo as a PNG of 1800 × 600 pixels, the same bytes each time."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), logo.ground)
    pen = ImageDraw.Draw(picture)
    middle, centre = HEIGHT // 2, 90 + SIDE // 2
    for radius, fill in ((SIDE // 2, logo.sign), (150, logo.ground), (96, logo.sign), (44, logo.ground)):
        across = [(centre - radius, middle), (centre, middle - radius)]
        pen.polygon([*across, (centre + radius, middle), (centre, middle + radius)], fill=fill)
    left = centre + SIDE // 2 + 80
    pen.text((left, middle - 20), NAME, fill=logo.name, font=ImageFont.load_default(190), anchor="ls")
    pen.text((left + 4, middle + 90), WORDS, fill=logo.name, font=ImageFont.load_default(72), anchor="ls")
    output = io.BytesIO()
    picture.save(output, "PNG", optimize=True)
    return output.getvalue()
