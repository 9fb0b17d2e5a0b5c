"""A small tree to ask the API about: one section with articles, and a canary under embargo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cms.core import clock
from cms.core.actions import place_page
from cms.core.models import SitePage
from tests.factories.core import NOON, make_site

CANARY = "Canarix"  # stands in the title, slug, body and summary of the embargoed page and nowhere else


@dataclass
class Tree:
    root: Any
    french: Any
    english: Any
    section: Any
    article: Any
    canary: Any


def make_article(parent: Any, title: str, *, body: Any = (), at: datetime = NOON, **fields: Any) -> Any:
    from cms.pages.models import ArticlePage

    parent.refresh_from_db()
    page = ArticlePage(title=title, locale=parent.locale, body=list(body), **fields)
    return place_page(parent, page, user=None, now=at)


def put_under_embargo(page: Any, *, until: datetime | None = None) -> None:
    """Move the page's own public instant, as the thing behind it would."""
    SitePage.objects.filter(pk=page.pk).update(public_from=until or clock.now() + timedelta(days=1))


def make_tree() -> Tree:
    from cms.pages.models import SectionPage

    root, french, english = make_site()
    french.refresh_from_db()
    section = place_page(
        french, SectionPage(title="Le programme", slug="programme", locale=french.locale), user=None, now=NOON
    )
    canary = make_article(
        section,
        f"{CANARY} titre",
        slug=CANARY.lower(),
        summary=f"{CANARY} résumé",
        body=[("paragraph", f"<p>{CANARY} corps</p>")],
    )
    put_under_embargo(canary)
    article = make_article(
        section,
        "Cinq cent quatre-vingts experts",
        slug="experts",
        summary="Ce que le fichier contient.",
        body=[
            ("heading", "Le fichier"),
            (
                "paragraph",
                f'<p>Voir <a linktype="page" id="{canary.pk}">la suite</a> et '
                f'<a linktype="page" id="{section.pk}">le programme</a>.</p>',
            ),
            ("quote", {"text": "Revenir, transmettre.", "speaker": "A. Traoré", "function": "Expert"}),
            (
                "figures",
                {"title": "", "figures": [{"value": "580", "label": "experts"}], "source": "Plan"},
            ),
            ("table", {"caption": "Missions", "header": ["Année", "Missions"], "rows": [["2016", "40"]]}),
        ],
    )
    section.refresh_from_db()
    return Tree(root, french, english, section, article, canary)
