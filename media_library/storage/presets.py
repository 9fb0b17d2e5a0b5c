"""The closed lists of picture sizes. Nothing else is ever rendered (abuse case 54: rendition floods)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Variant:
    """One size and format. `spec` is what Wagtail calls it, `name` what its address calls it ("web-720.webp").

    operation: "width" (to `width`), "max" (inside `width` × `height`), "fill" (cut to it around the focal
    point), "original" (all pixels). format: "jpeg", "webp", "png" or "" for that of the source. None enlarges.
    """

    name: str
    spec: str
    operation: str
    width: int
    height: int
    format: str
    quality: int

    def size_of(self, width: int, height: int) -> tuple[int, int]:
        """The size in pixels of this variant of a picture of width × height."""
        if self.operation == "width":
            return _scaled(width, height, min(1.0, self.width / width))
        if self.operation == "max":
            return _scaled(width, height, min(1.0, self.width / width, self.height / height))
        if self.operation == "fill":
            scale = min(1.0, width / self.width, height / self.height)
            return max(1, round(self.width * scale)), max(1, round(self.height * scale))
        return width, height


def _scaled(width: int, height: int, scale: float) -> tuple[int, int]:
    return max(1, round(width * scale)), max(1, round(height * scale))


_SPEC = re.compile(
    r"^(?P<op>width|max|fill)-(?P<w>\d+)(?:x(?P<h>\d+))?(?:\|format-(?P<f>jpeg|webp|png|avif))?(?:\|\w+quality-\d+)?$"
)


def _variant(name: str, spec: str, quality: int = 0) -> Variant:
    found = _SPEC.match(spec)
    if found is None:
        return Variant(name, spec, "original", 0, 0, "", quality or 88)
    width, height, form = int(found["w"]), int(found["h"] or 0), found["f"] or ""
    return Variant(name, spec, found["op"], width, height, form, quality or (70 if form == "webp" else 76))


WEB_WIDTHS: Final = (320, 480, 720, 1280)

_PUBLIC = [
    *(_variant(f"web-{width}.jpg", f"width-{width}|format-jpeg", 72) for width in WEB_WIDTHS),
    *(_variant(f"web-{width}.webp", f"width-{width}|format-webp", 66) for width in WEB_WIDTHS),
    _variant("light.jpg", "max-1920x1920|format-jpeg", 72),
    _variant("press.jpg", "max-3000x3000|format-jpeg", 85),
    _variant("print", "original", 92),
    _variant("social.jpg", "fill-1200x630|format-jpeg", 74),
    _variant("square.jpg", "fill-320x320|format-jpeg", 70),
    _variant("square.webp", "fill-320x320|format-webp", 64),
    _variant("thumb.webp", "fill-176x132|format-webp|webpquality-60", 60),
    _variant("logo", "max-160x88", 85),
]
# Half of WebP's bytes again, at three times its work: made later (`LibraryImage.avif_at`), offered once it is there.
_LATER = [_variant(f"web-{width}.avif", f"width-{width}|format-avif", 52) for width in WEB_WIDTHS]
# What Wagtail's own screens ask for, and rich text formats of older content.
_ADMIN = [
    _variant("admin-165", "max-165x165"),
    _variant("admin-150", "max-150x150"),
    _variant("admin-320", "max-320x200"),
    _variant("admin-400", "max-400x400"),
    _variant("admin-800", "max-800x600"),
    _variant("admin-w100", "width-100"),
    _variant("admin-w200", "width-200"),
    _variant("admin-w500", "width-500"),
    _variant("admin-w800", "width-800"),
]

PUBLIC: Final[dict[str, Variant]] = {variant.spec: variant for variant in _PUBLIC}
ADMIN: Final[dict[str, Variant]] = {variant.spec: variant for variant in _ADMIN}
LATER: Final[dict[str, Variant]] = {variant.spec: variant for variant in _LATER}
BY_SPEC: Final[dict[str, Variant]] = PUBLIC | LATER | ADMIN
BY_NAME: Final[dict[str, Variant]] = {variant.name: variant for variant in BY_SPEC.values()}

# A preset is what templates, the API and archives ask for: a list of JPEGs and the same in WebP, smallest first.
PRESETS: Final[dict[str, tuple[tuple[Variant, ...], tuple[Variant, ...]]]] = {
    "web": (
        tuple(BY_NAME[f"web-{width}.jpg"] for width in WEB_WIDTHS),
        tuple(BY_NAME[f"web-{width}.webp"] for width in WEB_WIDTHS),
    ),
    "light": ((BY_NAME["light.jpg"],), ()),
    "press": ((BY_NAME["press.jpg"],), ()),
    "print": ((BY_NAME["print"],), ()),
    "social": ((BY_NAME["social.jpg"],), ()),
    "square": ((BY_NAME["square.jpg"],), (BY_NAME["square.webp"],)),
}
# The same in AVIF, of those presets that have it.
AVIFS: Final[dict[str, tuple[Variant, ...]]] = {"web": tuple(LATER.values())}
