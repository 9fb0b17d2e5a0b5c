"""Every public page and the one stylesheet fit in a first round trip: 14,000 bytes by gzip -6, no script."""

from __future__ import annotations

import re
from datetime import date

import pytest

from cms.pages.actions import ensure_page
from cms.pages.models import ArticlePage, DocumentIndexPage, DocumentPage, SectionPage
from tests.factories.core import NOON, fill
from tests.pages.conftest import weight

pytestmark = pytest.mark.django_db

PATHS = [
    "/fr/",
    "/fr/programme/",
    "/fr/programme/deroulement-d-une-mission/",
    "/fr/programme/reperes/",
    "/fr/resultats/",
    "/fr/documents/",
    "/fr/documents/guide-de-la-structure-d-accueil/",
    "/fr/recherche/?SearchableText=mission",
    "/fr/intranet/",
    "/fr/contact/",
    "/fr/nulle-part/",
    "/en/",
    "/en/results/",
    "/en/programme/reperes/",
    "/en/nowhere/",
]
WORDS = (
    "La coordination reçoit chaque semaine les points focaux et prépare avec eux les missions du trimestre. "
)


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_light_and_holds_no_script_style_cookie_or_token(client, demo_site, path):
    response = client.get(path)
    html = response.content.decode()
    assert weight(response) <= 14_000
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|nonce=|javascript:", html)
    assert "csrfmiddlewaretoken" not in html
    assert not response.cookies
    assert re.findall(r'<link rel="stylesheet"', html) == ['<link rel="stylesheet"']


def test_a_list_of_25_documents_is_light(client, demo_site):
    index = DocumentIndexPage.objects.get(slug="documents", locale__language_code="fr")
    reports = [
        DocumentPage(
            slug=f"rapport-{number}",
            title=f"Rapport d’activités du trimestre {number}, points focaux et antennes",
            kind="report",
            published_date=date(2018, 1 + number % 12, 5),
            summary=WORDS * 2 + str(number),
        )
        for number in range(30)
    ]
    fill(index, reports)
    response = client.get("/fr/documents/")
    assert response.content.decode().count('class="item"') == 25
    assert weight(response) <= 14_000


def test_a_text_of_900_words_is_light(client, demo_site):
    section = SectionPage.objects.get(slug="programme", locale__language_code="fr")
    words = [("paragraph", f"<p>{number}. {WORDS * 4}</p>") for number in range(15)]
    ensure_page(section, ArticlePage, slug="long", title="Un long texte", user=None, now=NOON, body=words)
    response = client.get("/fr/programme/long/")
    assert len(response.content.decode().split()) > 900
    assert weight(response) <= 14_000
