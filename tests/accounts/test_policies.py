"""Passwords cannot be tried without end, and nobody can lock another person out."""

import re
import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.accounts.actions import note_reset
from cms.accounts.models import ResetRequest, ResetTry
from cms.core import clock
from cms.mailing import actions as mailing
from cms.mailing.models import Delivery

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


@pytest.mark.parametrize("other", ["AWA", " awa ", "Awa", "ａｗａ"])
def test_another_spelling_of_the_name_is_counted_with_it(client, officer, other):
    assert get_user_model().objects.get_by_natural_key("AWA") == officer, "it opens the same account"
    for _ in range(5):
        sign_in(client, "wrong")
        sign_in(client, "wrong", name=other)
    assert sign_in(client, "right-password").status_code == 429
    assert sign_in(client, "right-password", name=other).status_code == 429


def test_many_addresses_and_spellings_do_not_lock_out_the_person(client, officer):
    assert is_in(sign_in(client, "right-password", name="Awa", address="192.0.2.1"))
    client.logout()
    for number in range(100):
        sign_in(client, "wrong", name=("awa", "AWA", "Awa")[number % 3], address=f"198.51.100.{number}")
    assert sign_in(client, "right-password", address="203.0.113.9").status_code == 429
    assert is_in(sign_in(client, "right-password", address="192.0.2.1"))


@pytest.mark.parametrize(
    "addresses",
    [
        [f"2001:db8:1:2::{number:x}" for number in range(1, 12)],
        ["192.0.2.66", "::ffff:192.0.2.66", "::ffff:c000:242", *["192.0.2.66"] * 8],
    ],
    ids=["a subscriber's IPv6 addresses", "one IPv4 address, also as IPv6"],
)
def test_another_form_of_an_address_is_counted_with_it(client, officer, addresses):
    for address in addresses[:10]:
        assert not is_in(sign_in(client, "wrong", address=address))
    assert sign_in(client, "right-password", address=addresses[10]).status_code == 429
    assert is_in(sign_in(client, "right-password", address="2001:db8:1:3::1"))


def ask_anew(client, email, address="192.0.2.1"):
    answer = client.post(reverse("wagtailadmin_password_reset"), {"email": email}, REMOTE_ADDR=address)
    return answer.status_code, answer["Location"]


def deliver():
    """What the worker does when it is rung."""
    for queue in mailing.sweep(now=clock.now()):
        mailing.drain(queue, clock=clock.now)


def test_new_passwords_are_mailed_to_one_address_three_times_an_hour(client, officer, mailoutbox):
    answers = {ask_anew(client, "awa@example.org", f"192.0.2.{number}") for number in range(5)}
    answers.add(ask_anew(client, "Awa@Example.org"))
    answers.add(ask_anew(client, "nobody@example.org"))
    assert len(answers) == 1, "too many, and nobody, are answered like any other"
    deliver()
    assert len(mailoutbox) == 3


def test_one_network_asks_for_twenty_new_passwords_an_hour_and_another_is_free(client, officer, mailoutbox):
    for number in range(20):
        ask_anew(client, f"nobody-{number}@example.org", "192.0.2.66")
    ask_anew(client, "awa@example.org", "192.0.2.66")
    deliver()
    assert not mailoutbox
    ask_anew(client, "awa@example.org", "192.0.2.1")
    deliver()
    assert len(mailoutbox) == 1
    assert not ResetRequest.objects.exists(), "addresses are kept no longer than it takes to look"


def test_an_address_with_an_account_costs_the_page_what_one_without_costs(client, officer):
    ask_anew(client, "warm-up@example.org")
    asked = []
    for email in ("awa@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as taken:
            ask_anew(client, email)
        asked.append([query["sql"].split(" VALUES ")[0].split(" WHERE ")[0] for query in taken])
    assert asked[0] == asked[1]
    assert "accounts_user" not in " ".join(asked[0]), "whether there is an account is not looked up here"


def test_asking_for_a_new_password_never_waits_for_a_silent_mail_server(client, officer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_HOST, settings.EMAIL_PORT = silent.getsockname()
        began = time.monotonic()
        ask_anew(client, "awa@example.org")
        assert time.monotonic() - began < 2
        settings.EMAIL_TIMEOUT = 0.2
        deliver()
    assert Delivery.objects.get().state == "queued", "the control: the mail does wait"


def test_the_link_mailed_sets_a_new_password_once(client, officer, mailoutbox, settings):
    ask_anew(client, "awa@example.org")
    deliver()
    [link] = re.findall(rf"{settings.PUBLIC_URL}(/admin/password_reset/confirm/\S+)", mailoutbox[0].body)
    form = client.get(link, follow=True)
    new = {"new_password1": "a fresh-password 7", "new_password2": "a fresh-password 7"}
    assert client.post(form.redirect_chain[-1][0], new).status_code == 302
    assert is_in(sign_in(client, "a fresh-password 7"))
    client.logout()
    assert "new_password1" not in client.get(link, follow=True).content.decode(), "used, it opens nothing"


def test_nobody_reads_the_link_to_a_password_in_the_admin(client, officer, mailoutbox):
    ask_anew(client, "awa@example.org")
    deliver()
    row = Delivery.objects.get()
    assert "password_reset/confirm" in mailoutbox[0].body
    token = re.findall(r"confirm/[^/]+/([^/\s]+)/", mailoutbox[0].body)[0]
    assert token not in str(vars(row)), "the row does not keep it either"
    client.force_login(officer)
    letter = client.get(reverse("mailing_delivery_letter", args=[row.pk])).content.decode()
    assert "Bonjour awa" in letter
    assert "password_reset" not in letter
    assert token not in letter
    assert client.get(reverse("mailing_delivery_eml", args=[row.pk])).status_code == 403


def test_a_new_password_is_not_mailed_to_an_address_that_is_no_more_the_accounts(client, officer, mailoutbox):
    ask_anew(client, "awa@example.org")
    queues = mailing.sweep(now=clock.now())
    officer.email = "other@example.org"
    officer.save()
    for queue in queues:
        mailing.drain(queue, clock=clock.now)
    assert not mailoutbox


def test_a_try_is_forgotten_after_its_hour_and_its_row_after_a_day(officer):
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    given = {"email": "awa@example.org", "network": "192.0.2.1"}
    assert [note_reset(**given, now=now) for _ in range(4)] == [True, True, True, False]
    assert note_reset(**given, now=now + timedelta(minutes=61))
    note_reset(email="other@example.org", network="192.0.2.9", now=now + timedelta(days=2))
    assert ResetTry.objects.count() == 2
    assert not ResetTry.objects.filter(bucket__contains="awa").exists()


def test_a_forged_forwarding_header_does_not_change_the_address(client, officer):
    for number in range(10):
        client.post(
            reverse("wagtailadmin_login"),
            {"username": "awa", "password": "wrong"},
            headers={"x-forwarded-for": f"198.51.100.{number}", "x-real-ip": f"198.51.100.{number}"},
            REMOTE_ADDR="192.0.2.1",
        )
    assert sign_in(client, "right-password").status_code == 429
