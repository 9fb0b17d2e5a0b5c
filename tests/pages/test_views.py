"""What the site's own pages answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock, registry
from cms.core.models import SitePage
from cms.pages import demo
from cms.pages.actions import ensure_page
from cms.pages.models import ArticlePage, DocumentIndexPage, DocumentPage, HomePage, SectionPage
from cms.plan.models import SectorResult
from tests.factories.core import NOON, fill

pytestmark = pytest.mark.django_db


def html(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


# The root -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("header", "home"),
    [
        ("", "/fr/"),
        ("en-GB,en;q=0.9", "/en/"),
        ("bm, en;q=0.5, fr;q=0.8", "/fr/"),
        ("de, *;q=0.1", "/fr/"),
        ("not a header at all;;;", "/fr/"),
    ],
)
def test_the_root_sends_each_reader_to_a_home_of_their_language(client, demo_site, header, home):
    response = client.get("/", headers={"accept-language": header})
    assert response.status_code == 302
    assert response["Location"] == home
    assert "Accept-Language" in response["Vary"]
    assert not response.cookies


# The frame ------------------------------------------------------------------------------------------------------
def test_the_home_shows_the_three_key_figures(client, demo_site):
    page = html(client, "/fr/")
    for figure in ("580", "864", "169"):
        assert f"<dd>{figure}</dd>" in page


def test_the_news_line_leads_only_where_the_reader_may_go(client, demo_site):
    target = SitePage.objects.get(slug="reperes")
    HomePage.objects.filter(slug="fr").update(news_line="Vingt ans", news_page=target)
    assert 'href="/fr/programme/reperes/"' in html(client, "/fr/")
    SitePage.objects.filter(pk=target.pk).update(public_from=NOON + timedelta(days=36500))
    page = html(client, "/fr/")
    assert "Vingt ans" in page
    assert "reperes" not in page


def test_a_section_of_the_menu_says_where_we_are(client, demo_site):
    assert 'href="/fr/programme/" aria-current="page"' in html(client, "/fr/programme/")
    assert 'href="/fr/programme/" aria-current="true"' in html(client, "/fr/programme/reperes/")


def test_a_translated_page_names_its_versions(client, demo_site):
    page = html(client, "/fr/programme/partenaires/")
    assert 'hreflang="en" href="http://localhost:8000/en/programme/partners/"' in page
    assert 'hreflang="x-default" href="http://localhost:8000/fr/programme/partenaires/"' in page
    assert '<a href="/en/programme/partners/" hreflang="en"' in page


def test_an_untranslated_page_is_shown_in_french_and_says_so(client, demo_site):
    assert '<a href="/en/programme/reperes/" hreflang="en"' in html(client, "/fr/programme/reperes/")
    response = client.get("/en/programme/reperes/")
    page = response.content.decode()
    assert response["Content-Language"] == "fr"
    assert '<html lang="en">' in page
    assert '<div lang="fr">' in page
    assert "has not been translated yet" in page
    assert '<link rel="canonical" href="http://localhost:8000/fr/programme/reperes/">' in page


def test_the_canonical_address_leaves_out_what_campaigns_add(client, demo_site):
    plain, tracked = html(client, "/fr/contact/"), html(client, "/fr/contact/?utm_source=x&b_start=y")
    assert plain == tracked


# Lists ----------------------------------------------------------------------------------------------------------
def test_a_section_lists_its_pages_at_the_same_number_of_queries_for_1_and_30(client, demo_site):
    home = HomePage.objects.get(slug="fr")
    section = ensure_page(home, SectionPage, slug="notes", title="Notes", user=None, now=NOON)
    ensure_page(section, ArticlePage, slug="n0", title="Note 0", user=None, now=NOON)
    html(client, "/fr/notes/")
    with CaptureQueriesContext(connection) as one:
        html(client, "/fr/notes/")
    fill(section, [ArticlePage(slug=f"n{number}", title=f"Note {number}") for number in range(1, 31)])
    with CaptureQueriesContext(connection) as thirty:
        page = html(client, "/fr/notes/")
    assert len(thirty) == len(one) <= 15
    assert page.count('class="item"') == 25
    assert html(client, "/fr/notes/?b_start=25").count('class="item"') == 6
    assert html(client, "/fr/notes/?b_start=nonsense").count('class="item"') == 25


def test_documents_are_listed_at_the_same_number_of_queries_for_6_and_30(client, demo_site):
    with CaptureQueriesContext(connection) as few:
        html(client, "/fr/documents/")
    index = DocumentIndexPage.objects.get(slug="documents", locale__language_code="fr")
    file = DocumentPage.objects.exclude(document=None).first().document
    fill(index, [DocumentPage(slug=f"d{number}", title=f"D {number}", document=file) for number in range(24)])
    with CaptureQueriesContext(connection) as many:
        html(client, "/fr/documents/")
    assert len(many) == len(few) <= 18


def test_documents_are_narrowed_by_kind_and_keep_it_when_turning_pages(client, demo_site):
    page = html(client, "/fr/documents/?kind=guide&utm_source=x")
    assert page.count('class="item"') == 2
    assert 'href="?kind=guide" aria-current="true"' in page
    assert "utm_source" not in page
    assert html(client, "/fr/documents/?kind=nonsense").count('class="item"') == 6


def test_an_english_list_holds_the_french_documents_that_have_no_translation(client, demo_site):
    page = html(client, "/en/documents/")
    assert page.count('class="item"') == 6
    assert '<article class="item" lang="fr">' in page
    assert 'href="/en/documents/guide-de-la-structure-d-accueil/"' in page
    response = client.get("/en/documents/guide-de-la-structure-d-accueil/")
    assert response.status_code == 200


def test_a_document_gives_its_file_with_its_size(client, demo_site):
    page = html(client, "/fr/documents/guide-de-la-structure-d-accueil/")
    file = DocumentPage.objects.get(slug="guide-de-la-structure-d-accueil").document
    assert f'href="{file.url}"' in page
    assert "(PDF)" in page
    assert "\u00a0ko" in page


# Results --------------------------------------------------------------------------------------------------------
def test_results_stand_as_a_table_and_as_a_drawing_with_its_data(client, demo_site):
    page = html(client, "/fr/resultats/")
    assert page.count('<rect class="done"') == 5
    assert "149 sur 172 (86,63\u00a0%)" in page
    assert '<td class="num">11\u202f314</td>' in page
    assert '<td class="num">72,22\u00a0%</td>' in page


def test_results_without_rows_show_their_words_alone(client, demo_site):
    SectorResult.objects.all().delete()
    assert "<table" not in html(client, "/fr/resultats/")


# Search ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words", ["thèse", "theses", "THÈSES", "encadrer une these"])
def test_search_folds_accents_and_stems(client, demo_site, words):
    assert "/fr/programme/" in html(client, f"/fr/recherche/?SearchableText={words}")


def test_search_answers_q_as_well_and_counts(client, demo_site):
    page = html(client, "/fr/recherche/?q=partenaires")
    assert "«\u00a0partenaires\u00a0»" in page
    assert html(client, "/fr/recherche/?q=xylophone").count('class="item"') == 0


@pytest.mark.parametrize("words", ["%00", "'", "\"'", "a & b | !c", "()", ":*", "é" * 300, "<script>"])
def test_search_takes_any_words(client, demo_site, words):
    assert "<script>" not in html(client, f"/fr/recherche/?SearchableText={words}")


def test_search_tells_nothing_of_what_may_not_be_seen(client, demo_site):
    section = SectionPage.objects.get(slug="programme", locale__language_code="fr")
    hidden = ensure_page(
        section, ArticlePage, slug="secret", title="Zanzibar", summary="zanzibar", user=None, now=NOON
    )
    assert "/fr/programme/secret/" in html(client, "/fr/recherche/?q=zanzibar")
    for change in (
        {"public_from": NOON + timedelta(days=36500)},
        {"public_until": NOON},
        {"withdrawn_at": NOON},
        {"audience": "members"},
    ):
        before = {name: getattr(hidden, name) for name in change}
        SitePage.objects.filter(pk=hidden.pk).update(**change)
        page = html(client, "/fr/recherche/?q=zanzibar")
        assert page.count('class="item"') == 0, change
        assert page.replace("zanzibar", "xylophone") == html(client, "/fr/recherche/?q=xylophone"), change
        SitePage.objects.filter(pk=hidden.pk).update(**before)


def test_search_takes_the_same_number_of_queries_for_1_and_30(client, demo_site):
    section = SectionPage.objects.get(slug="programme", locale__language_code="fr")
    ensure_page(section, ArticlePage, slug="z0", title="Zanzibar 0", user=None, now=NOON)
    html(client, "/fr/recherche/?q=zanzibar")
    with CaptureQueriesContext(connection) as one:
        html(client, "/fr/recherche/?q=zanzibar")
    fill(section, [ArticlePage(slug=f"z{number}", title=f"Zanzibar {number}") for number in range(1, 31)])
    with CaptureQueriesContext(connection) as thirty:
        html(client, "/fr/recherche/?q=zanzibar")
    assert len(thirty) == len(one)


def test_search_is_narrowed_by_kind_and_year_and_counts_what_is_left(client, demo_site):
    section = SectionPage.objects.get(slug="programme", locale__language_code="fr")
    for number in range(5):
        ensure_page(section, ArticlePage, slug=f"z{number}", title=f"Zanzibar {number}", user=None, now=NOON)
    ensure_page(section, SectionPage, slug="z9", title="Zanzibar 9", user=None, now=NOON)
    SitePage.objects.filter(slug__in=["z1", "z2"]).update(public_from=datetime(2003, 5, 1, tzinfo=UTC))
    page = html(client, "/fr/recherche/?q=zanzibar")
    assert "2003 (2)" in page
    assert "Article (5)" in page
    narrowed = html(client, "/fr/recherche/?q=zanzibar&year=2003&type=ArticlePage")
    assert narrowed.count('class="item"') == 2
    assert "Article (2)" in narrowed
    unknown = html(client, "/fr/recherche/?q=zanzibar&year=1066&type=Nothing&topic=rien&sort=pile")
    assert unknown.count('class="item"') == 6


def test_search_gives_the_newest_first_on_request(client, demo_site):
    section = SectionPage.objects.get(slug="programme", locale__language_code="fr")
    ensure_page(section, ArticlePage, slug="z-old", title="Zanzibar Zanzibar", user=None, now=NOON)
    ensure_page(section, ArticlePage, slug="z-new", title="Une île", summary="Zanzibar", user=None, now=NOON)
    SitePage.objects.filter(slug="z-old").update(public_from=datetime(2003, 5, 1, tzinfo=UTC))

    def order(address):
        page = html(client, address)
        return page.index("z-old/") < page.index("z-new/")

    assert order("/fr/recherche/?q=zanzibar")
    assert not order("/fr/recherche/?q=zanzibar&sort=date")


def test_a_facet_counts_nothing_of_what_may_not_be_seen(client, demo_site):
    section = SectionPage.objects.get(slug="programme", locale__language_code="fr")
    ensure_page(section, ArticlePage, slug="seen", title="Zanzibar", user=None, now=NOON)
    hidden = ensure_page(section, ArticlePage, slug="hidden", title="Zanzibar", user=None, now=NOON)
    year = clock.now().year + 1
    SitePage.objects.filter(pk=hidden.pk).update(public_from=datetime(year, 5, 1, tzinfo=UTC))
    page = html(client, f"/fr/recherche/?q=zanzibar&year={year}")
    assert str(year) not in page.replace(f"year={year}", "")
    assert page.count('class="item"') == 1


# The intranet ---------------------------------------------------------------------------------------------------
def test_the_intranet_answers_a_stranger_with_the_same_bytes_for_every_address(client, demo_site):
    door = client.get("/fr/intranet/")
    assert door.status_code == 403
    assert "no-store" in door["Cache-Control"]
    for path in ("/fr/intranet/comite-de-pilotage/", "/fr/intranet/nulle-part/", "/fr/intranet/a/b/c/"):
        assert client.get(path).content == door.content
        assert client.get(path).status_code == 403
    assert client.get("/fr/intranet/nulle-part/", headers={"accept": "application/json"}).status_code == 401


def test_a_member_reads_the_intranet_and_finds_what_is_not_there_absent(client, demo_site):
    member = get_user_model().objects.create_user("focal", password="x")
    member.groups.add(Group.objects.get(name="internal"))
    client.force_login(member)
    response = client.get("/fr/intranet/comite-de-pilotage/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert client.get("/fr/intranet/nulle-part/").status_code == 404


def test_an_intranet_page_cannot_be_opened_to_everyone(demo_site):
    page = SitePage.objects.get(slug="comite-de-pilotage").specific
    page.audience = "public"
    page.save()
    page.refresh_from_db()
    assert page.audience == "members"


# What bodies point at -------------------------------------------------------------------------------------------
def test_a_link_to_a_hidden_page_keeps_its_words_and_loses_its_address(client, demo_site):
    section = SectionPage.objects.get(slug="programme", locale__language_code="fr")
    target = ensure_page(section, ArticlePage, slug="cible-cachee", title="Titre caché", user=None, now=NOON)
    body = [("paragraph", f'<p>Lire <a linktype="page" id="{target.pk}">la suite</a>.</p>')]
    ensure_page(section, ArticlePage, slug="renvoi", title="Renvoi", user=None, now=NOON, body=body)
    assert 'href="/fr/programme/cible-cachee/"' in html(client, "/fr/programme/renvoi/")
    SitePage.objects.filter(pk=target.pk).update(public_from=NOON + timedelta(days=36500))
    page = html(client, "/fr/programme/renvoi/")
    assert "Lire la suite." in page
    assert "cible-cachee" not in page
    assert "Titre caché" not in page


# The one 404 ----------------------------------------------------------------------------------------------------
def test_absent_and_hidden_pages_answer_with_the_same_bytes(client, demo_site):
    section = SectionPage.objects.get(slug="programme", locale__language_code="fr")
    hidden = ensure_page(section, ArticlePage, slug="plus-tard", title="Plus tard", user=None, now=NOON)
    SitePage.objects.filter(pk=hidden.pk).update(public_from=NOON + timedelta(days=36500))
    absent = client.get("/fr/nulle-part/")
    assert absent.status_code == 404
    assert "Il n’y a pas de page à cette adresse" in absent.content.decode()
    assert client.get("/fr/programme/plus-tard/").content == absent.content
    assert "There is no page" in client.get("/en/nowhere/").content.decode()


def test_absent_json_is_a_problem(client, demo_site):
    response = client.get("/fr/nulle-part/", headers={"accept": "application/json"})
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_a_withdrawn_page_says_so_with_410(client, demo_site):
    SitePage.objects.filter(slug="reperes").update(withdrawn_at=NOON)
    response = client.get("/fr/programme/reperes/")
    assert response.status_code == 410
    page = response.content.decode()
    assert "Ce texte a été retiré le lundi 23 novembre 2026" in page
    assert "Forum des investisseurs" not in page


# JSON at the same address ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/fr/", "/fr/resultats/", "/fr/documents/", "/fr/programme/reperes/"])
def test_a_page_answers_json_at_its_own_address(client, demo_site, path):
    response = client.get(path, headers={"accept": "application/json"})
    assert response.status_code == 200
    assert response.json()["@id"] == f"http://localhost:8000{path.rstrip('/')}"


def test_every_page_model_of_ours_is_registered(db):
    from django.apps import apps

    missing = [
        model.__name__
        for model in apps.get_app_config("pages").get_models()
        if issubclass(model, SitePage) and registry.page_types.get(model) is None
    ]
    assert missing == []


def test_building_the_demo_twice_changes_nothing(demo_site):
    from wagtail.models import Revision

    before = SitePage.objects.count(), Revision.objects.count()
    demo.build(now=NOON)
    assert (SitePage.objects.count(), Revision.objects.count()) == before


def test_a_long_sector_is_drawn_in_lines_that_a_telephone_shows_whole(client, demo_site):
    from cms.pages import queries

    found = queries.results(language="fr")
    long = [row for row in found.rows if len(row.lines) > 1]
    assert long
    assert max(len(line) for row in found.rows for line in row.lines) <= 32
    tops = [row.top for row in found.rows]
    assert tops == sorted(set(tops))
    page = client.get("/fr/resultats/").content.decode()
    for line in long[0].lines:
        assert f">{line}</tspan>" in page


def test_no_line_of_a_list_begins_with_a_french_colon():
    from cms.core.formats import french_spaces

    assert french_spaces("nombres : « les repères » ! oui ?") == (
        "nombres\u00a0: «\u00a0les repères\u00a0»\u00a0! oui\u00a0?"
    )
    assert french_spaces("10:30; a b") == "10:30; a b"


def test_a_search_says_what_a_page_is_in_the_readers_words(client, demo_site):
    page = client.get("/fr/recherche/?SearchableText=bulletin").content.decode()
    assert "Document</p>" in page
    assert "Page d" not in page
