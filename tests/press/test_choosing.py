"""Wagtail's page chooser names to each role what it reads or changes, and nothing else."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.test import Client

from cms.core import clock
from press.models import ReleasePage
from tests.factories.accounts import make_user
from tests.factories.press import Room, make_release

pytestmark = pytest.mark.django_db

DRAFT, EMBARGOED, PUBLIC = "Brouillonix titre", "Zorglubien titre", "Vingt ans de missions"


@dataclass
class World:
    room: Room
    public: ReleasePage
    embargoed: ReleasePage
    draft: ReleasePage


@pytest.fixture(scope="module")
def laid_world(laid_room) -> World:
    room = laid_room
    return World(
        room,
        make_release(room, title=PUBLIC, slug="vingt-ans"),
        make_release(room, title=EMBARGOED, slug="zorglubien", until=clock.now() + timedelta(days=1)),
        make_release(room, title=DRAFT, slug="brouillonix", publish=False),
    )


@pytest.fixture
def world(laid_world, db) -> World:
    return deepcopy(laid_world)


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def chooser(world: World) -> list[str]:
    """The addresses of the chooser that answer with titles."""
    return [
        "/admin/choose-page/search/?q=titre",
        "/admin/choose-page/search/?q=titre&page_type=press.releasepage",
        f"/admin/choose-page/{world.room.releases.pk}/",
        f"/admin/choose-page/{world.room.releases.pk}/?page_type=press.releasepage",
        "/admin/choose-page/?page_type=press.releasepage",
        f"/admin/choose-page/{world.embargoed.pk}/",
        f"/admin/choose-page/{world.draft.pk}/",
        f"/admin/choose-page/chosen-multiple/?id={world.embargoed.pk}&id={world.draft.pk}",
    ]


def told(client: Client, path: str) -> set[str]:
    """Which of the two hidden titles the address tells."""
    text = client.get(path, follow=True).content.decode()
    return {title for title in (DRAFT, EMBARGOED) if title in text}


@pytest.mark.parametrize(
    "role, reads",
    [
        ("protocol", set()),
        ("author", set()),
        ("coordinator", {EMBARGOED}),
        ("officer", {EMBARGOED, DRAFT}),
    ],
)
def test_the_page_chooser_names_to_each_role_what_it_reads_or_changes(world, role, reads):
    client = signed_in(role)
    answers = {path: told(client, path) for path in chooser(world)}
    assert {path: found for path, found in answers.items() if found - reads} == {}
    assert set().union(*answers.values()) == reads
    assert answers["/admin/choose-page/search/?q=titre"] == reads
    assert answers[chooser(world)[-1]] == reads


def test_everybody_in_the_office_chooses_what_is_public(world):
    client = signed_in("protocol")
    assert PUBLIC in client.get(f"/admin/choose-page/{world.room.releases.pk}/").json()["html"]
    assert PUBLIC in client.get("/admin/choose-page/search/?q=missions").content.decode()
    chosen = client.get(f"/admin/choose-page/chosen-multiple/?id={world.public.pk}&id=x&id={'9' * 30}")
    assert [page["adminTitle"] for page in chosen.json()["result"]] == [PUBLIC]


def test_the_guarded_addresses_of_the_chooser_are_the_admins_alone(client, world):
    for path in chooser(world):
        answer = client.get(path)
        assert answer.status_code == 302
        assert "/admin/login/" in answer.headers["Location"]


def test_an_author_chooses_drafts_of_their_own(world):
    author = make_user("author")
    ReleasePage.objects.filter(pk=world.draft.pk).update(owner=author)
    client = Client()
    client.force_login(author)
    assert told(client, "/admin/choose-page/search/?q=titre") == {DRAFT}


@pytest.mark.parametrize("role", ["protocol", "coordinator"])
def test_explorer_and_search_are_closed_to_roles_without_pages(world, role):
    client = signed_in(role)
    for path in (
        "/admin/pages/",
        f"/admin/pages/{world.room.releases.pk}/",
        "/admin/pages/search/?q=titre",
        f"/admin/api/main/pages/?child_of={world.room.releases.pk}",
        f"/admin/api/main/pages/{world.draft.pk}/",
        "/admin/releases/",
        f"/admin/pages/{world.draft.pk}/usage/",
        f"/admin/pages/{world.draft.pk}/history/",
    ):
        assert told(client, path) == set(), path
