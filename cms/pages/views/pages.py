"""Views of the site's own pages, registered in `cms.core.registry.page_types`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from cms.core import registry
from cms.core.queries import children, homes, listing
from cms.pages import queries
from cms.pages.models import DocumentPage
from cms.pages.models.documents import DocumentKind

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context, HomeSection
    from cms.pages.models import (
        ArticlePage,
        DocumentIndexPage,
        HomePage,
        IntranetPage,
        ResultsPage,
        SectionPage,
        SiteRoot,
    )

# Home sections below this order stand above the key figures (the next event).
ABOVE_THE_FIGURES = 50


def root(request: HttpRequest, page: SiteRoot, ctx: Context) -> HttpResponse:
    """Send the reader to a language home: the first of Accept-Language that has one, else the French one."""
    found = {one.locale.language_code: one for one in homes(reader=ctx.reader, now=ctx.now)}
    chosen = found.get("fr") or next(iter(found.values()), None)
    for code, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:200]):
        if (wanted := found.get(code.split("-")[0])) is not None:
            chosen = wanted
            break
    response = HttpResponseRedirect(chosen.public_path if chosen else "/admin/")
    patch_vary_headers(response, ["Accept-Language"])
    return response


def home(request: HttpRequest, page: HomePage, ctx: Context) -> HttpResponse:
    """The language home: news line, next event, key figures, latest releases, each from who knows it."""
    above: list[str] = []
    below: list[str] = []
    news: dict[str, str] | None = None
    for section in registry.home_sections:
        shown = section.context(page, ctx)
        if shown is None:
            continue
        news = news or shown.get("news")
        (above if section.order < ABOVE_THE_FIGURES else below).append(
            _rendered(section, shown, request, page, ctx)
        )
    if page.news_line:
        news = {"title": page.news_line, "path": queries.news_path(page, reader=ctx.reader, now=ctx.now)}
    return TemplateResponse(
        request,
        "pages/home.html",
        {
            "page": page,
            "ctx": ctx,
            "news": news,
            "above": above,
            "below": below,
            "figures": page.key_figures.all(),
        },
    )


def _rendered(
    section: HomeSection, shown: dict[str, Any], request: HttpRequest, page: HomePage, ctx: Context
) -> str:
    return render_to_string(section.template, {**shown, "page": page, "ctx": ctx}, request=request)


def section(request: HttpRequest, page: SectionPage, ctx: Context) -> HttpResponse:
    """The words of a section and, where it lists them, the pages below."""
    found = None
    if page.lists_children:
        below = queries.with_pictures(children(page, reader=ctx.reader, now=ctx.now))
        found = queries.page_of(below, request.GET)
    return TemplateResponse(request, "pages/section.html", {"page": page, "ctx": ctx, "found": found})


def article(request: HttpRequest, page: ArticlePage, ctx: Context) -> HttpResponse:
    """A text, the texts beside it in its section, and the pages below it."""
    below = queries.page_of(
        queries.with_pictures(children(page, reader=ctx.reader, now=ctx.now)), request.GET
    )
    beside = queries.siblings(page, reader=ctx.reader, now=ctx.now)
    context = {"page": page, "ctx": ctx, "found": below, "siblings": beside}
    return TemplateResponse(request, "pages/article.html", context)


def document_index(request: HttpRequest, page: DocumentIndexPage, ctx: Context) -> HttpResponse:
    """Documents, newest first, narrowed by `?kind=`; unknown kinds narrow nothing."""
    below = listing(page, model=DocumentPage, reader=ctx.reader, now=ctx.now)
    present = set(below.order_by().values_list("kind", flat=True).distinct())
    kind = request.GET.get("kind", "")
    if kind in present:
        below = below.filter(kind=kind)
    below = queries.with_files(below).order_by("-published_date", "title")
    return TemplateResponse(
        request,
        "pages/document_index.html",
        {
            "page": page,
            "ctx": ctx,
            "found": queries.page_of(below, request.GET),
            "kinds": [(value, label) for value, label in DocumentKind.choices if value in present],
            "kind": kind if kind in present else "",
        },
    )


def document(request: HttpRequest, page: DocumentPage, ctx: Context) -> HttpResponse:
    """What a document is, and its file."""
    return TemplateResponse(request, "pages/document.html", {"page": page, "ctx": ctx})


def results(request: HttpRequest, page: ResultsPage, ctx: Context) -> HttpResponse:
    """Results by sector: the plan's table, and the same as a drawing."""
    found = queries.results(language=ctx.language)
    return TemplateResponse(request, "pages/results.html", {"page": page, "ctx": ctx, "results": found})


def intranet(request: HttpRequest, page: IntranetPage, ctx: Context) -> HttpResponse:
    """A page for members, and those below it. Strangers never come here: see `gate`."""
    below = queries.with_pictures(children(page, reader=ctx.reader, now=ctx.now))
    found = queries.page_of(below, request.GET)
    return TemplateResponse(request, "pages/intranet.html", {"page": page, "ctx": ctx, "found": found})
