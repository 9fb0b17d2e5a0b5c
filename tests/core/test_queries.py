"""Pages by place and language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.template import Context as TemplateContext
from django.template import Template
from django.test import RequestFactory

from cms.core import queries
from cms.core.actions import place_page
from cms.core.reader import ANONYMOUS
from cms.core.registry import Context
from cms.pages.models import ArticlePage, SectionPage
from tests.factories.core import NOON, locale, make_site

pytestmark = pytest.mark.django_db
EARLIER = NOON - timedelta(days=30)


def add(parent, kind, slug, **words):
    parent.refresh_from_db()
    page = kind(slug=slug, locale=parent.locale, title=slug.title(), **words)
    return place_page(parent, page, user=None, now=EARLIER)


@pytest.fixture
def branches(db):
    """A section said in both languages, a part of it and two articles in French alone."""
    _root, french, english = make_site()
    section = add(french, SectionPage, "presse")
    add(english, SectionPage, "press", translation_key=section.translation_key)
    part = add(section, SectionPage, "communiques")
    articles = [add(part, ArticlePage, slug) for slug in ("forum", "bilan")]
    return english, articles


def test_a_page_without_translation_is_addressed_below_the_nearest_translated_page_and_found_there(
    branches, client
):
    _home, (article, _other) = branches
    branch = queries.branch_in(article, language="en", reader=ANONYMOUS, now=NOON)
    path = queries.path_in(article, branch)
    assert path == "/en/press/communiques/forum/"
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Language"] == "fr"


def test_a_list_asks_once_for_each_branch_it_links_into(branches, django_assert_num_queries):
    home, articles = branches
    request = RequestFactory().get("/en/")
    template = Template("{% load kunnafoni %}{% for one in found %}{% page_url one %} {% endfor %}")
    for page in articles:
        page.locale = locale("fr")
    ctx = Context(reader=ANONYMOUS, now=NOON, language="en")
    with django_assert_num_queries(1):
        said = template.render(
            TemplateContext({"request": request, "page": home, "ctx": ctx, "found": articles * 15})
        )
    assert set(said.split()) == {"/en/press/communiques/forum/", "/en/press/communiques/bilan/"}
