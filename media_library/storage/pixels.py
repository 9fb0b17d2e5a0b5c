"""What a decoder has to be trusted with. Runs in the child of `validators.child` alone, and loads no Django."""

from __future__ import annotations

import io
import re
import warnings
from typing import IO, Any, Final

from PIL import Image, ImageFile

MAX_PIXELS: Final = 40_000_000
MAX_FRAMES: Final = 200


class TooManyFrames(Exception):
    """An animation of more than 40 million pixels over all its frames."""

    code = "frames"


def look(content: IO[bytes], form: str) -> dict[str, Any]:
    """{"width", "height", "turned"} of a picture that could be decoded. Raises whatever the decoder does."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    with Image.open(content, formats=[form]) as picture:
        width, height = picture.size
        turned = _is_turned(picture)
        if form == "GIF":
            _count_frames(picture)
        elif form == "WEBP" and width * height * getattr(picture, "n_frames", 1) > MAX_PIXELS:
            raise TooManyFrames
        if form != "PNG":  # whose pixels were inflated piece by piece: `validators.images.check_png`
            picture.draft("RGB", (max(1, width // 8), max(1, height // 8)))
            picture.load()
    return {"width": width, "height": height, "turned": turned}


def _is_turned(picture: Image.Image) -> bool:
    try:
        return picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except Exception:  # metadata may be hostile while the picture is sound
        return False


def _count_frames(picture: Image.Image) -> None:
    frames = 0
    try:
        while True:
            picture.seek(frames)
            frames += 1
            if frames > MAX_FRAMES or frames * picture.width * picture.height > MAX_PIXELS:
                raise TooManyFrames
    except EOFError:
        picture.seek(0)


def first_page(content: IO[bytes], side: int) -> tuple[dict[str, Any], bytes]:
    """({"pages", "width", "height"}, JPEG) of a PDF. Raises whatever PDFium does; a locked one is "damaged"."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content.read())
    page = document[0]
    width, height = page.get_size()
    scale = side / max(width, height, 1)
    shown = page.render(scale=min(scale, 8), may_draw_forms=False).to_pil().convert("RGB")
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=80, optimize=True, progressive=True)
    return {"pages": len(document), "width": shown.width, "height": shown.height}, out.getvalue()


_SIZE = re.compile(rb"<svg\b[^>]*>", re.S)
_BOX = re.compile(rb"viewBox=[\"']\s*[-\d.eE]+[\s,]+[-\d.eE]+[\s,]+([\d.eE]+)[\s,]+([\d.eE]+)")


def drawing(content: IO[bytes]) -> tuple[dict[str, Any], bytes]:
    """({"width", "height"}, SVG) of a drawing: scripts, handlers, foreign addresses and the rest are gone."""
    import py_svg_hush

    clean = py_svg_hush.filter_svg(content.read(), {"image": ["jpeg", "png", "webp", "gif"]})
    root = _SIZE.search(clean)
    if root is None:
        raise ValueError("no drawing is left")
    width, height = (_length(root[0], name) for name in (b"width", b"height"))
    if box := _BOX.search(root[0]):
        width, height = width or float(box[1]), height or float(box[2])
    return {"width": round(width or 300), "height": round(height or 150)}, clean


def _length(root: bytes, name: bytes) -> float:
    found = re.search(rb"\s" + name + rb"=[\"']([\d.]+)(?:px)?[\"']", root)
    return float(found[1]) if found else 0.0
