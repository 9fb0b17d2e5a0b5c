"""What a kit holds and how it is packed: its files, the archives of them, and whose they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from cms.core.models import Audience, SitePage
from cms.core.policies import visible
from cms.core.queries import SOURCE_LANGUAGE
from media_library import policies as library
from media_library import queries as assets
from media_library.models import Archive, Kind
from media_library.models.recordings import file_for
from press.models import FormerArchive, Kit, KitArchive, KitItem, KitPage, Tier
from press.queries import papers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from cms.core.reader import Reader
    from cms.core.registry import Context
    from media_library.models import Asset


def kit_by_link(uid: UUID, *, now: datetime) -> Kit | None:
    """The kit of a uid, where links to it open it at `now`: no embargo, withdrawal or end is opened by one."""
    kit = Kit.objects.filter(uid=uid, audience=Audience.LINK, withdrawn_at__isnull=True).first()
    if kit is None or kit.is_embargoed(now) or (kit.expires_at is not None and kit.expires_at <= now):
        return None
    return kit


def pages_by_link(kit: Kit, *, reader: Reader, now: datetime) -> dict[str, KitPage]:
    """The published pages of a kit that a link opens to `reader`, by language, French first."""
    pages = visible(KitPage.objects.filter(kit=kit), reader=reader, now=now).select_related("locale", "kit")
    found = {page.locale.language_code: page for page in pages.order_by("locale__language_code")}
    return dict(sorted(found.items(), key=lambda one: one[0] != SOURCE_LANGUAGE))


def items_of(kit: Kit) -> list[KitItem]:
    """What a kit holds, in order, with all that the page and the JSON say of it."""
    return items_of_kits([kit.pk])[kit.pk]


def items_of_kits(kits: Iterable[int]) -> dict[int, list[KitItem]]:
    """`items_of` for many kits at once, by the kit's key (five queries, four more for sounds and films)."""
    found: dict[int, list[KitItem]] = {key: [] for key in kits}
    rows = KitItem.objects.filter(kit__in=found).select_related(
        "asset__blob", "asset__image", "asset__document", "asset__media__poster", "asset__recording__poster"
    )
    for row in rows.prefetch_related(
        "asset__texts__locale",
        "asset__holds",
        "asset__image__renditions",
        "asset__recordings__blob",
        "asset__media__asset__recordings__blob",
        "asset__media__asset__speeches",
    ):
        found[row.kit_id].append(row)
    return found


@dataclass(frozen=True)
class Shelf:
    """What is kept of a kit for its readers: its files, its archives by tier, whether a page of it is live, and the
    keys of the archives whose releases may be read."""

    items: list[KitItem]
    archives: dict[str, KitArchive]
    is_live: bool
    standing: frozenset[int]


def shelf_of(kit: Kit, *, now: datetime) -> Shelf:
    """What is kept of one kit."""
    return shelves_of({kit.pk: kit.uid}, now=now)[kit.pk]


def shelves_of(kits: Mapping[int, UUID], *, now: datetime) -> dict[int, Shelf]:
    """What is kept of kits, given their uids by their keys (seven queries, two more for releases in archives)."""
    items = items_of_kits(kits)
    live = set(
        SitePage.objects.filter(thing_uid__in=kits.values(), live=True).values_list("thing_uid", flat=True)
    )
    archives: dict[int, dict[str, KitArchive]] = {key: {} for key in kits}
    rows = list(KitArchive.objects.filter(kit__in=kits).select_related("archive"))
    for row in rows:
        archives[row.kit_id][row.tier] = row
    standing = papers.standing(rows, now=now)
    return {
        key: Shelf(
            items[key],
            {tier: archives[key][tier] for tier in Tier.values if tier in archives[key]},
            uid in live,
            standing,
        )
        for key, uid in kits.items()
    }


def packing_of(kit: Kit, *, tier: str, is_live: bool, now: datetime) -> Shelf:
    """What decides whether the archive of one tier is open, and no more: four queries, three more for sounds and
    films, two for releases in it. Its items know neither renditions, posters nor speeches: for `open_archives` and
    `had_archive` alone.

    An archive is asked for at each of its parts, and what its page says is not asked then.
    """
    items = list(KitItem.objects.filter(kit=kit).select_related("asset__blob", "asset__image"))
    assets.read_words_and_holds([item.asset for item in items])
    recorded = [item.asset for item in items if item.asset.kind in (Kind.AUDIO, Kind.VIDEO)]
    prefetch_related_objects(recorded, "recordings__blob", "recording")
    rows = list(KitArchive.objects.filter(kit=kit, tier=tier).select_related("archive"))
    return Shelf(items, {row.tier: row for row in rows}, is_live, papers.standing(rows, now=now))


