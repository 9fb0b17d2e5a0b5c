"""Pages to test with: a site root, language homes, and any page below them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Locale, Page, Revision, Site

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


def fill(parent: Any, pages: list[Any], *, now: datetime = NOON) -> None:
    """Add the pages below `parent` in the rows their publication leaves, for lists whose length alone matters.

    Publishing thirty pages one by one is most of the work of a test that counts queries. No signal of a
    publication is sent: nothing here opens files.
    """
    parent.refresh_from_db()
    of_pages = ContentType.objects.get_for_model(Page)
    for page in pages:
        page.locale = parent.locale
        page.live, page.has_unpublished_changes = True, False
        page.first_published_at = page.last_published_at = page.latest_revision_created_at = now
        parent.add_child(instance=page)
    revisions = Revision.objects.bulk_create(
        Revision(
            content_type=page.cached_content_type,
            base_content_type=of_pages,
            object_id=str(page.pk),
            object_str=str(page),
            created_at=now,
            content=page.serializable_data(),
        )
        for page in pages
    )
    for page, revision in zip(pages, revisions, strict=True):
        page.latest_revision = page.live_revision = revision
    Page.objects.bulk_update(pages, ["latest_revision", "live_revision"])
