"""What a decoder has to be trusted with. Runs in the child of `validators.child` alone, and loads no Django."""

from __future__ import annotations

import io
import warnings
from typing import IO, Any, Final

from PIL import Image, ImageFile

MAX_PIXELS: Final = 40_000_000
MAX_FRAMES: Final = 200
SMALL: Final = 12_000_000  # pixels of a PNG that is decoded just to be compared


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
        print_ = fingerprint(picture) if form != "PNG" or width * height <= SMALL else None
    return {"width": width, "height": height, "turned": turned, "fingerprint": print_}


def fingerprint(picture: Image.Image) -> int:
    """64 bits (dHash: whether each of 8 × 8 places is lighter than the next), as a signed number. Pictures of which
    few bits differ look alike, whatever their size, format and compression."""
    small = picture.convert("RGB").convert("L").resize((9, 8), Image.Resampling.BOX)
    values = list(small.tobytes())
    bits = 0
    for row in range(8):
        for column in range(8):
            at = row * 9 + column
            bits = bits << 1 | (values[at] > values[at + 1])
    return bits - (1 << 64) if bits >> 63 else bits


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
