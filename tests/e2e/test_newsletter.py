"""An officer composes an issue in the browser: it begins with the news, shows itself, and leads on to sending."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cms.mailing.models import Issue, Mailing
from tests.factories import mailing as make
from tests.factories.press import make_release, make_room

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_an_issue_begins_with_the_news_shows_itself_and_leads_to_its_sending(officer, live_server):
    make.sender()
    make_release(make_room(), title="Cent experts reviennent")
    page = officer
    page.goto(live_server.url + reverse("wagtailsnippets_mailing_issue:list"))
    page.get_by_role("link", name="Nouveau numéro").click()
    expect(page.get_by_text("Cent experts reviennent").first).to_be_visible()
    page.fill("[name=title]", "Les nouvelles du mois")
    page.locator("[data-side-panel-toggle=preview]").click()
    mail = page.frame_locator("iframe[id^=w-preview-iframe]").last
    expect(mail.get_by_role("heading", name="Les nouvelles du mois")).to_be_visible()
    expect(mail.get_by_role("link", name="Cent experts reviennent")).to_be_visible()
    page.get_by_role("button", name="Enregistrer et envoyer").click()
    page.wait_for_url(re.compile("/compose/$"))
    expect(page.get_by_role("heading", name="TOKTEN-info n° 1 – Les nouvelles du mois")).to_be_visible()
    assert Issue.objects.get().title == "Les nouvelles du mois"
    assert Mailing.objects.get().state == "draft"
