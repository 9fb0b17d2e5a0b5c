"""The demo's site: tree, menus and words, French first, from the facts of the communication plan 2017-2019."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model

from cms.core.actions import publish_page
from cms.core.models import SitePage
from cms.pages import actions
from cms.pages.demo import english, files, french
from cms.pages.models import (
    ArticlePage,
    HomePage,
    IntranetPage,
    KeyFigure,
    Organisation,
    SectionPage,
)


def build(*, now: datetime) -> None:
    """Lay the tree and its words; a second run changes nothing."""
    user = get_user_model().objects.filter(username="officer").first()
    root = actions.lay_site(user=user, now=now)
    homes = {home.locale.language_code: home for home in HomePage.objects.select_related("locale")}
    _organisation(root)
    for language, words in (("fr", french), ("en", english)):
        _home(homes[language], words.HOME, user=user, now=now)
    _programme(homes["fr"], user=user, now=now)
    _results(homes["fr"], user=user, now=now)
    _documents(homes["fr"], user=user, now=now)
    _about(homes["fr"], user=user, now=now)
    _intranet(user=user, now=now)
    _menus()


def _organisation(root: Any) -> None:
    site = root.sites_rooted_here.first()
    Organisation.objects.get_or_create(site=site, defaults=french.ORGANISATION)


def _home(home: HomePage, words: dict[str, Any], *, user: Any, now: datetime) -> None:
    if home.welcome:
        return
    for name in ("welcome", "seo_title", "summary", "figures_source"):
        setattr(home, name, words[name])
    home.key_figures = [
        KeyFigure(sort_order=place, value=value, label=label)
        for place, (value, label) in enumerate(words["figures"])
    ]
    home.body = words["body"]
    publish_page(home, user=user, now=now)


def _programme(home: HomePage, *, user: Any, now: datetime) -> None:
    section = _place(home, SectionPage, french.PROGRAMME, user=user, now=now)
    _place_english(section, english.PROGRAMME, user=user, now=now)
    for words in french.PROGRAMME_ARTICLES:
        page = _place(section, ArticlePage, words, user=user, now=now)
        if translated := english.ARTICLES.get(words["slug"]):
            _place_english(page, translated, user=user, now=now)


def _results(home: HomePage, *, user: Any, now: datetime) -> None:
    actions.lay_results(home, user=user, now=now, words={"fr": french.RESULTS, "en": english.RESULTS})


def _documents(home: HomePage, *, user: Any, now: datetime) -> None:
    words = {"fr": french.DOCUMENTS, "en": english.DOCUMENTS}
    index = actions.lay_documents(home, user=user, now=now, words=words)
    files.build(index, user=user, now=now)


def _about(home: HomePage, *, user: Any, now: datetime) -> None:
    for words in french.ABOUT:
        page = _place(home, ArticlePage, words, user=user, now=now)
        if translated := english.ARTICLES.get(words["slug"]):
            _place_english(page, translated, user=user, now=now)


def _intranet(*, user: Any, now: datetime) -> None:
    door = IntranetPage.objects.get(slug="intranet", locale__language_code="fr", depth=4)
    if not door.body:
        door.summary, door.body = french.INTRANET["summary"], french.INTRANET["body"]
        publish_page(door, user=user, now=now)
    for words in french.INTRANET_PAGES:
        _place(door, IntranetPage, words, user=user, now=now)


def _menus() -> None:
    for language, words in (("fr", french), ("en", english)):
        for order, (place, title, links) in enumerate(words.MENUS):
            actions.ensure_menu(language=language, place=place, title=title, order=order, links=links)


def _place(parent: Any, model: type[Any], words: dict[str, Any], *, user: Any, now: datetime) -> Any:
    return actions.ensure_page(parent, model, user=user, now=now, **words)


def _place_english(page: SitePage, words: dict[str, Any], *, user: Any, now: datetime) -> Any:
    return actions.ensure_translation(page, "en", user=user, now=now, **words)
