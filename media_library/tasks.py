"""Celery only rings: what is to be done stands in the database, and the sweeps find what a ring lost."""

from __future__ import annotations

import logging

from celery import shared_task

from cms.core import clock
from cms.core.ring import ring
from media_library import actions, queries
from media_library.models import Asset, Blob, Kind, LibraryDocument, LibraryImage
from media_library.storage.clamav import ScannerSilent
from media_library.storage.render import CannotRender

log = logging.getLogger(__name__)
PREPARE = "media_library.tasks.prepare"
RECORD = "media_library.tasks.prepare_recording"


@shared_task(name=PREPARE, ignore_result=True)
def prepare(image_id: int) -> None:
    """Render a picture's sizes ahead. Five at once leave one row and one file per size."""
    image = LibraryImage.objects.filter(pk=image_id, prepared_at__isnull=True).first()
    if image is None:
        return
    try:
        actions.prepare(image, now=clock.now())
    except (CannotRender, OSError):
        log.exception("media.cannot_prepare", extra={"image": image_id})


@shared_task(name="media_library.tasks.prepare_pending", ignore_result=True)
def prepare_pending() -> None:
    """Render what no ring announced, a few pictures at a time; one that fails does not stop the others."""
    for image in queries.unprepared(limit=10):
        prepare(image.pk)


@shared_task(
    name=RECORD, ignore_result=True, acks_late=False, soft_time_limit=3 * 3600, time_limit=3 * 3600 + 60
)
def prepare_recording(asset_id: int) -> None:
    """Prepare a sound or film, then ring for the next one that waits.

    Acknowledged at once: it may take longer than a message is left unseen. What is cut off waits in its row.
    """
    asset = Asset.objects.filter(pk=asset_id).first()
    if asset is not None and actions.prepare_recording(asset=asset, now=clock.now()) is not None:
        prepare_recordings()


@shared_task(name="media_library.tasks.prepare_recordings", ignore_result=True)
def prepare_recordings() -> None:
    """Ring for the recording that has waited longest, where nobody works on one."""
    found = queries.next_recording(now=clock.now())
    if found is not None:
        ring(RECORD, found)


@shared_task(name="media_library.tasks.prepare_later", ignore_result=True)
def prepare_later() -> None:
    """Render AVIF, a few pictures at a time, once all others have their sizes."""
    if queries.unprepared(limit=1).exists():
        return
    for image in queries.without_avif(limit=5):
        try:
            actions.prepare_later(image, now=clock.now())
        except (CannotRender, OSError):
            log.exception("media.cannot_prepare_avif", extra={"image": image.pk})


@shared_task(name="media_library.tasks.look", ignore_result=True)
def look(asset_id: int) -> None:
    """Have the scanner look at what came in, and draw its first page. Five at once have the effect of one."""
    asset = Asset.objects.select_related("blob", "document").filter(pk=asset_id).first()
    if asset is None:
        return
    if asset.quarantined_at is not None and not _is_clean(asset.blob):
        return
    if asset.kind == Kind.DOCUMENT and asset.document.looked_at is None and asset.filename.endswith(".pdf"):
        actions.preview(asset.document, now=clock.now())


def _is_clean(blob: Blob) -> bool:
    try:
        return not actions.check(blob, now=clock.now()).finding
    except (ScannerSilent, OSError):
        log.exception("media.scanner_silent", extra={"blob": blob.pk})
        return False


@shared_task(name="media_library.tasks.take_in", ignore_result=True)
def take_in() -> None:
    """Do what no ring announced: files that arrived, bytes in quarantine, clean copies, first pages. A
    scanner that is silent is asked once, not for each file."""
    actions.sweep_uploads(now=clock.now())
    for blob in queries.in_quarantine(limit=20):
        try:
            actions.check(blob, now=clock.now())
        except (ScannerSilent, OSError):
            log.exception("media.scanner_silent", extra={"blob": blob.pk})
            break
    for document in queries.uncleaned(limit=10):
        _clean(document)
    for document in queries.without_preview(limit=10):
        actions.preview(document, now=clock.now())


def _clean(document: LibraryDocument) -> None:
    try:
        actions.clean(document)
    except OSError:
        log.exception("media.cannot_clean", extra={"document": document.pk})


@shared_task(name="media_library.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Remove what nothing has used for 30 days."""
    done = actions.sweep(now=clock.now())
    done["work"] = actions.sweep_work(now=clock.now())
    log.info("media.swept", extra=done)
