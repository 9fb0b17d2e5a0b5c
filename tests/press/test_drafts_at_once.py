"""The telephone's form sent several times at once: in transactions of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections

from cms.core import clock
from press import actions
from press.models import Release
from tests.factories.press import make_room

pytestmark = pytest.mark.django_db(transaction=True)


def _sent_at_once(sendings: list[UUID | None]) -> set[int]:
    """The keys of the pages that so many threads were given for the same words."""
    room = make_room()
    barrier = Barrier(len(sendings))
    words: dict[str, Any] = {"title": "Trois lignes", "text": "Ce matin.", "publish": True}

    def send(sending: UUID | None) -> int:
        try:
            barrier.wait(timeout=20)
            page = actions.write_at_once(
                parent=room.releases, user=None, now=clock.now(), sending=sending, **words
            )
            return int(page.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(sendings)) as pool:
        return set(pool.map(send, sendings))


def test_the_same_sending_five_times_at_once_is_one_release():
    pages = _sent_at_once([uuid4()] * 5)
    assert len(pages) == 1
    assert Release.objects.values_list("number", flat=True).get() == 1


def test_the_control_without_the_key_each_is_a_release_of_its_own():
    assert len(_sent_at_once([None] * 2)) == 2
    assert Release.objects.count() == 2
