"""What follows from a publication, by whichever door it came."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction

from tests.factories.press import make_kit, make_room

pytestmark = pytest.mark.django_db(transaction=True)


def rung(redis: Any) -> list[str]:
    """The tasks that wait in the broker for a worker."""
    return [json.loads(message)["headers"]["task"] for message in redis.lrange("celery", 0, -1)]


def test_a_published_kit_rings_the_worker_for_its_archives_once_it_is_committed(redis: Any) -> None:
    room = make_room()
    page = make_kit(room, publish=False)
    assert "press.tasks.build_archives" not in rung(redis)
    with transaction.atomic():
        page.get_latest_revision().publish()
        assert "press.tasks.build_archives" not in rung(redis), "a worker would not find it yet"
    assert rung(redis).count("press.tasks.build_archives") == 1


def test_a_broker_emptied_meanwhile_still_takes_the_next_ring(redis: Any) -> None:
    room = make_room()
    make_kit(room)
    redis.flushdb()
    make_kit(room)
    assert rung(redis).count("press.tasks.build_archives") == 1
