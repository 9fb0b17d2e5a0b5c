"""Bytes that nothing uses any more go, 30 days later."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, ProtectedError, Q

from media_library.actions.archives import build_alone
from media_library.models import (
    Archive,
    Asset,
    AssetVersion,
    Blob,
    LibraryDocument,
    LibraryMedia,
    Recording,
    RecordingVersion,
    Speech,
)
from media_library.storage import archives, originals

KEPT_FOR: Final = timedelta(days=30)
PARTS_KEPT_FOR: Final = timedelta(days=1)


def sweep(*, now: datetime) -> dict[str, int]:
    """Mark blobs without references, remove those so marked for 30 days, archives that nothing offers after as
    long, and half written files older than a day. Returns what was done: {"marked", "removed", "archives", "parts"}.

    Bytes that come in again meanwhile take the blob's lock and are kept.
    """
    used = Q(Exists(Asset.objects.filter(blob=OuterRef("pk"))))
    used |= Q(cleaned__isnull=False) & ~Q(
        cleaned=F("pk")
    )  # what was sent stays as long as what was made of it
    for model, column in (
        (AssetVersion, "blob"),
        (LibraryMedia, "poster"),
        (LibraryDocument, "poster"),
        (Recording, "poster"),
        (RecordingVersion, "blob"),
        (Speech, "captions"),
    ):
        used |= Q(Exists(model._default_manager.filter(**{column: OuterRef("pk")})))
    marked = Blob.objects.filter(~used, unused_since__isnull=True).update(unused_since=now)
    Blob.objects.filter(used, unused_since__isnull=False).update(unused_since=None)
    removed = 0
    for pk in Blob.objects.filter(~used, unused_since__lte=now - KEPT_FOR).values_list("pk", flat=True):
        with transaction.atomic():
            blob = Blob.objects.select_for_update().filter(~used, pk=pk, unused_since__isnull=False).first()
            if blob is not None:
                blob.delete()
                # while the row is still locked: who brings the same bytes in finds them gone, and stores them
                originals().remove(blob.name)
                removed += 1
    return {
        "marked": marked,
        "removed": removed,
        "archives": _sweep_archives(now),
        "parts": _remove_parts(now),
    }


def _sweep_archives(now: datetime) -> int:
    """Remove the archives that nothing has asked for in 30 days; one that a thing offers stays, however long
    nobody changed the thing."""
    limit, gone = now - KEPT_FOR, 0
    stale = Archive.objects.filter(built_at__lte=limit).exclude(last_used_at__gt=limit)
    for manifest in list(stale.values_list("manifest", flat=True)):
        try:
            with transaction.atomic():
                build_alone(manifest)
                archive = stale.filter(manifest=manifest).first()
                if archive is None:
                    continue
                archive.delete()
                archives().delete(archive.name)
        except ProtectedError:
            continue
        gone += 1
    return gone


def _remove_parts(now: datetime) -> int:
    limit, count = (now - PARTS_KEPT_FOR).timestamp(), 0
    for storage in (originals(), archives()):
        for part in Path(storage.location).rglob(".part-*"):
            if part.stat().st_mtime < limit:
                part.unlink(missing_ok=True)
                count += 1
    return count
