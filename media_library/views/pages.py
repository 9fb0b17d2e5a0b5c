"""The médiathèque: what there is, narrowed by kind, year and place; and one asset with all it can give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.http import Http404, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from cms.core.negotiation import wants_json
from cms.core.policies import visible
from cms.core.queries import children
from cms.pages.queries import page_of
from cms.pages.views.facets import Choice, asked, facet
from media_library import api, policies, queries
from media_library.models import Asset, Kind, MediaLibraryPage, MediaSectionPage
from media_library.storage import presets
from media_library.templatetags.library import address_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context, View

# The values of `?type=` and what readers call them.
KINDS = {
    "photos": (_("Pictures"), (Kind.IMAGE,)),
    "documents": (_("Documents"), (Kind.DOCUMENT,)),
    "sons": (_("Sounds"), (Kind.AUDIO,)),
    "films": (_("Films"), (Kind.VIDEO,)),
}


def library(request: HttpRequest, page: MediaLibraryPage | MediaSectionPage, ctx: Context) -> HttpResponse:
    """The list, newest first; `?type= ?annee= ?lieu= ?SearchableText=` narrow it, unknown values do not.

    A section shows its own kind alone.
    """
    assets = queries.visible(reader=ctx.reader, now=ctx.now).filter(released_at__isnull=False)
    sections = _sections(page, assets, ctx)
    if isinstance(page, MediaSectionPage):
        assets = assets.filter(kind=page.kind)
    wanted = asked(request.GET, "SearchableText", "type", "annee", "lieu")
    if wanted["SearchableText"]:
        assets = assets.filter(queries.saying(wanted["SearchableText"]))
    assets, counted = _narrowed(assets, wanted)
    ordered = queries.whole(assets).order_by("-taken_at", "-released_at", "-pk")
    return TemplateResponse(
        request,
        "media_library/library.html",
        {
            "page": page,
            "ctx": ctx,
            "found": page_of(ordered, request.GET),
            "facets": [
                facet(page.public_path, name, title, found, wanted)
                for name, title, found in counted
                if name != "type" or not sections
            ],
            "sections": sections,
            "shelf": sections[0].address if sections else page.public_path,
            "words": wanted["SearchableText"],
        },
    )


def _narrowed(
    assets: QuerySet[Asset], wanted: dict[str, str]
) -> tuple[QuerySet[Asset], list[tuple[str, Any, list[tuple[str, Any, int]]]]]:
    """The assets that each facet asked for leaves, and the choices of each; an unknown value is emptied."""
    counted = []
    for name, title, choices, narrowed in (
        ("type", _("Kinds"), _kinds, lambda value: {"kind__in": KINDS[value][1]}),
        ("annee", _("Years"), _years, lambda value: {"taken_at__year": int(value)}),
        ("lieu", _("Places"), _places, lambda value: {"place": value}),
    ):
        found = choices(assets)
        if wanted[name] in {value for value, _label, _number in found}:
            assets = assets.filter(**narrowed(wanted[name]))  # type: ignore[no-untyped-call]
        else:
            wanted[name] = ""
        counted.append((name, title, found))
    return assets, counted


def _sections(
    page: MediaLibraryPage | MediaSectionPage, assets: QuerySet[Asset], ctx: Context
) -> list[Choice]:
    """The whole médiathèque and its sections, each with its number; empty where it has none (three queries)."""
    whole = visible(MediaLibraryPage.objects.all(), reader=ctx.reader, now=ctx.now)
    above = whole.filter(path=page.path[: MediaLibraryPage.steplen * _depth(page)]).first()
    if above is None:
        return []
    sections = children(above, model=MediaSectionPage, reader=ctx.reader, now=ctx.now)
    counts = dict(assets.order_by().values_list("kind").annotate(Count("pk")))
    found = [
        Choice(one.kind, one.title, counts.get(one.kind, 0), one.pk == page.pk, one.public_path)
        for one in sections
        if counts.get(one.kind)
    ]
    if not found:
        return []
    return [Choice("", _("All"), sum(counts.values()), above.pk == page.pk, above.public_path), *found]


def _depth(page: MediaLibraryPage | MediaSectionPage) -> int:
    return page.depth - 1 if isinstance(page, MediaSectionPage) else page.depth


def _kinds(assets: QuerySet[Asset]) -> list[tuple[str, Any, int]]:
    counts = dict(assets.order_by().values_list("kind").annotate(Count("pk")))
    found = [
        (value, label, sum(counts.get(kind, 0) for kind in kinds)) for value, (label, kinds) in KINDS.items()
    ]
    return [one for one in found if one[2]]


def _years(assets: QuerySet[Asset]) -> list[tuple[str, Any, int]]:
    rows = assets.order_by().annotate(year=ExtractYear("taken_at")).values_list("year").annotate(Count("pk"))
    return [(str(year), str(year), count) for year, count in rows.order_by("-year") if year]


def _places(assets: QuerySet[Asset]) -> list[tuple[str, Any, int]]:
    rows = assets.order_by().exclude(place="").values_list("place").annotate(number=Count("pk"))
    return [(place, place, number) for place, number in rows.order_by("-number", "place")[:12]]


def one(request: HttpRequest, page: MediaLibraryPage, ctx: Context, *, uid: str) -> HttpResponse:
    """One asset: shown, captioned, credited, with each size and its weight; JSON at the same address.

    What this reader may not have answers like what does not exist.
    """
    asset = queries.whole().filter(uid=UUID(uid)).first()
    if asset is None or not policies.may_serve(asset, reader=ctx.reader, now=ctx.now):
        raise Http404
    public = policies.is_public(asset, now=ctx.now)
    if wants_json(request):
        response: HttpResponse = JsonResponse(
            api.asset(asset, ctx), json_dumps_params={"ensure_ascii": False}
        )
    else:
        response = TemplateResponse(
            request,
            "media_library/asset.html",
            {
                "page": page,
                "ctx": ctx,
                "asset": asset,
                "words": asset.text_in(ctx.language),
                "bambara": _in_bambara(asset, ctx),
                "sizes": sizes_of(asset),
                "public": public,
                "noindex": True,
            },
        )
    if not public:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _in_bambara(asset: Asset, ctx: Context) -> str:
    """The caption in Bambara, beside the page's own: most who hear it on the radio read it nowhere else."""
    spoken = asset.spoken() if ctx.language != "bm" else []
    return next((text.caption for text in spoken if text.locale.language_code == "bm"), "")


