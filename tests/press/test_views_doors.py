"""Behind a journalist's door: the one text that was opened to them, under their name, and nothing beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.contacts import actions as contacts
from cms.core import clock
from cms.core.actions import publish_page
from media_library.models import Hold
from press import actions
from press.models import DoorVisit, ReleasePage
from press.queries import doors
from tests.factories.accounts import make_user
from tests.factories.contacts import make_contact
from tests.factories.press import Room, make_kit, make_release
from tests.press.test_holds import picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
DAY = timedelta(days=1)
CANARY = "Zanzarelle"


@pytest.fixture
def awa() -> Any:
    contact = make_contact(name="Awa Diarra", email="awa@example.org")
    contacts.grant_accreditation(contact=contact, now=clock.now())
    return contact


def embargoed(room: Room, **words: Any) -> Any:
    words.setdefault("title", f"{CANARY} titre")
    body = [("paragraph", f"<p>{CANARY} corps</p>")]
    return make_release(room, until=clock.now() + DAY, lead=f"{CANARY} chapô", body=body, **words)


def reserved(room: Room) -> Any:
    """A release that is for accredited journalists, under no embargo."""
    page = make_release(room, title="Réservé à la presse", publish=False)
    actions.set_audience(page.release, audience="journalists", user=None, now=clock.now())
    return publish_page(ReleasePage.objects.get(pk=page.pk), user=None, now=clock.now())


def open_to(page: Any, *people: Any) -> Any:
    return actions.give_early_copies(page.thing, contacts=people, user=None, now=clock.now())[0]


def path_of(url: str) -> str:
    return "/j/" + url.rpartition("/j/")[2]


def door_of(contact: Any) -> str:
    found = doors.door_of(contact, now=clock.now())
    assert found is not None
    return path_of(doors.door_url(found))


def agree(client: Client, path: str) -> None:
    answer = client.post(path, {"do": "agree", "version": "1"})
    assert (answer.status_code, answer["Location"]) == (303, path)


def inside(contact: Any) -> Client:
    """A browser that came in by the person's door and accepted the agreement."""
    client = Client()
    agree(client, door_of(contact))
    return client


def test_the_text_opens_once_the_agreement_is_accepted_by_post(room, awa, client):
    page = embargoed(room)
    open_to(page, awa)
    path = door_of(awa)
    shut = client.get(path)
    assert shut.status_code == 200
    assert CANARY not in shut.text
    assert "1 texte sous embargo vous attend" in shut.text
    assert client.cookies == {}
    assert (shut["Cache-Control"], shut["Referrer-Policy"]) == ("private, no-store", "same-origin")
    assert (
        client.get(page.public_path).status_code == client.get(path + page.public_path[1:]).status_code == 404
    )
    agree(client, path)
    assert CANARY in client.get(path).text
    read = client.get(page.public_path)
    assert CANARY in read.text
    assert "SOUS EMBARGO" in read.text
    assert read["Cache-Control"] == "private, no-store"


def test_other_links_get_the_404_of_what_is_not(room, awa, client):
    path = door_of(awa)
    wrong = path[:-3] + ("AA/" if path[-3:-1] != "AA" else "BA/")
    accreditation = awa.accreditations.get()
    actions.close_doors(awa, user=None, now=clock.now())
    nowhere = client.get("/fr/presse/rien/").content
    for other in (wrong, path, "/j/x/", f"/j/{accreditation.uid.hex}/"):
        for answer in (client.get(other), client.post(other, {"do": "agree", "version": "1"})):
            assert answer.status_code == 404
            assert answer.content == nowhere


def test_a_door_opens_its_own_texts_and_leaves_every_list_as_it_is(room, awa):
    ali = make_contact(name="Ali")
    contacts.grant_accreditation(contact=ali, now=clock.now())
    page, other = embargoed(room), embargoed(room, title=f"{CANARY} autre")
    open_to(page, awa)
    open_to(other, ali)
    client = inside(awa)
    assert client.get(page.public_path).status_code == 200
    assert client.get(other.public_path).status_code == 404
    index = room.releases.public_path
    for address in (
        index,
        f"{index}atom.xml",
        f"{index}feed.json",
        "/fr/",
        room.room.public_path,
        f"/fr/recherche/?SearchableText={CANARY}",
        "/sitemap.xml",
        "/sitemap-news.xml",
        f"/++api++/@search?SearchableText={CANARY}",
    ):
        said = client.get(address).text
        assert f"{CANARY} " not in said, address
        assert page.public_path not in said, address
    assert client.get(page.public_path, headers={"accept": "application/json"}).status_code == 404
    assert client.get(f"/++api++{page.public_path}").status_code == 404


