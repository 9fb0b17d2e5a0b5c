"""Steps that several journeys share."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cms.core import clock


def lay_newsroom(settings: Any) -> None:
    """Build the demo's people and empty rooms, through the apps' own actions."""
    import cms.accounts.demo
    import cms.contacts.demo
    import cms.plan.demo
    from cms.mailing.demo import sender
    from cms.pages.actions import ensure_page, lay_site
    from cms.pages.models import HomePage
    from events.models import AgendaPage
    from press import actions as press

    settings.DEMO = True
    now = clock.now() - timedelta(days=2)
    cms.accounts.demo.build(now=now)
    cms.contacts.demo.build(now=now)
    cms.plan.demo.build(now=now)
    lay_site(user=None, now=now)
    home = HomePage.objects.get(slug="fr")
    press.lay_press_room(home, user=None, now=now)
    sender()
    ensure_page(home, AgendaPage, slug="agenda", title="Agenda", user=None, now=now)


def eventually(claim: Callable[[], Any], *, within: float = 60.0) -> Any:
    """Poll `claim()` until it is true and return its value. AssertionError at the deadline."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if value := claim():
            return value
        time.sleep(0.25)
    raise AssertionError(f"not within {within:.0f} s")


def fill_picked(page: Any, name: str, value: str) -> None:
    """Type into a date or time field of the admin, whose picker opens a moment after the focus came.

    The picker is waited for: one that opens when the field is left already would stay, and lie over the buttons.
    """
    field, picker = page.locator(f"#id_{name}"), page.locator(".xdsoft_datetimepicker:visible")
    field.focus()
    picker.wait_for(state="visible")
    field.fill(value)
    field.blur()
    picker.wait_for(state="detached")


def sign_in(page: Any, url: str, name: str) -> None:
    """Sign a demo account in to the admin."""
    page.goto(f"{url}/admin/login/")
    page.fill("[name=username]", name)
    page.fill("[name=password]", f"demo-{name}")
    page.locator("form [type=submit]").click()
    page.wait_for_url(f"{url}/admin/")


def sign_out(page: Any) -> None:
    page.context.clear_cookies()
