"""A kit's files and archives: single files, archives built once, downloads resumed, rights asked each time."""

from __future__ import annotations

import io
import json
import zipfile
from copy import deepcopy
from datetime import timedelta

import pytest
from PIL import Image

from cms.core import clock
from media_library import actions as library
from press import actions, tasks
from press.models import KitArchive
from tests.factories.press import make_kit, make_release

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def room(laid_room, db):
    return deepcopy(laid_room)


def picture(name="photo", colour=(90, 60, 40), **about):
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), colour).save(out, "JPEG")
    out.seek(0)
    return library.import_file(
        fileobj=out, filename=f"{name}.jpg", title=name.title(), alt=name, now=clock.now(), **about
    )


def built_kit(room, *assets, **options):
    page = make_kit(room, assets=assets, **options)
    actions.build_archives(page.kit, now=clock.now())
    return page


def body_of(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def test_three_archives_are_offered_and_hold_what_the_kit_holds(client, room):
    page = built_kit(room, picture("un"), picture("deux", (10, 90, 40), credit="Awa"))
    for tier in ("light", "press", "print"):
        response = client.get(f"{page.public_path}archive-{tier}.zip")
        assert response.status_code == 200
        with zipfile.ZipFile(io.BytesIO(body_of(response))) as package:
            names = package.namelist()
            listed = json.loads(package.read("MANIFEST.json"))["files"]
            assert {"MANIFEST.json", "SHA256SUMS", "CREDITS.txt"} < set(names)
            assert len(listed) == 2
            assert b"Awa" in package.read("CREDITS.txt")
            assert all(one.compress_type == zipfile.ZIP_STORED for one in package.infolist())


def test_a_broken_download_goes_on_where_it_stopped(client, room):
    page = built_kit(room, picture())
    path = f"{page.public_path}archive-light.zip"
    whole = client.get(path)
    data, tag = body_of(whole), whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert not tag.startswith("W/")
    half = len(data) // 2
    rest = client.get(path, headers={"range": f"bytes={half}-", "if-range": tag})
    assert rest.status_code == 206
    assert data[:half] + body_of(rest) == data
    assert client.get(path, headers={"range": f"bytes={half}-", "if-range": '"other"'}).status_code == 200
    assert client.head(path).headers["Content-Length"] == str(len(data))


def test_a_changed_kit_offers_no_stale_archive_until_it_is_built_anew(client, room):
    page = built_kit(room, picture("un"))
    path = f"{page.public_path}archive-light.zip"
    before = client.get(path).headers["ETag"]
    actions.add_assets(page.kit, assets=[picture("deux", (10, 90, 40))], user=None, now=clock.now())
    waiting = client.get(path)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "10")
    assert tasks.sweep_archives() == 3
    assert client.get(path).headers["ETag"] != before
    assert tasks.sweep_archives() == 0


def test_a_get_builds_nothing(client, room):
    page = make_kit(room, assets=[picture()])
    client.get(f"{page.public_path}archive-light.zip")
    client.get(page.public_path)
    assert not KitArchive.objects.filter(archive__isnull=False).exists()


def names_in(client, page, tier="light"):
    """The files of an archive as it is served now, or the status that stands in its place."""
    response = client.get(f"{page.public_path}archive-{tier}.zip")
    if response.status_code != 200:
        return response.status_code
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as package:
        return {one["title"] for one in json.loads(package.read("MANIFEST.json"))["files"]}


def test_a_withdrawn_asset_closes_the_archives_at_once_until_they_are_built_without_it(client, room):
    gone = picture("un")
    page = built_kit(room, gone, picture("deux", (10, 90, 40)))
    assert names_in(client, page) == {"Un", "Deux"}
    library.withdraw(gone, reason="La personne a changé d'avis.", now=clock.now())
    assert names_in(client, page) == 503
    html = client.get(page.public_path).content.decode()
    assert "Un</b>" not in html
    assert "archive-light.zip" not in html
    assert tasks.sweep_archives() == 3
    assert names_in(client, page) == {"Deux"}
    assert "archive-light.zip" in client.get(page.public_path).content.decode()
    said = client.get(page.public_path, headers={"accept": "application/json"}).json()
    assert [one["tier"] for one in said["archives"]] == ["light", "press", "print"]
    assert tasks.sweep_archives() == 0


