"""The press room's public pages and their JSON twins."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from cms.core.models import Sector, SitePage, Topic
from cms.pages.models import HomePage, KeyFigure
from media_library import actions as library
from press import actions
from press.models import PressRoomPage
from tests.factories.core import locale
from tests.factories.media_library import make_asset
from tests.factories.press import in_english, make_contact, make_kit, make_release

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}
WORDS = (
    "La coordination rapproche chaque demande d’une structure et les compétences que le fichier contient. "
)


def queries_of(client, path: str, **options: Any) -> int:
    client.get(path, **options)
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path, **options).status_code == 200
    return len(found)


def test_a_release_says_number_place_date_title_lead_and_whom_to_call(client, room):
    contact = make_contact()
    page = make_release(
        room, title="Titre", lead="Chapô", contacts=[contact], dateline_date=clock.now().date()
    )
    html = client.get(page.public_path).content.decode()
    for words in ("CP n° ", "Bamako, le ", "<h1>Titre</h1>", "Chapô", contact.telephone, "text.txt"):
        assert words in html, words


def test_a_release_of_nine_hundred_words_and_the_stylesheet_weigh_at_most_14_000_bytes(client, room):
    body = [("paragraph", f"<p>{WORDS * 5}</p>") for _ in range(13)]
    body += [("quote", {"text": WORDS, "speaker": "A. Traoré", "function": "Expert"})]
    page = make_release(room, body=body, contacts=[make_contact()], lead=WORDS * 2)
    html = client.get(page.public_path).content
    sheet = Path(str(finders.find("pages/site.css"))).read_bytes()
    assert len(WORDS.split()) * 66 >= 900
    weight = len(gzip.compress(html, 6)) + len(gzip.compress(sheet, 6))
    assert weight <= 14_000, weight


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_lists_cost_as_many_queries_with_thirty_releases_as_with_one(client, room, accept):
    headers = {"accept": accept}
    path = "/fr/presse/communiques/" + ("?fullobjects=1&b_size=25" if accept == "application/json" else "")
    make_release(room)
    few = queries_of(client, path, headers=headers)
    for _ in range(9):
        make_release(room)
    many = queries_of(client, path, headers=headers)
    assert many <= few, (few, many)


def test_the_data_block_cannot_be_left(client, room):
    page = make_release(room, title="</script><script>alert(1)</script> & <!--")
    html = client.get(page.public_path).content.decode()
    block = html.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(block)["headline"] == page.title
    assert "<script>alert" not in html


def test_the_data_block_tells_a_correction_in_the_language_of_the_text(client, room):
    page = make_release(room)
    said = actions.correct(
        page.release, note="The number was wrong.", language="en", user=None, now=clock.now()
    )
    said.translations = {"fr": "Le nombre était faux."}
    said.save()
    html = client.get(page.public_path).content.decode()
    block = html.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(block)["correction"] == "Le nombre était faux."


def test_the_sectors_of_a_text_stand_on_its_page(client, room):
    page = make_release(room)
    assert "Secteurs" not in client.get(page.public_path).content.decode()
    page.sectors = [Sector.objects.create(name="Élevage", slug="elevage-et-peche", locale=locale("fr"))]
    page.save()
    assert "Secteurs : Élevage" in client.get(page.public_path).content.decode().replace("\xa0", " ")


def test_a_topic_narrows_list_and_feeds_whatever_its_language(client, room):
    topic = Topic.objects.create(name="Santé", slug="sante", locale=locale("fr"))
    make_release(room, title="De santé", topics=[topic])
    make_release(room, title="Sans thème")
    for path in ("/fr/presse/communiques/", "/fr/presse/communiques/atom.xml", "/en/press/releases/"):
        html = client.get(f"{path}?topic=sante").content.decode()
        assert "De santé" in html, path
        assert "Sans thème" not in html, path
    assert "De santé" not in client.get("/fr/presse/communiques/?topic=inconnu").content.decode()


def test_an_untranslated_release_is_shown_in_french_below_the_english_list(client, room):
    page = make_release(room, title="Seulement en français", slug="seul")
    assert "Seulement en français" in client.get("/en/press/releases/").content.decode()
    response = client.get(f"/en/press/releases/{page.slug}/")
    assert response.status_code == 200
    assert response.headers["Content-Language"] == "fr"


def test_a_corrected_release_says_so_above_its_text(client, room):
    page = make_release(room)
    actions.correct(page.release, note="Le nombre était faux.", user=None, now=clock.now())
    html = client.get(page.public_path).content.decode()
    assert html.index("Le nombre était faux.") < html.index("<h1>")


def test_the_text_to_paste_has_every_word(client, room):
    page = make_release(
        room,
        body=[
            ("heading", "Intertitre"),
            ("paragraph", '<p>Un <b>mot</b> &amp; un <a href="https://example.org/x">lien</a>.</p>'),
            ("table", {"caption": "Tableau", "header": ["Secteur", "Total"], "rows": [["Santé", "14"]]}),
            ("quote", {"text": "Parole", "speaker": "A. Traoré", "function": ""}),
        ],
    )
    response = client.get(f"{page.public_path}text.txt")
    text = response.content.decode()
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    for words in (
        "INTERTITRE",
        "Un mot & un lien (https://example.org/x).",
        "Secteur : Santé ; Total : 14",
        "« Parole »",
    ):
        assert words in text, words


def test_the_json_twin_says_what_the_page_says(client, room):
    kit = make_kit(room, slug="dossier")
    page = make_release(room, kit=kit.kit, contacts=[make_contact()])
    in_english(page, slug="in-english", title="In English")
    said = client.get(page.public_path, headers=JSON).json()
    assert said["@type"] == "PressRelease"
    assert said["number_label"].startswith("CP n° ")
    assert said["kit"]["@id"] == kit.public_url.rstrip("/")
    assert said["contacts"][0]["telephone"] == "+223 20 00 00 01"
    assert said["body"][0]["type"] == "paragraph"
    assert client.get(kit.public_path, headers=JSON).json()["@type"] == "PressKit"


def test_public_pages_set_no_cookie_and_hold_no_token(client, room):
    make_release(room)
    for path in ("/fr/presse/", "/fr/presse/communiques/", "/fr/presse/dossiers/", "/fr/presse/contacts/"):
        response = client.get(path)
        assert response.status_code == 200
        assert not response.cookies
        assert b"csrf" not in response.content
        assert b"<style" not in response.content


def test_the_sites_search_is_narrowed_by_topic_and_counts_each(client, room):
    topic = Topic.objects.create(name="Zoologie", slug="zoologie", locale=room.releases.locale)
    pages = [make_release(room, title=f"Zanzibar {number}") for number in range(3)]
    for page in pages[:2]:
        page.topics.through.objects.create(releasepage_id=page.pk, topic=topic)
    hidden = make_release(room, title="Zanzibar", until=clock.now() + timedelta(days=1))
    hidden.topics.through.objects.create(releasepage_id=hidden.pk, topic=topic)
    narrowed = client.get("/fr/recherche/?q=zanzibar&topic=zoologie").content.decode()
    assert "Zoologie (2)" in narrowed
    assert narrowed.count('class="item"') == 2
    assert client.get("/fr/recherche/?q=zanzibar").content.decode().count('class="item"') == 3


def test_the_list_of_releases_is_narrowed_by_kind_and_year(client, room):
    make_release(room, title="Un communiqué")
    make_release(room, title="Une note", kind="note")
    old = make_release(room, title="Une vieille note", kind="note")
    SitePage.objects.filter(pk=old.pk).update(public_from=datetime(2003, 5, 1, tzinfo=UTC))
    html = client.get("/fr/presse/communiques/?kind=note").content.decode()
    assert "Un communiqué" not in html
    assert "2003 (1)" in html
    html = client.get("/fr/presse/communiques/?kind=note&year=2003").content.decode()
    assert "Une vieille note" in html
    assert "Une note" not in html
    html = client.get("/fr/presse/communiques/?kind=note&year=2003&topic=rien").content.decode()
    assert "Une vieille note" not in html
    html = client.get("/fr/presse/communiques/?kind=poem&year=1066").content.decode()
    assert "Un communiqué" in html


def test_the_press_room_leads_to_topics_and_years_and_shows_figures(client, room):
    home = HomePage.objects.get(locale__language_code="fr")
    KeyFigure.objects.create(page=home, value=580, label="experts")
    topic = Topic.objects.create(name="Santé", slug="sante", locale=locale("fr"))
    make_release(room, topics=[topic])
    html = client.get("/fr/presse/").content.decode()
    assert f'href="/fr/presse/communiques/?year={clock.now().year}"' in html
    assert 'href="/fr/presse/communiques/?topic=sante"' in html
    assert "<dd>580</dd>" in html


def test_the_press_room_offers_the_logos_of_its_kit_and_none_that_is_held_back(client, room):
    logo = make_asset(title="Logo en couleur", alt="Logo", released=True)
    hidden = make_asset(title="Logo secret", alt="Logo")
    page = make_kit(room, assets=[])
    actions.set_items(
        page.kit,
        items=[(logo, "logos"), (hidden, "logos"), (make_asset(alt="Une photo."), "photos")],
        user=None,
        now=clock.now(),
    )
    PressRoomPage.objects.filter(locale=locale("fr")).update(logos_kit=page.kit)
    library.withdraw(hidden, reason="Ancien logo", now=clock.now())
    html = client.get("/fr/presse/").content.decode()
    assert html.count("Logo en couleur") == 1
    assert "secret" not in html
    said = client.get("/fr/presse/", headers=JSON).json()
    assert [one["title"] for one in said["logos"]] == ["Logo en couleur"]
