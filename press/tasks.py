"""What the worker does for the press room: load, delegate. The sweep finds what a bell lost."""

from __future__ import annotations

from celery import shared_task

from cms.core import clock
from cms.core.reader import ANONYMOUS
from cms.mailing.documents import PaperUnavailable
from press import actions, queries
from press.models import Kit, Release


@shared_task(ignore_result=True)
def build_archives(kit_pk: int) -> int:
    """Build a kit's archives; five at once have one effect. Returns how many were built."""
    kit = Kit.objects.filter(pk=kit_pk).first()
    return actions.build_archives(kit, now=clock.now()) if kit is not None else 0


@shared_task(ignore_result=True)
def sweep_archives() -> int:
    """Every few minutes: want and build the archives of published kits whose content has changed or expired."""
    now, built = clock.now(), 0
    for kit in queries.live_kits(now=now):
        if actions.want_archives(kit, now=now):
            built += actions.build_archives(kit, now=now)
    return built


@shared_task(ignore_result=True)
def prepare_formats(release_pk: int) -> int:
    """Make the PDF, Word file and card of a published release ahead of its readers; returns how many there are.

    A ring that is lost costs the first reader a second: what is not there is made when it is asked for.
    """
    release = Release.objects.filter(pk=release_pk, withdrawn_at__isnull=True).first()
    pages = queries.live_pages_of(release).values() if release is not None else ()
    try:
        return sum(actions.prepare_formats(page, reader=ANONYMOUS, now=clock.now()) for page in pages)
    except (actions.FormatsBusy, PaperUnavailable):
        return 0


@shared_task(ignore_result=True)
def forget_visits() -> int:
    """Every few hours: delete the lines of journalists' doors that are kept no longer."""
    return actions.forget_visits(now=clock.now())
