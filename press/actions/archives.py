"""The archives of a kit: wanted when what it holds changes, built once, remembered when they are replaced."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from cms.core import formats
from media_library import actions as library
from press import queries
from press.models import FormerArchive, Kit, KitArchive, KitDownload, Tier

# The first key of the advisory locks under which archives are built; the second is the kit's.
BUILD_LOCK = 0x4B17


@transaction.atomic
def want_archives(kit: Kit, *, now: datetime) -> bool:
    """Note of which content each archive is wanted; returns whether any is to be built.

    An asset that was changed, withdrawn, or has expired makes another key: the sweep asks this for every live kit.
    A tier that nothing is offered for has no archive.
    """
    kit = Kit.objects.get(pk=kit.pk)  # its name and hour of now: both stand in the key
    packed = queries.packed_items(kit, queries.items_of(kit), now=now)
    due = False
    for tier in Tier.values:
        if not queries.in_tier(packed, tier):
            for row in KitArchive.objects.filter(kit=kit, tier=tier).select_related("archive"):
                _remember(row, now=now)
                row.delete()
            continue
        key = queries.content_key(kit, packed, tier)
        row, _created = KitArchive.objects.get_or_create(kit=kit, tier=tier)
        if row.wanted != key:
            row.wanted, row.failure, row.done, row.total = key, "", 0, 0
            row.save(update_fields=["wanted", "failure", "done", "total"])
        due = due or not row.is_ready
    return due


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
    wanted = row.wanted
    packed = queries.packed_items(kit, queries.items_of(kit), now=now)
    entries = [
        library.Entry(asset=item.asset, preset=version, folder=queries.folder_of(item))
        for item, version in queries.in_tier(packed, row.tier)
    ]
    try:
        archive = library.build_archive(
            entries=entries, now=now, title=kit.name, progress=_telling(row.pk, wanted)
        )
    except library.ArchiveBusy as error:
        KitArchive.objects.filter(pk=row.pk, wanted=wanted).update(failure=str(error)[:500], done=0, total=0)
        return 0
    # `built` names what went in, should a file have been withdrawn since it was wanted. Whoever changed the kit
    # meanwhile wants another archive: then this one is not offered.
    built = queries.content_key(kit, packed, row.tier)
    with transaction.atomic():
        now_kept = KitArchive.objects.select_for_update().filter(pk=row.pk, wanted=wanted).first()
        if now_kept is None:
            return 0
        if now_kept.archive_id not in (None, archive.pk):
            _remember(now_kept, now=now)
        return KitArchive.objects.filter(pk=row.pk).update(
            archive=archive, wanted=built, built=built, built_at=now, failure="", done=0, total=0
        )


def _telling(pk: int, wanted: str) -> Callable[[int, int], None]:
    """How a build says how far it is: seen at once by who waits, since it holds no transaction meanwhile."""

    def tell(done: int, total: int) -> None:
        KitArchive.objects.filter(pk=pk, wanted=wanted).update(done=done, total=total)

    return tell


def _remember(row: KitArchive, *, now: datetime) -> None:
    """Keep the digest of an archive that is replaced: its address answers 410 from now on."""
    if row.archive is not None:
        FormerArchive.objects.get_or_create(
            kit_id=row.kit_id, tier=row.tier, digest=row.archive.digest, defaults={"replaced_at": now}
        )


def count_archive(kit: Kit, *, tier: str, now: datetime) -> None:
    """One more download of a kit's archive on this day, of the site's time zone."""
    day = formats.local(now).date()
    row, _created = KitDownload.objects.get_or_create(kit=kit, tier=tier, day=day)
    KitDownload.objects.filter(pk=row.pk).update(count=F("count") + 1)
