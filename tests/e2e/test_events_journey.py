"""A press conference from the officer's form to a seat that changes hands, through a real server, worker and SMTP."""

from __future__ import annotations

import json
import re
import urllib.request
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from cms.core import clock
from events.models import EventPage, Registration
from tests.support.journeys import eventually, fill_picked, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TITLE = "Conférence de presse du bilan"


def announce(page, newsroom):
    """The officer creates a press conference with one seat, and publishes it."""
    day = timezone.localtime(clock.now() + timedelta(days=20))
    page.goto(f"{newsroom.url}/admin/pages/add/events/eventpage/{newsroom.agenda.pk}/")
    page.fill("#id_title", TITLE)
    page.select_option("#id_kind", "press_conference")
    page.fill("#id_place_name", "Maison de la presse")
    for name, value in (
        ("start_date", day.strftime("%Y-%m-%d")),
        ("start_time", "10:00"),
        ("end_time", "10:45"),
    ):
        fill_picked(page, name, value)
    page.locator("#id_takes_registrations").focus()
    page.keyboard.press("Space")
    expect(page.locator("#id_takes_registrations")).to_be_checked()
    page.fill("#id_capacity", "1")
    button = page.locator("button[name=action-publish]")
    if not button.is_visible():
        page.locator("footer [data-w-dropdown-target=toggle]").click()
    with page.expect_navigation(timeout=30_000):
        button.click()
    found = eventually(lambda: EventPage.objects.filter(title=TITLE, live=True).first(), within=20)
    assert found, page.locator(".messages").inner_text()
    return found


def register(phone, address, *, name, email="", telephone=""):
    """A partner's registration: form, summary, sent. No account, no script."""
    phone.goto(f"{address}inscription/")
    phone.fill("[name=name]", name)
    phone.fill("[name=organisation]", "Radio Kledu")
    phone.fill("[name=email]", email)
    phone.fill("[name=phone]", telephone)
    phone.locator("form.form button").first.click()
    expect(phone.locator("dl.facts")).to_contain_text(name)
    phone.locator("form.form button").first.click()
    phone.wait_for_url("**/inscription/?sent=*")


def link_in(sink, email):
    """The personal link of the latest mail to an address, once it has come."""

    def found():
        texts = [
            message.get_body(("plain",)).get_content()
            for message in sink.messages
            if email in str(message["To"])
        ]
        return re.search(r"http://\S+/r/[\w-]{43}", texts[-1]) if texts else None

    return eventually(found, within=90).group(0)


def test_a_seat_goes_from_registration_to_the_next_in_line(newsroom, worker, browser_page, smtp_sink):
    sign_in(browser_page, newsroom.url, "officer")
    event_page = announce(browser_page, newsroom)
    address = f"{newsroom.url}{event_page.public_path}"
    context = browser_page.context.browser.new_context(
        java_script_enabled=False, viewport={"width": 360, "height": 740}, locale="fr-FR"
    )
    phone = context.new_page()
    phone.goto(address)
    expect(phone.get_by_role("link", name="S’inscrire")).to_be_visible()

    # A partner registers and confirms the address by a POST; reading the mail's link changes nothing.
    register(phone, address, name="Oumar Diarra", email="oumar.diarra@example.org")
    mine = link_in(smtp_sink, "oumar.diarra@example.org")
    urllib.request.urlopen(mine, timeout=20).read()
    row = Registration.objects.get(email="oumar.diarra@example.org")
    assert row.state == "pending"
    phone.goto(mine)
    phone.locator("button[value=confirm]").click()
    expect(phone.get_by_role("status")).to_contain_text("confirmée")
    row.refresh_from_db()
    assert row.state == "confirmed"
    expect(phone.locator("svg.qr")).to_be_visible()
    calendar = urllib.request.urlopen(f"{mine}/event.ics", timeout=20).read().decode()
    assert "BEGIN:VEVENT" in calendar
    assert "/r/" not in calendar

    # The next one, by telephone only, waits; staff confirm the number; the hall is full.
    register(phone, address, name="Fatou Koné", telephone="76 00 00 01")
    late = Registration.objects.get(name="Fatou Koné")
    assert late.state == "pending"
    register(phone, address, name="Ibrahim Touré", email="ibrahim.toure@example.org")
    his = link_in(smtp_sink, "ibrahim.toure@example.org")
    phone.goto(his)
    phone.locator("button[value=confirm]").click()
    expect(phone.get_by_role("status")).to_contain_text("liste d’attente")
    assert Registration.objects.filter(state="confirmed").count() == 1

    # Posted twice is once.
    register(phone, address, name="Ibrahim Touré", email="ibrahim.toure@example.org")
    assert Registration.objects.filter(email="ibrahim.toure@example.org").count() == 1

    # The first cancels by the personal link; the seat changes hands in the same moment.
    phone.goto(f"{mine}?cancel")
    phone.locator("button[value=cancel]").click()
    expect(phone.get_by_role("status")).to_contain_text("annulée")
    row.refresh_from_db()
    assert row.state == "cancelled"
    assert Registration.objects.get(email="ibrahim.toure@example.org").state == "confirmed"
    eventually(
        lambda: len([m for m in smtp_sink.messages if "ibrahim.toure@example.org" in str(m["To"])]) >= 2,
        within=90,
    )

    # The event answers JSON at its own address.
    request = urllib.request.Request(address, headers={"Accept": "application/json"})
    told = json.loads(urllib.request.urlopen(request, timeout=20).read())
    assert told["@type"] == "Event"
    assert told["title"] == TITLE
    context.close()
