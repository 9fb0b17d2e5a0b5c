"""The press room and the page of press contacts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from cms.pages import queries as pages
from cms.pages.queries import searching
from cms.pages.views.facets import Facet, facet
from press import queries
from press.queries import rooms

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from cms.core.registry import Context
    from press.models import PressContactsPage, PressRoomPage, ReleasePage


def press_room(request: HttpRequest, page: PressRoomPage, ctx: Context) -> HttpResponse:
    """The newest release in full lead, the kits with their weight, and whom to call."""
    places = queries.places_below(page, ctx)
    language = ctx.language
    releases: list[Any] = []
    kits: list[Any] = []
    facets: list[Facet] = []
    if places.releases is not None:
        everything = queries.releases_below(places.releases, ctx)
        releases = list(pages.with_pictures(everything)[:6])
        facets = _ways_in(everything, places.releases.public_path, language)
    if places.kits is not None:
        found = queries.with_asset_totals(queries.kits_below(places.kits, ctx), ctx)
        kits = list(pages.with_pictures(found)[:4])
    return TemplateResponse(
        request,
        "press/press_room.html",
        {
            "page": page,
            "ctx": ctx,
            "seed": "press",
            "places": places,
            "newest": releases[0] if releases else None,
            "releases": releases[1:],
            "kits": kits,
            "facets": facets,
            "home": pages.home_in(language, reader=ctx.reader, now=ctx.now),
            "logos": rooms.logos(page, ctx),
            "contacts": queries.listed_contacts(language=language),
        },
    )


def _ways_in(everything: QuerySet[ReleasePage], path: str, language: str) -> list[Facet]:
    """The topics and years of the releases, each with the address of the list narrowed to it."""
    years: Counter[int] = Counter()
    for (_kind, year), number in rooms.kinds_and_years(everything).items():
        years[year] += number
    topics = searching.topics(everything, language=language)
    said = [(str(year), str(year), years[year]) for year in sorted(years, reverse=True)]
    return [facet(path, "topic", _("By topic"), topics, {}), facet(path, "year", _("By year"), said, {})]


def contacts(request: HttpRequest, page: PressContactsPage, ctx: Context) -> HttpResponse:
    """Whom a journalist may call, and when."""
    return TemplateResponse(
        request,
        "press/contacts.html",
        {
            "page": page,
            "ctx": ctx,
            "seed": "press",
            "contacts": queries.listed_contacts(language=ctx.language),
        },
    )
