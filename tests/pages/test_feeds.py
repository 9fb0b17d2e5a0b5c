"""Feeds of any listing, from what its app says of its entries."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import timedelta
from uuid import UUID

import pytest
from django.http import Http404
from django.test import RequestFactory

from cms.core import registry
from cms.core.reader import ANONYMOUS
from cms.core.registry import Context, FeedEntry, FeedSource
from cms.pages import feeds
from cms.pages.models import SectionPage
from tests.factories.core import NOON, locale, make_site

pytestmark = pytest.mark.django_db

ENTRY = FeedEntry(
    uid=UUID("7b1d8f0e-3f0a-4c55-9d0a-0a3d2a6f1c11"),
    title="Vingt ans & plus <encore> \x0b",
    url="http://localhost:8000/fr/presse/communiques/vingt-ans/",
    summary="Le programme a vingt ans.",
    html="<p>Le programme a <b>vingt ans</b>.</p>",
    published_at=NOON,
    updated_at=NOON + timedelta(hours=1),
    language="fr",
    topics=("programme",),
)
NS = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def listing(db):
    """A listing page whose source answers one entry, and none for another topic."""
    make_site()
    page = SectionPage(
        title="Communiqués", slug="communiques", locale=locale("fr"), public_from=NOON, url_path="/site/fr/c/"
    )
    registry.feed_sources.register(
        FeedSource(
            model=SectionPage,
            title=lambda page: page.title,
            entries=lambda page, ctx, topic: [ENTRY] if topic in (None, "programme") else [],
        )
    )
    yield page
    registry.feed_sources._items.pop(SectionPage)


def ask(view, page, query=""):
    request = RequestFactory().get(f"/fr/c/{query}", HTTP_HOST="localhost")
    return view(request, page, Context(reader=ANONYMOUS, now=NOON, language="fr"))


def test_atom_is_well_formed_whatever_a_title_holds(listing):
    response = ask(feeds.atom, listing)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314 - our own
    entry = root.find("a:entry", NS)
    assert entry.findtext("a:title", namespaces=NS) == "Vingt ans & plus <encore> "
    assert entry.findtext("a:id", namespaces=NS) == f"urn:uuid:{ENTRY.uid}"
    assert entry.findtext("a:content", namespaces=NS) == ENTRY.html
    assert root.findtext("a:updated", namespaces=NS) == "2026-11-23T13:00:00+00:00"
    assert {link.get("rel") for link in root.findall("a:link", NS)} == {"self", "alternate"}


def test_rss_names_its_entries_by_uid_and_dates_them_by_rfc_5322(listing):
    root = ET.fromstring(ask(feeds.rss, listing).content)  # noqa: S314 - our own
    item = root.find("channel/item")
    assert item.findtext("guid") == f"urn:uuid:{ENTRY.uid}"
    assert item.findtext("pubDate") == "Mon, 23 Nov 2026 12:00:00 +0000"
    assert item.findtext("category") == "programme"
    assert root.find("channel/{http://www.w3.org/2005/Atom}link").get("rel") == "self"
    assert item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") == ENTRY.html


def test_a_json_feed_says_its_version_and_items(listing):
    response = ask(feeds.json_feed, listing)
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(response.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["items"][0]["url"] == ENTRY.url
    assert feed["items"][0]["content_html"] == ENTRY.html


def test_a_topic_narrows_a_feed_and_stands_in_its_address(listing):
    feed = json.loads(ask(feeds.json_feed, listing, "?topic=programme&utm_source=x").content)
    assert feed["feed_url"].endswith("feed.json?topic=programme")
    assert len(feed["items"]) == 1
    assert json.loads(ask(feeds.json_feed, listing, "?topic=autre").content)["items"] == []


def test_an_empty_feed_is_still_a_feed(listing):
    root = ET.fromstring(ask(feeds.atom, listing, "?topic=autre").content)  # noqa: S314 - our own
    assert root.findtext("a:updated", namespaces=NS)


def test_a_page_without_a_source_has_no_feed(db):
    _root, home, _english = make_site()
    with pytest.raises(Http404):
        ask(feeds.atom, home)
