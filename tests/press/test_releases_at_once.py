"""Releases numbered by several threads at once: in transactions of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections, transaction

from cms.core import actions as core
from cms.core import clock
from press import actions
from press.models import NumberSeries, Release, ReleasePage
from tests.factories.press import make_release, make_room

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


def test_a_release_begun_from_another_five_times_at_once_is_one():
    page, key = make_release(make_room()), uuid4()
    barrier = Barrier(5)

    def begin(_number):
        try:
            source = ReleasePage.objects.get(pk=page.pk)
            barrier.wait(timeout=20)
            return core.begin_from(source, title="Une autre", key=key, user=None, now=clock.now()).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(begin, range(5)))) == 1
    assert Release.objects.count() == ReleasePage.objects.count() == 2
