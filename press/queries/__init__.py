"""What the press room reads: always through `visible()`, always a bounded number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cms.core.models import Audience, SitePage
from cms.core.policies import visible
from cms.core.queries import SOURCE_LANGUAGE, listing
from cms.core.reader import ANONYMOUS
from cms.pages import queries as site
from cms.pages.queries import searching
from media_library import queries as library_queries
from press.models import (
    Boilerplate,
    Kit,
    KitArchive,
    KitIndexPage,
    KitItem,
    KitPage,
    PressContact,
    PressContactsPage,
    Release,
    ReleaseIndexPage,
    ReleasePage,
)
from press.queries.kits import Shelf as Shelf
from press.queries.kits import archives_of as archives_of
from press.queries.kits import content_key as content_key
from press.queries.kits import folder_of as folder_of
from press.queries.kits import had_archive as had_archive
from press.queries.kits import in_tier as in_tier
from press.queries.kits import items_of as items_of
from press.queries.kits import items_of_kits as items_of_kits
from press.queries.kits import kit_by_link as kit_by_link
from press.queries.kits import open_archives as open_archives
from press.queries.kits import open_items as open_items
from press.queries.kits import packed_items as packed_items
from press.queries.kits import packing_of as packing_of
from press.queries.kits import pages_by_link as pages_by_link
from press.queries.kits import shelf_of as shelf_of
from press.queries.kits import shelves_of as shelves_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from cms.core.reader import Reader
    from cms.core.registry import Context


# Listings ----------------------------------------------------------------------------------------------------
def releases_below(page: SitePage, ctx: Context, *, topic: str | None = None) -> QuerySet[ReleasePage]:
    """The releases of a listing, newest first, narrowed to a topic by its short name in any language."""
    found = listing(page, model=ReleasePage, reader=ctx.reader, now=ctx.now).select_related(
        "release", "locale"
    )
    return searching.of_topic(found, topic) if topic else found


def kits_below(page: SitePage, ctx: Context, *, topic: str | None = None) -> QuerySet[KitPage]:
    """The kits of a listing, newest first."""
    found = listing(page, model=KitPage, reader=ctx.reader, now=ctx.now).select_related("kit", "locale")
    return searching.of_topic(found, topic) if topic else found


def latest(ctx: Context, *, language: str, count: int = 5) -> list[ReleasePage]:
    """The newest releases of the site in a language (French where they have no other)."""
    index = (
        visible(
            ReleaseIndexPage.objects.filter(locale__language_code=language), reader=ctx.reader, now=ctx.now
        )
        .select_related("locale")
        .first()
    )
    return list(site.with_pictures(releases_below(index, ctx))[:count]) if index is not None else []


def published_since(model: type[SitePage], since: datetime, *, now: datetime, language: str) -> QuerySet[Any]:
    """The pages of a language that became readable to everybody from `since` on, the newest first."""
    public = visible(model.objects.filter(locale__language_code=language), reader=ANONYMOUS, now=now)
    return public.filter(public_from__gte=since).order_by("-public_from", "-pk")


def releases_of_pages(pages: Iterable[ReleasePage]) -> dict[int, Release]:
    """The releases that these pages word, by key (one query)."""
    return Release.objects.in_bulk({page.release_id for page in pages})


@dataclass(frozen=True)
class Places:
    """Where the parts of a press room are: pages that this reader may see, or None."""

    releases: ReleaseIndexPage | None
    kits: KitIndexPage | None
    contacts: PressContactsPage | None


def places_below(page: SitePage, ctx: Context) -> Places:
    """The parts of a press room (one query and one for each part that is there)."""
    found: dict[type, Any] = {}
    for model in (ReleaseIndexPage, KitIndexPage, PressContactsPage):
        below = model.objects.filter(path__startswith=page.path).select_related("locale")
        found[model] = visible(below, reader=ctx.reader, now=ctx.now).first()
    return Places(found[ReleaseIndexPage], found[KitIndexPage], found[PressContactsPage])


def public_pages_of(uid: UUID, *, now: datetime) -> dict[str, ReleasePage]:
    """The pages of a release that everybody may read at `now`, by language."""
    found = visible(ReleasePage.objects.filter(release__uid=uid), reader=ANONYMOUS, now=now)
    return {page.locale.language_code: page for page in found.select_related("locale", "release__activity")}


# One release -------------------------------------------------------------------------------------------------
def in_language(rows: Iterable[Any], *, language: str) -> list[Any]:
    """Snippets said in `language` where they are, in the order given (one query, none where all are already)."""
    rows = list(rows)
    if all(row.locale.language_code == language for row in rows):
        return rows
    keys = [row.translation_key for row in rows]
    said = {
        row.translation_key: row
        for row in type(rows[0])._default_manager.filter(
            translation_key__in=keys, locale__language_code=language
        )
    }
    return [said.get(row.translation_key, row) for row in rows]


def boilerplate_of(page: ReleasePage, *, language: str) -> Boilerplate | None:
    """The release's « À propos » in the page's language (two queries at most)."""
    own = page.boilerplate
    if own is None:
        return None
    return in_language([own], language=language)[0]


def contacts_of(page: ReleasePage | KitPage, *, language: str) -> list[PressContact]:
    """The page's press contacts in its language; none chosen means those listed for everyone."""
    chosen = list(page.contacts.select_related("locale") if page.pk else page.contacts.all())
    return in_language(chosen, language=language) if chosen else listed_contacts(language=language)


