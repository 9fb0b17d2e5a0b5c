"""Posts to the editor that are not the editor's own: a sentence at the field, nothing saved, no word lost."""

from __future__ import annotations

import re
from copy import deepcopy
from html import unescape

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms.accounts.models import Role
from press.models import Boilerplate, ReleasePage
from tests.factories.accounts import make_user
from tests.factories.core import locale
from tests.factories.press import make_release
from tests.press.test_admin import typed

pytestmark = pytest.mark.django_db
OTHER_FORM = "sous une autre forme que celle de l’éditeur"


@pytest.fixture
def officer(client, laid_room):
    client.force_login(make_user(Role.OFFICER))
    return deepcopy(laid_room)


def answer(client, page, data):
    response = client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
    assert response.status_code == 200
    # what stands in a body is written as JSON
    said = unescape(response.content.decode())
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), said)


@pytest.mark.parametrize("words", ["Mille <b>mots</b> tapés", '{"blocks": 3}', "[1]"])
def test_a_paragraph_in_another_form_is_shown_again_and_not_saved(client, officer, words):
    page = make_release(officer)
    said = answer(client, page, typed(body=streamfield([("paragraph", words)])))
    assert OTHER_FORM in said
    assert ("Mille <b>" in said.replace('\\"', '"')) or "Mille" not in words or "Mille" in said
    assert ReleasePage.objects.get(pk=page.pk).get_latest_revision_as_object().lead == page.lead
    callout = {"title": "Encadré", "text": words}
    assert OTHER_FORM in answer(client, page, typed(body=streamfield([("callout", callout)])))


@pytest.mark.parametrize("missing", ["body-count", "body-0-type", "body-0-order", "body-0-deleted"])
def test_a_body_that_came_incomplete_keeps_what_was_there(client, officer, missing):
    page = make_release(officer, lead="Le chapô d’avant.")
    data = typed()
    del data[missing]
    said = answer(client, page, data)
    assert "arrivé incomplet" in said
    assert "Corps du communiqu" in said
    assert ReleasePage.objects.get(pk=page.pk).get_latest_revision_as_object().lead == "Le chapô d’avant."


def test_a_number_that_is_none_in_the_body_is_no_error_of_ours(client, officer):
    page = make_release(officer)
    assert "arrivé incomplet" in answer(client, page, {**typed(), "body-count": "beaucoup"})
    odd = typed(body=streamfield([("image", {"image": "moi", "caption": ""})]))
    assert "arrivé incomplet" in answer(client, page, odd)


def test_an_about_text_in_another_form_is_refused_in_words(client, officer):
    row = Boilerplate.objects.create(title="À propos", text="<p>Avant.</p>", locale=locale("fr"))
    address = reverse("wagtailsnippets_press_boilerplate:edit", args=[row.pk])
    response = client.post(address, nested_form_data({"title": "Autre", "text": "pas le JSON de l’éditeur"}))
    assert "arrivé incomplet" in response.content.decode()
    row.refresh_from_db()
    assert (row.title, row.text) == ("À propos", "<p>Avant.</p>")
