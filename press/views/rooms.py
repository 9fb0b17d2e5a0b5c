"""The press room and the page of press contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.response import TemplateResponse

from cms.pages import queries as pages
from press import queries

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cms.core.registry import Context
    from press.models import PressContactsPage, PressRoomPage


def press_room(request: HttpRequest, page: PressRoomPage, ctx: Context) -> HttpResponse:
    """The newest release in full lead, the kits with their weight, and whom to call."""
    places = queries.places_below(page, ctx)
    language = ctx.language
    releases: list[Any] = []
    kits: list[Any] = []
    topics: list[Any] = []
    if places.releases is not None:
        everything = queries.releases_below(places.releases, ctx)
        releases = list(pages.with_pictures(everything)[:6])
        topics = queries.topics_in(everything, language=language)
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
            "topics": topics,
            "contacts": queries.listed_contacts(language=language),
        },
    )


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
