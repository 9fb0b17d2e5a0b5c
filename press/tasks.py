"""What the worker does for the press room: load, delegate. The sweep finds what a bell lost."""

from __future__ import annotations

from celery import shared_task

from cms.core import clock
from cms.core.reader import ANONYMOUS
from cms.mailing.documents import PaperUnavailable
from cms.mailing.tasks import ring_on_commit
from press import actions, queries
from press.models import Kit, Release


@shared_task(ignore_result=True)
def build_archives(kit_pk: int) -> int:
    """Build a kit's archives as they should be now; five at once have one effect. Returns how many were built."""
    kit, now = Kit.objects.filter(pk=kit_pk).first(), clock.now()
    if kit is None or not actions.want_archives(kit, now=now):
        return 0
    return actions.build_archives(kit, now=now)


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
    """Every few hours: delete of journalists' doors and requests what is kept no longer."""
    now = clock.now()
    return actions.forget_visits(now=now) + actions.forget_requests(now=now)


@shared_task(ignore_result=True)
def tell_decisions() -> int:
    """Every minute: owe the mail of each accreditation decided since it was asked for on the site."""
    queues = actions.tell_decisions(now=clock.now())
    ring_on_commit(*set(queues))
    return len(queues)
