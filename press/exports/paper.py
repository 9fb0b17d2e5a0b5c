"""The letterhead PDF of a release, by WeasyPrint: tagged, with its pictures, nothing fetched from anywhere."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from cms.core.bogolan import band_svg
from cms.mailing.documents import as_pdf
from press.exports.around import Around, copy_line
from press.exports.codes import qr_svg
from press.exports.words import body_parts, contact_lines, correction_lines, dateline, embargo_line, outside

MUD = "#5a4433"


def release_html(page: Any, around: Around) -> str:
    """The page of paper as HTML, in the language of the text."""
    release = page.release
    _text, body = body_parts(page.body, around.files)
    with translation.override(page.locale.language_code):
        own = around.organisation
        context = {
            "page": page,
            "release": release,
            "around": around,
            "language": page.locale.language_code,
            "band": mark_safe(band_svg("djenne").replace("currentColor", MUD)),  # noqa: S308 - drawn by us
            "letterhead": own.name,
            "under": ", ".join(part for part in (own.full_name, " ".join(own.address.split())) if part),
            "reach": " · ".join(part for part in (own.phone, own.email) if part),
            "kicker": " – ".join(part for part in (str(release.kind_label), release.label) if part),
            "embargo": embargo_line(release, now=around.now),
            "copy": copy_line(around.watermark),
            "corrections": correction_lines(release),
            "dateline": dateline(page),
            "body": mark_safe(body),  # noqa: S308 - each block escapes, rich text was cleaned when saved
            "about": mark_safe(outside(around.boilerplate.text)) if around.boilerplate else "",  # noqa: S308
            "contacts": contact_lines(around.contacts),
            "qr": mark_safe(qr_svg(around.short, alone=False)),  # noqa: S308 - made by segno from our own address
        }
        return render_to_string("press/paper/release.html", context)


def release_pdf(page: Any, around: Around) -> bytes:
    """The letterhead PDF. Raises cms.mailing.documents.PaperUnavailable where this machine makes none."""
    return as_pdf(release_html(page, around), pdf_tags=True)
