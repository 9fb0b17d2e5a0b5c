"""Releases over the API: their shape, their words written by the editor's action, constant queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from press import actions
from tests.core.api.conftest import Api, token_for
from tests.factories.accounts import make_user
from tests.factories.press import make_kit, make_release, make_room, refreshed

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(db):
    return make_room()


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
