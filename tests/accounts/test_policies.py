"""Passwords cannot be tried without end, and nobody can lock another person out."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db):
    return get_user_model().objects.create_superuser("awa", "awa@example.org", "right-password")


def sign_in(client, password, *, name="awa", address="192.0.2.1"):
    return client.post(
        reverse("wagtailadmin_login"), {"username": name, "password": password}, REMOTE_ADDR=address
    )


def is_in(response):
    return response.status_code == 302


def test_the_eleventh_password_is_refused_even_when_right(client, officer):
    for _ in range(10):
        assert not is_in(sign_in(client, "wrong"))
    refused = sign_in(client, "right-password")
    assert refused.status_code == 429
    assert "quart d’heure" in refused.content.decode()


def test_without_the_throttle_sixty_wrong_passwords_change_nothing(client, officer, settings):
    """The control: stock Wagtail."""
    settings.AXES_ENABLED = False
    for _ in range(60):
        assert not is_in(sign_in(client, "wrong"))
    assert is_in(sign_in(client, "right-password"))


def test_another_address_still_gets_in(client, officer):
    for _ in range(15):
        sign_in(client, "wrong", address="192.0.2.66")
    assert is_in(sign_in(client, "right-password", address="192.0.2.1"))


def test_one_address_trying_many_names_is_refused(client, officer):
    for number in range(50):
        sign_in(client, "wrong", name=f"name-{number}", address="192.0.2.66")
    assert sign_in(client, "right-password", address="192.0.2.66").status_code == 429


def test_many_addresses_against_one_name_lock_out_strangers_but_not_the_person(client, officer):
    assert is_in(sign_in(client, "right-password", address="192.0.2.1"))
    client.logout()
    for number in range(100):
        sign_in(client, "wrong", address=f"198.51.100.{number}")
    assert sign_in(client, "right-password", address="203.0.113.9").status_code == 429
    assert is_in(sign_in(client, "right-password", address="192.0.2.1"))


def test_a_forged_forwarding_header_does_not_change_the_address(client, officer):
    for number in range(10):
        client.post(
            reverse("wagtailadmin_login"),
            {"username": "awa", "password": "wrong"},
            headers={"x-forwarded-for": f"198.51.100.{number}", "x-real-ip": f"198.51.100.{number}"},
            REMOTE_ADDR="192.0.2.1",
        )
    assert sign_in(client, "right-password").status_code == 429
