"""Derive public pictures: one decode for all sizes (`draft`, then a cascade), nothing but the credit inside.

Bars (research, measured): within 1.6 times the encode-only floor; Pillow's `save` is given a copy per format,
since `encoderinfo` lives on the image object.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import IO, Any

# The last two are here to be registered: else Pillow loads all its drivers at the first WebP, forty of them foreign.
from PIL import AvifImagePlugin, Image, ImageCms, ImageFile, ImageOps, WebPImagePlugin  # noqa: F401

from media_library.storage.metadata import Credit, clean_jpeg, exif_of, xmp_of
from media_library.storage.presets import Variant

FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]
Point = tuple[float, float]


class CannotRender(Exception):
    """The source cannot be read as the picture it was when it came in."""


def render(
    source: IO[bytes], variants: Iterable[Variant], *, words: Credit, focus: Point | None = None
) -> Iterator[tuple[Variant, bytes, str, tuple[int, int]]]:
    """Yield (variant, bytes, extension, (width, height)) of each variant, largest first.

    focus: the focal point as fractions of width and height (upright). Decoded in a child with limits: raises
    CannotRender for what cannot be read within them, before the first variant.
    """
    from media_library.validators import child

    wanted = {variant.name: variant for variant in variants}
    try:
        for said, data in child.ask(
            "sizes",
            source,
            variants=[asdict(variant) for variant in wanted.values()],
            words=asdict(words),
            focus=list(focus) if focus else None,
        ):
            width, height = said["size"]
            yield wanted[said["name"]], data, said["extension"], (width, height)
    except child.CannotDecode as error:
        raise CannotRender(error.code) from error


def drawing(
    source: IO[bytes], variants: Iterable[Variant]
) -> Iterator[tuple[Variant, bytes, str, tuple[int, int]]]:
    """As `render`, of an SVG: each variant is the whole drawing, cleaned in a child, since it fits any size."""
    from media_library.validators import child

    try:
        said, data = next(child.ask("drawing", source))
    except child.CannotDecode as error:
        raise CannotRender(error.code) from error
    for variant in variants:
        yield variant, data, ".svg", variant.size_of(*said["size"])


def render_here(
    source: IO[bytes], variants: Iterable[Variant], *, words: Credit, focus: Point | None = None
) -> Iterator[tuple[Variant, bytes, str, tuple[int, int]]]:
    """`render`, decoding in this very process: for the child, and for pictures of our own drawing."""
    wanted = list(variants)
    plain = [variant for variant in wanted if variant.operation != "original"]
    source.seek(0)
    data = source.read()
    for variant in wanted:
        if variant.operation == "original":
            yield (variant, *_original(data, words, variant.quality))
    if plain:
        yield from _cascade(data, plain, words, focus)


def upright_size(source: IO[bytes]) -> tuple[int, int]:
    """Width and height as shown, from the header alone. Raises CannotRender."""
    try:
        source.seek(0)
        with Image.open(source, formats=FORMATS) as picture:
            width, height = picture.size
            turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
    except Exception as error:
        raise CannotRender from error
    return (height, width) if turned else (width, height)


def _open(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception as error:
        raise CannotRender from error


def _original(data: bytes, words: Credit, quality: int) -> tuple[bytes, str, tuple[int, int]]:
    """All the pixels: a JPEG keeps them bit for bit, other formats are written again."""
    picture = _open(data)
    if picture.format == "JPEG" and picture.mode in ("RGB", "L"):
        try:
            width, height = picture.size
            turned = words.orientation in (5, 6, 7, 8)
            return clean_jpeg(data, words), ".jpg", (height, width) if turned else (width, height)
        except ValueError:
            pass
    form = "png" if picture.format in ("PNG", "GIF") else "webp" if picture.format == "WEBP" else "jpeg"
    picture = _upright(picture)
    return *_encode(picture, form, quality, words), picture.size


def _cascade(
    data: bytes, variants: list[Variant], words: Credit, focus: Point | None
) -> Iterator[tuple[Variant, bytes, str, tuple[int, int]]]:
    picture = _open(data)
    width, height = picture.size
    turned = words.orientation in (5, 6, 7, 8)
    upright = (height, width) if turned else (width, height)
    source_format = "jpeg" if picture.format == "JPEG" else "png"
    need = max(_needed(variant, upright) for variant in variants)
    if need < 1:
        picture.draft(None, (max(1, int(width * need)), max(1, int(height * need))))
    step = _upright(picture)
    for variant in sorted(variants, key=lambda one: -_needed(one, upright)):
        size = variant.size_of(*upright)
        scale = _needed(variant, upright)
        base = (max(1, round(upright[0] * scale)), max(1, round(upright[1] * scale)))
        if base[0] < step.width or base[1] < step.height:
            step = step.resize(base, Image.Resampling.LANCZOS, reducing_gap=2.0)
        elif step.size != base:  # draft rounds up to a pixel more or less
            step = step.resize(base, Image.Resampling.LANCZOS)
        shown = step if variant.operation != "fill" else _filled(step, size, focus)
        yield (variant, *_encode(shown, variant.format or source_format, variant.quality, words), shown.size)


def _needed(variant: Variant, upright: tuple[int, int]) -> float:
    """The scale at which the whole picture must be had for this variant."""
    width, height = variant.size_of(*upright)
    if variant.operation == "fill":
        return min(1.0, max(width / upright[0], height / upright[1]))
    return width / upright[0]


def _filled(picture: Image.Image, size: tuple[int, int], focus: Point | None) -> Image.Image:
    x, y = focus or (0.5, 0.42)
    left = min(max(0, round(picture.width * x - size[0] / 2)), max(0, picture.width - size[0]))
    top = min(max(0, round(picture.height * y - size[1] / 2)), max(0, picture.height - size[1]))
    return picture.crop((left, top, left + size[0], top + size[1]))


def _upright(picture: Image.Image) -> Image.Image:
    """Decode, turn upright, bring to sRGB (from CMYK and wide profiles too); transparency is kept."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # see storage.pixels
    try:
        picture.load()
        profile = picture.info.get("icc_profile")
        picture = ImageOps.exif_transpose(picture)
        if picture.mode in ("P", "PA", "LA") or (
            picture.mode in ("L", "RGB") and "transparency" in picture.info
        ):
            picture = picture.convert("RGBA")
        elif picture.mode not in ("RGB", "RGBA", "CMYK"):
            picture = picture.convert("RGB")
        if profile:
            picture = _to_srgb(picture, profile)
        if picture.mode == "CMYK":
            picture = picture.convert("RGB")
    except Exception as error:
        raise CannotRender from error
    return picture


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in (ImageCms.getProfileDescription(given) or "").lower():
            return picture
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        made = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode=mode)
        return made if made is not None else picture
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture


