"""The site's search: what this reader may see now, and nothing else, not even in the count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.response import TemplateResponse

from cms.pages import queries

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cms.core.registry import Context
    from cms.pages.models import SearchPage

LONGEST_QUESTION = 200


def search(request: HttpRequest, page: SearchPage, ctx: Context) -> HttpResponse:
    """`?SearchableText=` (or `?q=`), in parts of 25."""
    words = (request.GET.get("SearchableText") or request.GET.get("q") or "").replace("\x00", "").strip()
    words = words[:LONGEST_QUESTION]
    found = None
    if words:
        hits = queries.search(words, language=ctx.language, reader=ctx.reader, now=ctx.now)
        found = queries.page_of(hits, request.GET)
    return TemplateResponse(
        request, "pages/search.html", {"page": page, "ctx": ctx, "words": words, "found": found}
    )
