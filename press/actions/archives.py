"""The archives of a kit: wanted when what it holds changes, built once, remembered when they are replaced.

The press and print archives hold the kit's releases too, as the PDF that everybody may have of them at that time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from cms.core.formats import local
from cms.mailing.documents import PaperUnavailable
from media_library import actions as library
from press import exports, queries
from press.actions import formats
from press.actions.offered import note_offered
from press.models import FormerArchive, Kit, KitArchive, KitDownload, Tier
from press.queries import papers

if TYPE_CHECKING:
    from media_library.models import Archive
    from press.models import ReleasePage

# The first key of the advisory locks under which archives are built; the second is the kit's.
BUILD_LOCK = 0x4B17


@transaction.atomic
def want_archives(kit: Kit, *, now: datetime) -> bool:
    """Note of which content each archive is wanted; returns whether any is to be built.

    An asset that was changed, withdrawn, or has expired makes another key: the sweep asks this for every live kit.
    A tier that nothing is offered for has no archive; one whose file is lost is built again.
    """
    kit = Kit.objects.get(pk=kit.pk)  # its name and hour of now: both stand in the key
    note_offered(kit, now=now)
    said = _papers_key(_papers(kit, now=now))
    packed = queries.packed_items(kit, queries.items_of(kit), now=now)
    due = False
    for tier in Tier.values:
        if not queries.in_tier(packed, tier):
            for row in KitArchive.objects.filter(kit=kit, tier=tier).select_related("archive"):
                _remember(row, now=now)
                row.delete()
            continue
        key = queries.content_key(kit, packed, tier)
        row, _created = KitArchive.objects.select_related("archive").get_or_create(kit=kit, tier=tier)
        printed = said if tier in papers.TIERS else ""
        if (row.wanted, row.papers_wanted) != (key, printed):
            row.wanted, row.papers_wanted, row.failure, row.done, row.total = key, printed, "", 0, 0
            row.save(update_fields=["wanted", "papers_wanted", "failure", "done", "total"])
        if row.is_ready and row.archive is not None and not Path(row.archive.path).exists():
            row.built = ""
            row.save(update_fields=["built"])
        due = due or not row.is_ready
    return due


@dataclass(frozen=True)
class _Paper:
    """A release to be packed: its page, what stands around it, and the name of its content."""

    page: ReleasePage
    found: exports.Around
    key: str


def _papers(kit: Kit, *, now: datetime) -> list[_Paper]:
    """The releases of a kit as its readers may have them at `now`: a bounded number of queries for each."""
    packed = []
    for page in papers.releases_to_pack(kit, now=now):
        found = formats.around(page, reader=papers.reader_of(kit), now=now)
        packed.append(_Paper(page, found, formats.key_of(page, "pdf", found)))
    return packed


def _papers_key(packed: list[_Paper]) -> str:
    """A hash of the content of releases; "" for none."""
    return hashlib.sha256("".join(one.key for one in packed).encode()).hexdigest() if packed else ""


def _printed(packed: list[_Paper], *, now: datetime) -> list[library.Made]:
    """The releases as files. Raises formats.FormatsBusy, PaperUnavailable."""
    return [
        library.Made(
            exports.file_name(one.page, "pdf", now=now),
            formats.format_file(one.page, "pdf", found=one.found),
            one.page.title,
            papers.FOLDER,
        )
        for one in packed
    ]


def build_archives(kit: Kit, *, now: datetime) -> int:
    """Build the archives of a kit that are not what they should be; returns how many were built.

    One build of a kit at a time, by an advisory lock that dies with its connection: five tasks at once have one
    effect. A tier that fails says so in its row and hinders no other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [BUILD_LOCK, kit.pk])
        if not cursor.fetchone()[0]:
            return 0
    try:
        kit, built = Kit.objects.get(pk=kit.pk), 0
        for row in KitArchive.objects.filter(kit=kit).order_by("pk"):
            if not row.is_ready:
                built += _build(kit, row, now=now)
        return built
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [BUILD_LOCK, kit.pk])


def _build(kit: Kit, row: KitArchive, *, now: datetime) -> int:
    releases = _papers(kit, now=now) if row.tier in papers.TIERS else []
    lacks = ""
    try:
        made = _printed(releases, now=now)
    except formats.FormatsBusy:
        return 0  # the next sweep finds a place
    except PaperUnavailable as error:
        said = _("The releases are left out: this machine makes no PDF (%(lacks)s).")
        made, lacks = [], said % {"lacks": error}
    mine = KitArchive.objects.filter(pk=row.pk, wanted=row.wanted, papers_wanted=row.papers_wanted)
    packed = queries.packed_items(kit, queries.items_of(kit), now=now)
    entries = [
        library.Entry(asset=item.asset, preset=version, folder=queries.folder_of(item))
        for item, version in queries.in_tier(packed, row.tier)
    ]
    try:
        archive = library.build_archive(
            entries=entries,
            now=now,
            made=made,
            title=kit.name,
            progress=_telling(mine),
            replaced=partial(_remember_everywhere, now=now),
        )
    except library.ArchiveBusy as error:
        mine.update(failure=str(error)[:500], done=0, total=0)
        return 0
    # `built` names what went in, should a file have been withdrawn since it was wanted.
    built, printed = queries.content_key(kit, packed, row.tier), _papers_key(releases)
    held: dict[str, Any] = {"wanted": built, "built": built, "papers_wanted": printed}
    notes = [papers.note_of(one.page, one.found.assets) for one in releases]
    held |= (
        {"papers": [], "papers_built": "", "failure": lacks[:500]}
        if lacks
        else {"papers": notes, "papers_built": printed, "failure": ""}
    )
    return _keep(mine, archive, held, now=now)


def _keep(mine: QuerySet[KitArchive], archive: Archive, held: dict[str, Any], *, now: datetime) -> int:
    """Offer the archive that was built; not where the kit was changed meanwhile and another is wanted. How many."""
    with transaction.atomic():
        row = mine.select_for_update(of=("self",)).select_related("archive").first()
        if row is None:
            return 0
        if row.archive_id not in (None, archive.pk):
            _remember(row, now=now)
        values = {**held, "archive": archive, "built_at": now, "done": 0, "total": 0}
        return KitArchive.objects.filter(pk=row.pk).update(**values)


def _telling(mine: QuerySet[KitArchive]) -> Callable[[int, int], None]:
    """How a build says how far it is: seen at once by who waits, since it holds no transaction meanwhile."""

    def tell(done: int, total: int) -> None:
        mine.update(done=done, total=total)

    return tell


def _remember(row: KitArchive, *, now: datetime) -> None:
    """Keep the digest of an archive that is replaced: its address answers 410 from now on."""
    if row.archive is not None:
        FormerArchive.objects.get_or_create(
            kit_id=row.kit_id, tier=row.tier, digest=row.archive.digest, defaults={"replaced_at": now}
        )


def _remember_everywhere(archive: Archive, digest: str, *, now: datetime) -> None:
    """The same content gave other bytes (other fonts, another library): the former digest's address is gone."""
    for row in KitArchive.objects.filter(archive=archive):
        FormerArchive.objects.get_or_create(
            kit_id=row.kit_id, tier=row.tier, digest=digest, defaults={"replaced_at": now}
        )


def count_archive(kit: Kit, *, tier: str, now: datetime) -> None:
    """One more download of a kit's archive on this day, of the site's time zone."""
    day = local(now).date()
    row, _created = KitDownload.objects.get_or_create(kit=kit, tier=tier, day=day)
    KitDownload.objects.filter(pk=row.pk).update(count=F("count") + 1)
