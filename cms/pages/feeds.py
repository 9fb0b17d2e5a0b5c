"""Feeds of any listing: Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1, with `?topic=`.

A listing page's type adds `**feeds.SUBPATHS` to its `subpaths` and fills `registry.feed_sources`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from django.conf import settings
from django.http import Http404, HttpResponse

from cms.core import registry
from cms.pages.models import Organisation

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context, FeedEntry

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
# What XML 1.0 cannot carry at all.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Enclosure:
    """A file that goes with a feed's entry: its absolute address, media type and bytes (None: not known)."""

    url: str
    content_type: str
    size: int | None = None


def _clean(text: str) -> str:
    return NOT_XML.sub("", text)


def _child(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    found = ET.SubElement(parent, name, attributes)
    if text:
        found.text = _clean(text)
    return found


def _topic(request: HttpRequest) -> str | None:
    topic = request.GET.get("topic", "")
    return topic[:80].replace("\x00", "") or None


def _facts(request: HttpRequest, page: Any, ctx: Context) -> tuple[str, list[FeedEntry]]:
    source = registry.feed_sources.get(type(page))
    if source is None:
        raise Http404
    title = f"{source.title(page)} – {Organisation.for_request(request).name}"
    return title, source.entries(page, ctx, _topic(request))


def _address(page: Any, request: HttpRequest, name: str) -> str:
    topic = _topic(request)
    query = f"?topic={topic}" if topic and re.fullmatch(r"[\w-]+", topic) else ""
    return f"{page.public_url}{name}{query}"


def _xml(root: ET.Element, content_type: str) -> HttpResponse:
    body = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(body, content_type=f"{content_type}; charset=utf-8")


def atom(request: HttpRequest, page: Any, ctx: Context) -> HttpResponse:
    """`atom.xml`."""
    title, entries = _facts(request, page, ctx)
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": ctx.language})
    own = _address(page, request, "atom.xml")
    _child(root, "id", own)
    _child(root, "title", title)
    latest = max((one.updated_at for one in entries), default=page.public_from or ctx.now)
    _child(root, "updated", latest.isoformat(timespec="seconds"))
    _child(root, "link", rel="self", type="application/atom+xml", href=own)
    _child(root, "link", rel="alternate", type="text/html", href=page.public_url)
    author = _child(root, "author")
    _child(author, "name", Organisation.for_request(request).name)
    for one in entries:
        entry = _child(root, "entry", **{"xml:lang": one.language})
        _child(entry, "id", f"urn:uuid:{one.uid}")
        _child(entry, "title", one.title)
        _child(entry, "link", rel="alternate", type="text/html", href=one.url)
        if one.enclosure is not None:
            sized = {"length": str(one.enclosure.size)} if one.enclosure.size is not None else {}
            kind = one.enclosure.content_type
            _child(entry, "link", rel="enclosure", type=kind, href=one.enclosure.url, **sized)
        _child(entry, "published", one.published_at.isoformat(timespec="seconds"))
        _child(entry, "updated", one.updated_at.isoformat(timespec="seconds"))
        for topic in one.topics:
            _child(entry, "category", term=_clean(topic))
        if one.summary:
            _child(entry, "summary", one.summary)
        if one.html:
            _child(entry, "content", str(one.html), type="html")
    return _xml(root, "application/atom+xml")


def rss(request: HttpRequest, page: Any, ctx: Context) -> HttpResponse:
    """`rss.xml`."""
    title, entries = _facts(request, page, ctx)
    root = ET.Element("rss", {"version": "2.0", "xmlns:atom": ATOM, "xmlns:content": CONTENT})
    channel = _child(root, "channel")
    _child(channel, "title", title)
    _child(channel, "link", page.public_url)
    _child(channel, "description", page.search_description or page.summary or title)
    _child(channel, "language", ctx.language)
    own = _address(page, request, "rss.xml")
    _child(channel, "atom:link", rel="self", type="application/rss+xml", href=own)
    for one in entries:
        item = _child(channel, "item")
        _child(item, "title", one.title)
        _child(item, "link", one.url)
        _child(item, "guid", f"urn:uuid:{one.uid}", isPermaLink="false")
        _child(item, "pubDate", format_datetime(one.published_at))
        for topic in one.topics:
            _child(item, "category", topic)
        _child(item, "description", one.summary)
        if one.enclosure is not None:
            # RSS asks for a length: zero is what readers take for one that is not known.
            size, kind = str(one.enclosure.size or 0), one.enclosure.content_type
            _child(item, "enclosure", url=one.enclosure.url, length=size, type=kind)
        if one.html:
            _child(item, "content:encoded", str(one.html))
    return _xml(root, "application/rss+xml")


def _attached(entry: FeedEntry) -> dict[str, Any]:
    """JSON Feed 1.1: a picture is the entry's image, and every file an attachment."""
    file = entry.enclosure
    if file is None:
        return {}
    said: dict[str, Any] = {"url": file.url, "mime_type": file.content_type}
    if file.size is not None:
        said["size_in_bytes"] = file.size
    image = {"image": file.url} if file.content_type.startswith("image/") else {}
    return {**image, "attachments": [said]}


def json_feed(request: HttpRequest, page: Any, ctx: Context) -> HttpResponse:
    """`feed.json`."""
    title, entries = _facts(request, page, ctx)
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": title,
        "home_page_url": page.public_url,
        "feed_url": _address(page, request, "feed.json"),
        "language": ctx.language,
        "authors": [{"name": Organisation.for_request(request).name, "url": settings.PUBLIC_URL + "/"}],
        "items": [
            {
                "id": f"urn:uuid:{one.uid}",
                "url": one.url,
                "title": one.title,
                "summary": one.summary,
                "content_html": str(one.html) or one.summary,
                "date_published": one.published_at.isoformat(timespec="seconds"),
                "date_modified": one.updated_at.isoformat(timespec="seconds"),
                "language": one.language,
                "tags": list(one.topics),
                **_attached(one),
            }
            for one in entries
        ],
    }
    return HttpResponse(
        json.dumps(feed, ensure_ascii=False), content_type="application/feed+json; charset=utf-8"
    )


SUBPATHS: dict[str, Callable[..., HttpResponse]] = {
    "atom.xml": atom,
    "rss.xml": rss,
    "feed.json": json_feed,
}
