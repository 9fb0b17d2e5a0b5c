"""A release and the list of releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.template.response import TemplateResponse

from cms.pages import queries as pages
from press import exports, queries

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context
    from press.models import ReleaseIndexPage, ReleasePage


def _words(page: ReleasePage, ctx: Context) -> dict[str, Any]:
    """What surrounds a release's text, in the language of the text."""
    language = page.locale.language_code
    kit_page = queries.page_of_kit(page.release.kit, language=language, reader=ctx.reader, now=ctx.now)
    return {
        "boilerplate": queries.boilerplate_of(page, language=language),
        "contacts": queries.contacts_of(page, language=language),
        "kit_page": kit_page,
    }


def release(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """The whole text of a release, its kit, contacts and corrections."""
    words = _words(page, ctx)
    kit_page = words["kit_page"]
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
        "text_size": len(_text(page, words, ctx).encode()),
        **words,
    }
    return TemplateResponse(request, "press/release.html", context)


def _text(page: ReleasePage, words: dict[str, Any], ctx: Context) -> str:
    kit_page = words["kit_page"]
    return exports.as_text(
        page,
        boilerplate=words["boilerplate"],
        contacts=words["contacts"],
        kit_url=kit_page.public_url if kit_page is not None else "",
        now=ctx.now,
    )


def as_plain_text(request: HttpRequest, page: ReleasePage, ctx: Context) -> HttpResponse:
    """`text.txt`: the release to paste."""
    text = _text(page, _words(page, ctx), ctx)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


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
