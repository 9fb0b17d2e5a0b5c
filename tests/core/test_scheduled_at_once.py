"""Two schedulers at the same hour: in transactions of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections
from wagtail.models import PageLogEntry, Revision

from cms.core import clock
from cms.core.actions import publish_due
from tests.factories.press import make_release, make_room

pytestmark = pytest.mark.django_db(transaction=True)
SCHEDULERS = 3


def _publications(lock: bool) -> int:
    """How often a text scheduled once was published by schedulers that came at once."""
    page = make_release(make_room(), publish=False)
    page.go_live_at = clock.now() + timedelta(hours=1)
    page.save_revision().publish()
    later = clock.now() + timedelta(hours=2)
    barrier = Barrier(SCHEDULERS)

    def come(_number: int) -> None:
        try:
            barrier.wait(timeout=20)
            if lock:
                publish_due(now=later)
                return
            due = list(Revision.objects.filter(approved_go_live_at__lte=later))
            barrier.wait(timeout=20)
            for one in due:
                one.content = {**one.content, "go_live_at": None}
                one.publish(log_action="wagtail.publish.scheduled")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(SCHEDULERS) as pool:
        list(pool.map(come, range(SCHEDULERS)))
    return PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish.scheduled").count()


def test_schedulers_that_come_at_once_publish_a_text_once():
    assert _publications(lock=True) == 1


def test_the_control_without_asking_again_under_the_lock_each_publishes_it():
    assert _publications(lock=False) > 1
