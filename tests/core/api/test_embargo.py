"""A canary under embargo: absent from every address of the API, in every spelling, for whoever may not read it."""

import json

import pytest

from cms.core import clock, registry
from cms.core.api import openapi
from cms.core.models import SitePage
from tests.core.api.conftest import API, Api, token_for
from tests.factories.accounts import make_user
from tests.factories.api import CANARY, make_article

pytestmark = pytest.mark.django_db

OBJECTS = ("fr", "fr/programme", "fr/programme/experts", f"fr/programme/{CANARY.lower()}")
QUERIES = (
    "",
    "expand=breadcrumbs,navigation,translations,workflow,actions&expand.navigation.depth=4",
    "fullobjects=1&metadata_fields=_all",
    "sort_on=effective&sort_order=descending&b_size=100",
    "now=2099-01-01",
)


def addresses(tree):
    """Every readable address that the description names, on every object, in several spellings."""
    tails = {"type": [kind.type_name for kind in registry.page_types], "name": ["topics", "sectors"]}
    for template, methods in openapi.build()["paths"].items():
        if "get" not in methods or template.endswith(("@docs", "@openapi")):
            continue
        for path in OBJECTS if "{path}" in template else ("",):
            address = template.replace("{path}", path)
            if (name := next((name for name in tails if f"{{{name}}}" in address), None)) is None:
                yield address
            else:
                yield from (address.replace(f"{{{name}}}", value) for value in tails[name][:2])
    uid = tree.canary.uid.hex
    for text in (CANARY, CANARY.lower(), "titre", "corps", "résumé", CANARY[:4] + "*"):
        yield f"{API}/@search?SearchableText={text}"
        yield f"{API}/@search?SearchableText={text}&sort_on=effective&fullobjects=1"
    yield f"{API}/@search?UID={uid}"
    yield f"{API}/@search?path.query=/fr/programme/{CANARY.lower()}"
    yield f"{API}/@search?effective.query=2026-01-01&effective.range=min&metadata_fields=_all&b_size=100"
    yield f"{API}/fr/programme/{uid}"
    yield f"{API}/{tree.canary.pk}"


def crawl(client, tree):
    """All that a reader is told at every address, and how many were asked."""
    told, asked = [], 0
    for address in addresses(tree):
        variants = QUERIES if address.endswith("/@search") or "@" not in address else ("",)
        for query in variants if "?" not in address else ("",):
            url = f"{address}?{query}" if query else address
            response = client.http.get(url, headers=client.headers)
            assert response.status_code in (200, 400, 404), (url, response.status_code)
            text = response.content.decode() + json.dumps(dict(response.headers))
            # What was asked for may be said back in a "batching" address: it tells nothing.
            text = text.replace(url, "")
            told.append((url, text))
            asked += 1
    return told, asked


def found(told):
    return [url for url, text in told if CANARY.lower() in text.lower() and CANARY.lower() not in url.lower()]


@pytest.fixture
def child(tree):
    """A public page below the hidden one, and a public page that links to it."""
    return make_article(
        tree.section, "Lié", body=[("paragraph", f'<p><a linktype="page" id="{tree.canary.pk}">x</a></p>')]
    )


def test_no_address_tells_an_outsider_of_the_hidden_page(api, tree, child):
    for client in (api, Api(token_for(make_user("internal"), "read"))):
        told, asked = crawl(client, tree)
        assert asked > 60
        assert found(told) == []


def test_without_the_embargo_the_same_crawl_finds_it(api, tree, child):
    """The control: the crawl would have seen it, at many addresses."""
    SitePage.objects.filter(pk=tree.canary.pk).update(public_from=clock.now())
    told, _asked = crawl(api, tree)
    assert len(found(told)) > 10


# What an article does not have: tests/press/test_api_writing.py and tests/events/test_api_people.py ask the same of it
# where it stands.
OF_OTHER_PAGES = {
    ("post", "/++api++/{path}"),
    *((verb, "/++api++/{path}/@kit") for verb in ("get", "post", "patch")),
    ("get", "/++api++/{path}/@occurrences"),
    ("get", "/++api++/{path}/@occurrences/{date}"),
    *((verb, "/++api++/{path}/@registrations") for verb in ("get", "post")),
}


def test_every_operation_refuses_wrong_revoked_and_unfit_tokens(tree, admin):
    """The matrix is made from the description: no operation is forgotten."""
    from cms.accounts import actions as accounts
    from cms.accounts.models import ApiToken

    revoked = token_for(admin, "read", "write")
    accounts.revoke_token(ApiToken.objects.latest("pk"), now=clock.now())
    expired_row, expired = accounts.issue_token(
        user=admin, name="old", now=clock.now(), scopes=("read", "write"), expires_at=clock.now()
    )
    assert expired_row.pk
    closed = make_user(is_active=False)
    dead = {"unknown": "kun_" + "x" * 43, "revoked": revoked, "expired": expired}
    dead["closed account"] = token_for(closed, "read", "write")
    read_only, write_only = token_for(admin, "read"), token_for(admin, "write")
    operations = 0
    for template, methods in openapi.build()["paths"].items():
        address = template.replace("{path}", "fr/programme/experts").replace("{type}", "ArticlePage")
        address = address.replace("{name}", "topics").removeprefix(f"{API}/")
        address = address.replace("{mailing}", "0" * 32).replace("{delivery}", "0" * 32)
        address = address.replace("{date}", "0" * 32)
        assert "{" not in address, template
        for verb in methods:
            operations += 1
            body = {"title": "x"} if verb != "get" else None
            for name, raw in dead.items():
                response = Api(raw).call(verb.upper(), address, body)
                assert response.status_code == 401, (name, verb, template)
                assert response.json()["code"] == "invalid-token"
            unfit = write_only if verb == "get" else read_only
            response = Api(unfit).call(verb.upper(), address, body)
            if (verb, template) in OF_OTHER_PAGES:
                assert response.status_code in (404, 405), (verb, template)
                continue
            assert response.status_code == 403, (verb, template)
            assert response.json()["code"] == "insufficient-scope"
            if verb != "get":
                assert Api().call(verb.upper(), address, body).status_code == 401
    assert operations > 10
    described = {(verb, template) for template, verbs in openapi.build()["paths"].items() for verb in verbs}
    assert described >= OF_OTHER_PAGES
