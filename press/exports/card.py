"""The picture of a release for shared links (OpenGraph): its title, drawn per release."""

from __future__ import annotations

import io
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from cms.core.bogolan import band_svg
from cms.mailing.documents import as_pdf
from press.exports.around import Around
from press.exports.words import dateline, embargo_line

WIDTH, HEIGHT = 1200, 630  # what OpenGraph readers show whole (1.91 : 1)
MAX_BYTES = 300_000  # WhatsApp shows no picture above
_QUALITIES = (86, 76, 64, 50)
#: Sizes of the title in CSS pixels by its length, so that 255 characters stand as well as 30.
_SIZES = ((60, 68), (110, 56), (170, 46), (256, 38))

_BESIDE = 0.68  # beside a picture there is less room


def _size_of(title: str) -> int:
    return next((size for length, size in _SIZES if len(title) <= length), _SIZES[-1][1])


def card_html(page: Any, around: Around) -> str:
    """The card as HTML of WIDTH × HEIGHT CSS pixels, with the picture for lists where the reader may have it."""
    with translation.override(page.locale.language_code):
        release = page.release
        context = {
            "page": page,
            "language": page.locale.language_code,
            "width": WIDTH,
            "height": HEIGHT,
            "size": round(_size_of(page.title) * (_BESIDE if around.card_picture else 1)),
            "name": around.organisation.name,
            "kicker": " · ".join(part for part in (str(release.kind_label), release.label) if part),
            "dateline": dateline(page),
            "embargo": embargo_line(release, now=around.now),
            "picture": around.card_picture,
            "band": mark_safe(band_svg(release.kind).replace("currentColor", "#955a0c")),  # noqa: S308 - drawn by us
        }
        return render_to_string("press/paper/card.html", context)


def release_card(page: Any, around: Around) -> bytes:
    """The card as a JPEG of 1200 × 630 pixels, at most MAX_BYTES. Raises PaperUnavailable."""
    import pypdfium2

    document = pypdfium2.PdfDocument(as_pdf(card_html(page, around)))
    try:
        # CSS has 96 pixels to the inch, PDF 72 points.
        picture = document[0].render(scale=96 / 72).to_pil().convert("RGB")
    finally:
        document.close()
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        if out.tell() <= MAX_BYTES:
            break
    return out.getvalue()
