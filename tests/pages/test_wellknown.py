"""Sitemaps, robots.txt, security.txt."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from cms.core.models import SitePage
from cms.pages.models import Organisation
from tests.factories.core import NOON, make_site
from tests.factories.press import make_release, make_room

pytestmark = pytest.mark.django_db
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def addresses(client) -> dict[str, ET.Element]:
    root = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    return {one.findtext("s:loc", namespaces=NS): one for one in root.findall("s:url", NS)}


def test_the_sitemap_holds_what_visitors_may_read_in_both_languages(client, demo_site):
    found = addresses(client)
    partners = found["http://localhost:8000/fr/programme/partenaires/"]
    links = {link.get("hreflang"): link.get("href") for link in partners.findall("x:link", NS)}
    assert links == {
        "fr": "http://localhost:8000/fr/programme/partenaires/",
        "en": "http://localhost:8000/en/programme/partners/",
    }
    assert partners.findtext("s:lastmod", namespaces=NS)
    assert not [address for address in found if "intranet" in address]


@pytest.mark.parametrize(
    "change",
    [
        {"public_from": NOON + timedelta(days=36500)},
        {"public_until": NOON},
        {"withdrawn_at": NOON},
        {"audience": "journalists"},
        {"live": False},
    ],
)
def test_the_sitemap_tells_nothing_of_what_may_not_be_seen(client, demo_site, change):
    address = "http://localhost:8000/fr/programme/reperes/"
    assert address in addresses(client)
    SitePage.objects.filter(slug="reperes").update(**change)
    assert address not in addresses(client)


def test_the_sitemap_costs_one_query(client, demo_site):
    client.get("/sitemap.xml")
    with CaptureQueriesContext(connection) as queries:
        client.get("/sitemap.xml")
    assert len(queries) == 1


def test_robots_names_the_sitemaps(client, db):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text
    assert "Disallow: /admin/" in text


def test_security_txt_is_valid_and_current(client, demo_site):
    lines = dict(
        line.split(": ", 1) for line in client.get("/.well-known/security.txt").content.decode().splitlines()
    )
    assert lines["Contact"].startswith("mailto:")
    assert lines["Expires"].endswith("Z")


def test_the_news_sitemap_names_a_release_once_it_is_public(client, db):
    room = make_room()
    public = make_release(room)
    make_release(room, until=clock.now() + timedelta(hours=1))
    make_release(room, publish=False)
    root = ET.fromstring(client.get("/sitemap-news.xml").content)  # noqa: S314 - our own
    assert [loc.text for loc in root.findall("s:url/s:loc", NS)] == [public.public_url]


def test_the_organisation_is_read_without_being_written(client, db):
    make_site()
    Organisation.objects.all().delete()
    assert client.get("/fr/").status_code == 200
    assert client.get("/robots.txt").status_code == 200
    assert not Organisation.objects.exists()


@pytest.mark.parametrize("role", ["officer", "admin"])
def test_officers_keep_menus_and_organisation(db, role):
    held = set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))
    assert {"change_menu", "add_menu", "change_organisation"} <= held
