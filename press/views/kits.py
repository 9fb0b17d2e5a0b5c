"""A kit, its archives and the list of kits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cms.core import registry
from cms.core.models import Audience
from cms.pages import queries as pages
from media_library import views as library
from press import actions, exports, queries
from press.models import DIGITS, KitItem, Tier

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context
    from press.models import KitArchive, KitIndexPage, KitPage

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
    shelf = queries.shelf_of(page.kit, now=ctx.now)
    items = queries.open_items(shelf.items, ctx)
    rows = queries.open_archives(page.kit, shelf, ctx) or {}
    waiting = [shelf.archives[tier] for tier, row in rows.items() if row is None]
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
            "noindex": page.kit.is_embargoed(ctx.now) or page.audience != Audience.PUBLIC,
            "corrections": [(one.at, one.said_in(language)) for one in page.kit.corrections.all()],
            "first": _first(items),
            "sections": _sections(items),
            "archives": [row for row in rows.values() if row is not None],
            "building": [row for row in waiting if not row.failure],
            "failed": [row for row in waiting if row.failure],
            "releases": queries.releases_of_kit(page.kit, language=language, reader=ctx.reader, now=ctx.now),
            "contacts": queries.contacts_of(page, language=language),
        },
    )


def archive(
    request: HttpRequest, page: KitPage, ctx: Context, *, tier: str, digest: str = ""
) -> HttpResponseBase:
    """An archive of a kit: the present one, or the one whose digest begins with `digest`. Resumable.

    Rights are checked at each request, of the kit (by the dispatcher) and of each asset inside. An archive that
    is not built yet of what the kit holds now, one of its files having been withdrawn for instance, answers 503
    with Retry-After; at its own address, 410 from then on. What is not for this reader answers 404, as if there
    were none.
    """
    shelf = queries.packing_of(page.kit, tier=tier, is_live=page.live, now=ctx.now)
    rows = queries.open_archives(page.kit, shelf, ctx)
    if rows is None or (tier not in rows and not digest):
        raise Http404
    row: Any = rows.get(tier)
    if digest and (row is None or not row.archive.digest.startswith(digest)):
        if not queries.had_archive(page.kit, shelf, tier=tier, digest=digest):
            raise Http404
        return _unstored(TemplateResponse(request, "press/archive_gone.html", _about(page, ctx), status=410))
    if row is None:
        about = _about(page, ctx) | {"row": shelf.archives[tier]}
        waiting = TemplateResponse(request, "press/archive_wait.html", about, status=503)
        waiting.headers["Retry-After"] = "600" if shelf.archives[tier].failure else "10"
        return _unstored(waiting)
    response = library.respond_file(
        request,
        path=row.archive.path,
        size=row.archive.size,
        content_type="application/zip",
        digest=row.archive.digest,
        filename=_file_name(page, row, ctx),
        public=page.audience == Audience.PUBLIC and not page.kit.is_embargoed(ctx.now),
    )
    if _is_counted(request, page, ctx) and library.begins_download(request, response):
        library.counted(partial(actions.count_archive, page.kit, tier=tier, now=ctx.now))
    response.headers["Content-Location"] = page.public_path + row.own_name
    return response


def _is_counted(request: HttpRequest, page: KitPage, ctx: Context) -> bool:
    """Whether a download is one by the kit's readers: not the team's look at it, nor an early reader's."""
    user = ctx.reader.user or getattr(request, "user", None)
    is_team = user is not None and user.is_authenticated and user.has_perm("wagtailadmin.access_admin")
    return not page.kit.is_embargoed(ctx.now) and not is_team


def _about(page: KitPage, ctx: Context) -> dict[str, Any]:
    return {"page": page, "ctx": ctx, "noindex": True}


def _unstored(response: TemplateResponse) -> TemplateResponse:
    response.headers["Cache-Control"] = "no-store"
    return response


def _file_name(page: KitPage, row: KitArchive, ctx: Context) -> str:
    """The name under which an archive is saved: two states of a kit never overwrite or continue each other."""
    digest = row.archive.digest[:8] if row.archive is not None else ""
    marked = _("UNDER EMBARGO").replace(" ", "-") + "-" if page.kit.is_embargoed(ctx.now) else ""
    return f"{marked}{page.slug}-{row.tier}-{digest}.zip"


class KitPaths(Mapping[str, Any]):
    """The addresses below a kit: `archive-<tier>.zip`, the present one, and `archive-<tier>-<digest>.zip`."""

    def __getitem__(self, rest: str) -> registry.View:
        found = re.fullmatch(rf"archive-({'|'.join(Tier.values)})(?:-([0-9a-f]{{{DIGITS}}}))?\.zip", rest)
        if found is None:
            raise KeyError(rest)
        view: Any = partial(archive, tier=found[1], digest=found[2] or "")
        return view  # type: ignore[no-any-return]

    def __iter__(self) -> Iterator[str]:
        return (f"archive-{tier}.zip" for tier in Tier.values)

    def __len__(self) -> int:
        return len(Tier.values)


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