@pytest.mark.parametrize("closing", ["copy", "doors", "accreditation", "withdrawal"])
def test_what_is_revoked_is_shut_to_an_open_session_at_once(room, awa, closing):
    page = embargoed(room)
    copy = open_to(page, awa)
    client, path = inside(awa), door_of(awa)
    assert client.get(page.public_path).status_code == 200
    now = clock.now()
    if closing == "copy":
        actions.revoke_early_copy(copy, user=None, now=now)
    elif closing == "doors":
        actions.close_doors(awa, user=None, now=now)
    elif closing == "accreditation":
        contacts.revoke_accreditation(awa.accreditations.get(), now=now)
    else:
        actions.withdraw(page.release, reason="Faux", user=None, now=now)
    for address in (page.public_path, f"{page.public_path}text.txt", path + page.public_path[1:]):
        answer = client.get(address)
        assert (answer.status_code, CANARY in answer.text) == (404, False), address
    assert CANARY not in client.get(path).text


def test_without_cookies_all_is_read_below_the_link_and_files_too(room, awa):
    asset = picture("photo-reservee")
    page = embargoed(room, card_image=asset.image)
    kit = make_kit(
        room, assets=[picture("dans-le-dossier")], until=clock.now() + DAY, title=f"{CANARY} dossier"
    )
    open_to(page, awa)
    open_to(kit, awa)
    path = door_of(awa)
    agree(Client(), path)
    bare = Client()
    listed = bare.get(path).text
    held = Hold.objects.get(source_uid=kit.kit.uid).asset
    for wanted in (page.public_path, f"{page.public_path}text.txt", kit.public_path, held.url):
        assert f'href="{path[:-1]}{wanted}"' in listed
        assert bare.get(wanted).status_code == 404
        answer = bare.get(path[:-1] + wanted)
        assert answer.status_code == 200, wanted
        assert answer["Cache-Control"] == "private, no-store"
    assert bare.get(path[:-1] + asset.url).status_code == 200
    assert bare.cookies == {}
    other = picture("ailleurs")
    assert bare.get(path[:-1] + other.url).status_code == 404


def test_the_link_of_one_copy_opens_that_text_and_not_the_door(room, awa):
    page, other = embargoed(room), embargoed(room, title="Autre embargo")
    kept = reserved(room)
    path = path_of(doors.copy_url(open_to(page, awa)))
    open_to(other, awa)
    client = Client()
    agree(client, path)
    said = client.get(path).text
    assert page.title in said
    assert other.title not in said
    assert kept.title not in said
    assert client.get(page.public_path).status_code == 200
    assert client.get(other.public_path).status_code == client.get(kept.public_path).status_code == 404
    agree(client, door_of(awa))
    assert client.get(other.public_path).status_code == client.get(kept.public_path).status_code == 200


def test_each_reading_and_download_is_written_down_and_a_page_for_all_is_not(room, awa):
    page, public, kept = embargoed(room), make_release(room), reserved(room)
    asset = picture("photo")
    kit = make_kit(room, assets=[asset], until=clock.now() + DAY)
    open_to(page, awa)
    open_to(kit, awa)
    client = inside(awa)
    client.get(door_of(awa))
    client.head(page.public_path)
    client.get(page.public_path)
    client.get(f"{page.public_path}text.txt")
    client.get(asset.url, headers={"range": "bytes=100-"})
    client.get(asset.url)
    client.get(public.public_path)
    client.get(f"{public.public_path}text.txt")
    client.get(kept.public_path)
    lines = DoorVisit.objects.order_by("pk").values_list("what", "thing_uid", "detail")
    assert list(lines) == [
        ("agreed", None, "1"),
        ("opened", None, ""),
        ("read", page.release.uid, ""),
        ("downloaded", page.release.uid, "text.txt"),
        ("downloaded", kit.kit.uid, asset.filename),
        ("read", kept.release.uid, ""),
    ]
    assert set(DoorVisit.objects.values_list("contact", flat=True)) == {awa.pk}


def test_who_asks_for_a_text_from_its_middle_is_written_down_too(room, awa, client):
    page = embargoed(room)
    path = path_of(doors.copy_url(open_to(page, awa)))
    agree(client, path)
    DoorVisit.objects.all().delete()
    address = f"{path.rstrip('/')}{page.public_path}"
    for _again in range(2):
        assert CANARY in Client().get(address, headers={"range": "bytes=1-"}).text
    assert CANARY in Client().get(f"{address}text.txt", headers={"range": "bytes=1-"}).text
    assert sorted(DoorVisit.objects.values_list("what", "detail")) == [
        ("downloaded", "text.txt"),
        ("read", ""),
    ]
    DoorVisit.objects.update(at=clock.now() - DAY)
    Client().get(f"{address}text.txt", headers={"range": "bytes=1-"})
    assert DoorVisit.objects.count() == 2, "a download that goes on a day later"


def test_what_draws_a_preview_of_a_link_neither_reads_nor_counts(room, awa, client):
    page = embargoed(room)
    path = path_of(doors.copy_url(open_to(page, awa)))
    for agent in ("WhatsApp/2.23", "facebookexternalhit/1.1", "TelegramBot (like TwitterBot)"):
        answer = client.get(path, headers={"user-agent": agent})
        assert CANARY not in answer.text
        assert "og:" not in answer.text
    client.get(path, headers={"sec-purpose": "prefetch"})
    client.head(path)
    assert not DoorVisit.objects.exists()
    client.get(path)
    assert DoorVisit.objects.get().what == "opened"


