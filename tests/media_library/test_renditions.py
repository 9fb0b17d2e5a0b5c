"""What a picture's sizes carry when its words or its file change while they are made."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connections, transaction
from PIL import Image

from media_library import actions
from media_library.models import LibraryImage
from media_library.storage import presets
from tests.factories.media_library import make_asset, picture

pytestmark = pytest.mark.django_db(transaction=True)
WEB = presets.PRESETS["light"][0][0]


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def carried(image: LibraryImage) -> list[bool]:
    """Whether the public bytes of each size name the photographer of now."""
    sizes = [Path(row.file.path).read_bytes() for row in image.renditions.all()]
    return [b"Oumar Keita" in data and b"Awa Diarra" not in data for data in sizes]


def test_a_credit_that_changed_since_the_worker_read_the_row_is_in_every_size() -> None:
    asset = make_asset(credit="Awa Diarra")
    stale = LibraryImage.objects.get(pk=asset.image.pk)
    actions.change_rights([asset], values={"credit": "Oumar Keita"})
    assert stale.asset.credit == "Awa Diarra", "what a worker holds that began before"
    stale.create_renditions(WEB)
    assert carried(stale) == [True]


def test_a_caption_that_changed_while_sizes_are_made_is_in_them() -> None:
    asset = make_asset(alt="Une salle", caption="Awa Diarra parle")
    stale = LibraryImage.objects.prefetch_related("asset__texts__locale").get(pk=asset.image.pk)
    actions.describe_image(
        LibraryImage.objects.get(pk=stale.pk),
        title="Une",
        alt="Une salle",
        decorative=False,
        caption="Oumar Keita parle",
    )
    stale.create_renditions(WEB)
    assert carried(stale) == [True]


def test_a_file_that_was_replaced_while_sizes_are_made_is_what_they_show() -> None:
    asset = make_asset(picture(size=(640, 426)))
    stale = LibraryImage.objects.get(pk=asset.image.pk)
    row = LibraryImage.objects.get(pk=asset.image.pk)
    out = io.BytesIO()
    Image.new("RGB", (500, 500), (0, 120, 0)).save(out, "PNG")
    row.file = ContentFile(out.getvalue(), name="autre.png")
    row.save()
    stale.create_renditions(WEB)
    kept = row.renditions.get()
    assert kept.width == kept.height


def test_whoever_keeps_sizes_waits_for_a_credit_that_is_being_written() -> None:
    """The change is written and not yet committed while another connection renders: it commits only then."""
    asset = make_asset(credit="Awa Diarra")
    begun = Event()

    def render() -> list[bool]:
        try:
            image = LibraryImage.objects.get(pk=asset.image.pk)
            begun.set()
            image.create_renditions(WEB)
            return carried(image)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            actions.change_rights([asset], values={"credit": "Oumar Keita"})
            running = pool.submit(render)
            assert begun.wait(20)
            with pytest.raises(TimeoutError):
                running.result(timeout=1)
        assert running.result(timeout=60) == [True]
