"""Celery only rings: what is to be done stands in the database, and the sweeps find what a ring lost."""

from __future__ import annotations

import logging

from celery import shared_task

from cms.core import clock
from media_library import actions, queries
from media_library.models import LibraryImage
from media_library.storage.render import CannotRender

log = logging.getLogger(__name__)
PREPARE = "media_library.tasks.prepare"


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


@shared_task(name="media_library.tasks.sweep", ignore_result=True)
def sweep() -> None:
    """Remove what nothing has used for 30 days."""
    done = actions.sweep(now=clock.now())
    done["uploads"] = actions.sweep_uploads(now=clock.now())
    log.info("media.swept", extra=done)
