"""Feeds of the agenda: what was announced last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.html import format_html, format_html_join

from cms.core.registry import FeedEntry
from cms.pages.feeds import SUBPATHS
from events import queries

if TYPE_CHECKING:
    from cms.core.registry import Context
    from events.models import AgendaPage

__all__ = ["SUBPATHS", "entries", "title"]


def title(page: AgendaPage) -> str:
    return page.title


def entries(page: AgendaPage, ctx: Context, topic: str | None = None) -> list[FeedEntry]:
    """The 25 events announced last, each with its next (or last) date."""
    pages = queries.event_pages(page, reader=ctx.reader, now=ctx.now, topic=topic or "")
    found = list(pages.select_related("event")[:25])
    dates: dict[int, Any] = {}
    for row in queries.dates_of_events({one.event_id for one in found}, now=ctx.now):
        dates[row.event_id] = row
    return [_entry(one, dates.get(one.event_id), ctx) for one in found]


def _entry(page: Any, row: Any, ctx: Context) -> FeedEntry:
    lines = [row.when(ctx.language), row.place] if row is not None else []
    html = format_html_join("", "<p>{}</p>", ((line,) for line in (*lines, page.summary) if line))
    return FeedEntry(
        uid=page.uid,
        title=page.title,
        url=page.public_url,
        summary=" · ".join(line for line in (*lines, page.summary) if line),
        html=format_html("{}", html),
        published_at=page.public_from or ctx.now,
        updated_at=page.last_published_at or page.public_from or ctx.now,
        language=page.locale.language_code,
    )
