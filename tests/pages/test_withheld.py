"""A file that a reader may not have leaves no trace in a page: no name, no size, no address, in any form."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from cms.core.actions import publish_page
from cms.pages.actions import ensure_page
from cms.pages.models import ArticlePage, DocumentIndexPage, DocumentPage, IntranetPage, SectionPage
from media_library import actions as library
from media_library.models import Asset
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset, pdf, picture
from tests.factories.press import Room, make_release

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}
CANARY = "Rapport-secret-du-Niger"


@pytest.fixture
def room(laid_room: Room, db: None) -> Room:
    return deepcopy(laid_room)


@pytest.fixture
def home(room: Room, settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    return room.home


def page_below(parent: Any, model: Any, slug: str, **fields: Any) -> Any:
    return ensure_page(parent, model, slug=slug, title=f"Page {slug}", user=None, now=clock.now(), **fields)


def withheld(kind: str, state: str = "unreleased") -> Asset:
    """A file with a name to look for, that the public may not have (or may, for "public")."""
    data, ending = (picture(), "jpg") if kind == "image" else (pdf(), "pdf")
    asset = make_asset(data, f"{CANARY}.{ending}", title=CANARY)
    now = clock.now()
    if state in ("withdrawn", "public"):
        library.release(asset, now)
    if state == "withdrawn":
        library.withdraw(asset, reason="Erreur", now=now)
    if state == "held":
        library.hold([asset], until=now + timedelta(days=1), source_uid=uuid4(), now=now)
        library.release(asset, now)
    return asset


def unopened(page: Any, **fields: Any) -> None:
    """Point a published page at a file, without the publication that would open it."""
    type(page).objects.filter(pk=page.pk).update(**fields)


def traces(client: Client, asset: Asset, *addresses: str) -> list[str]:
    """Which of these pages, in HTML or JSON, tell of the asset."""
    found = []
    for address in addresses:
        for headers in ({}, JSON):
            said = client.get(address, headers=headers).content.decode()
            if CANARY in said or asset.uid.hex in said:
                found.append(f"{address} {headers}")
    return found


@pytest.mark.parametrize("state", ["unreleased", "held", "withdrawn"])
def test_a_document_page_says_nothing_of_a_file_the_reader_may_not_have(client, home, state):
    index = page_below(home, DocumentIndexPage, "documents")
    page = page_below(index, DocumentPage, "rapport")
    asset = withheld("document", state)
    unopened(page, document=asset.document)
    addresses = (page.public_path, index.public_path, f"/++api++{page.public_path}")
    assert traces(client, asset, *addresses) == []
    assert client.get(page.public_path, headers=JSON).json()["file"] is None
    assert "Ko" not in client.get(index.public_path).content.decode().split("<main")[1]
    client.force_login(make_user("officer"))
    assert traces(client, asset, *addresses), "the control: who may have it is told of it"


@pytest.mark.parametrize("state", ["unreleased", "held", "withdrawn"])
def test_a_card_says_nothing_of_a_picture_the_reader_may_not_have(client, home, state):
    section = page_below(home, SectionPage, "rubrique", lists_children=True)
    page = page_below(section, ArticlePage, "article")
    asset = withheld("image", state)
    unopened(page, card_image=asset.image)
    addresses = (section.public_path, page.public_path, "/fr/", f"/++api++{page.public_path}", "/sitemap.xml")
    assert traces(client, asset, *addresses) == []
    client.force_login(make_user("officer"))
    assert traces(client, asset, *addresses), "the control: who may have it is told of it"


def test_a_public_document_is_told_as_plone_tells_a_file(client, home):
    index = page_below(home, DocumentIndexPage, "documents")
    asset = withheld("document", "public")
    page = page_below(index, DocumentPage, "rapport", document=asset.document)
    told = client.get(page.public_path, headers=JSON).json()["file"]
    assert told == {
        "content-type": "application/pdf",
        "download": f"http://localhost:8000{asset.url}",
        "filename": f"{CANARY}.pdf",
        "size": asset.blob.size,
    }
    assert asset.url in client.get(page.public_path).content.decode()


@pytest.mark.parametrize("model", [DocumentIndexPage, SectionPage])
def test_lists_with_files_cost_as_many_queries_for_one_as_for_twenty(client, home, model):
    index = page_below(home, model, "liste")
    documents = model is DocumentIndexPage

    def add(number: int) -> None:
        asset = withheld("document" if documents else "image", "public")
        fields = {"document": asset.document} if documents else {"card_image": asset.image}
        page_below(index, DocumentPage if documents else ArticlePage, f"page-{number}", **fields)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(index.public_path).status_code == 200
        return len(seen)

    add(0)
    client.get(index.public_path)
    one = queries()
    for number in range(1, 20):
        add(number)
    assert queries() == one


def test_the_press_room_and_the_home_cost_as_many_queries_for_one_pictured_release_as_for_five(
    client, home, room
):
    def add() -> None:
        page = make_release(room)
        unopened(page, card_image=withheld("image", "public").image)

    def queries(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).content.count(b'class="thumb"') >= 1
        return len(seen)

    addresses = ("/fr/", room.room.public_path)
    add()
    add()
    two = [queries(address) for address in addresses]
    for _number in range(3):
        add()
    assert [queries(address) for address in addresses] == two


# Publication opens files -----------------------------------------------------------------------------------------
def test_publishing_a_document_page_opens_its_file_and_a_draft_does_not(client, home):
    index = page_below(home, DocumentIndexPage, "documents")
    page = page_below(index, DocumentPage, "rapport")
    asset = withheld("document")
    page.document = asset.document
    page.save_revision()
    assert client.get(asset.url).status_code == 404
    publish_page(page, user=None, now=clock.now())
    assert client.get(asset.url).status_code == 200
    assert asset.url in client.get(page.public_path).content.decode()


@pytest.mark.parametrize("model", [ArticlePage, SectionPage])
def test_publishing_a_page_opens_the_picture_of_its_card_and_those_of_its_text(client, home, model):
    card, shown = withheld("image"), withheld("image")
    body = [("image", {"image": shown.image, "caption": "", "decorative": True})]
    page = page_below(home, model, "page", card_image=card.image, body=body)
    assert client.get(card.url).status_code == client.get(shown.url).status_code == 200
    assert shown.uid.hex in client.get(page.public_path).content.decode()


def test_publishing_a_page_opens_nothing_that_another_thing_holds_or_that_was_withdrawn(client, home):
    held, gone = withheld("image", "held"), withheld("image", "withdrawn")
    body = [("image", {"image": gone.image, "caption": "", "decorative": True})]
    page_below(home, ArticlePage, "page", card_image=held.image, body=body)
    assert client.get(held.url).status_code == client.get(gone.url).status_code == 404


def test_publishing_a_page_of_the_intranet_opens_its_files_to_members_alone(client, home):
    asset = withheld("image")
    body = [("image", {"image": asset.image, "caption": "", "decorative": True})]
    intranet = IntranetPage.objects.get(slug="intranet", locale=home.locale)
    page = page_below(intranet, IntranetPage, "membres", body=body)
    assert client.get(asset.url).status_code == 404
    client.force_login(make_user("internal"))
    assert client.get(asset.url).status_code == 200
    assert asset.uid.hex in client.get(page.public_path).content.decode()
