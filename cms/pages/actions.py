"""Lay the site's tree; every step finds what is there already, so that a second run changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from wagtail.models import Locale, Page, Site

from cms.accounts import actions as accounts
from cms.core.actions import ensure_workflow, place_page, publish_page
from cms.core.models import SitePage
from cms.pages.models import (
    DocumentIndexPage,
    HomePage,
    IntranetPage,
    Menu,
    MenuItem,
    ResultsPage,
    SearchPage,
    SiteRoot,
)

P = TypeVar("P", bound=SitePage)

# What a page says in each language: {"fr": {"slug": …, "title": …, …}, "en": {…}}.
Words = Mapping[str, Mapping[str, Any]]

HOME_TITLES = {"fr": "Accueil", "en": "Home"}
SEARCH = {"fr": ("recherche", "Recherche"), "en": ("search", "Search")}
RESULTS: Words = {
    "fr": {"slug": "resultats", "title": "Résultats par secteur"},
    "en": {"slug": "results", "title": "Results by sector"},
}
DOCUMENTS: Words = {
    "fr": {"slug": "documents", "title": "Documents"},
    "en": {"slug": "documents", "title": "Documents"},
}


@transaction.atomic
def lay_site(*, user: Any, now: datetime, hostname: str = "localhost", port: int = 80) -> SiteRoot:
    """Make the root at "/", a home for French and English, their search pages and the intranet's door.

    Each role gets its permissions on the tree; Wagtail's welcome page goes. Returns the root; what exists is
    left as it is.
    """
    for language in HOME_TITLES:
        Locale.objects.get_or_create(language_code=language)
    french, english = (Locale.objects.get(language_code=code) for code in ("fr", "en"))
    root = SiteRoot.objects.first()
    if root is None:
        top = Page.get_first_root_node()
        root = SiteRoot(title="TOKTEN-Mali", slug="site", locale=french)
        place_page(top, root, user=user, now=now)
        root = SiteRoot.objects.get(pk=root.pk)
        # Whoever takes the approval of texts away later does not get it back by a second run.
        ensure_workflow(page=root)
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"root_page": root, "hostname": hostname, "port": port, "site_name": "TOKTEN-Mali"},
    )
    for welcome in Page.objects.filter(
        depth=2, content_type__model="page", content_type__app_label="wagtailcore"
    ):
        welcome.delete()
    home = ensure_page(root, HomePage, slug="fr", title=HOME_TITLES["fr"], user=user, now=now)
    # The root stands once, above all languages: the English home is not a copy below an English root.
    ensure_page(
        root,
        HomePage,
        slug="en",
        title=HOME_TITLES["en"],
        user=user,
        now=now,
        locale=english,
        translation_key=home.translation_key,
    )
    slug, title = SEARCH["fr"]
    search = ensure_page(home, SearchPage, slug=slug, title=title, user=user, now=now)
    slug, title = SEARCH["en"]
    ensure_translation(search, "en", slug=slug, title=title, user=user, now=now)
    accounts.grant_page_permissions(root)
    intranet = ensure_page(home, IntranetPage, slug="intranet", title="Intranet", user=user, now=now)
    ensure_translation(intranet, "en", slug="intranet", title="Intranet", user=user, now=now)
    return root


@transaction.atomic
def lay_section(parent: Page, model: type[P], words: Words, *, user: Any, now: datetime) -> P:
    """Return the one page of `model` below the French `parent`, making it and its English translation if need be.

    It is looked for by what it is, not by its address: one that was renamed is not made again.
    """
    page = model.objects.filter(path__startswith=parent.path, locale=parent.locale).first()
    if page is None:
        page = ensure_page(parent, model, user=user, now=now, **words["fr"])
    ensure_translation(page, "en", user=user, now=now, **words["en"])
    return page


def lay_results(home: HomePage, *, user: Any, now: datetime, words: Words = RESULTS) -> ResultsPage:
    """Lay the page of results by sector below the French home."""
    return lay_section(home, ResultsPage, words, user=user, now=now)


def lay_documents(home: HomePage, *, user: Any, now: datetime, words: Words = DOCUMENTS) -> DocumentIndexPage:
    """Lay the list of documents below the French home."""
    return lay_section(home, DocumentIndexPage, words, user=user, now=now)


def ensure_page(
    parent: Page, model: type[P], *, slug: str, title: str, user: Any, now: datetime, **fields: Any
) -> P:
    """Return the child of `parent` at `slug`, publishing a new one with these words where there is none."""
    found = model.objects.filter(path__startswith=parent.path, depth=parent.depth + 1, slug=slug).first()
    if found is not None:
        return found
    fields.setdefault("locale", parent.locale)
    page = model(title=title, draft_title=title, slug=slug, **fields)
    place_page(type(parent).objects.get(pk=parent.pk), page, user=user, now=now)
    return model.objects.get(pk=page.pk)


def ensure_translation(
    page: P, language: str, *, slug: str, title: str, user: Any, now: datetime, **fields: Any
) -> P:
    """Return `page` in `language`, publishing a translation with these words where there is none.

    The parent must have been translated before.
    """
    model = type(page)
    locale = Locale.objects.get(language_code=language)
    found = model.objects.filter(translation_key=page.translation_key, locale=locale).first()
    if found is not None:
        return found
    copy = page.copy_for_translation(locale)
    draft = copy.get_latest_revision_as_object() if copy.latest_revision_id else copy
    for name, value in {"title": title, "draft_title": title, "slug": slug, **fields}.items():
        setattr(draft, name, value)
    publish_page(draft, user=user, now=now)
    return model.objects.get(pk=copy.pk)


@transaction.atomic
def ensure_menu(
    *, language: str, place: str, title: str, order: int, links: list[tuple[str, str | SitePage]]
) -> Menu:
    """Return the menu of this title, making it with `links` (words, page or address) where there is none."""
    locale = Locale.objects.get(language_code=language)
    found = Menu.objects.filter(locale=locale, place=place, title=title).first()
    if found is not None:
        return found
    menu = Menu.objects.create(locale=locale, place=place, title=title, order=order)
    for position, (label, target) in enumerate(links):
        if isinstance(target, str):
            MenuItem.objects.create(menu=menu, sort_order=position, label=label, address=target)
        else:
            MenuItem.objects.create(menu=menu, sort_order=position, label=label, page_id=target.pk)
    return menu