def _encode(picture: Image.Image, form: str, quality: int, words: Credit) -> tuple[bytes, str]:
    shown = picture.copy()
    shown.info = {}
    out = io.BytesIO()
    options: dict[str, Any] = {"exif": exif_of(words)}
    if xmp := xmp_of(words):
        options["xmp"] = xmp
    if form == "jpeg":
        if shown.mode == "RGBA":
            paper = Image.new("RGB", shown.size, (255, 255, 255))
            paper.paste(shown, mask=shown.getchannel("A"))
            shown = paper
        shown.convert("RGB").save(out, "JPEG", quality=quality, optimize=True, progressive=True, **options)
    elif form == "webp":
        shown.save(out, "WEBP", quality=quality, method=3, **options)
    elif form == "avif":
        # measured: speed 8 costs a third of speed 6 for 1 % more bytes
        shown.save(out, "AVIF", quality=quality, speed=8, **options)
    else:
        if shown.mode == "RGB" and len(colours := shown.getcolors(256) or []) and len(colours) <= 256:
            shown = shown.quantize(len(colours))
        options.pop("xmp", None)
        shown.save(out, "PNG", optimize=shown.width * shown.height < 400_000, **options)
    return out.getvalue(), {"jpeg": ".jpg", "webp": ".webp", "avif": ".avif", "png": ".png"}[form]
