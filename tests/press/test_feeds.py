"""The press room's feeds: topics, pictures as enclosures, a fixed number of queries."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from media_library import actions as library
from tests.factories.media_library import make_asset
from tests.factories.press import make_release

pytestmark = pytest.mark.django_db
FEEDS = "/fr/presse/communiques/"


def pictured(room: Any, **words: Any) -> Any:
    """A release with a picture for lists that everybody may have."""
    return make_release(room, card_image=make_asset(released=True).image, **words)


def queries_of(client: Any, name: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(FEEDS + name).status_code == 200
    return len(found)


def test_the_picture_of_a_release_goes_with_its_entry_in_all_three_feeds(client, room):
    image = pictured(room).card_image
    library.prepare(image, now=clock.now())
    size = str(image.renditions.get(filter_spec="max-1920x1920|format-jpeg").file_size)
    atom = ET.fromstring(client.get(f"{FEEDS}atom.xml").content)  # noqa: S314 - our own
    link = atom.find(".//{*}entry/{*}link[@rel='enclosure']")
    assert link is not None
    assert (link.get("type"), link.get("length")) == ("image/jpeg", size)
    rss = ET.fromstring(client.get(f"{FEEDS}rss.xml").content)  # noqa: S314 - our own
    enclosure = rss.find(".//item/enclosure")
    assert enclosure is not None
    assert (enclosure.get("url"), enclosure.get("length")) == (link.get("href"), size)
    (item,) = json.loads(client.get(f"{FEEDS}feed.json").content)["items"]
    assert item["image"] == link.get("href")
    assert item["attachments"] == [
        {"url": item["image"], "mime_type": "image/jpeg", "size_in_bytes": int(size)}
    ]
    assert client.get(item["image"].removeprefix("http://localhost:8000")).status_code == 200


def test_a_withdrawn_picture_is_in_no_feed(client, room):
    asset = pictured(room).card_image.asset
    asset.withdrawn_at, asset.withdrawn_reason = clock.now(), "Sans accord"
    asset.save()
    for name in ("atom.xml", "rss.xml", "feed.json"):
        assert asset.uid.hex not in client.get(FEEDS + name).content.decode(), name


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml", "feed.json"])
def test_a_feed_costs_as_many_queries_with_ten_pictured_releases_as_with_one(client, room, name):
    pictured(room)
    few = queries_of(client, name)
    for _ in range(9):
        pictured(room)
    assert queries_of(client, name) <= few
