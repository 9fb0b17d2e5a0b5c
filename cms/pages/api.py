"""The site's own pages as JSON: each type's own fields (the API kernel adds identity, parent and dates)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cms.core.api import asset
from cms.core.api.streams import stream
from cms.pages import queries

if TYPE_CHECKING:
    from cms.core.registry import Context
    from cms.pages.models import (
        ArticlePage,
        DocumentIndexPage,
        DocumentPage,
        HomePage,
        IntranetPage,
        ResultsPage,
        SearchPage,
        SectionPage,
        SiteRoot,
    )


FILE = ("content-type", "download", "filename", "size")


def site(page: SiteRoot, ctx: Context) -> dict[str, Any]:
    """The root has no words of its own."""
    return {}


def home(page: HomePage, ctx: Context) -> dict[str, Any]:
    """Welcome, news line, key figures, body."""
    return {
        "welcome": page.welcome,
        "news_line": page.news_line,
        "key_figures": [{"value": one.value, "label": one.label} for one in page.key_figures.all()],
        "figures_source": page.figures_source,
        "body": stream(page.body, ctx),
    }


def section(page: SectionPage, ctx: Context) -> dict[str, Any]:
    """Body."""
    return {"body": stream(page.body, ctx)}


def article(page: ArticlePage, ctx: Context) -> dict[str, Any]:
    """Body."""
    return {"body": stream(page.body, ctx)}


def document_index(page: DocumentIndexPage, ctx: Context) -> dict[str, Any]:
    """Introduction."""
    return {"body": stream(page.body, ctx)}


def document(page: DocumentPage, ctx: Context) -> dict[str, Any]:
    """Kind, date, body; `file` as Plone's File says it, or None where this reader may not have it."""
    said = asset(page, "document", ctx)
    return {
        "kind": page.kind,
        "published_date": page.published_date.isoformat() if page.published_date else None,
        "file": {name: said[name] for name in FILE} if said else None,
        "body": stream(page.body, ctx),
    }


def results(page: ResultsPage, ctx: Context) -> dict[str, Any]:
    """Lines by sector with rates in percent, and their sum."""
    found = queries.results(language=ctx.language)
    said: dict[str, Any] = {"body": stream(page.body, ctx), "source": page.source, "results": None}
    if found is not None:
        said["source"] = page.source or found.source
        said["results"] = {
            "first_year": found.first_year,
            "last_year": found.last_year,
            "sectors": [
                {
                    "name": row.name,
                    "planned": row.planned,
                    "done": row.done,
                    "rate": row.rate,
                    "trained": row.trained,
                }
                for row in found.rows
            ],
            "total": {
                "planned": found.total.planned,
                "done": found.total.done,
                "rate": found.total.rate,
                "trained": found.total.trained,
            },
        }
    return said


def search(page: SearchPage, ctx: Context) -> dict[str, Any]:
    """The search page has no words of its own: ask `@search`."""
    return {}


def intranet(page: IntranetPage, ctx: Context) -> dict[str, Any]:
    """Body, for members."""
    return {"body": stream(page.body, ctx)}
