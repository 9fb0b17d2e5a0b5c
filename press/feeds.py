"""Entries of the press room's feeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from cms.core.registry import FeedEntry
from cms.pages import queries as pages
from cms.pages.feeds import Enclosure
from media_library import queries as library
from media_library.storage import presets
from press import queries
from press.exports import correction_lines, embargo_line

if TYPE_CHECKING:
    from cms.core.models import SitePage
    from cms.core.registry import Context
    from press.models import KitPage, ReleasePage

FEED_SIZE = 25


def _picture(page: ReleasePage | KitPage, ctx: Context) -> Enclosure | None:
    """The picture for lists in its light version, where this reader may have it."""
    image = pages.shown(page.card_image, ctx)
    if image is None:
        return None
    address = settings.PUBLIC_URL + image.address(presets.BY_NAME["light.jpg"])
    return Enclosure(address, "image/jpeg", library.size_of(image.asset, "light"))


def _entry(page: ReleasePage | KitPage, ctx: Context, *, lead: str, label: str) -> FeedEntry:
    published_at = page.public_from
    if published_at is None:
        raise ValueError("a page without its hour is in no feed")
    html = format_html("<p><strong>{}</strong></p>", lead) if lead else mark_safe("")
    thing: Any = page.thing
    dates = (published_at, page.last_published_at, thing.corrected_at)
    title, summary = f"{page.title} ({label})" if label else page.title, page.summary or lead
    for said in correction_lines(thing, ctx.language):
        html += format_html("<p><em>{}</em></p>", said)
    if line := embargo_line(page.thing, now=ctx.now, language=ctx.language):
        # Only who reads it before its hour has this entry: a feed reader shows titles alone.
        title, summary = f"{line} – {title}", f"{line}. {summary}"
        html = format_html("<p><strong>{}</strong></p>{}", line, html)
    return FeedEntry(
        uid=page.uid,
        title=title,
        url=page.public_url,
        summary=summary,
        html=html,
        published_at=published_at,
        # Never earlier than its hour: work done under embargo leaves no date. A correction is news (RFC 4287, 4.2.15).
        updated_at=max(at for at in dates if at is not None),
        language=page.locale.language_code,
        topics=[topic.name for topic in page.topics.all()],
        enclosure=_picture(page, ctx),
    )


def _whole(found: Any, thing: str) -> Any:
    rows = pages.with_pictures(found)
    return rows.prefetch_related("topics", "card_image__renditions", f"{thing}__corrections")[:FEED_SIZE]


def releases(page: SitePage, ctx: Context, topic: str | None) -> list[FeedEntry]:
    """The newest releases of a listing, as many queries for one as for all."""
    found = _whole(queries.releases_below(page, ctx, topic=topic), "release")
    return [_entry(one, ctx, lead=one.lead, label=one.release.label) for one in found]


def kits(page: SitePage, ctx: Context, topic: str | None) -> list[FeedEntry]:
    """The newest kits of a listing, as many queries for one as for all."""
    found = _whole(queries.kits_below(page, ctx, topic=topic), "kit")
    return [_entry(one, ctx, lead=one.lead, label="") for one in found]
