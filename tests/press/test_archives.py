"""A kit's archives: of what they are built, and when they are offered."""

from __future__ import annotations

import io
import json
import pathlib
import zipfile
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.core import clock
from media_library import actions as library
from media_library.models import Asset
from media_library.storage import originals
from press import actions, queries, tasks
from press.models import KitArchive, Tier
from tests.factories.press import make_kit, make_release
from tests.press.test_sounds import make_sound
from tests.support.kits import body_of, built_kit, names_in, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


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


def test_an_archive_asks_only_what_decides_whether_it_is_open(client, room):
    """A download is asked for at each of its parts: no rendition, poster or speech is read for it."""
    asked = {}
    for count in (1, 4):
        page = built_kit(room, *[picture(f"photo{n}", (10 * n, 90, count)) for n in range(count)])
        path = f"{page.public_path}archive-press.zip"
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        asked[count] = [one["sql"] for one in seen.captured_queries]
        with CaptureQueriesContext(connection) as control:
            client.get(page.public_path)
        assert any("media_library_libraryrendition" in one["sql"] for one in control.captured_queries)
    assert len(asked[1]) == len(asked[4]) <= 8
    for table in ("rendition", "recording", "document", "speech"):
        assert not [
            sql for sql in asked[4] if f'FROM "media_library_{table}' in sql or f"library{table}" in sql
        ]


def test_an_archive_is_judged_by_what_it_was_built_of_sounds_too(client, room):
    """What the archive asks gives the same content as what it is built of; of a sound that changed, another."""
    sound = make_sound()
    page = built_kit(room, sound, picture())

    def keys(items):
        return {tier: queries.content_key(page.kit, items, tier) for tier in Tier.values}

    def lean():
        return queries.packing_of(page.kit, tier="press", is_live=True, now=clock.now()).items

    assert keys(lean()) == keys(queries.items_of(page.kit))
    assert len(set(keys(lean()).values())) == 3
    path = f"{page.public_path}archive-light.zip"
    assert client.get(path).status_code == 200
    before = keys(lean())
    sound.recordings.all().delete()
    assert keys(lean()) != before
    assert client.get(path).status_code == 503


def test_archives_of_a_kit_that_nobody_changes_are_there_after_months(client, room):
    page = built_kit(room, picture("un"))
    library.sweep(now=clock.now() + timedelta(days=200))
    response = client.get(f"{page.public_path}archive-press.zip")
    assert response.status_code == 200
    assert body_of(response)


def test_a_get_builds_nothing(client, room):
    page = make_kit(room, assets=[picture()])
    client.get(f"{page.public_path}archive-light.zip")
    client.get(page.public_path)
    assert not KitArchive.objects.filter(archive__isnull=False).exists()


def test_a_withdrawn_asset_closes_the_archives_at_once_until_they_are_built_without_it(client, room):
    gone = picture("un")
    page = built_kit(room, gone, picture("deux", (10, 90, 40)))
    assert names_in(client, page) == {"Un", "Deux"}
    library.withdraw(gone, reason="La personne a changé d'avis.", now=clock.now())
    assert names_in(client, page) == 503
    html = client.get(page.public_path).content.decode()
    assert "Un</b>" not in html
    assert "archive-light-" not in html
    assert "en préparation" in html
    assert tasks.sweep_archives() == 3
    assert names_in(client, page) == {"Deux"}
    assert "archive-light-" in client.get(page.public_path).content.decode()
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


def test_a_file_that_the_scanner_has_not_seen_closes_no_archive_and_joins_them_afterwards(client, room):
    waiting = picture("un")
    Asset.objects.filter(pk=waiting.pk).update(quarantined_at=clock.now())
    page = built_kit(room, waiting, picture("deux", (10, 90, 40)))
    assert names_in(client, page) == {"Deux"}
    Asset.objects.filter(pk=waiting.pk).update(quarantined_at=None)
    assert names_in(client, page) == 503, "an archive of less than the kit holds is not offered"
    tasks.sweep_archives()
    assert names_in(client, page) == {"Un", "Deux"}


def test_who_waits_sees_how_many_files_are_ready(client, room):
    page = make_kit(room, assets=[picture("un")])
    KitArchive.objects.filter(kit=page.kit).update(done=12, total=30)
    waiting = client.get(f"{page.public_path}archive-light.zip")
    assert waiting.status_code == 503
    html = waiting.content.decode()
    assert '<progress max="30" value="12"' in html
    assert "12 fichiers prêts sur 30" in html
    assert "12 fichiers prêts sur 30" in client.get(page.public_path).content.decode()


def test_a_picture_that_cannot_be_read_stops_neither_the_other_kits_nor_the_sweep(client, room):
    bad = picture("un")
    broken, sound = make_kit(room, assets=[bad]), make_kit(room, assets=[picture("deux", (10, 90, 40))])
    (pathlib.Path(originals().path(bad.blob.name))).write_bytes(b"lost")
    assert tasks.sweep_archives() == 3
    assert names_in(client, sound) == {"Deux"}
    assert {"« Un »" in row.failure for row in broken.kit.archives.all()} == {True}


def test_an_archive_that_cannot_be_made_is_not_said_to_be_in_preparation(client, room):
    bad = picture("un")
    page = make_kit(room, assets=[bad])
    path = f"{page.public_path}archive-light.zip"
    html = [client.get(one).content.decode() for one in (path, page.public_path)]
    assert ["en préparation" in one for one in html] == [True, True], "the control"
    (pathlib.Path(originals().path(bad.blob.name))).write_bytes(b"lost")
    tasks.sweep_archives()
    failed = client.get(path)
    assert (failed.status_code, failed.headers["Retry-After"]) == (503, "600")
    said = failed.content.decode()
    assert "Cette archive ne peut pas être préparée pour l’instant." in said
    assert 'http-equiv="refresh"' not in said
    shown = client.get(page.public_path).content.decode()
    assert "impossible pour l’instant" in shown
    for one in (said, shown):
        assert "en préparation" not in one
        assert "« Un »" not in one, "what is wrong is the team's affair"
