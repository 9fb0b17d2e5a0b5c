"""Making and changing releases and kits over the API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from cms.accounts import actions as accounts
from cms.accounts.models import ApiToken
from cms.core import clock
from cms.core.models import Approval, SitePage, Topic
from press.models import Kit, KitItem, Release, ReleasePage
from tests.core.api.conftest import Api, token_for
from tests.factories.accounts import make_user
from tests.factories.core import locale
from tests.factories.media_library import make_asset
from tests.factories.press import make_kit, make_release, refreshed

pytestmark = pytest.mark.django_db
RELEASES, KITS = "fr/presse/communiques", "fr/presse/dossiers"


@pytest.fixture
def officer(room):
    return Api(token_for(make_user("officer"), "read", "write"))


@pytest.fixture
def author(room):
    return Api(token_for(make_user("author"), "read", "write"))


def body(**more: Any) -> dict[str, Any]:
    return {"@type": "PressRelease", "title": "Trente experts", "lead": "Le chapô.", **more}


def at(page: Any) -> str:
    return page.public_path.strip("/")


def test_post_makes_a_release_with_all_its_words_and_publishes_where_asked(officer, room):
    topic = Topic.objects.create(name="Santé", slug="sante", locale=locale("fr"))
    kit = make_kit(room)
    sent = body(
        description="En deux lignes.",
        kind="note",
        reference="N° 12",
        signatory={"name": "Awa Traoré", "function": "Coordinatrice"},
        dateline={"place": "Ségou", "date": clock.now().date().isoformat()},
        topics=["sante"],
        kit={"UID": kit.uid.hex},
        body=[{"type": "paragraph", "value": "<p>Un <script>x</script>texte.</p>"}],
        publish=True,
    )
    answer = officer.call("POST", RELEASES, sent)
    said = answer.json()
    assert (answer.status_code, answer.headers["Location"]) == (201, said["@id"])
    assert (said["@type"], said["title"], said["kind"]) == ("PressRelease", "Trente experts", "note")
    assert said["number_label"].startswith("NI n° ")
    assert said["kit"]["UID"] == kit.uid.hex
    public = Api().get(said["@id"].split("/", 3)[3])
    assert public.status_code == 200
    read = public.json()
    assert read["signatory"] == {"name": "Awa Traoré", "function": "Coordinatrice"}
    assert read["dateline"]["place"] == "Ségou"
    assert [one["slug"] for one in read["topics"]] == [topic.slug]
    assert "<script" not in json.dumps(read["body"])
    assert "texte." in json.dumps(read["body"])


def test_post_leaves_a_draft_that_nobody_reads_unless_it_is_told_to_publish(officer, room):
    answer = officer.call("POST", RELEASES, body())
    assert answer.status_code == 201
    page = ReleasePage.objects.get(uid=answer.json()["UID"])
    assert not page.live
    assert page.release.number is None
    assert Api().get(at(page)).status_code == 404
    assert officer.http.get(page.public_path).status_code == 404


def test_an_embargoed_release_made_over_the_api_is_nowhere_before_its_hour(officer, room):
    until = clock.now() + timedelta(days=1)
    answer = officer.call("POST", RELEASES, body(embargo_until=until.isoformat(), publish=True))
    assert answer.status_code == 201
    page = ReleasePage.objects.get(uid=answer.json()["UID"])
    assert page.release.embargo_until == until
    assert Api().get(at(page)).status_code == 404
    assert "Trente experts" not in Api().get(RELEASES).content.decode()
    assert officer.get(at(page)).status_code == 200


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"embargo_until": "2020-01-01T00:00:00Z"}, "embargo_until"),
        ({"embargo_until": "2030-01-01T00:00:00"}, "embargo_until"),
        ({"topics": ["inconnu"]}, "topics"),
        ({"kit": {"UID": "0" * 32}}, "kit"),
        ({"related_page": {"UID": "0" * 32}}, "related_page"),
        ({"live": True}, "live"),
        ({"@type": "PressKit"}, "@type"),
        ({"title": ""}, "title"),
        ({"number": 3}, "number"),
    ],
)
def test_post_names_the_field_that_is_wrong_and_leaves_nothing_behind(officer, room, more, name):
    answer = officer.call("POST", RELEASES, body(**more))
    assert answer.status_code == 400, answer.content
    assert name in [part for error in answer.json()["errors"] for part in error["loc"]]
    assert not Release.objects.exists()
    assert not ReleasePage.objects.exists()


def test_an_author_adds_drafts_and_publishes_none(author, room):
    assert author.call("POST", RELEASES, body()).status_code == 201
    refused = author.call("POST", RELEASES, body(title="Autre", publish=True))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    assert Release.objects.count() == 1


def test_where_texts_are_approved_nobody_publishes_around_it_over_the_api(officer, room):
    Approval.objects.create(required=True)
    assert officer.call("POST", RELEASES, body(publish=True)).status_code == 403
    assert officer.call("POST", RELEASES, body()).status_code == 201


def test_post_is_refused_to_strangers_and_to_tokens_that_only_read(room):
    assert Api().call("POST", RELEASES, body()).status_code == 401
    reading = Api(token_for(make_user("officer"), "read"))
    assert reading.call("POST", RELEASES, body()).json()["code"] == "insufficient-scope"
    assert not Release.objects.exists()


def test_only_lists_take_a_post(officer, room):
    page = make_release(room)
    for path in (at(page), "fr", "fr/presse"):
        answer = officer.call("POST", path, body())
        assert answer.status_code == 405, path
        assert "POST" not in answer.headers["Allow"]
    assert "POST" in officer.call("OPTIONS", RELEASES).headers["Allow"]


def test_two_releases_of_one_title_get_addresses_of_their_own(officer, room):
    first, second = (officer.call("POST", RELEASES, body(publish=True)).json()["@id"] for _ in range(2))
    assert first != second


def test_a_kit_is_made_with_its_files_in_order_and_filled_further(officer, room, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    one, two, three = (make_asset(title=f"Photo {n}", alt="Une photo.") for n in "abc")
    sent = {
        "@type": "PressKit",
        "title": "Le dossier",
        "assets": [{"UID": two.uid.hex, "section": "logos"}, {"UID": one.uid.hex}],
        "publish": True,
    }
    made = officer.call("POST", KITS, sent)
    assert made.status_code == 201, made.content
    path = made.json()["@id"].split("/", 3)[3]
    assert [item["UID"] for item in Api().get(path).json()["assets"]] == [two.uid.hex, one.uid.hex]
    more = officer.call("POST", f"{path}/@kit", {"assets": [{"UID": three.uid.hex}, {"UID": one.uid.hex}]})
    assert more.status_code == 200
    assert [item["UID"] for item in more.json()["assets"]] == [two.uid.hex, one.uid.hex, three.uid.hex]
    assert [item["section"] for item in more.json()["assets"]] == ["logos", "photos", "photos"]
    officer.call("PATCH", f"{path}/@kit", {"assets": [{"UID": three.uid.hex}]})
    assert list(KitItem.objects.values_list("asset__title", flat=True)) == ["Photo c"]
    assert Kit.objects.get().name == "Le dossier"


@pytest.mark.parametrize(
    ("door", "kind", "words", "sentence"),
    [
        (RELEASES, "PressRelease", {"lead": "Chapô", "dateline": {"date": "1999-02-05"}}, "daté de 1999"),
        (KITS, "PressKit", {"assets": True}, "« Muette » (photo.jpg)"),
    ],
)
def test_what_may_not_be_published_is_refused_with_its_sentence_and_nothing_is_kept(
    officer, room, settings, tmp_path, door, kind, words, sentence
):
    settings.MEDIA_ROOT = tmp_path
    if "assets" in words:
        words = {"assets": [{"UID": make_asset(title="Muette").uid.hex}]}
    sent = {"@type": kind, "title": "Trop tôt", **words}
    answer = officer.call("POST", door, {**sent, "publish": True})
    assert answer.status_code == 400
    assert sentence in answer.json()["errors"][0]["msg"]
    assert not SitePage.objects.filter(title="Trop tôt").exists()
    assert (Release.objects.count(), Kit.objects.count()) == (0, 0)
    assert officer.call("POST", door, sent).status_code == 201, "as a draft it is kept"


def test_files_are_joined_to_a_kit_by_who_may_fill_it_alone(author, room):
    page, asset = make_kit(room), make_asset(alt="Une photo.")
    answer = author.call("POST", f"{at(page)}/@kit", {"assets": [{"UID": asset.uid.hex}]})
    assert answer.status_code == 403
    assert not page.kit.items.exists()
    assert Api().call("POST", f"{at(page)}/@kit", {"assets": []}).status_code == 401


def test_a_file_that_does_not_exist_is_refused_and_the_kit_stays_as_it_was(officer, room):
    asset = make_asset(alt="Une photo.")
    page = make_kit(room, assets=[asset])
    answer = officer.call("PATCH", f"{at(page)}/@kit", {"assets": [{"UID": "0" * 32}]})
    assert answer.status_code == 400
    assert [item.asset for item in page.kit.items.all()] == [asset]


def test_patch_changes_kind_signatory_topics_and_kit_of_a_release(officer, room):
    Topic.objects.create(name="Santé", slug="sante", locale=locale("fr"))
    page, kit = make_release(room), make_kit(room)
    tag = officer.get(at(page)).headers["ETag"]
    sent = {
        "kind": "speech",
        "signatory": {"name": "Awa Traoré"},
        "reference": "N° 13",
        "topics": ["sante"],
        "kit": {"UID": kit.uid.hex},
    }
    assert officer.call("PATCH", at(page), sent, {"If-Match": tag}).status_code == 204
    read = Api().get(at(page)).json()
    assert (read["kind"], read["reference"], read["signatory"]["name"]) == ("speech", "N° 13", "Awa Traoré")
    assert [one["slug"] for one in read["topics"]] == ["sante"]
    assert read["kit"]["UID"] == kit.uid.hex
    assert officer.call("PATCH", at(page), {"lead": "x"}, {"If-Match": tag}).status_code == 412
    officer.patch(at(page), {"kit": None})
    assert refreshed(page).kit is None


def test_who_may_not_publish_changes_nothing_of_what_readers_have(author, room):
    page, kit = make_release(room), make_kit(room)
    for sent in ({"kind": "speech"}, {"signatory": {"name": "x"}}, {"kit": {"UID": kit.uid.hex}}):
        assert author.patch(at(page), sent).status_code == 403, sent
    release = refreshed(page)
    assert (release.kind, release.signatory_name, release.kit) == ("release", "", None)


def test_the_description_names_what_may_be_made(room):
    said = Api().get("@openapi").json()
    post = said["paths"]["/++api++/{path}"]["post"]
    names = [
        one["$ref"].rsplit("/", 1)[1]
        for one in post["requestBody"]["content"]["application/json"]["schema"]["anyOf"]
    ]
    assert {"ReleaseCreate", "KitCreate"} <= set(names)
    schema = said["components"]["schemas"]["ReleaseCreate"]
    assert {"@type", "title", "lead", "body", "publish"} <= set(schema["properties"])
    assert "@type" in schema["required"]
    assert "201" in post["responses"]
    assert "post" in said["paths"]["/++api++/{path}/@kit"]


def test_verbs_of_the_press_room_refuse_unknown_revoked_and_unfit_tokens(room):
    """As tests/core/api/test_embargo.py asks of every verb that an article has."""
    admin = make_user("admin")
    revoked = token_for(admin, "read", "write")
    accounts.revoke_token(ApiToken.objects.latest("pk"), now=clock.now())
    closed = token_for(make_user(is_active=False), "read", "write")
    read_only, write_only = token_for(admin, "read"), token_for(admin, "write")
    kit = f"{at(make_kit(room))}/@kit"
    for verb, address in (("POST", RELEASES), ("GET", kit), ("POST", kit), ("PATCH", kit)):
        sent = body() if verb != "GET" else None
        for raw in ("kun_" + "x" * 43, revoked, closed):
            answer = Api(raw).call(verb, address, sent)
            assert (answer.status_code, answer.json()["code"]) == (401, "invalid-token"), (verb, address)
        answer = Api(write_only if verb == "GET" else read_only).call(verb, address, sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient-scope"), (verb, address)
        if verb != "GET":
            assert Api().call(verb, address, sent).status_code == 401, (verb, address)
    assert not Release.objects.exists()
