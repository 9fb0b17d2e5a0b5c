"""Releases numbered by several threads at once: in transactions of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections, transaction

from cms.core import clock
from press import actions
from press.models import NumberSeries, Release

pytestmark = pytest.mark.django_db(transaction=True)


def _numbers_taken_at_once(lock: bool) -> list[int | None]:
    """Eight threads each number a release; without the lock they read the same last number."""
    releases = [actions.create_release(user=None, now=clock.now()) for _ in range(8)]
    barrier = Barrier(len(releases))
    year = 2031

    def take(release):
        try:
            barrier.wait(timeout=20)
            if lock:
                return actions.give_number(release, user=None, now=clock.now(), year=year).number
            number = actions.next_number(year=year)
            barrier.wait(timeout=20)
            with transaction.atomic():
                Release.objects.filter(pk=release.pk).update(number=number, year=year)
            return number
        except Exception:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(releases)) as pool:
        return list(pool.map(take, releases))


def test_numbers_taken_at_once_are_all_different_and_without_gaps():
    assert sorted(_numbers_taken_at_once(lock=True)) == list(range(1, 9))
    assert NumberSeries.objects.filter(year=2031).exists()


def test_without_the_lock_releases_lose_their_numbers():
    """The control: reading and writing without the year's lock collides on the constraint."""
    found = _numbers_taken_at_once(lock=False)
    assert found.count(1) == 1
    assert None in found