def sizes_of(asset: Asset) -> list[dict[str, Any]]:
    """The downloads of an asset: label, address, bytes (None where not yet rendered), pixels of a picture."""
    if asset.kind in (Kind.AUDIO, Kind.VIDEO):  # the player's own list
        return []
    if asset.kind != Kind.IMAGE:
        kind = asset.filename.rpartition(".")[2].upper()
        return [
            {"label": _("The file"), "url": asset.url, "size": asset.blob.size, "kind": kind, "detail": ""}
        ]
    image = asset.image
    found = []
    for preset, label in (
        ("light", _("Light")),
        ("press", _("Press")),
        ("print", _("Full size, for printing")),
    )[2 if image.is_svg() else 0 :]:
        variant = presets.PRESETS[preset][0][-1]
        width, height = variant.size_of(image.width, image.height)
        found.append(
            {
                "label": label,
                "url": address_of(asset, preset),
                "size": queries.size_of(asset, preset),
                "kind": image.extension_of(variant)[1:].upper().replace("JPG", "JPEG"),
                "detail": "" if image.is_svg() else f"{width} × {height} px",
            }
        )
    return found


class AssetPaths(Mapping[str, Any]):
    """The addresses below the médiathèque: the uid of any asset, 32 hexadecimal digits."""

    def __getitem__(self, rest: str) -> View:
        if not re.fullmatch(r"[0-9a-f]{32}", rest):
            raise KeyError(rest)
        return partial(one, uid=rest)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
