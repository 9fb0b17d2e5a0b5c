"""Objects in plone.restapi's shapes, in a constant number of queries, and never telling what is hidden."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from cms.core.models import SitePage
from cms.pages.models import ArticlePage
from tests.core.api.conftest import Api, token_for
from tests.factories.accounts import make_user
from tests.factories.api import CANARY, make_article
from tests.factories.core import fill

pytestmark = pytest.mark.django_db

BUDGET = 12


def counted(call):
    with CaptureQueriesContext(connection) as queries:
        response = call()
    assert response.status_code == 200, response.content
    return response, len(queries), [query["sql"][:160] for query in queries]


def test_an_object_has_plone_s_keys(api, tree):
    said = api.get("fr/programme/experts").json()
    assert said["@id"] == "http://localhost:8000/fr/programme/experts"
    assert said["@type"] == "ArticlePage"
    assert said["UID"] == tree.article.uid.hex
    assert len(said["UID"]) == 32
    assert said["title"] == "Cinq cent quatre-vingts experts"
    assert said["description"] == "Ce que le fichier contient."
    assert said["language"] == "fr"
    assert said["review_state"] == "published"
    assert said["effective"] == "2026-11-23T12:00:00+00:00"
    assert said["expires"] is None
    assert said["parent"]["@id"] == "http://localhost:8000/fr/programme"
    assert said["items"] == []
    assert said["items_total"] == 0
    assert "batching" not in said
    assert said["@components"]["breadcrumbs"] == {
        "@id": "http://localhost:8000/fr/programme/experts/@breadcrumbs"
    }
    assert {"created", "modified", "is_folderish", "id"} <= said.keys()


def test_blocks_are_typed_values_with_their_ids(api):
    body = api.get("fr/programme/experts").json()["body"]
    assert [block["type"] for block in body] == ["heading", "paragraph", "quote", "figures", "table"]
    assert all(block["id"] for block in body)
    assert body[0]["value"] == "Le fichier"
    assert body[2]["value"] == {"text": "Revenir, transmettre.", "speaker": "A. Traoré", "function": "Expert"}
    assert body[3]["value"]["figures"] == [{"value": "580", "label": "experts"}]
    assert body[4]["value"]["rows"] == [["2016", "40"]]


def test_a_link_to_a_hidden_page_keeps_its_words_and_loses_its_address(api, writer):
    paragraph = api.get("fr/programme/experts").json()["body"][1]["value"]
    assert paragraph == (
        '<p>Voir la suite et <a href="http://localhost:8000/fr/programme">le programme</a>.</p>'
    )
    # The control: for a reader whom the embargo does not bind, it is a link.
    told = writer.get("fr/programme/experts").json()["body"][1]["value"]
    assert f"/{CANARY.lower()}" in told


def test_the_parent_of_a_page_below_a_hidden_one_is_not_told(api, tree):
    child = make_article(tree.canary, "Enfant", slug="enfant")
    said = api.get(f"fr/programme/{CANARY.lower()}/{child.slug}").json()
    assert said["parent"] == {}
    assert CANARY not in said["title"]


def test_children_are_listed_in_tree_order_and_in_batches(api, tree):
    fill(tree.section, [ArticlePage(title=f"Article {n:02}", slug=f"a{n:02}") for n in range(30)])
    said = api.get("fr/programme").json()
    assert said["items_total"] == 31
    assert len(said["items"]) == 25
    assert [item["title"] for item in said["items"][1:4]] == ["Article 00", "Article 01", "Article 02"]
    base = "http://localhost:8000/fr/programme"
    assert said["batching"] == {
        "@id": f"{base}?b_start=0&b_size=25",
        "first": f"{base}?b_start=0&b_size=25",
        "next": f"{base}?b_start=25&b_size=25",
        "last": f"{base}?b_start=25&b_size=25",
    }
    second = api.get("fr/programme", b_start=25).json()
    assert [item["title"] for item in second["items"]] == [f"Article {n:02}" for n in range(24, 30)]
    assert second["batching"]["prev"] == f"{base}?b_start=0&b_size=25"
    assert "next" not in second["batching"]
    assert api.get("fr/programme", b_start=5000).json()["items"] == []


def test_sorting_is_by_plone_s_indexes(api, tree):
    make_article(tree.section, "Abeille", slug="abeille", at=clock.now() - timedelta(days=900))

    def titles(**params):
        return [item["title"] for item in api.get("fr/programme", **params).json()["items"]]

    assert titles(sort_on="sortable_title") == ["Abeille", "Cinq cent quatre-vingts experts"]
    assert titles(sort_on="effective", sort_order="descending") == [
        "Cinq cent quatre-vingts experts",
        "Abeille",
    ]
    assert titles() == ["Cinq cent quatre-vingts experts", "Abeille"]


def test_items_may_be_left_out_made_full_or_given_more_columns(api):
    assert "items" not in api.get("fr/programme", include_items="0").json()
    (full,) = api.http.get("/++api++/fr/programme?fullobjects").json()["items"]
    assert [block["type"] for block in full["body"]][:2] == ["heading", "paragraph"]
    assert "items" not in full, "full objects do not recurse"
    (short,) = api.get("fr/programme").json()["items"]
    assert set(short) == {"@id", "@type", "UID", "title", "description", "review_state"}
    (more,) = api.http.get("/++api++/fr/programme?metadata_fields=effective&metadata_fields=Creator").json()[
        "items"
    ]
    assert more["effective"] == "2026-11-23T12:00:00+00:00"
    assert more["Creator"] is None
    (all_columns,) = api.get("fr/programme", metadata_fields="_all").json()["items"]
    assert all_columns["getPath"] == "/fr/programme/experts"


def test_expansion_puts_components_into_the_answer(api):
    said = api.get(
        "fr/programme/experts", expand="breadcrumbs,navigation,translations,workflow,actions"
    ).json()["@components"]
    assert [item["title"] for item in said["breadcrumbs"]["items"]] == [
        "Le programme",
        "Cinq cent quatre-vingts experts",
    ]
    assert said["breadcrumbs"]["root"] == "http://localhost:8000/fr"
    assert [item["title"] for item in said["navigation"]["items"]] == ["Le programme"]
    assert said["translations"]["root"] == {
        "fr": "http://localhost:8000/fr",
        "en": "http://localhost:8000/en",
    }
    assert said["workflow"]["state"]["id"] == "published"
    assert said["workflow"]["history"] == []
    assert [action["id"] for action in said["actions"]["object"]] == ["view"]
    for name in said:
        alone = api.get(f"fr/programme/experts/@{name}").json()
        assert alone == said[name], name


def test_deeper_navigation_leaves_out_what_is_hidden_with_all_below_it(api, tree):
    make_article(tree.canary, "Enfant", slug="enfant")
    said = api.http.get("/++api++/fr/@navigation?expand.navigation.depth=4").json()
    (section,) = said["items"]
    assert [item["title"] for item in section["items"]] == ["Cinq cent quatre-vingts experts"]
    assert "Enfant" not in json.dumps(said)


def test_those_who_work_on_a_page_are_told_its_history_and_may_edit_it(api, writer):
    said = writer.get("fr/programme/experts", expand="actions,workflow").json()["@components"]
    assert [action["id"] for action in said["actions"]["object"]] == ["view", "edit"]


def test_an_object_costs_at_most_twelve_queries_whatever_is_in_it(api, tree):
    api.get("fr/programme")  # content types and the like are remembered by the process
    _response, bare, shown = counted(lambda: api.get("fr/programme/experts"))
    assert bare <= BUDGET, shown
    expand = "breadcrumbs,navigation,translations,workflow,actions"
    _response, expanded, shown = counted(lambda: api.get("fr/programme/experts", expand=expand))
    assert expanded <= BUDGET, shown


@pytest.mark.parametrize("params", [{}, {"fullobjects": "1"}, {"metadata_fields": "_all"}])
def test_a_listing_costs_as_many_queries_for_thirty_items_as_for_one(api, tree, params):
    one, few, _shown = counted(lambda: api.get("fr/programme", b_size=50, **params))
    one, few, _shown = counted(lambda: api.get("fr/programme", b_size=50, **params))
    assert len(one.json()["items"]) == 1
    links = f'<p><a linktype="page" id="{tree.section.pk}">retour</a></p>'
    body = [("paragraph", links)]
    fill(tree.section, [ArticlePage(title=f"Article {number}", body=body) for number in range(29)])
    many, more, shown = counted(lambda: api.get("fr/programme", b_size=50, **params))
    assert len(many.json()["items"]) == 30
    assert more == few <= BUDGET, shown


def test_a_page_for_some_is_there_for_them_and_absent_for_others(api, tree):
    SitePage.objects.filter(pk=tree.article.pk).update(audience="journalists")
    assert api.get("fr/programme/experts").status_code == 404
    reader = Api(token_for(make_user("journalist"), "read"))
    said = reader.get("fr/programme/experts").json()
    assert said["review_state"] == "internally_published"


def test_a_withdrawn_page_is_gone_and_says_so(api, tree):
    SitePage.objects.filter(pk=tree.article.pk).update(withdrawn_at=clock.now())
    response = api.get("fr/programme/experts")
    assert response.status_code == 410
    assert response.json()["code"] == "gone"
    assert response.json()["UID"] == tree.article.uid.hex
    assert "title" not in response.json() or response.json()["title"] == "Gone"
    own = api.http.get("/fr/programme/experts/", headers={"Accept": "application/json"})
    assert (own.status_code, own.json()) == (410, response.json())
    # Never public, never a tombstone: nothing tells it from what does not exist.
    SitePage.objects.filter(pk=tree.canary.pk).update(withdrawn_at=clock.now())
    assert api.get(f"fr/programme/{CANARY.lower()}").status_code == 404


def test_a_page_without_translation_says_that_it_fell_back(api, tree):
    said = api.get("en/programme").json()
    assert said["language"] == "fr"
    assert said["@id"] == "http://localhost:8000/fr/programme"
    assert said["fallback"] == {"requested_language": "en"}


def test_pictures_in_bodies_cost_the_same_for_thirty_pages_and_have_their_scales(api, tree):
    from tests.factories.media_library import make_asset

    def illustrated(number):
        picture = make_asset(title=f"Photo {number}", alt="Vue", released=True).image
        block = ("image", {"image": picture, "caption": "Vue", "decorative": False})
        return make_article(tree.section, f"Illustré {number}", body=[block], card_image=picture)

    illustrated(0)
    params = {"fullobjects": "1", "b_size": 50}
    counted(lambda: api.get("fr/programme", **params))
    few_items, few, _shown = counted(lambda: api.get("fr/programme", **params))
    said = few_items.json()["items"][-1]
    picture = said["body"][0]["value"]["image"]
    assert picture["scales"]
    assert said["preview_image"]["UID"] == picture["UID"]
    for number in range(1, 12):
        illustrated(number)
    many, more, shown = counted(lambda: api.get("fr/programme", **params))
    assert len(many.json()["items"]) == 13
    assert more == few <= BUDGET, shown
