"""The public face in a real browser: accessible by axe, by keyboard, at 320 to 1280 px, in the dark, on paper.

The browser's requests are answered by the project itself inside the test's transaction: no server, no network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, Page, Route

pytestmark = [pytest.mark.django_db, pytest.mark.e2e]

PATHS = [
    "/fr/",
    "/fr/programme/",
    "/fr/programme/deroulement-d-une-mission/",
    "/fr/programme/phases-et-financement/",
    "/fr/resultats/",
    "/fr/documents/",
    "/fr/documents/guide-de-la-structure-d-accueil/",
    "/fr/recherche/?q=mission",
    "/fr/intranet/",
    "/fr/nulle-part/",
    "/en/",
    "/en/programme/",
    "/en/programme/partners/",
    "/en/programme/reperes/",
    "/en/results/",
    "/en/documents/",
    "/en/search/?q=nothing-at-all",
    "/en/nowhere/",
]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
ORIGIN = "http://testserver"
# Links and buttons that do not stand in a sentence and are smaller than a finger.
SMALL_TARGETS = """
() => [...document.querySelectorAll('a[href], button, input, select, summary')].filter(one => {
  // What a finger meets of a tick or a round is its label around it.
  const target = one.matches('[type=radio], [type=checkbox]') && one.closest('label') || one;
  const box = target.getBoundingClientRect();
  if (!box.width || one.closest('.prose p, .prose li:not(.downloads li), .skip, .hidden')) return false;
  if (one.closest('p') && !one.matches('.button') && getComputedStyle(one).display === 'inline') return false;
  return box.height < 43.5 || box.width < 24;
}).map(one => one.outerHTML.slice(0, 120))
"""


class Reader:
    """A browser page whose documents the test client answers before the browser asks for them.

    Beforehand, because the browser's callbacks run beside the test's thread of work and would see another
    database connection, outside its transaction.
    """

    def __init__(self, page: Page, client: Client) -> None:
        self.page, self.client = page, client
        self.answers: dict[str, Any] = {}
        self.unexpected = ""
        page.route("**/*", self.answer)

    def answer(self, route: Route) -> None:
        address = route.request.url.removeprefix(ORIGIN)
        if address.startswith("/static/"):
            found = finders.find(address.removeprefix("/static/"))
            assert isinstance(found, str)
            route.fulfill(path=found)
        elif address in self.answers:
            response = self.answers[address]
            route.fulfill(
                status=response.status_code, headers=dict(response.items()), body=response.getvalue()
            )
        else:
            self.unexpected = address
            route.abort()

    def visit(self, path: str) -> None:
        answer = self.client.get(path)
        sources = re.findall(r'src(?:set)?="([^"]+)"', answer.content.decode())
        pictures = re.findall(r"/media/[^\s,]+", " ".join(sources))
        self.answers = {path: answer} | {one: self.client.get(one) for one in pictures}
        self.page.goto(ORIGIN + path)
        assert self.unexpected == "", f"{path} asks for {self.unexpected}"


@contextmanager
def reader(browser: Browser, client: Client, width: int, **options: Any) -> Iterator[Reader]:
    """A fresh profile, 740 or 900 px high, that complains of what its content policy refuses."""
    context = browser.new_context(viewport={"width": width, "height": 740 if width < 800 else 900}, **options)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield Reader(page, client)
    context.close()
    assert not complaints


@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (1280, "light"), (360, "dark"), (1280, "dark")]
)
def test_no_template_has_an_accessibility_violation(browser, client, demo_site, width, scheme):
    found = {}
    with reader(browser, client, width, color_scheme=scheme) as site:
        page = site.page
        for path in PATHS:
            site.visit(path)
            result = Axe().run(page, options=RULES)
            for violation in result.response["violations"]:
                nodes = [node["html"][:120] for node in violation["nodes"][:3]]
                found[path, violation["id"]] = nodes
    assert found == {}


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_nothing_is_wider_than_the_screen_and_targets_suit_a_finger(browser, client, demo_site, width):
    wide, small = {}, {}
    with reader(browser, client, width) as site:
        page = site.page
        for path in PATHS:
            site.visit(path)
            if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide[path] = needed
            if found := page.evaluate(SMALL_TARGETS):
                small[path] = found
    assert wide == {}
    assert small == {}


def test_the_first_tab_leads_past_the_masthead(browser, client, demo_site):
    with reader(browser, client, 1280) as site:
        page = site.page
        site.visit("/fr/programme/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.wait_for_function("document.activeElement.getBoundingClientRect().top >= 0")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_focus_can_be_seen_on_every_stop(browser, client, demo_site):
    with reader(browser, client, 1280) as site:
        page = site.page
        site.visit("/fr/documents/")
        stops = page.evaluate("document.querySelectorAll('a[href], button, input').length")
        for _stop in range(min(stops, 40)):
            page.keyboard.press("Tab")
            style = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement);"
                " return [s.outlineStyle, s.outlineWidth, s.outlineColor]; }"
            )
            if page.evaluate(
                "document.activeElement === document.body || document.activeElement.id === 'menu-open'"
            ):
                continue
            assert style == ["solid", "3px", "rgb(29, 63, 114)"]


def test_the_menu_opens_and_closes_by_keyboard_without_script(browser, client, demo_site):
    with reader(browser, client, 360, java_script_enabled=True) as site:
        page = site.page
        site.visit("/fr/")
        menu = page.locator("#menu")
        assert not menu.is_visible()
        button = page.get_by_role("button", name="Menu")
        button.focus()
        page.keyboard.press("Enter")
        assert menu.is_visible()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#menu') !== null")
        page.keyboard.press("Escape")
        assert not menu.is_visible()


def test_the_menu_stands_open_on_a_wide_screen(browser, client, demo_site):
    with reader(browser, client, 1280) as site:
        page = site.page
        site.visit("/fr/")
        assert page.locator("#menu").is_visible()
        assert not page.get_by_role("button", name="Menu").is_visible()


def test_on_paper_only_the_words_remain(browser, client, demo_site):
    with reader(browser, client, 1280) as site:
        page = site.page
        site.visit("/fr/programme/deroulement-d-une-mission/")
        page.emulate_media(media="print")
        assert page.locator("h1").is_visible()
        for gone in (".skip", "#menu", ".find", ".crumbs", ".foot nav"):
            assert not page.locator(gone).first.is_visible(), gone
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == "rgb(255, 255, 255)"


def test_the_first_screen_of_the_home_shows_the_key_figures_on_a_telephone(browser, client, demo_site):
    with reader(browser, client, 360) as site:
        page = site.page
        site.visit("/fr/")
        assert page.locator(".figures").bounding_box()["y"] < 600
