"""A kit, its archives and the list of kits."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.template.response import TemplateResponse

from cms.core import registry
from cms.pages import queries as pages
from media_library import views as library
from press import exports, queries
from press.models import KitItem

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context
    from press.models import KitIndexPage, KitPage

# How many single files stand before all else: what a newsroom on a phone takes first.
FIRST_PHOTOS = 3


def _first(items: list[KitItem]) -> list[KitItem]:
    """The documents, two or three light photographs and the sound, as single links."""
    section = KitItem.Section
    photos = [item for item in items if item.section == section.PHOTOS][:FIRST_PHOTOS]
    return [
        *[item for item in items if item.section == section.DOCUMENTS][:2],
        *photos,
        *[item for item in items if item.section == section.SOUND][:1],
    ]


def _sections(items: list[KitItem]) -> list[tuple[str, list[KitItem]]]:
    order = {value: place for place, value in enumerate(KitItem.Section.values)}
    ordered = sorted(items, key=lambda item: (order[item.section], item.sort_order))
    return [
        (str(KitItem.Section(section).label), list(group))
        for section, group in groupby(ordered, key=lambda item: item.section)
    ]


def kit(request: HttpRequest, page: KitPage, ctx: Context) -> HttpResponse:
    """Single files with sizes, then what is inside, then the archives with size and time."""
    shelf = queries.shelf_of(page.kit)
    items = queries.open_items(shelf.items, ctx)
    rows = queries.open_archives(page.kit, shelf, ctx)
    archives = [row for row in (rows or {}).values() if row is not None]
    language = page.locale.language_code
    return TemplateResponse(
        request,
        "press/kit.html",
        {
            "page": page,
            "kit": page.kit,
            "ctx": ctx,
            "seed": f"kit-{page.kit_id}",
            "embargo": exports.embargo_line(page.kit, now=ctx.now),
            "noindex": page.kit.is_embargoed(ctx.now),
            "first": _first(items),
            "sections": _sections(items),
            "archives": archives,
            "building": rows is not None and not archives,
            "releases": queries.releases_of_kit(page.kit, language=language, reader=ctx.reader, now=ctx.now),
            "contacts": queries.contacts_of(page, language=language),
        },
    )


def archive_view(tier: str) -> registry.View:
    """The subpath `archive-<tier>.zip` of a kit's page: the archive of its present content, resumable.

    Rights are checked at each request, of the kit (by the dispatcher) and of each asset inside. An archive that
    is not built yet of what the kit holds now, one of its files having been withdrawn for instance, answers 503
    with Retry-After; what is not for this reader answers 404, as if there were none.
    """

    def download(request: HttpRequest, page: KitPage, ctx: Context) -> HttpResponse:
        rows = queries.open_archives(page.kit, queries.shelf_of(page.kit), ctx)
        if rows is None or tier not in rows:
            raise Http404
        row = rows[tier]
        if row is None:
            response = TemplateResponse(
                request, "press/archive_wait.html", {"page": page, "ctx": ctx, "noindex": True}, status=503
            )
            response.headers["Retry-After"] = "10"
            response.headers["Cache-Control"] = "no-store"
            return response
        archive: Any = row.archive
        return library.respond_file(  # type: ignore[return-value]
            request,
            path=archive.path,
            size=archive.size,
            content_type="application/zip",
            digest=archive.digest,
            filename=f"{page.slug}-{tier}.zip",
            public=page.audience == "public" and not page.kit.is_embargoed(ctx.now),
        )

    download.__name__ = f"archive_{tier}"
    view: Callable[..., HttpResponse] = download
    return view


def kit_index(request: HttpRequest, page: KitIndexPage, ctx: Context) -> HttpResponse:
    """Kits, newest first, with the number of files and the weight of the lightest archive."""
    found = queries.with_asset_totals(queries.kits_below(page, ctx), ctx)
    return TemplateResponse(
        request,
        "press/kit_index.html",
        {
            "page": page,
            "ctx": ctx,
            "seed": "kits",
            "found": pages.page_of(pages.with_pictures(found), request.GET),
        },
    )
