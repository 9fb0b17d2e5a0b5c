"""The editors in a browser: kept every ten seconds, safe when the session ends, accessible."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from cms.accounts.models import Role
from cms.core.models import SitePage
from tests.factories.accounts import make_user
from tests.factories.events import make_event_page
from tests.factories.press import make_kit, make_release, make_room
from tests.support.journeys import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# The rich text of a block has no name in Wagtail 7.4 (Draftail); the block around it has.
WAGTAIL_S_OWN = {("aria-input-field-name", "public-DraftEditor-content")}


@pytest.fixture
def desk(live_server: Any, browser_page: Any) -> Any:
    """An officer's browser, signed in, and a page of each kind."""
    room = make_room()
    pages = {
        "release": make_release(room, publish=False),
        "kit": make_kit(room, publish=False),
        "event": make_event_page(),
    }
    make_user(Role.OFFICER, username="awa")
    browser_page.add_init_script(
        "document.addEventListener('w-unsaved:watch-edits', () => { document.body.dataset.watchesEdits = 'yes'; })"
    )
    sign_in(browser_page, live_server.url)
    return browser_page, live_server.url, pages


def sign_in(page: Any, url: str) -> None:
    page.goto(f"{url}/admin/login/")
    page.fill("[name=username]", "awa")
    page.fill("[name=password]", "secret")
    page.locator("form [type=submit]").click()
    page.wait_for_url(f"{url}/admin/")


def kept(page: SitePage) -> str:
    """The title of the newest draft in the database."""
    return str(type(page).objects.get(pk=page.pk).get_latest_revision_as_object().title)


@pytest.mark.parametrize("kind", ["release", "kit", "event"])
def test_what_is_typed_is_kept_within_ten_seconds_and_outlives_the_session(desk, kind):
    browser, url, pages = desk
    page = pages[kind]
    browser.goto(f"{url}/admin/pages/{page.pk}/edit/")
    # Two seconds after loading, Wagtail takes down what it compares with.
    browser.wait_for_selector("body[data-watches-edits]")
    browser.fill("[name=title]", "Tapé sans enregistrer")
    assert eventually(lambda: kept(page) == "Tapé sans enregistrer", within=20)

    Session.objects.all().delete()
    browser.fill("[name=title]", "Tapé après la fin de la session")
    browser.locator("button.action-save:visible").click()
    guard = browser.locator(".session-guard")
    expect(guard).to_contain_text("Rien de ce que vous avez saisi n’est perdu")
    assert browser.input_value("[name=title]") == "Tapé après la fin de la session"
    with browser.context.expect_page() as opened:
        guard.get_by_role("link").click()
    sign_in(opened.value, url)
    guard.get_by_role("button").click()
    assert eventually(lambda: kept(page) == "Tapé après la fin de la session", within=20)


def test_home_lists_and_an_editor_have_no_accessibility_fault_of_ours(desk):
    browser, url, pages = desk
    paths = ["/admin/", "/admin/releases/", "/admin/kits/", "/admin/agenda/", "/admin/mailings/"]
    paths += ["/admin/contacts/", "/admin/audiences/", f"/admin/pages/{pages['release'].pk}/edit/"]
    faults = []
    for path in paths:
        browser.goto(url + path)
        browser.wait_for_load_state("networkidle")
        for fault in Axe().run(browser, options=RULES).response["violations"]:
            nodes = [
                node["html"]
                for node in fault["nodes"]
                if not any(fault["id"] == rule and name in node["html"] for rule, name in WAGTAIL_S_OWN)
            ]
            faults += [(path, fault["id"], node[:160]) for node in nodes]
    assert not faults
