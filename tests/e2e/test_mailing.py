"""An officer sends a mailing from the browser and watches it arrive; a recipient leaves it."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cms.contacts.models import Suppression
from cms.core import clock
from cms.mailing import actions, queries
from tests.factories import mailing as make

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_the_bar_moves_without_a_reload_until_everybody_has_the_mail(officer, live_server, smtp_sink):
    make.sender()
    mailing = make.mailing(make.audience(120))
    page = officer
    page.goto(live_server.url + reverse("mailing_compose", args=[mailing.pk]))
    page.get_by_role("button", name="Envoyer à 120 contacts").click()
    expect(page.get_by_text("120 contacts").first).to_be_visible()
    assert not smtp_sink.received
    page.get_by_role("button", name="Oui, envoyer à 120 contacts").click()
    page.wait_for_url(f"**{reverse('mailing_detail', args=[mailing.pk])}")
    expect(page.locator("[data-part=percent]")).to_have_text("0 %")
    page.evaluate("window.sameDocument = true")
    listing = page.context.new_page()
    listing.goto(live_server.url + reverse("mailing_index"))
    row = listing.locator("tr", has_text=mailing.title)
    expect(row.locator("[data-part=words]")).to_have_text("0 / 120")

    def pause_halfway(sender: str, to: list[str], raw: bytes) -> str:
        if len(smtp_sink.received) == 59:
            smtp_sink.reply = lambda *_: "452 4.2.2 this box is full for now"
        return "250 OK"

    smtp_sink.reply = pause_halfway
    actions.drain(mailing.pk, clock=clock.now)
    expect(page.locator("[data-part=percent]")).to_have_text("50 %")
    expect(page.locator("[data-count=sent] dd")).to_have_text("60")
    expect(page.locator("[data-part=pace]")).to_contain_text("60 seront réessayés")
    expect(row.locator("[data-part=words]")).to_have_text("60 / 120")

    smtp_sink.reply = None
    mailing.deliveries.filter(state="deferred").update(next_attempt_at=clock.now())
    actions.drain(mailing.pk, clock=clock.now)
    expect(page.locator("[data-part=percent]")).to_have_text("100 %")
    expect(page.locator("[data-part=state]")).to_have_text("Envoyé")
    # The buttons follow the state, and the chart what happened, in the same document.
    expect(page.get_by_role("button", name="Mettre en pause")).to_have_count(0)
    expect(page.get_by_role("img", name="Courriels remis au serveur")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True
    expect(row.locator(".w-status")).to_have_text("Envoyé")
    assert queries.counts(mailing)["sent"] == len(smtp_sink.received) == 120


def test_a_recipient_leaves_by_one_button_without_javascript(browser, live_server, smtp_sink):
    mailing = make.launched(1)
    actions.drain(mailing.pk, clock=lambda: make.NOON)
    path = urlsplit(smtp_sink.messages[0]["List-Unsubscribe"].strip("<>")).path
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(live_server.url + path)
    assert not Suppression.objects.exists()
    page.get_by_role("button", name="Ne plus recevoir ces courriels").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous ne recevrez plus ces courriels")
    assert not context.cookies()
    assert Suppression.objects.get().address == "personne0@example.org"
    context.close()