def test_an_officer_sees_the_door_and_does_nothing_in_the_journalists_name(room, awa):
    open_to(embargoed(room), awa)
    client = Client()
    client.force_login(make_user("officer"))
    path = door_of(awa)
    assert "Rien n’est noté" in client.get(path).text
    assert client.post(path, {"do": "agree", "version": "1"}).status_code == 403
    assert not DoorVisit.objects.exists()
    assert awa.accreditations.get().terms_accepted_at is None


@pytest.mark.parametrize(("role", "status"), [("officer", 200), ("author", 404)])
def test_what_the_team_reads_below_a_door_is_neither_noted_nor_marked_as_the_journalists(
    room, awa, role, status
):
    page = embargoed(room)
    open_to(page, awa)
    path = door_of(awa)
    agree(Client(), path)
    reading, text = f"{path[:-1]}{page.public_path}", f"{path[:-1]}{page.public_path}text.txt"
    assert "Awa Diarra" in Client().get(text).text, "without an account it is the journalist's reading"
    assert DoorVisit.objects.filter(what="downloaded").count() == 1
    before = DoorVisit.objects.count()
    team = Client()
    team.force_login(make_user(role))
    for address in (reading, text):
        answer = team.get(address)
        assert (answer.status_code, "Awa Diarra" in answer.text) == (status, False), address
    assert DoorVisit.objects.count() == before


def test_who_came_in_by_a_door_and_then_signs_in_to_the_team_reads_as_the_team(room, awa):
    page = embargoed(room)
    open_to(page, awa)
    client = inside(awa)
    client.get(page.public_path)
    assert DoorVisit.objects.filter(what="read").count() == 1
    client.force_login(make_user("officer"))
    assert CANARY in client.get(page.public_path).text
    assert "Awa Diarra" not in client.get(f"{page.public_path}text.txt").text
    assert sorted(DoorVisit.objects.values_list("what", flat=True)) == ["agreed", "read"]


def test_a_journalist_signed_in_with_an_account_goes_through_their_door_too(room, awa):
    page = embargoed(room)
    open_to(page, awa)
    client = Client()
    client.force_login(make_user("journalist"))
    agree(client, door_of(awa))
    client.get(door_of(awa))
    assert CANARY in client.get(page.public_path).text
    assert sorted(DoorVisit.objects.values_list("what", flat=True)) == ["agreed", "opened", "read"]


def test_another_sites_form_begins_no_session(awa, client):
    path = door_of(awa)
    data = {"do": "enter"}
    assert client.post(path, data, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    agreed = {"do": "agree", "version": "1"}
    assert client.post(path, agreed, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert not DoorVisit.objects.filter(what="agreed").exists(), "nor accepts the agreement"
    assert client.cookies == {}
    assert client.post(path, data, headers={"sec-fetch-site": "same-origin"}).status_code == 303
    assert client.cookies["sessionid"]["httponly"]


def test_a_question_reaches_the_log_and_leaving_ends_the_session(room, awa):
    page = embargoed(room)
    open_to(page, awa)
    client, path = inside(awa), door_of(awa)
    asked = {"do": "ask", "thing": page.release.uid.hex, "question": "Un entretien jeudi ?"}
    answer = client.post(path, asked)
    assert "Votre question" in client.get(answer["Location"]).text
    line = DoorVisit.objects.get(what="asked")
    assert (line.thing_uid, line.detail, line.contact) == (page.release.uid, "Un entretien jeudi ?", awa)
    client.post(path, {"do": "leave"})
    assert client.get(page.public_path).status_code == 404


def test_what_is_for_journalists_alone_is_offered_to_no_network(room, awa):
    """What it would lead to opens to nobody there; the control is a public text, for the same reader."""
    kept, public = reserved(room), make_release(room)
    client = inside(awa)
    shared = {page: client.get(page.public_path).text for page in (kept, public)}
    for address in ("https://wa.me/?text=", "qr.svg", "/p/", "og:image"):
        assert (address in shared[kept], address in shared[public]) == (False, True), address


def test_a_link_that_is_lent_brings_no_flood_of_questions(room, awa):
    page = embargoed(room)
    open_to(page, awa)
    client, path = inside(awa), door_of(awa)
    asked = {"do": "ask", "thing": page.release.uid.hex, "question": "Un entretien ?"}
    answers = [client.post(path, asked)["Location"] for _number in range(22)]
    assert [answer.rpartition("?")[2] for answer in answers] == ["asked"] * 20 + ["many"] * 2
    assert DoorVisit.objects.filter(what="asked").count() == 20
    assert "n’est pas partie" in client.get(answers[-1]).text


def test_the_page_of_a_door_asks_as_often_for_one_text_as_for_eight(room, awa, django_assert_num_queries):
    def add() -> None:
        open_to(embargoed(room), awa)
        open_to(make_kit(room, assets=[picture()], until=clock.now() + DAY), awa)

    add()
    client, path = inside(awa), door_of(awa)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as first:
        client.get(path)
    for _number in range(3):
        add()
    with django_assert_num_queries(len(first)):
        client.get(path)
