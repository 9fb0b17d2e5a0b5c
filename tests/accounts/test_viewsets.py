import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.accounts.models import Role, User
from tests.factories.accounts import make_user

pytestmark = pytest.mark.django_db
WORDS = "baobab-du-fleuve-27"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_user(Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(**fields: object) -> dict[str, object]:
    return {
        "username": "fanta",
        "first_name": "Fanta",
        "last_name": "Koïta",
        "email": "",
        "password1": WORDS,
        "password2": WORDS,
        **fields,
    }


def test_accounts_are_made_without_an_address_with_roles_in_words(admin: Client) -> None:
    url = reverse("wagtailusers_users:add")
    assert "Chargé de communication" in admin.get(url).content.decode()
    officer = Group.objects.get(name="officer")
    for name in ("fanta", "awa"):
        answer = admin.post(url, post(username=name, groups=[officer.pk]))
        assert answer.status_code == 302, answer.context["form"].errors
    assert (
        list(User.objects.filter(username__in=["fanta", "awa"]).values_list("email", flat=True)) == [None] * 2
    )
    assert User.objects.get(username="fanta").groups.get() == officer


@pytest.mark.parametrize("address", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org"])
def test_two_addresses_or_a_line_break_are_an_error_on_the_field(address: str, admin: Client) -> None:
    answer = admin.post(reverse("wagtailusers_users:add"), post(email=address))
    assert answer.status_code == 200
    assert answer.context["form"].errors["email"]


def test_an_address_and_a_name_serve_one_account_whatever_the_case(admin: Client) -> None:
    make_user(username="awa", email="awa@example.org")
    url = reverse("wagtailusers_users:add")
    assert admin.post(url, post(email="AWA@example.org")).context["form"].errors["email"]
    assert admin.post(url, post(username="AWA")).context["form"].errors


def test_the_lists_show_roles_in_words_at_the_same_cost_for_one_and_for_thirty(admin: Client) -> None:
    url = reverse("wagtailusers_users:index")
    make_user(Role.PROTOCOL)
    assert "Protocole et secrétariat" in admin.get(url).content.decode()
    with CaptureQueriesContext(connection) as few:
        admin.get(url)
    for _ in range(17):
        make_user(Role.OFFICER)
    with CaptureQueriesContext(connection) as many:
        admin.get(url)
    assert len(few) == len(many)
    assert "Chargé de communication" in admin.get(reverse("wagtailusers_groups:index")).content.decode()