def listed_contacts(*, language: str) -> list[PressContact]:
    """The press contacts of the contacts page: each once, in `language` where they are (one query)."""
    rows = PressContact.objects.filter(
        is_listed=True, locale__language_code__in={language, SOURCE_LANGUAGE}
    ).select_related("locale")
    best: dict[Any, PressContact] = {}
    for row in rows:
        if row.translation_key not in best or row.locale.language_code == language:
            best[row.translation_key] = row
    return sorted(best.values(), key=lambda one: (one.sort_order, one.name))


def page_of_kit(kit: Kit | None, *, language: str, reader: Reader, now: datetime) -> KitPage | None:
    """The page of a kit that this reader may see, in their language or in French (one query)."""
    if kit is None:
        return None
    found = visible(KitPage.objects.filter(kit=kit), reader=reader, now=now).select_related("locale", "kit")
    pages = {page.locale.language_code: page for page in found}
    return pages.get(language) or pages.get(SOURCE_LANGUAGE) or next(iter(pages.values()), None)


def pages_of_kits(
    kits: Iterable[int | None], *, language: str, reader: Reader, now: datetime
) -> dict[int, KitPage]:
    """`page_of_kit` for many kits at once, by the kit's key (one query)."""
    found = visible(KitPage.objects.filter(kit_id__in=[key for key in kits if key]), reader=reader, now=now)
    best: dict[int, tuple[int, KitPage]] = {}
    for page in found.select_related("locale"):
        code = page.locale.language_code
        rank = 0 if code == language else 1 if code == SOURCE_LANGUAGE else 2
        if page.kit_id not in best or rank < best[page.kit_id][0]:
            best[page.kit_id] = (rank, page)
    return {key: page for key, (_rank, page) in best.items()}


def related_page(page: ReleasePage, *, reader: Reader, now: datetime) -> SitePage | None:
    """The event a release speaks of, where this reader may see it."""
    if page.related_page_id is None:
        return None
    found = visible(SitePage.objects.filter(pk=page.related_page_id), reader=reader, now=now)
    return found.select_related("locale").first()


# One kit -----------------------------------------------------------------------------------------------------
def releases_of_kit(kit: Kit, *, language: str, reader: Reader, now: datetime) -> list[ReleasePage]:
    """The releases that a kit goes with, as far as this reader may see them."""
    return releases_of_kits([kit.pk], language=language, reader=reader, now=now)[kit.pk]


def releases_of_kits(
    kits: Iterable[int], *, language: str, reader: Reader, now: datetime
) -> dict[int, list[ReleasePage]]:
    """`releases_of_kit` for many kits at once, by the kit's key, the newest first."""
    pages: dict[int, dict[int, ReleasePage]] = {key: {} for key in kits}
    found = visible(ReleasePage.objects.filter(release__kit__in=pages), reader=reader, now=now)
    for page in site.with_pictures(found.select_related("release", "locale")):
        of_kit = pages[page.release.kit_id]  # type: ignore[index]
        if page.release_id not in of_kit or page.locale.language_code == language:
            of_kit[page.release_id] = page
    return {
        key: sorted(said.values(), key=lambda one: one.public_from or now, reverse=True)
        for key, said in pages.items()
    }


def with_asset_totals(found: QuerySet[KitPage], ctx: Context) -> QuerySet[KitPage]:
    """Kits with the number of files that this reader may have of them, and their archives (one query more)."""
    assets = library_queries.visible(reader=ctx.reader, now=ctx.now)
    items = KitItem.objects.filter(kit=OuterRef("kit"), asset__in=assets).order_by().values("kit")
    archives = KitArchive.objects.select_related("archive")
    return found.annotate(
        asset_count=Coalesce(Subquery(items.annotate(total=Count("pk")).values("total")), 0)
    ).prefetch_related(Prefetch("kit__archives", queryset=archives))


# The team's work ---------------------------------------------------------------------------------------------
def live_kits(*, now: datetime) -> QuerySet[Kit]:
    """Kits whose archives must be as they should: published, not withdrawn, not expired."""
    return Kit.objects.filter(
        Q(expires_at__isnull=True) | Q(expires_at__gt=now), withdrawn_at__isnull=True, pages__live=True
    ).distinct()


def embargoed(*, now: datetime) -> QuerySet[Release]:
    """Releases under embargo, the next to lift first, with their pages."""
    return (
        Release.objects.filter(embargo_until__gt=now, withdrawn_at__isnull=True)
        .prefetch_related("pages")
        .order_by("embargo_until")
    )


def release_of_uid(uid: Any) -> Release | None:
    """The release of a mailing's source."""
    return Release.objects.select_related("kit").filter(uid=uid).first()


def live_pages_of(release: Release) -> dict[str, ReleasePage]:
    """The published words of a release by language."""
    found = (
        ReleasePage.objects.filter(release=release, live=True)
        .select_related("locale", "release", "boilerplate")
        .prefetch_related("contacts")
    )
    return {page.locale.language_code: page for page in found}


def count_releases(start: datetime, end: datetime) -> int:
    """Releases that became public between two instants, each once whatever its languages."""
    return _count(ReleasePage, "release_id", start, end)


def count_kits(start: datetime, end: datetime) -> int:
    """Kits that became public between two instants."""
    return _count(KitPage, "kit_id", start, end)


def _count(model: Any, thing: str, start: datetime, end: datetime) -> int:
    pages = model.objects.filter(
        live=True, withdrawn_at__isnull=True, public_from__gte=start, public_from__lt=end
    ).exclude(audience=Audience.LINK)
    return int(pages.values(thing).distinct().count())
