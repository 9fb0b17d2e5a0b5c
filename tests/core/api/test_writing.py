"""PATCH: the administration's own actions, its permissions, and nothing that is not words."""

import json

import pytest
from django.test import Client
from wagtail.models import GroupPagePermission

from cms.accounts import actions as accounts
from cms.accounts.models import ApiToken
from cms.core import clock
from cms.core.models import SitePage
from cms.pages.models import ArticlePage
from tests.core.api.conftest import API, Api, token_for
from tests.core.api.test_dispatcher import problem
from tests.factories.accounts import make_user
from tests.factories.api import CANARY

PATH = "fr/programme/experts"


def article():
    return ArticlePage.objects.get(slug="experts")


@pytest.mark.django_db
def test_a_patch_changes_words_publishes_them_and_leaves_a_revision(writer, api, admin):
    before = article().revisions.count()
    response = writer.patch(PATH, {"title": "Six cents experts", "description": "Nouveau compte."})
    assert response.status_code == 204
    assert response.content == b""
    said = api.get(PATH).json()
    assert (said["title"], said["description"]) == ("Six cents experts", "Nouveau compte.")
    page = article()
    assert page.revisions.count() == before + 1
    assert page.latest_revision.user == admin
    assert not page.has_unpublished_changes
    assert response.headers["ETag"].startswith(f'"{page.version}.')


@pytest.mark.django_db
def test_a_client_that_prefers_the_representation_gets_it(writer):
    response = writer.patch(PATH, {"title": "Autre"}, headers={"Prefer": "return=representation"})
    assert response.status_code == 200
    assert response.json()["title"] == "Autre"
    assert response.headers["Preference-Applied"] == "return=representation"
    assert response.headers["ETag"] == writer.get(PATH).headers["ETag"]


@pytest.mark.django_db
def test_a_body_goes_round_typed(writer, api):
    body = api.get(PATH).json()["body"]
    quote = next(block for block in body if block["type"] == "quote")
    quote["value"]["text"] = "Transmettre, revenir."
    assert writer.patch(PATH, {"body": body}).status_code == 204
    after = api.get(PATH).json()["body"]
    assert [block["type"] for block in after] == [block["type"] for block in body]
    assert [block["id"] for block in after] == [block["id"] for block in body]
    assert after[2]["value"]["text"] == "Transmettre, revenir."
    assert after[3:] == body[3:]


