"""Releases over the API: their shape, their words written by the editor's action, constant queries."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from cms.core.actions import ensure_workflow
from media_library import actions as library
from press import actions
from tests.core.api.conftest import Api, token_for
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset
from tests.factories.press import make_kit, make_release, refreshed

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer(room):
    return Api(token_for(make_user(is_superuser=True), "read", "write"))


def address(page):
    return page.public_path.strip("/")


def test_words_are_patched_with_a_tag_and_the_embargo_cannot_be(room, writer):
    page = make_release(room)
    read = Api().get(address(page))
    assert read.json()["@type"] == "PressRelease"
    tag = f"W/{read.headers['ETag']}"
    first = writer.patch(
        address(page), {"title": "Corrigé", "lead": "Nouveau chapô."}, headers={"If-Match": tag}
    )
    assert first.status_code == 204
    said = Api().get(address(page)).json()
    assert (said["title"], said["lead"]) == ("Corrigé", "Nouveau chapô.")
    late = writer.patch(address(page), {"title": "Trop tard"}, headers={"If-Match": tag})
    assert late.status_code == 412
    refused = writer.patch(address(page), {"embargo_until": None})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["loc"] == ["body", "embargo_until"]
    assert refreshed(page).embargo_until is None


def test_a_change_of_the_release_itself_outdates_the_tags_of_its_pages(room, writer):
    page = make_release(room, until=clock.now() + timedelta(hours=1))
    assert Api().get(address(page)).status_code == 404
    read = writer.get(address(page))
    assert read.json()["review_state"] == "embargoed"
    actions.lift_embargo(refreshed(page), user=None, now=clock.now())
    assert Api().get(address(page)).status_code == 200
    late = writer.patch(address(page), {"title": "x"}, headers={"If-Match": read.headers["ETag"]})
    assert late.status_code == 412


def test_thirty_kits_in_full_cost_as_many_queries_as_one_and_tell_of_no_hidden_release_or_file(
    room, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    client, hour = Api(), clock.now() + timedelta(days=1)

    def filled(number):
        page = make_kit(room, assets=[make_asset(title=f"Photo du dossier {number}", alt="Une photo.")])
        shown = make_release(room, kit=page.kit, title=f"Communiqué du dossier {number}")
        actions.build_archives(page.kit, now=clock.now())
        return page, shown

    def asked():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address(room.kits), fullobjects="1", b_size=50)
        assert response.status_code == 200
        return response, len(queries)

    filled(0)
    asked()
    _response, few = asked()
    for number in range(1, 4):
        filled(number)
    kept = make_asset(title="Canarix en image", alt="Une tribune")
    library.hold([kept], until=hour, source_uid=uuid4(), now=clock.now())
    for number in range(4, 30):
        make_kit(room, assets=[kept] if number % 2 else [])
    make_release(room, until=hour, title="Canarix", kit=make_kit(room, until=hour).kit)
    response, many = asked()
    assert many == few
    items = response.json()["items"]
    assert len(items) == 30
    assert "Canarix" not in response.content.decode()
    told = [item for item in items if item["releases"]]
    assert len(told) == 4
    for item in told:
        (file,), (release,) = item["assets"], item["releases"]
        assert file["title"].replace("Photo", "Communiqué") == release["title"]
        assert {archive["tier"] for archive in item["archives"]} == {"light", "press", "print"}


def test_thirty_releases_in_full_cost_as_many_queries_as_two_and_tell_of_no_hidden_kit(room):
    hidden = make_kit(room, until=clock.now() + timedelta(days=1), title="Canarix")
    client = Api()

    def asked():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address(room.releases), fullobjects="1", b_size=50)
        assert response.status_code == 200
        return response, len(queries)

    for _ in range(2):
        make_release(room, kit=make_kit(room).kit)
    asked()
    _response, few = asked()
    for number in range(10):
        make_release(room, kit=hidden.kit if number % 2 else make_kit(room).kit)
    response, many = asked()
    assert len(response.json()["items"]) == 12
    assert many == few
    assert "Canarix" not in response.content.decode()
    assert sum(item["kit"] is None for item in response.json()["items"]) == 5


def test_the_bodies_of_releases_and_kits_are_patched_and_cleaned(room, writer):
    for page in (make_release(room), make_kit(room)):
        body = [{"type": "paragraph", "value": "<p>Neuf.<script>alert(1)</script></p>"}]
        response = writer.patch(address(page), {"body": body, "title": "Autre titre"})
        assert response.status_code == 204, response.content
        said = Api().get(address(page)).json()
        assert said["title"] == "Autre titre"
        (block,) = said["body"]
        assert "Neuf." in block["value"]
        assert "<script" not in block["value"]
        refused = writer.patch(address(page), {"body": [{"type": "paragraphe", "value": "x"}]})
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["loc"][:2] == ["body", "body"]


def test_the_description_of_the_api_says_that_bodies_are_written(room, writer):
    schemas = Api().get("@openapi").json()["components"]["schemas"]
    for name in ("ReleasePatch", "KitPatch"):
        assert "body" in schemas[name]["properties"]


def test_a_publisher_is_not_made_to_stack_words_on_somebody_s_draft(room, writer):
    for page in (make_release(room), make_kit(room)):
        title, revisions = page.title, page.revisions.count()
        page.title = "Pas encore relu"
        page.save_revision()
        answer = writer.patch(address(page), {"title": "Par-dessus"})
        assert (answer.status_code, answer.json()["code"]) == (409, "draft-pending")
        assert Api().get(address(page)).json()["title"] == title
        assert page.revisions.count() == revisions + 1


def test_what_is_in_review_is_locked_over_the_api_too(room):
    ensure_workflow(page=room.home)
    officer, editor = make_user("officer"), make_user("editor")
    page = make_release(room)
    before = page.title
    page.title = "En relecture"
    page.save_revision(user=officer)
    state = page.get_workflow().start(page, officer)
    assert page.permissions_for_user(officer).page_locked()
    answer = Api(token_for(officer, "read", "write")).patch(address(page), {"title": "Sans relecture"})
    assert (answer.status_code, answer.json()["code"]) == (423, "locked")
    assert Api().get(address(page)).json()["title"] == before
    state.refresh_from_db()
    assert state.status == state.STATUS_IN_PROGRESS
    # the control: who reviews is not locked out, and is stopped by the draft alone
    answer = Api(token_for(editor, "read", "write")).patch(address(page), {"title": "x"})
    assert answer.json()["code"] == "draft-pending"