def test_an_expired_asset_does_not_close_the_archives_for_good(client, room):
    from media_library.models import Asset

    expiring = picture("un")
    page = built_kit(room, expiring, picture("deux", (10, 90, 40)))
    now = clock.now()
    Asset.objects.filter(pk=expiring.pk).update(
        released_at=now - timedelta(days=2), expires_at=now - timedelta(seconds=1)
    )
    assert names_in(client, page) == 503
    tasks.sweep_archives()
    assert names_in(client, page) == {"Deux"}


def test_an_asset_restored_but_not_released_again_stays_out_of_the_archives(client, room):
    asset = picture("un")
    page = built_kit(room, asset, picture("deux", (10, 90, 40)))
    library.withdraw(asset, reason="Droits.", now=clock.now())
    library.restore(asset, now=clock.now())
    tasks.sweep_archives()
    assert names_in(client, page) == {"Deux"}
    library.release(asset, clock.now())
    assert names_in(client, page) == 503, "an archive of less than the kit holds is not offered either"
    tasks.sweep_archives()
    assert names_in(client, page) == {"Un", "Deux"}


def test_a_file_kept_longer_by_another_release_is_left_out_until_its_hour(client, room):
    later = clock.now() + timedelta(days=1)
    held = picture("un")
    words = {"image": held.image, "caption": "", "decorative": True}
    release = make_release(room, until=later, body=[("image", words)])
    page = built_kit(room, held, picture("deux", (10, 90, 40)))
    assert names_in(client, page) == {"Deux"}
    assert "1 fichier" in client.get("/fr/presse/dossiers/").content.decode(), "nor is it counted"
    actions.lift_embargo(release.release, user=None, now=clock.now())
    tasks.sweep_archives()
    assert names_in(client, page) == {"Un", "Deux"}


def test_archives_built_under_embargo_are_there_at_its_very_hour(client, room):
    later = clock.now() + timedelta(days=1)
    asset = picture("un")
    words = {"image": asset.image, "caption": "", "decorative": True}
    kit = make_kit(room, assets=[asset], publish=False)
    page = make_release(room, until=later, kit=kit.kit, body=[("image", words)])
    kit.get_latest_revision().publish()
    actions.build_archives(kit.kit, now=clock.now())
    assert names_in(client, kit) == 404
    actions.lift_embargo(page.release, user=None, now=clock.now())
    assert names_in(client, kit) == {"Un"}, "no job in between"


def test_an_archive_is_not_offered_as_built_of_what_it_left_out(client, room):
    """A file withdrawn between the wish and the building: the row says what went in."""
    asset = picture("un")
    page = make_kit(room, assets=[asset, picture("deux", (10, 90, 40))])
    library.withdraw(asset, reason="Droits.", now=clock.now())
    actions.build_archives(page.kit, now=clock.now())
    assert names_in(client, page) == {"Deux"}
    assert tasks.sweep_archives() == 0


def test_the_files_of_a_kit_open_at_its_hour(client, room):
    later = clock.now() + timedelta(days=1)
    asset = picture("un")
    page = built_kit(room, asset, until=later)
    asset.refresh_from_db()
    assert client.get(asset.url).status_code == 404
    assert client.get(f"{page.public_path}archive-light.zip").status_code == 404
    actions.lift_kit_embargo(page.kit, user=None, now=clock.now())
    assert client.get(page.public_path).status_code == 200
    assert client.get(asset.image.get_rendition("max-1920x1920|format-jpeg").url).status_code == 200
    assert client.get(f"{page.public_path}archive-light.zip").status_code == 200