@pytest.mark.django_db
def test_written_html_keeps_only_what_the_editor_allows(writer, api):
    html = (
        '<p onclick="x()">Un <b>mot</b><script>alert(1)</script> <a href="javascript:alert(1)">ici</a> '
        '<a href="https://example.org/">là</a><img src=x onerror=alert(1)><iframe src="//x"></iframe></p>'
    )
    assert writer.patch(PATH, {"body": [{"type": "paragraph", "value": html}]}).status_code == 204
    said = api.get(PATH).json()["body"][0]["value"]
    assert "<b>mot</b>" in said
    assert '<a href="https://example.org/">là</a>' in said
    for evil in ("script", "onclick", "onerror", "iframe", "javascript:", "<img"):
        assert evil not in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "field",
    [
        *(
            "live",
            "owner",
            "embargo_until",
            "public_from",
            "withdrawn_at",
            "audience",
            "version",
            "uid",
            "slug",
        ),
        *("path", "is_staff", "locked", "status", "review_state", "thing_uid", "content_type", "sanitized"),
    ],
)
def test_a_field_that_is_not_words_is_a_400_that_names_it(writer, field):
    before = SitePage.objects.values().get(slug="experts")
    said = problem(writer.patch(PATH, {"title": "Autre", field: None}), 400, "unknown-field")
    assert said["errors"][0]["loc"] == ["body", field]
    assert SitePage.objects.values().get(slug="experts") == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body,loc",
    [
        ({"title": ""}, "title"),
        ({"title": 5}, "title"),
        ({"title": None}, "title"),
        ({"title": "x" * 256}, "title"),
        ({"body": "text"}, "body"),
        ({"body": [{"type": "nothing", "value": ""}]}, "body"),
        ({"body": [{"type": "quote", "value": {"text": "x"}}]}, "speaker"),
        ({"body": [{"type": "quote", "value": {"text": "x", "speaker": "y", "html": "z"}}]}, "html"),
        ({"body": [{"type": "heading", "value": "x", "sanitized": True}]}, "sanitized"),
        ({"body": [{"type": "heading", "value": ""}]}, "value"),
        ({"body": [{"type": "gallery", "value": {"images": []}}]}, "images"),
        ({"body": [{"type": "image", "value": {"image": {"UID": "0" * 32}}}]}, "UID"),
    ],
)
def test_a_wrong_value_is_a_400_that_names_where(writer, body, loc):
    said = writer.patch(PATH, body)
    assert said.status_code == 400, said.content
    assert any(loc in map(str, error["loc"]) for error in said.json()["errors"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw,status,code",
    [
        (b"", 400, "malformed-json"),
        (b"{", 400, "malformed-json"),
        (b'{"title": NaN}', 400, "malformed-json"),
        (b'{"title": "a", "title": "b"}', 400, "malformed-json"),
        (b'{"title": "a\\u0000b"}', 400, "malformed-json"),
        (b'{"title": "\\ud800"}', 400, "malformed-json"),
        (b"\xff\xfe", 400, "malformed-json"),
        (b"[]", 400, "invalid-field"),
        (b"null", 400, "invalid-field"),
        (b"[" * 50_000 + b"]" * 50_000, 400, "too-deep"),
        (b'{"title":' + b"[" * 60 + b"]" * 60 + b"}", 400, "too-deep"),
        (b'{"title": "' + b"x" * 10_000_000 + b'"}', 413, "too-large"),
    ],
)
def test_bodies_that_are_malformed_deep_or_large_are_refused(writer, raw, status, code):
    problem(writer.call("PATCH", PATH, raw), status, code)


@pytest.mark.django_db
def test_a_body_that_is_not_json_is_a_415(writer):
    response = writer.http.generic("PATCH", f"{API}/{PATH}", b"title=x", "text/plain", headers=writer.headers)
    problem(response, 415, "unsupported-media-type")


@pytest.mark.django_db
def test_the_anonymous_are_asked_to_sign_in_and_learn_nothing_of_what_is_hidden(api):
    problem(api.patch(PATH, {"title": "x"}), 401, "sign-in")
    hidden = api.patch(f"fr/programme/{CANARY.lower()}", {"title": "x"})
    absent = api.patch("fr/programme/rien", {"title": "x"})
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert hidden.status_code == 404


@pytest.mark.django_db
def test_a_token_s_scopes_and_life_bound_what_it_may_do(admin):
    problem(Api(token_for(admin, "read")).patch(PATH, {"title": "x"}), 403, "insufficient-scope")
    problem(Api(token_for(admin, "write")).get(PATH), 403, "insufficient-scope")
    problem(Api(token_for(admin)).get(PATH), 403, "insufficient-scope")
    raw = token_for(admin, "read", "write")
    accounts.revoke_token(ApiToken.objects.latest("pk"), now=clock.now())
    problem(Api(raw).get(PATH), 401, "invalid-token")
    problem(Api(raw).patch(PATH, {"title": "x"}), 401, "invalid-token")
    assert article().title != "x"


@pytest.mark.django_db
def test_an_account_without_the_permission_may_not_write(tree):
    client = Api(token_for(make_user("journalist"), "read", "write"))
    problem(client.patch(PATH, {"title": "x"}), 403, "forbidden")


@pytest.mark.django_db
def test_one_who_may_not_publish_leaves_a_draft(tree, api):
    user = make_user("author")
    group = user.groups.get()
    GroupPagePermission.objects.filter(group=group).delete()
    for codename in ("add_page", "change_page"):
        GroupPagePermission.objects.create(group=group, page=tree.section, permission=permission(codename))
    response = Api(token_for(user, "read", "write")).patch(PATH, {"title": "Brouillon"})
    assert response.status_code == 204
    assert api.get(PATH).json()["title"] == "Cinq cent quatre-vingts experts"
    page = article()
    assert page.has_unpublished_changes
    assert page.get_latest_revision_as_object().title == "Brouillon"


@pytest.mark.django_db
def test_a_publisher_is_not_made_to_publish_somebody_s_draft(tree, writer, api):
    page = article()
    page.title = "Pas encore relu"
    page.save_revision()
    problem(writer.patch(PATH, {"description": "x"}), 409, "draft-pending")
    assert api.get(PATH).json()["title"] == "Cinq cent quatre-vingts experts"


def permission(codename):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")


@pytest.mark.django_db
def test_a_page_that_somebody_locked_is_a_423(tree, writer):
    ArticlePage.objects.filter(slug="experts").update(locked=True, locked_by=make_user("editor"))
    problem(writer.patch(PATH, {"title": "x"}), 423, "locked")


@pytest.mark.django_db
def test_a_session_writes_with_its_csrf_token_only(tree, admin):
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(admin)
    data = json.dumps({"title": "Par la session"})
    refused = client.generic("PATCH", f"{API}/{PATH}", data, "application/json")
    problem(refused, 403, "csrf-failed")
    secret = "a" * 32
    client.cookies["csrftoken"] = secret
    accepted = client.generic(
        "PATCH", f"{API}/{PATH}", data, "application/json", headers={"X-CSRFToken": secret}
    )
    assert accepted.status_code == 204
    assert accepted.headers["Cache-Control"] == "private, no-store"
    assert article().title == "Par la session"


@pytest.mark.django_db
def test_a_lost_update_is_a_412_and_changes_nothing(writer):
    tag = writer.get(PATH).headers["ETag"]
    assert writer.patch(PATH, {"title": "Premier"}, headers={"If-Match": tag}).status_code == 204
    problem(writer.patch(PATH, {"title": "Second"}, headers={"If-Match": tag}), 412, "precondition-failed")
    assert article().title == "Premier"


@pytest.mark.django_db
def test_what_an_anonymous_reader_read_may_be_written_by_an_editor(writer, api):
    tag = api.get(PATH, expand="breadcrumbs").headers["ETag"]
    assert writer.patch(PATH, {"title": "Premier"}, headers={"If-Match": f"W/{tag}"}).status_code == 204


@pytest.mark.django_db
def test_reading_again_what_has_not_changed_is_a_304_for_the_same_reader_alone(writer, api):
    first = api.get(PATH)
    again = api.get(PATH, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["ETag"] == first.headers["ETag"]
    told = writer.get(PATH)
    assert told.headers["ETag"] != first.headers["ETag"], "the editor's links go further"
    assert api.get(PATH, headers={"If-None-Match": told.headers["ETag"]}).status_code == 200
    writer.patch("fr/programme/experts", {"title": "Autre"})
    assert api.get(PATH, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.django_db
def test_a_listing_s_tag_changes_with_its_children_and_no_tag_opens_what_is_hidden(writer, api):
    tag = api.get("fr/programme").headers["ETag"]
    writer.patch(PATH, {"title": "Autre titre"})
    assert api.get("fr/programme", headers={"If-None-Match": tag}).status_code == 200
    path = f"fr/programme/{CANARY.lower()}"
    known = writer.get(path).headers["ETag"]
    for headers in ({"If-None-Match": known}, {"If-None-Match": "*"}, {"If-Modified-Since": "x"}):
        assert api.get(path, headers=headers).status_code == 404


@pytest.mark.django_db
def test_what_is_written_is_searchable_by_its_new_words(writer, api):
    writer.patch(PATH, {"title": "Zygomatique"})
    found = api.get("@search", SearchableText="zygomatique").json()
    assert [item["title"] for item in found["items"]] == ["Zygomatique"]
