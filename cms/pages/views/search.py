"""The site's search: what this reader may see now, and nothing else, not even in a count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib.contenttypes.models import ContentType
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from cms.core import registry
from cms.pages import queries
from cms.pages.queries import searching
from cms.pages.views.facets import Facet, asked, facet

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cms.core.queries import Hits
    from cms.core.registry import Context
    from cms.pages.models import SearchPage

NEWEST = "date"


def search(request: HttpRequest, page: SearchPage, ctx: Context) -> HttpResponse:
    """`?SearchableText=` (or `?q=`), narrowed by `?type= ?year= ?topic=`, `?sort=date` newest first, in parts of 25.

    A value that no hit has narrows nothing.
    """
    wanted = asked(request.GET, "SearchableText", "type", "year", "topic", "sort")
    wanted["SearchableText"] = wanted["SearchableText"] or asked(request.GET, "q")["q"]
    wanted["sort"] = NEWEST if wanted["sort"] == NEWEST else ""
    words = wanted["SearchableText"]
    context: dict[str, Any] = {"page": page, "ctx": ctx, "words": words, "found": None}
    if words:
        hits = queries.search(words, language=ctx.language, reader=ctx.reader, now=ctx.now)
        hits, context["facets"] = _narrowed(hits, page.public_path, wanted, ctx.language)
        ordered = hits.pages.order_by("-public_from", "-pk") if wanted["sort"] else hits
        context["found"] = queries.page_of(ordered, request.GET)
        context["sort"] = facet(page.public_path, "sort", "", [(NEWEST, "", 0)], wanted)
    return TemplateResponse(request, "pages/search.html", context)


def _narrowed(hits: Hits, path: str, wanted: dict[str, str], language: str) -> tuple[Hits, list[Facet]]:
    """The hits of the choices made, and the facets: each counts what the other choices leave."""
    numbers = searching.counts(hits.pages)
    kind, year = _understood(numbers, wanted)
    chosen = hits.within(kind=kind, year=year)
    found = searching.topics(chosen.pages, language=language)
    if wanted["topic"] in {slug for slug, _name, _number in found}:
        chosen = replace(chosen, pages=searching.of_topic(chosen.pages, wanted["topic"]))
        numbers = searching.counts(searching.of_topic(hits.pages, wanted["topic"]))
    else:
        wanted["topic"] = ""
    of_year = {key: number for key, number in numbers.items() if year in (None, key[1])}
    of_kind = {key: number for key, number in numbers.items() if kind in (None, key[0])}
    return chosen, [
        facet(path, "type", _("Kinds"), searching.kinds(of_year), wanted),
        facet(path, "year", _("Years"), searching.years(of_kind), wanted),
        facet(path, "topic", _("Topics"), found, wanted),
    ]


def _understood(numbers: searching.Counts, wanted: dict[str, str]) -> tuple[int | None, int | None]:
    """The content type and the year asked for, as far as something was found of them; the rest is forgotten."""
    types = {kind.type_name: ContentType.objects.get_for_model(kind.model).pk for kind in registry.page_types}
    kind = types.get(wanted["type"])
    year = next((year for _kind, year in numbers if str(year) == wanted["year"]), None)
    if kind not in {kind for kind, _year in numbers}:
        kind, wanted["type"] = None, ""
    if year is None:
        wanted["year"] = ""
    return kind, year
