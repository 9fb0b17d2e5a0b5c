"""An ended session or a dead network loses nothing that was typed in the admin."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from playwright.sync_api import expect
from wagtail.contrib.redirects.models import Redirect

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(live_server, browser_page):
    get_user_model().objects.create_superuser("awa", "awa@example.org", "right-password")
    sign_in(browser_page, live_server.url)
    return browser_page


def sign_in(page, url):
    page.goto(f"{url}/admin/login/")
    page.fill("[name=username]", "awa")
    page.fill("[name=password]", "right-password")
    page.click("[type=submit]")
    page.wait_for_url(f"{url}/admin/")


def write_a_redirect(page, url):
    page.goto(f"{url}/admin/redirects/add/")
    page.fill("[name=old_path]", "/ancienne-adresse")
    page.fill("[name=redirect_link]", "https://example.org/nouvelle")


def submit(page):
    page.locator("form[action*=redirects] [type=submit]").first.click()


def test_a_form_sent_after_the_session_ended_waits_for_a_new_sign_in(signed_in, live_server):
    page = signed_in
    write_a_redirect(page, live_server.url)
    Session.objects.all().delete()
    submit(page)
    guard = page.locator(".session-guard")
    expect(guard).to_contain_text("Rien de ce que vous avez saisi n’est perdu")
    assert page.input_value("[name=old_path]") == "/ancienne-adresse"

    with page.context.expect_page() as opened:
        guard.get_by_role("link").click()
    sign_in(opened.value, live_server.url)
    guard.get_by_role("button").click()
    page.wait_for_url(f"{live_server.url}/admin/redirects/")
    assert Redirect.objects.filter(old_path="/ancienne-adresse").exists()


def test_a_form_sent_while_the_network_is_cut_stays_on_the_page(signed_in, live_server):
    page = signed_in
    write_a_redirect(page, live_server.url)
    page.context.set_offline(True)
    submit(page)
    expect(page.locator(".session-guard")).to_contain_text("Votre texte reste sur cette page")
    page.context.set_offline(False)
    submit(page)
    page.wait_for_url(f"{live_server.url}/admin/redirects/")
    assert Redirect.objects.filter(old_path="/ancienne-adresse").exists()


def test_without_the_guard_the_words_are_lost(signed_in, live_server):
    """The control: stock Wagtail sends the form to the sign-in page, which does not keep it."""
    page = signed_in
    page.route("**/session-guard*.js", lambda route: route.abort())
    write_a_redirect(page, live_server.url)
    Session.objects.all().delete()
    submit(page)
    page.wait_for_url("**/admin/login/**")
    assert page.locator("[name=old_path]").count() == 0
    assert not Redirect.objects.exists()
