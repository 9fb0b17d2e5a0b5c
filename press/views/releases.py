"""A release and the list of releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.response import TemplateResponse

from cms.pages import queries as pages
from press import actions, exports, queries

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
        "noindex": page.release.is_embargoed(ctx.now),
        "corrections": page.release.corrections.all(),
        "topics": page.topics.all() if page.pk else [],
        "archives": queries.archives_of(kit_page.kit) if kit_page is not None else {},
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
    """Releases, newest first, narrowed by `?topic=`; unknown topics find nothing."""
    topic = request.GET.get("topic", "")[:80].replace("\x00", "")
    everything = queries.releases_below(page, ctx)
    found = queries.releases_below(page, ctx, topic=topic)
    return TemplateResponse(
        request,
        "press/release_index.html",
        {
            "page": page,
            "ctx": ctx,
            "seed": "press",
            "found": pages.page_of(pages.with_pictures(found), request.GET),
            "topics": queries.topics_in(everything, language=ctx.language),
            "topic": topic,
        },
    )
