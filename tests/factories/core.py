"""Pages to test with: a site root, language homes, and any page below them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from wagtail.models import Locale, Page, Site

from cms.core.actions import place_page

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def locale(code: str) -> Locale:
    return Locale.objects.get_or_create(language_code=code)[0]


def make_site() -> tuple[Any, Any, Any]:
    """Make (or return) the tree's first pages: root, French home, English home."""
    from cms.pages.models import HomePage, SiteRoot

    french, english = locale("fr"), locale("en")
    root = SiteRoot.objects.first()
    if root is not None:
        homes = {home.slug: home for home in HomePage.objects.select_related("locale")}
        return root, homes["fr"], homes["en"]
    long_ago = NOON - timedelta(days=3650)
    top = Page.objects.get(depth=1)
    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    top.refresh_from_db()
    root = place_page(top, SiteRoot(title="Kunnafoni", slug="site", locale=french), user=None, now=long_ago)
    Site.objects.create(hostname="localhost", port=80, root_page=root, is_default_site=True)
    home = place_page(root, HomePage(title="TOKTEN-Mali", slug="fr", locale=french), user=None, now=long_ago)
    root.refresh_from_db()
    other = place_page(
        root,
        HomePage(title="TOKTEN-Mali", slug="en", locale=english, translation_key=home.translation_key),
        user=None,
        now=long_ago,
    )
    return root, home, other
