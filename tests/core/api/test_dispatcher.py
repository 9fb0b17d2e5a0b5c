"""One door: routing, methods, errors, caching."""

import pytest

from tests.core.api.conftest import API
from tests.factories.api import CANARY

pytestmark = pytest.mark.django_db


def problem(response, status, code):
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    said = response.json()
    assert (said["status"], said["code"]) == (status, code)
    assert said["type"]
    assert said["message"] == said["detail"]
    return said


@pytest.mark.parametrize("address", [API, f"{API}/"])
def test_the_root_is_the_site_and_its_items_are_the_language_homes(api, address):
    response = api.http.get(address)
    assert response.status_code == 200
    said = response.json()
    assert said["@type"] == "Site"
    assert said["parent"] == {}
    assert [item["@id"] for item in said["items"]] == [
        "http://localhost:8000/fr",
        "http://localhost:8000/en",
    ]


@pytest.mark.parametrize(
    "path", ["fr/programme", "fr/programme/", "fr%2Fprogramme", "/fr//programme/", "fr/programme/?b_size=5"]
)
def test_a_trailing_slash_and_an_encoded_one_are_accepted_and_nothing_redirects(api, path):
    response = api.http.get(f"{API}/{path}")
    assert response.status_code == 200
    assert response.json()["@id"] == "http://localhost:8000/fr/programme"


def test_what_is_absent_and_what_is_embargoed_answer_the_same_bytes(api, tree):
    absent = api.get("fr/programme/rien")
    hidden = api.get(f"fr/programme/{CANARY.lower()}")
    problem(absent, 404, "not-found")
    assert absent.content == hidden.content
    headers = [{**r.headers, "X-Request-ID": ""} for r in (absent, hidden)]
    assert headers[0] == headers[1]
    for service in ("@workflow", "@nothing", "@search"):
        a = api.get(f"fr/programme/rien/{service}")
        b = api.get(f"fr/programme/{CANARY.lower()}/{service}")
        assert (a.status_code, a.content) == (b.status_code, b.content) == (404, absent.content)


def test_an_unknown_service_is_a_404_of_its_own(api):
    problem(api.get("fr/@nothing"), 404, "unknown-service")
    problem(api.get("fr/@content"), 404, "unknown-service")
    problem(api.get("fr/@site"), 404, "unknown-service")
    problem(api.get("fr/@breadcrumbs/more"), 404, "unknown-service")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE"])
def test_a_wrong_verb_is_a_405_that_names_the_right_ones(api, method):
    response = api.call(method, "fr")
    problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD, PATCH, OPTIONS"
    response = api.call(method, "fr/@search")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_options_tells_what_an_object_answers_and_opens_reading_to_other_sites(api):
    response = api.call("OPTIONS", "fr", headers={"Origin": "https://other.example"})
    assert response.status_code == 204
    assert response.headers["Allow"] == "GET, HEAD, PATCH, OPTIONS"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Authorization" not in response.headers["Access-Control-Allow-Headers"]
    problem(api.call("OPTIONS", "fr/rien"), 404, "not-found")


def test_a_wildcard_never_stands_beside_credentials(api, writer):
    anonymous = api.get("fr")
    assert anonymous.headers["Access-Control-Allow-Origin"] == "*"
    known = writer.get("fr", headers={"Origin": "https://other.example"})
    assert known.status_code == 200
    for response in (anonymous, known):
        assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Access-Control-Allow-Origin" not in known.headers


def test_head_has_the_headers_of_get_and_no_body(api):
    head, get = api.call("HEAD", "fr/programme"), api.get("fr/programme")
    assert head.content == b""
    assert head.headers["ETag"] == get.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(get.content))


def test_anonymous_answers_revalidate_and_others_are_never_stored(api, writer):
    response = api.get("fr")
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert {"Accept", "Authorization", "Cookie"} <= {v.strip() for v in response.headers["Vary"].split(",")}
    assert "Set-Cookie" not in response.headers
    assert writer.get("fr").headers["Cache-Control"] == "private, no-store"
    assert api.get("fr/rien").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "header", ["Bearer wrong", "Bearer ", "bearer kun_x", "Basic YTpi", "Token x", "Digest a", ""]
)
def test_a_wrong_credential_is_a_401_and_never_an_anonymous_answer(api, header):
    for path in ("fr", "@site", "fr/rien", "fr/@search"):
        response = api.get(path, headers={"Authorization": header})
        problem(response, 401, "invalid-token")
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "query,name",
    [
        ("nothing=1", "nothing"),
        ("b_size=1000000000", "b_size"),
        ("b_size=-1", "b_size"),
        ("b_size=1_0", "b_size"),
        ("b_size=", "b_size"),
        ("b_start=99999999999", "b_start"),
        ("sort_on=password", "sort_on"),
        ("sort_order=up", "sort_order"),
        ("metadata_fields=owner", "metadata_fields"),
        ("expand=secrets", "expand"),
        ("expand.navigation.depth=9", "expand.navigation.depth"),
        ("b_size=1&b_size=2", "b_size"),
        ("fullobjects=maybe", "fullobjects"),
        ("now=2030-01-01", "now"),
    ],
)
def test_an_unknown_or_wrong_parameter_is_a_400_that_names_it(api, query, name):
    said = api.http.get(f"{API}/fr?{query}").json()
    assert said["status"] == 400
    assert said["errors"][0]["loc"] == ["query", name] or name in said["message"]


def test_a_thousand_parameters_and_a_nul_are_refused(api):
    assert api.http.get(f"{API}/fr?" + "&".join(f"a{n}=1" for n in range(900))).status_code == 400
    assert api.http.get(f"{API}/fr/@search?SearchableText=a%00b").status_code == 400
    for path in ("fr%00", "fr%0Aprogramme", "%0A", "fr/%0A/@search", "."):
        problem(api.http.get(f"{API}/{path}"), 404, "not-found")


def test_the_page_s_own_address_gives_the_same_object(api):
    own = api.http.get("/fr/programme/", headers={"Accept": "application/json"})
    assert own.status_code == 200
    assert own.json() == api.get("fr/programme").json()
    assert "Accept" in own.headers["Vary"]
    tracked = api.http.get("/fr/programme/?utm_source=x", headers={"Accept": "application/json"})
    assert tracked.json() == own.json()
    assert tracked.headers["ETag"] == own.headers["ETag"]


def test_writing_at_the_page_s_own_address_is_refused(api):
    response = api.http.generic(
        "PATCH", "/fr/programme/", b"{}", "application/json", headers={"Accept": "application/json"}
    )
    problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
