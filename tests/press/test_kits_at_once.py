"""A kit's archives built by several workers at once: in transactions of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from press import tasks
from press.models import KitArchive
from tests.factories.press import make_kit, make_room
from tests.support.kits import picture

pytestmark = pytest.mark.django_db(transaction=True)


def test_five_builds_at_once_have_one_effect(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    page = make_kit(make_room(), assets=[picture("un")])

    def build(_):
        try:
            return tasks.build_archives(page.kit_id)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(build, range(5))) == 3
    assert {row.is_ready for row in KitArchive.objects.filter(kit=page.kit)} == {True}
