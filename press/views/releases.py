"""A release and the list of releases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from cms.core.models import Audience
from cms.pages import queries as pages
from cms.pages.queries import searching
from cms.pages.views.facets import asked, facet
from press import actions, exports, queries
from press.models import ReleaseKind
from press.queries import rooms
from press.queries.files import files_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from cms.core.registry import Context
    from press.models import ReleaseIndexPage, ReleasePage


def release(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """The whole text of a release, its kit, contacts and corrections; its formats with the sizes that are known."""
    language = page.locale.language_code
    around = actions.around(page, reader=ctx.reader, now=ctx.now)
    kit_page = queries.page_of_kit(page.release.kit, language=language, reader=ctx.reader, now=ctx.now)
    context = {
        "page": page,
        "release": page.release,
        "ctx": ctx,
        "seed": page.release.kind,
        "dateline": exports.dateline(page),
        "embargo": exports.embargo_line(page.release, now=ctx.now),
        # nor shared where it would open to nobody
        "noindex": page.release.is_embargoed(ctx.now) or page.audience != Audience.PUBLIC,
        "corrections": page.release.corrections.all(),
        "topics": page.topics.all() if page.pk else [],
        "sectors": page.sectors.all() if page.pk else [],
        "archives": queries.archives_of(kit_page.kit) if kit_page is not None else {},
        "files": files_of(page.release, ctx),
        "related": queries.related_page(page, reader=ctx.reader, now=ctx.now),
        "text_size": len(around.text(page).encode()),
        "sizes": actions.sizes(page, around),
        "short": around.short,
        "boilerplate": around.boilerplate,
        "contacts": around.contacts,
        "kit_page": kit_page,
    }
    return TemplateResponse(request, "press/release.html", context)


def release_index(request: HttpRequest, page: ReleaseIndexPage, ctx: Context) -> HttpResponse:
    """Releases, newest first, narrowed by `?kind= ?year= ?topic=`; a topic that is unknown finds nothing, a kind or
    a year that nothing has narrows nothing."""
    wanted = asked(request.GET, "kind", "year", "topic")
    everything = queries.releases_below(page, ctx)
    of_topic = queries.releases_below(page, ctx, topic=wanted["topic"])
    numbers = rooms.kinds_and_years(of_topic)
    if wanted["kind"] not in {kind for kind, _year in numbers}:
        wanted["kind"] = ""
    if wanted["year"] not in {str(year) for _kind, year in numbers}:
        wanted["year"] = ""
    found = rooms.of_kind_and_year(of_topic, kind=wanted["kind"], year=wanted["year"])
    kinds: Counter[str] = Counter()
    years: Counter[str] = Counter()
    for (kind, year), number in numbers.items():
        kinds[kind] += number if wanted["year"] in ("", str(year)) else 0
        years[str(year)] += number if wanted["kind"] in ("", kind) else 0
    path = page.public_path
    kind_choices = [(one.value, one.label, kinds[one.value]) for one in ReleaseKind if kinds[one.value]]
    year_choices = [(year, year, years[year]) for year in sorted(years, reverse=True) if years[year]]
    topics = searching.topics(
        rooms.of_kind_and_year(everything, kind=wanted["kind"], year=wanted["year"]), language=ctx.language
    )
    return TemplateResponse(
        request,
        "press/release_index.html",
        {
            "page": page,
            "ctx": ctx,
            "seed": "press",
            "found": pages.page_of(pages.with_pictures(found), request.GET),
            "facets": [
                facet(path, "topic", _("Topics"), topics, wanted),
                facet(path, "year", _("Years"), year_choices, wanted),
                facet(path, "kind", _("Kinds of release"), kind_choices, wanted),
            ],
            "topic": wanted["topic"],
        },
    )
