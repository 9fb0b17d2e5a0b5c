"""Celery only rings: what is to be done stands in the database, and the sweeps find what a ring lost."""

from __future__ import annotations

import logging

from celery import shared_task

from cms.core import clock
from cms.core.ring import ring
from media_library import actions, queries
from media_library.models import Asset, LibraryImage
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


@shared_task(name="media_library.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Remove what nothing has used for 30 days."""
    done = actions.sweep(now=clock.now())
    done["uploads"] = actions.sweep_uploads(now=clock.now())
    done["work"] = actions.sweep_work(now=clock.now())
    log.info("media.swept", extra=done)
