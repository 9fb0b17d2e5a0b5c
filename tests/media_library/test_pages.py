"""The médiathèque in the page tree: what the public finds there, in HTML and JSON."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from cms.core import clock
from cms.core.actions import place_page
from cms.pages.models import HomePage
from media_library import actions
from media_library.models import MediaLibraryPage, MediaSectionPage
from tests.factories.core import NOON, locale, make_site
from tests.factories.media_library import make_asset, pdf, wav
from tests.support.shared import laid

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def laid_library(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with laid(django_db_blocker):
        _root, home, _english = make_site()
        page = MediaLibraryPage(title="Médiathèque", slug="mediatheque", locale=locale("fr"))
        place_page(type(home).objects.get(pk=home.pk), page, user=None, now=NOON - timedelta(days=9))
        yield


def lay_sections() -> None:
    home = HomePage.objects.get(locale__language_code="fr")
    actions.lay_library(home, user=None, now=NOON - timedelta(days=8))


@pytest.fixture(autouse=True)
def _place(laid_library: None, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_the_list_shows_what_is_public_and_no_trace_of_the_rest(client: Client) -> None:
    shown = make_asset(released=True, title="Rizières de Niono", alt="Un champ", place="Niono")
    held = make_asset(title="CANARI", filename="canari.jpg")
    now = clock.now()
    actions.hold([held], until=now + timedelta(days=1), source_uid=uuid4(), now=now)
    actions.release(held, now)
    make_asset(title="CANARI non publié")
    page = client.get("/fr/mediatheque/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Rizières de Niono" in text
    assert "canari" not in text.lower()
    assert 'width="' in text
    assert 'loading="lazy"' in text
    assert client.get(f"/fr/mediatheque/{shown.uid.hex}/").status_code == 200
    for unseen in (held.uid.hex, uuid4().hex, "width-9", "0" * 31):
        assert client.get(f"/fr/mediatheque/{unseen}/").status_code == 404
    listed = client.get("/fr/mediatheque/", headers={"Accept": "application/json"}).content.decode()
    assert "Rizières" in listed
    assert "canari" not in listed.lower()


def test_facets_narrow_and_strange_values_do_not(client: Client) -> None:
    make_asset(released=True, title="Une image", taken_at=datetime(2018, 5, 1, tzinfo=UTC), place="Ségou")
    make_asset(pdf(), "note.pdf", released=True, title="Une note", taken_at=datetime(2017, 5, 1, tzinfo=UTC))
    make_asset(wav(), "son.wav", released=True, title="Un son")

    def titles(query: str) -> set[str]:
        text = client.get(f"/fr/mediatheque/{query}").content.decode()
        return {title for title in ("Une image", "Une note", "Un son") if title in text}

    everything = {"Une image", "Une note", "Un son"}
    assert titles("") == everything
    assert titles("?type=photos") == {"Une image"}
    assert titles("?type=sons") == {"Un son"}
    assert titles("?annee=2017") == {"Une note"}
    assert titles("?lieu=S%C3%A9gou") == {"Une image"}
    assert titles("?SearchableText=segou") == {"Une image"}
    assert titles("?SearchableText=rien-du-tout") == set()
    assert titles("?type=%00&annee=x'--&lieu=%F0%9F%98%80&utm_source=x") == everything


def test_each_section_is_a_page_of_the_tree_with_its_own_kind_alone(client: Client) -> None:
    lay_sections()
    shown = make_asset(released=True, title="Une image")
    make_asset(wav(), "son.wav", released=True, title="Un son")
    make_asset(wav(0.3), "secret.wav", title="Un son pas encore public")
    everything = client.get("/fr/mediatheque/").content.decode()
    assert 'href="/fr/mediatheque/photographies/"' in everything
    assert "web-tv" not in everything, "a section without anything is not offered"
    photos = client.get("/fr/mediatheque/photographies/").content.decode()
    assert "Une image" in photos
    assert "Un son" not in photos
    assert f'href="/fr/mediatheque/{shown.uid.hex}/"' in photos
    assert client.get("/en/media-library/sounds/").content.decode().count("Un son") == 1
    said = client.get("/fr/mediatheque/sons/", headers={"Accept": "application/json"}).json()
    assert (said["kind"], said["assets_total"]) == ("audio", 1)
    assert client.get("/fr/mediatheque/web-tv/").status_code == 200


def test_laying_the_sections_twice_lays_them_once_whatever_they_are_called(client: Client) -> None:
    lay_sections()
    page = MediaSectionPage.objects.get(kind="video", locale__language_code="fr")
    page.slug = "films"
    page.save()
    lay_sections()
    assert MediaSectionPage.objects.count() == 8


def test_one_asset_tells_its_sizes_rights_and_words_and_the_same_in_json(client: Client) -> None:
    asset = make_asset(
        released=True,
        title="Atelier",
        alt="Une table",
        caption="Ségou, 2017",
        credit="Awa Diarra",
        place="Ségou",
    )
    actions.prepare(asset.image, now=NOON)
    address = f"/fr/mediatheque/{asset.uid.hex}/"
    text = client.get(address).content.decode()
    for words in ("Awa Diarra", "Ségou, 2017", "press.jpg", "640 × 426 px", "Libre pour la presse"):
        assert words in text
    said = client.get(address, headers={"Accept": "application/json"}).json()
    assert (said["@type"], said["UID"], said["alt"]) == ("Image", asset.uid.hex, "Une table")
    assert said["scales"]["web-320"]["width"] == 320
    path = said["scales"]["web-320"]["download"].split("/media/")[1]
    assert client.get(f"/media/{path}").status_code == 200


def test_the_json_of_a_picture_weighs_each_size_in_each_format_once_it_is_rendered(client: Client) -> None:
    asset = make_asset(released=True, title="Atelier")
    address = f"/fr/mediatheque/{asset.uid.hex}/"

    def scales() -> dict[str, Any]:
        found: dict[str, Any] = client.get(address, headers={"Accept": "application/json"}).json()["scales"]
        return found

    assert {one["size"] for one in scales().values()} == {None}, "nothing is rendered yet, nothing is guessed"
    actions.prepare(asset.image, now=NOON)
    said = scales()
    for name, kind in (("web-320", "jpeg"), ("web-320.webp", "webp"), ("press", "jpeg"), ("print", "jpeg")):
        answer = client.get("/media/" + said[name]["download"].split("/media/")[1])
        assert said[name]["content-type"] == answer.headers["Content-Type"] == f"image/{kind}"
        assert said[name]["size"] == len(answer.getvalue()), name
    assert all(one["size"] for one in said.values())
    drawing = make_asset(
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "d.svg", released=True
    )
    address = f"/fr/mediatheque/{drawing.uid.hex}/"
    assert {one["content-type"] for one in scales().values()} == {"image/svg+xml"}
    assert not any("webp" in name for name in scales())


def test_an_asset_says_its_bambara_words_in_their_own_language_beside_the_page_s(client: Client) -> None:
    words = {"bm": {"alt": "Malo foro", "caption": "Malo bɛ sɛnɛ Niono"}}
    without = make_asset(released=True, caption="Du riz à Niono", translations=words)
    text = client.get(f"/fr/mediatheque/{without.uid.hex}/").content.decode()
    assert 'lang="bm"' not in text, "Bambara is not switched on: no words are kept in it"
    locale("bm")
    asset = make_asset(released=True, caption="Du riz à Niono", translations=words)
    address = f"/fr/mediatheque/{asset.uid.hex}/"
    text = client.get(address).content.decode()
    assert '<p lang="bm"><b>Bamanankan</b> · Malo bɛ sɛnɛ Niono</p>' in text
    assert "Du riz à Niono" in text
    said = client.get(address, headers={"Accept": "application/json"}).json()
    assert said["texts"]["bm"] == {"alt": "Malo foro", "description": "Malo bɛ sɛnɛ Niono"}
    assert said["description"] == "Du riz à Niono"


def test_a_full_list_stays_within_the_first_flight(client: Client) -> None:
    for number in range(26):
        make_asset(
            released=True, title=f"Image {number}", alt="Une image", place="Bamako", credit="Awa Diarra"
        )
    page = client.get("/fr/mediatheque/")
    assert "b_start=25" in page.content.decode()
    assert len(gzip.compress(page.content, 6)) < 9_000, "the stylesheet shares the 14,000 bytes"


def test_the_list_costs_the_same_queries_for_one_and_for_many(
    client: Client, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make_asset(released=True)
    client.get("/fr/mediatheque/")
    with CaptureQueriesContext(connection) as few:
        client.get("/fr/mediatheque/")
    for _ in range(12):
        make_asset(released=True)
    with CaptureQueriesContext(connection) as many:
        client.get("/fr/mediatheque/")
    assert len(many) == len(few)
