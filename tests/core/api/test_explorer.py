"""`@docs` in a real browser, under its own strict policy and without anything from elsewhere."""

import pytest

from tests.factories.api import make_tree

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.e2e]


def test_the_explorer_draws_every_operation_and_asks_them(live_site, browser_page, tmp_path):
    make_tree()
    asked = []
    browser_page.on("request", lambda request: asked.append(request.url))
    complaints = []
    browser_page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    response = browser_page.goto(f"{live_site.url}/++api++/@docs")
    policy = response.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    browser_page.wait_for_selector("details")
    verbs = browser_page.locator("summary .verb").all_text_contents()
    assert verbs.count("GET") > 10
    assert "PATCH" in verbs
    browser_page.locator("summary", has_text="/++api++/@site").first.click()
    form = browser_page.locator("details[open] form")
    form.locator("button").click()
    browser_page.locator("details[open] pre", has_text="200 OK").wait_for()
    assert "plone.site_title" in browser_page.locator("details[open] pre").text_content()
    for width in (360, 1280):
        browser_page.set_viewport_size({"width": width, "height": 900})
        assert browser_page.evaluate("document.documentElement.scrollWidth") <= width
        browser_page.screenshot(path=str(tmp_path / f"explorer-{width}.png"))
    assert all(url.startswith(live_site.url) for url in asked), asked
    assert complaints == []