def open_items(items: Iterable[KitItem], ctx: Context) -> list[KitItem]:
    """What this reader may have of a kit now: an asset held back or expired is not even named."""
    return [item for item in items if library.may_serve(item.asset, reader=ctx.reader, now=ctx.now)]


def packed_items(
    kit: Kit, items: Iterable[KitItem], *, now: datetime, is_live: bool | None = None
) -> list[KitItem]:
    """What the archives of a kit are made of at `now`: all that its own readers may have once it is open.

    What is withdrawn, expired, taken back, waiting for the scanner, or kept longer by another thing is left out, so
    that one file never closes the archives of the others. `is_live` says whether a page of the kit is live, where
    the caller knows.
    """
    opens_at = max(now, kit.embargo_until or now)
    if is_live is None:
        is_live = SitePage.objects.filter(thing_uid=kit.uid, live=True).exists()
    readers = {Audience.PUBLIC.value, kit.audience}

    def is_packed(asset: Asset) -> bool:
        others = [hold for hold in asset.holds.all() if hold.source_uid != kit.uid]
        kept = any(
            hold.until is None or hold.until > opens_at or hold.audience not in readers for hold in others
        )
        released = asset.released_at is not None or not is_live
        scanned = asset.quarantined_at is None
        return released and scanned and not kept and library.is_usable(asset, now=opens_at)

    return [item for item in items if is_packed(item.asset)]


# Where each section lies in an archive, in its order. Not translated: the archive is one file for all languages.
FOLDERS = {
    KitItem.Section.FACT_SHEET: "1-fiche-technique",
    KitItem.Section.DOCUMENTS: "2-documents",
    KitItem.Section.BIOGRAPHIES: "3-biographies",
    KitItem.Section.PHOTOS: "4-photographies",
    KitItem.Section.SOUND: "5-sons",
    KitItem.Section.VIDEO: "6-films",
    KitItem.Section.LOGOS: "7-logos",
}


def folder_of(item: KitItem) -> str:
    """The folder of an archive in which a file lies."""
    return FOLDERS[KitItem.Section(item.section)]


def in_tier(packed: Iterable[KitItem], tier: str) -> list[tuple[KitItem, str]]:
    """What the archive of a tier is made of: each file with its best offered version that is no heavier."""
    return [(item, version) for item in packed if (version := item.version_in(tier)) is not None]


def _version_key(asset: Asset, version: str) -> str:
    """What tells the bytes of one version of a file from another's."""
    if asset.kind == Kind.IMAGE:
        return f"{version} {asset.image.focus_key}"
    if asset.kind == Kind.DOCUMENT:
        return ""
    found = file_for(asset, version)
    return found[0].sha256 if found is not None else ""


def content_key(kit: Kit, packed: Iterable[KitItem], tier: str) -> str:
    """A hash of all that an archive is made of: its title, its files in order, with their versions and words."""
    parts = [f"{tier} {Archive.LAYOUT}", kit.name]
    for item, version in in_tier(packed, tier):
        asset = item.asset
        words = asset.text_in(SOURCE_LANGUAGE)
        said = (
            asset.uid,
            asset.blob.sha256,
            asset.filename,
            item.section,
            _version_key(asset, version),
            asset.title,
            asset.credit,
            asset.copyright,
            asset.licence,
            asset.restriction,
            words.caption if words else "",
        )
        parts.append("\x1f".join(str(value) for value in said))
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()


def archives_of(kit: Kit) -> dict[str, KitArchive]:
    """The archives of a kit by tier, from the lightest (one query)."""
    rows = {row.tier: row for row in kit.archives.select_related("archive")}
    return {tier: rows[tier] for tier in Tier.values if tier in rows}


def open_archives(kit: Kit, shelf: Shelf, ctx: Context) -> dict[str, KitArchive | None] | None:
    """The archives of a kit for this reader, by tier: None in the place of one that is not built of what the kit
    holds now, or holds a release that may not be read any more or has other words; empty where nothing is left to
    pack. None altogether where a file is not for this reader. A release that may be read since an archive was built
    joins it at the next building, and closes none meanwhile."""
    packed = packed_items(kit, shelf.items, now=ctx.now, is_live=shelf.is_live)
    if len(open_items(packed, ctx)) != len(packed):
        return None
    return {
        tier: (
            row
            if row.archive_id and row.built == content_key(kit, packed, tier) and row.pk in shelf.standing
            else None
        )
        for tier, row in shelf.archives.items()
        if in_tier(packed, tier)
    }


def had_archive(kit: Kit, shelf: Shelf, *, tier: str, digest: str) -> bool:
    """Whether a kit ever had an archive of this tier whose digest begins so, offered now or not."""
    row = shelf.archives.get(tier)
    if row is not None and row.archive is not None and row.archive.digest.startswith(digest):
        return True
    return FormerArchive.objects.filter(kit=kit, tier=tier, digest__startswith=digest).exists()
