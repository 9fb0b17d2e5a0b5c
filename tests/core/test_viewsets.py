"""The lists of the office: searched, sorted and narrowed in any combination."""

from __future__ import annotations

import pytest
from django.test import Client
from wagtail.admin.viewsets import viewsets

from cms.accounts.models import User
from cms.contacts.models import Organisation
from cms.plan.models import Target

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin", password="x"))
    return client


def lists() -> list[str]:
    """The addresses of every list of ours that the admin's registry knows."""
    from django.urls import NoReverseMatch, reverse
    from django.utils.functional import empty
    from wagtail import hooks

    if viewsets is empty:
        raise AssertionError("no viewsets")
    hooks.get_hooks("register_admin_viewset")
    found = []
    for one in viewsets.viewsets:
        if not hasattr(one, "index_view_class") or not type(one).__module__.startswith(
            ("cms.", "press.", "events.", "media_library.")
        ):
            continue
        try:
            found.append(reverse(one.get_url_name("index")))
        except NoReverseMatch:
            continue
    return sorted(set(found))


def test_every_list_can_be_searched_sorted_and_narrowed_at_once(client):
    Organisation.objects.create(name="Université de Ségou")
    Target.objects.create(name="Chercheurs", slug="chercheurs")
    client.get("/admin/")
    addresses = lists()
    assert len(addresses) > 15
    for address in addresses:
        view = client.get(address).context["view"]
        orders = [column.sort_key for column in view.columns if getattr(column, "sort_key", None)]
        for order in orders:
            assert client.get(address, {"q": "a", "ordering": f"-{order}"}).status_code == 200, (
                address,
                order,
            )
        fields = view.filters.form.fields if view.filters else {}
        for name, field in fields.items():
            for value, _label in list(getattr(field, "choices", ()))[:3]:
                asked = {"q": "a", name: str(value)}
                assert client.get(address, asked).status_code == 200, (address, asked)


def test_a_search_finds_every_word_in_any_column_accents_or_not(client):
    Organisation.objects.create(name="Université de Ségou", acronym="US")
    Organisation.objects.create(name="Université de Kayes")
    page = client.get(
        "/admin/organisations/", {"q": "segou universite", "ordering": "-city"}
    ).content.decode()
    assert "Université de Ségou" in page
    assert "Université de Kayes" not in page


@pytest.mark.parametrize(
    "junk", ["%00", "a%00b", "%ff", "%ED%A0%80", "9" * 40, "-1", "%E2%80%A8", "[]", "x" * 5000]
)
def test_no_list_fails_on_an_odd_query(client, junk):
    client.get("/admin/")
    for address in [*lists(), "/admin/mailings/", "/admin/contact_chooser/chosen-multiple/", "/admin/pages/"]:
        query = "&".join(f"{name}={junk}" for name in ("q", "p", "ordering", "kind", "state", "locale", "id"))
        assert client.get(f"{address}?{query}").status_code in (200, 302, 400, 404), address
