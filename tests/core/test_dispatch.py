"""One door: what a path answers, to whom, when, in which language, with which headers."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from cms.core.actions import place_page
from cms.core.models import SitePage
from cms.pages.models import ArticlePage, IntranetPage, SectionPage
from tests.factories.core import NOON, locale, make_site
from tests.support.shared import laid

pytestmark = pytest.mark.django_db

EARLIER = NOON - timedelta(days=30)


def add(parent, kind, slug, **words):
    parent.refresh_from_db()
    words.setdefault("title", slug.title())
    page = kind(slug=slug, locale=parent.locale, **words)
    return place_page(parent, page, user=None, now=EARLIER)


@pytest.fixture(scope="module")
def laid_site(django_db_setup, django_db_blocker):
    with laid(django_db_blocker):
        yield make_site()


@pytest.fixture
def site(laid_site, db):
    return deepcopy(laid_site)


@pytest.fixture
def article(site):
    section = add(site[1], SectionPage, "programme")
    return add(section, ArticlePage, "missions", title="Les missions", summary="Trois semaines au pays.")


def person(role, name="awa"):
    user = get_user_model().objects.create_user(name, password="x")
    user.groups.add(Group.objects.get(name=role))
    return user


def test_a_live_page_is_public_html_that_must_be_revalidated(client, article):
    response = client.get("/fr/programme/missions/")
    assert response.status_code == 200
    assert "Les missions" in response.content.decode()
    assert response["Cache-Control"] == "public, no-cache"
    assert response["Content-Language"] == "fr"
    assert "Accept" in response["Vary"]
    assert not response.cookies


def test_an_address_without_its_slash_is_sent_to_the_one_with_it(client, article):
    response = client.get("/fr/programme/missions?utm_source=x")
    assert response.status_code == 301
    assert response["Location"] == "/fr/programme/missions/?utm_source=x"


def test_etag_spares_the_body_until_the_words_change(client, article):
    first = client.get("/fr/programme/missions/")
    again = client.get("/fr/programme/missions/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert not again.content
    weak = client.get("/fr/programme/missions/", headers={"if-none-match": "W/" + first["ETag"]})
    assert weak.status_code == 304
    SitePage.objects.filter(pk=article.pk).update(summary="Deux semaines au pays.")
    assert client.get("/fr/programme/missions/", headers={"if-none-match": first["ETag"]}).status_code == 200


def test_what_is_embargoed_answers_as_what_does_not_exist(client, article):
    known = client.get("/fr/programme/missions/")["ETag"]
    missing = client.get("/fr/programme/absente/")
    SitePage.objects.filter(pk=article.pk).update(public_from=clock.now() + timedelta(hours=1))
    for headers in ({}, {"if-none-match": known}, {"range": "bytes=0-1"}, {"if-none-match": "*"}):
        hidden = client.get("/fr/programme/missions/", headers=headers)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.content.replace(b"missions", b"absente") == missing.content
        assert hidden.headers.items() >= {("Cache-Control", missing["Cache-Control"])}
    assert client.head("/fr/programme/missions/").status_code == 404
    assert client.get("/fr/programme/missions").status_code == 404  # no redirect gives it away
    assert client.get("/fr/programme/missions/?now=2999-01-01").status_code == 404
    assert client.get("/fr/programme/missions/", headers={"accept": "application/json"}).status_code == 404


def test_the_embargo_lifts_with_the_clock_alone(client, article):
    SitePage.objects.filter(pk=article.pk).update(public_from=clock.now() - timedelta(microseconds=1))
    assert client.get("/fr/programme/missions/").status_code == 200


def test_those_who_prepare_it_read_it_early_and_nothing_is_stored(client, article):
    SitePage.objects.filter(pk=article.pk).update(public_from=clock.now() + timedelta(hours=1))
    client.force_login(person("officer"))
    response = client.get("/fr/programme/missions/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert "ETag" not in response


def test_a_page_missing_in_english_is_shown_in_french_and_says_so(client, site, article):
    english = locale("en")
    section = article.get_parent().specific
    place_page(
        site[2],
        SectionPage(
            title="Programme", slug="programme", locale=english, translation_key=section.translation_key
        ),
        user=None,
        now=EARLIER,
    )
    response = client.get("/en/programme/missions/")
    assert response.status_code == 200
    assert response["Content-Language"] == "fr"
    assert 'lang="fr"' in response.content.decode()


def test_a_translated_page_is_not_also_shown_under_its_french_address(client, site, article):
    english = locale("en")
    section = article.get_parent().specific
    other = place_page(
        site[2],
        SectionPage(
            title="Programme", slug="programme", locale=english, translation_key=section.translation_key
        ),
        user=None,
        now=EARLIER,
    )
    place_page(
        other,
        ArticlePage(
            title="Missions", slug="the-missions", locale=english, translation_key=article.translation_key
        ),
        user=None,
        now=EARLIER,
    )
    assert client.get("/en/programme/the-missions/")["Content-Language"] == "en"
    assert client.get("/en/programme/missions/").status_code == 404


def test_the_intranet_answers_a_stranger_alike_whether_the_page_exists_or_not(client, site):
    intranet = add(site[1], IntranetPage, "intranet")
    add(intranet, IntranetPage, "rapports")
    answers = [client.get(path) for path in ("/fr/intranet/", "/fr/intranet/rapports/", "/fr/intranet/rien/")]
    assert len({answer.content for answer in answers}) == 1
    assert len({answer.status_code for answer in answers}) == 1
    assert all("Rapports" not in answer.content.decode() for answer in answers)


def test_a_member_reads_the_intranet(client, site):
    intranet = add(site[1], IntranetPage, "intranet")
    add(intranet, IntranetPage, "rapports")
    client.force_login(person("internal"))
    assert client.get("/fr/intranet/rapports/").status_code == 200
    assert client.get("/fr/intranet/rien/").status_code == 404


def test_a_page_takes_no_posts(client, article):
    response = client.post("/fr/programme/missions/")
    assert response.status_code == 405
    assert "GET" in response["Allow"]


@pytest.mark.parametrize(
    "path",
    ["/x" * 50, "/%00/", "/fr/\u202e/", "/fr/" + "a" * 5000, "/fr//programme//", "/../etc/passwd", "/fr/🙂/"],
)
def test_a_strange_path_is_the_404(client, site, path):
    assert client.get(path).status_code in (400, 404)


@pytest.mark.parametrize(
    "path", ["/fr//programme/missions/", "/fr/programme//missions/", "//fr/programme/missions/"]
)
def test_a_page_has_one_address(client, article, path):
    assert client.get("/fr/programme/missions/").status_code == 200
    assert client.get(path).status_code == 404


def test_a_deep_page_costs_as_many_queries_as_a_shallow_one(client, site, article):
    below = article.get_parent().specific
    for depth in range(3):
        below = add(below, SectionPage, f"partie-{depth}")
    add(below, ArticlePage, "loin")

    def cost(path):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    deep, shallow = "/fr/programme/partie-0/partie-1/partie-2/loin/", "/fr/programme/missions/"
    for path in (deep, shallow):
        cost(path)  # what is remembered between requests is not counted
    assert cost(deep) == cost(shallow) <= 14
