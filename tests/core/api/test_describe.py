"""Types, vocabularies, site and the OpenAPI document: what is said agrees with what is done."""

import json
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from jsonschema_rs import Draft202012Validator, validator_for

from cms.core import registry
from cms.core.models import Topic
from tests.core.api.conftest import API
from tests.core.api.test_dispatcher import problem
from tests.factories.core import locale

pytestmark = pytest.mark.django_db


def test_types_have_a_schema_each(api):
    listed = api.get("fr/@types").json()
    assert {"ArticlePage", "SectionPage", "HomePage"} <= {item["id"] for item in listed}
    assert not any(item["addable"] for item in listed), "an anonymous reader adds nothing"
    for item in listed:
        schema = api.get(f"@types/{item['id']}").json()
        assert schema["type"] == "object"
        assert schema["additionalProperties"] is False
        assert {"fieldsets", "properties", "required"} <= schema.keys()
        named = [field for fieldset in schema["fieldsets"] for field in fieldset["fields"]]
        assert sorted(named) == sorted(schema["properties"])
        validator_for(schema)
    problem(api.get("@types/Nothing"), 404, "not-found")


def test_the_schema_of_a_body_names_every_block_and_its_fields(api):
    schema = api.get("@types/ArticlePage").json()
    check = Draft202012Validator({key: value for key, value in schema.items() if key != "read"})
    assert check.is_valid({"body": [{"type": "quote", "value": {"text": "x", "speaker": "y"}}]})
    assert not check.is_valid({"body": [{"type": "quote", "value": {"text": "x", "voice": "y"}}]})
    assert not check.is_valid({"body": [{"type": "unknown", "value": ""}]})
    assert not check.is_valid({"live": True})


def test_those_who_may_add_are_told_what(writer):
    addable = {item["id"] for item in writer.get("fr/programme/@types").json() if item["addable"]}
    assert "ArticlePage" in addable
    assert "HomePage" not in addable


def test_vocabularies_are_terms_in_the_language_of_the_object(api):
    for code, names in (("fr", ["Santé", "Éducation"]), ("en", ["Health"])):
        for name in names:
            Topic.objects.create(name=name, slug=name.lower(), locale=locale(code))
    assert {item["@id"].rsplit("/")[-1] for item in api.get("@vocabularies").json()} == {"topics", "sectors"}
    said = api.get("fr/@vocabularies/topics").json()
    assert said["items_total"] == 2
    assert {"token": "santé", "title": "Santé"} in said["items"]
    assert [item["title"] for item in api.get("en/@vocabularies/topics").json()["items"]] == ["Health"]
    filtered = api.get("fr/@vocabularies/topics", title="ducat").json()
    assert [item["title"] for item in filtered["items"]] == ["Éducation"]
    assert api.get("fr/@vocabularies/topics", token="santé").json()["items_total"] == 1
    problem(api.get("@vocabularies/users"), 404, "not-found")
    problem(api.get("@users"), 404, "unknown-service")


def test_the_site_says_its_languages(api):
    said = api.get("@site").json()
    assert said["plone.available_languages"] == ["fr", "en"]
    assert said["plone.default_language"] == "fr"
    assert said["plone.site_title"]


def test_the_description_is_openapi_and_names_each_service_as_a_path(api):
    said = api.get("@openapi").json()
    assert said["openapi"] == "3.1.0"
    for service in registry.services:
        if service.name:
            assert any(f"/@{service.name}" in path for path in said["paths"]), service.name
    identifiers = [one["operationId"] for path in said["paths"].values() for one in path.values()]
    assert len(identifiers) == len(set(identifiers))
    text = json.dumps(said)
    assert "QuoteInput" in text
    for reference in {part.split('"')[0] for part in text.split('"$ref": "')[1:]}:
        target = said
        for step in reference.removeprefix("#/").split("/"):
            target = target[step]


def test_every_object_and_service_answers_as_described(api, tree):
    said = api.get("@openapi").json()
    rooted = {"components": said["components"]}

    @cache  # compiling it costs more than all that is asked
    def described(template):
        schema = said["paths"][template]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        return Draft202012Validator({**rooted, **schema})

    def check(template, path, **params):
        response = api.get(path, **params)
        assert response.status_code == 200
        described(template).validate(response.json())

    check("/++api++/", "")
    for path in ("fr", "fr/programme", "fr/programme/experts", "en"):
        check("/++api++/{path}", path)
        check("/++api++/{path}", path, fullobjects="1", expand="breadcrumbs,navigation,workflow")
        for name in ("breadcrumbs", "navigation", "translations", "workflow", "actions", "search"):
            check(f"/++api++/{{path}}/@{name}", f"{path}/@{name}")
    check("/++api++/@site", "@site")


def test_the_explorer_speaks_the_site_s_language_to_the_last_word_of_its_script(api):
    page = api.http.get(f"{API}/@docs").content.decode()
    assert '<html lang="fr">' in page
    for said in ("Jeton d’accès", "Lecture de la description…", 'data-ask="Demander"', "Pas de réponse"):
        assert said in page
    assert "Reading the description" not in page
    script = Path(str(finders.find("core/explorer.js"))).read_text()
    assert '"Ask"' not in script
    assert "No answer" not in script


def test_a_list_holds_no_empty_value_and_a_comma_is_part_of_a_word(api, tree):
    assert api.get("fr/@vocabularies/topics", token="").json()["code"] == "invalid-parameter"
    assert api.get("fr/@vocabularies/topics", token="santé,eau").json()["items_total"] == 0
    assert set(api.get("fr", expand="breadcrumbs,navigation").json()["@components"]) >= {
        "breadcrumbs",
        "navigation",
    }
