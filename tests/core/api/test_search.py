"""`@search`: text, type, place, language, ranges; what is hidden is neither found nor counted."""

from datetime import timedelta

import pytest

from cms.pages.models import ArticlePage
from tests.core.api.test_dispatcher import problem
from tests.core.api.test_items import BUDGET, counted
from tests.factories.api import CANARY, make_article
from tests.factories.core import NOON, fill

pytestmark = pytest.mark.django_db


def titles(response):
    assert response.status_code == 200, response.content
    return [item["title"] for item in response.json()["items"]]


def test_text_is_found_in_titles_and_bodies_with_accents_folded(api):
    assert titles(api.get("@search", SearchableText="vingt expert")) == ["Cinq cent quatre-vingts experts"]
    assert titles(api.get("@search", SearchableText="traore")) == ["Cinq cent quatre-vingts experts"]
    assert titles(api.get("@search", SearchableText="introuvable")) == []


@pytest.mark.parametrize("text", [CANARY, CANARY.lower(), f"{CANARY[:5]}*", "titre", "résumé"])
def test_what_is_hidden_is_neither_found_nor_counted(api, writer, text):
    said = api.get("@search", SearchableText=text).json()
    assert (said["items"], said["items_total"]) == ([], 0)
    # The control: whoever may read it finds it.
    if text in (CANARY, "résumé"):
        assert titles(writer.get("@search", SearchableText=text)) == [f"{CANARY} titre"]


def test_the_search_is_of_the_object_asked_itself_included(api):
    assert titles(api.get("@search", sort_on="path")) == [
        "TOKTEN-Mali",
        "Le programme",
        "Cinq cent quatre-vingts experts",
        "TOKTEN-Mali",
    ]
    assert titles(api.get("fr/programme/@search", sort_on="path")) == [
        "Le programme",
        "Cinq cent quatre-vingts experts",
    ]
    assert titles(api.get("en/@search")) == ["TOKTEN-Mali"]


@pytest.mark.parametrize(
    "query,expected",
    [
        ("path.query=/fr/programme&path.depth=0", ["Le programme"]),
        ("path.query=/fr/programme&path.depth=1", ["Cinq cent quatre-vingts experts"]),
        ("path.query=/fr&path.depth=1", ["Le programme"]),
        ("path.query=/fr/rien", []),
        (f"path.query=/fr/programme/{CANARY.lower()}", []),
        ("path=/fr/programme&portal_type=ArticlePage", ["Cinq cent quatre-vingts experts"]),
        ("portal_type=SectionPage", ["Le programme"]),
        ("portal_type=SectionPage&portal_type=ArticlePage&sort_on=sortable_title&Language=fr",
         ["Cinq cent quatre-vingts experts", "Le programme"]),
        ("portal_type=Nothing", []),
        ("Language=en", ["TOKTEN-Mali"]),
        ("effective.query=2026-11-01&effective.range=min&sort_on=path",
         ["Le programme", "Cinq cent quatre-vingts experts"]),
        ("effective.query=2026-11-01&effective.query=2026-11-02&effective.range=min:max", []),
        ("effective.query=2026-11-23T12:00:00Z&effective.range=max&portal_type=ArticlePage",
         ["Cinq cent quatre-vingts experts"]),
        ("effective.query=2026-11-23T13:00:00%2B01:00&portal_type=ArticlePage",
         ["Cinq cent quatre-vingts experts"]),
        ("SearchableText=programme&sort_on=sortable_title&sort_order=descending&portal_type=SectionPage",
         ["Le programme"]),
        ("review_state=private", []),
    ],
)  # fmt: skip
def test_filters_and_ranges_are_plone_s(api, query, expected):
    assert titles(api.http.get(f"/++api++/@search?{query}")) == expected


@pytest.mark.parametrize(
    "query,name",
    [
        ("effective.query=yesterday&effective.range=min", "effective.query"),
        ("effective.query=2026-01-01&effective.range=near", "effective.range"),
        ("effective.query=9999-99-99", "effective.query"),
        ("UID=x", "UID"),
        ("path.depth=-1", "path.depth"),
        ("sort_on=owner", "sort_on"),
        ("start__gte=2026", "start__gte"),
        ("live=0", "live"),
        (f"SearchableText={'a' * 300}", "SearchableText"),
    ],
)
def test_a_wrong_or_unknown_parameter_is_a_400_that_names_it(api, query, name):
    response = api.http.get(f"/++api++/@search?{query}")
    assert response.status_code == 400
    assert name in response.json()["message"]


@pytest.mark.parametrize(
    "text",
    ["(((", "a & | !", "'; DROP TABLE x; --", "%", "\\", '"', "a" * 200, "* *", ":*", "<->", "œ ɛ ɔ ߒߞߏ"],
)
def test_hostile_text_is_only_text(api, text):
    assert api.get("@search", SearchableText=text).status_code == 200


def test_a_uid_finds_its_page(api, tree):
    assert titles(api.get("@search", UID=tree.article.uid.hex)) == ["Cinq cent quatre-vingts experts"]
    assert titles(api.get("@search", UID=tree.canary.uid.hex)) == []


def test_batches_of_a_text_do_not_overlap(api, tree):
    for number in range(7):
        make_article(tree.section, f"Baobab {number}", at=NOON + timedelta(minutes=number))
    for sort in ({}, {"sort_on": "effective"}):
        seen = []
        for start in (0, 3, 6):
            said = api.get("@search", SearchableText="baobab", b_start=start, b_size=3, **sort).json()
            assert said["items_total"] == 7
            seen += [item["UID"] for item in said["items"]]
        assert len(set(seen)) == 7


@pytest.mark.parametrize("params", [{}, {"fullobjects": "1"}, {"SearchableText": "experts"}])
def test_thirty_results_cost_as_many_queries_as_one(api, tree, params):
    params = {**params, "portal_type": "ArticlePage", "b_size": 50}
    counted(lambda: api.get("@search", **params))
    _one, few, _shown = counted(lambda: api.get("@search", **params))
    fill(tree.section, [ArticlePage(title=f"Encore des experts {number}") for number in range(29)])
    many, more, shown = counted(lambda: api.get("@search", **params))
    assert len(many.json()["items"]) == 30
    assert more == few <= BUDGET, shown


def test_services_answer_below_a_page_s_own_address_too(api):
    own = api.http.get("/fr/programme/@search?sort_on=path", headers={"Accept": "application/json"})
    assert own.status_code == 200
    assert own.json() == api.get("fr/programme/@search", sort_on="path").json()
    problem(api.http.post("/fr/@search", headers={"Accept": "application/json"}), 405, "method-not-allowed")
