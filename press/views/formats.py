"""The formats of a release, each at its own address below the page: PDF, text, Word, ninjs, card, QR code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header

from cms.core import links
from cms.mailing.documents import PaperUnavailable
from press import actions, exports
from press.exports import codes, newsml
from press.exports import ninjs as ninjs_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from cms.core.registry import Context
    from press.models import ReleasePage


def _file(
    page: ReleasePage, ctx: Context, data: bytes, *, content_type: str, extension: str, save: bool = False
) -> HttpResponse:
    """A file of a release; whoever finds it is told which page it is a copy of (RFC 6596)."""
    response = HttpResponse(data, content_type=content_type)
    name = exports.file_name(page, extension, now=ctx.now)
    response.headers["Content-Disposition"] = content_disposition_header(save, name) or "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Link"] = f'<{page.public_url}>; rel="canonical"'
    return response


def watermark_of(page: ReleasePage, ctx: Context) -> str:
    """The name on the copies of who reads it before its hour by a link of their own; nothing for everybody else."""
    contact = ctx.reader.contact
    return str(contact) if contact is not None and page.release.is_embargoed(ctx.now) else ""


def _around(page: ReleasePage, ctx: Context) -> exports.Around:
    return actions.around(page, reader=ctx.reader, now=ctx.now, watermark=watermark_of(page, ctx))


def made(form: str, *, save: bool = False) -> Callable[..., HttpResponse]:
    """The view of a format that is made once and kept: `print.pdf`, `document.docx`, `card.jpg`.

    Where others are being made or the machine makes none, a page says so and asks again by itself (503).
    """

    def view(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
        found = _around(page, ctx)
        try:
            data = actions.format_file(page, form, found=found)
        except (actions.FormatsBusy, PaperUnavailable) as error:
            return _not_now(request, page, ctx, waits=isinstance(error, actions.FormatsBusy))
        said = actions.FORMATS[form]
        return _file(page, ctx, data, content_type=said.content_type, extension=said.extension, save=save)

    view.__name__ = f"release_{form}"
    return view


def _not_now(request: HttpRequest, page: ReleasePage, ctx: Context, *, waits: bool) -> HttpResponse:
    response = TemplateResponse(
        request,
        "press/format_wait.html",
        {"page": page, "ctx": ctx, "noindex": True, "waits": waits},
        status=503,
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Retry-After"] = "5" if waits else "3600"
    if waits:
        response.headers["Refresh"] = "5"
    return response


def as_plain_text(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """`text.txt`: the release to paste."""
    text = _around(page, ctx).text(page)
    return _file(page, ctx, text.encode(), content_type="text/plain; charset=utf-8", extension="txt")


def as_ninjs(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """`ninjs.json`: for newsroom systems (IPTC ninjs 3.0)."""
    said = ninjs_of.ninjs(page, _around(page, ctx))
    data = json.dumps(said, ensure_ascii=False, indent=1).encode()
    return _file(page, ctx, data, content_type="application/json; charset=utf-8", extension="json")


def as_newsml(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """`newsml-g2.xml`: for the newsroom systems that read no JSON (IPTC NewsML-G2)."""
    data = newsml.release_newsml(page, _around(page, ctx))
    return _file(page, ctx, data, content_type=newsml.CONTENT_TYPE, extension="xml")


def qr_svg(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """`qr.svg`: the short address as a code, to print at any size."""
    data = codes.qr_svg(links.short_address(page.uid)).encode()
    return _file(page, ctx, data, content_type="image/svg+xml", extension="svg")


def qr_png(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """`qr.png`: the short address as a code, to paste into a letter."""
    data = codes.qr_png(links.short_address(page.uid))
    return _file(page, ctx, data, content_type="image/png", extension="png")


SUBPATHS: dict[str, Callable[..., HttpResponse]] = {
    "print.pdf": made("pdf"),
    "text.txt": as_plain_text,
    "document.docx": made("docx", save=True),
    "ninjs.json": as_ninjs,
    "newsml-g2.xml": as_newsml,
    "card.jpg": made("card"),
    "qr.svg": qr_svg,
    "qr.png": qr_png,
}
