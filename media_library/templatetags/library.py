"""Pictures in public templates: `{% load library %}`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from media_library import queries
from media_library.models import Asset, LibraryImage, SoundBite
from media_library.storage import presets

register = template.Library()

SIZES = {
    "web": "(min-width: 48rem) 720px, 100vw",
    "square": "160px",
    "light": "(min-width: 60rem) 960px, 100vw",
}


def image_of(thing: Asset | LibraryImage | None) -> LibraryImage | None:
    """The image row of an asset or image; None for what is no picture."""
    if isinstance(thing, Asset):
        if thing.kind != "image":
            return None
        image = thing.image
        image.asset = thing
        return image
    return thing if isinstance(thing, LibraryImage) else None


@register.simple_tag
def picture(
    thing: Asset | LibraryImage | None,
    preset: str = "web",
    alt: str | None = None,
    *,
    sizes: str = "",
    eager: bool = False,
    css: str = "",
) -> SafeString | str:
    """`{% picture asset "web" %}`: <picture> with WebP and JPEG of a preset, AVIF once it is made, width, height,
    and lazy loading.

    preset: "web", "square", "light", "press", "social". alt: None takes the library's words in the page's
    language; "" marks decoration. Nothing is rendered here: addresses and sizes follow from the row alone.
    """
    image = image_of(thing)
    if image is None:
        return ""
    jpegs, webps = presets.PRESETS[preset]
    if image.is_svg():  # one file for all sizes
        jpegs, webps = jpegs[-1:], ()
    fallback = jpegs[min(1, len(jpegs) - 1)]
    width, height = jpegs[-1].size_of(image.width, image.height)
    hint = sizes or SIZES.get(preset, "100vw")
    source = _sources(image, presets.AVIFS.get(preset, ()) if image.avif_at else (), webps, hint)
    shown = format_html_join(
        "",
        ' {}="{}"',
        [
            ("src", image.address(fallback)),
            *([("srcset", _srcset(image, jpegs)), ("sizes", hint)] if len(jpegs) > 1 else []),
            ("alt", image.default_alt_text if alt is None else alt),
            ("width", width),
            ("height", height),
            *([] if eager else [("loading", "lazy")]),
            *([("class", css)] if css else []),
        ],
    )
    return format_html("<picture>{}<img{}></picture>", source, shown)


def _sources(
    image: LibraryImage,
    avifs: tuple[presets.Variant, ...],
    webps: tuple[presets.Variant, ...],
    hint: str,
) -> SafeString:
    """The lighter formats, the lightest first: browsers take the first they know."""
    return format_html_join(
        "",
        '<source type="image/{}" srcset="{}" sizes="{}">',
        [(form, _srcset(image, found), hint) for form, found in (("avif", avifs), ("webp", webps)) if found],
    )


def _srcset(image: LibraryImage, variants: tuple[presets.Variant, ...]) -> str:
    entries: dict[int, str] = {}
    for variant in variants:
        width, _height = variant.size_of(image.width, image.height)
        entries.setdefault(width, image.address(variant))
    return ", ".join(f"{address} {width}w" for width, address in entries.items())


@register.simple_tag(takes_context=True)
def sound_bites(context: Any, uid: UUID) -> list[SoundBite]:
    """`{% sound_bites release.uid as bites %}`: the sounds of a thing that this reader may have now, in order."""
    ctx = context["ctx"]
    return queries.served_sounds(queries.sounds_of([uid])[uid], reader=ctx.reader, now=ctx.now)


@register.simple_tag
def words_of(asset: Asset, language: str = "fr") -> Any:
    """`{% words_of asset ctx.language as words %}`: alt and caption in a language, else in French, or None."""
    return asset.text_in(language)


@register.simple_tag
def size_of(asset: Asset, preset: str = "print") -> int | None:
    """`{% size_of asset "light" as size %}`: bytes of a preset, None where it has not been rendered yet."""
    return queries.size_of(asset, preset)


@register.simple_tag
def address_of(asset: Asset, preset: str = "print") -> str:
    """`{% address_of asset "press" %}`: the guarded address of a preset's largest JPEG, or of the file."""
    image = image_of(asset)
    return image.address(presets.PRESETS[preset][0][-1]) if image is not None else asset.url
