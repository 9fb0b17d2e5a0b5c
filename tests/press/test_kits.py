"""A kit's files and archives: single files, archives built once, downloads resumed, rights asked each time."""

from __future__ import annotations

import hashlib
import io
import json
import pathlib
import zipfile
from copy import deepcopy
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from cms.core import clock, formats
from media_library import actions as library
from media_library.models import Archive, Asset, AssetDownload
from media_library.storage import originals, presets
from press import actions, queries, tasks
from press.models import LIGHT_LIMIT, Kit, KitArchive, KitDownload, Tier
from tests.factories.accounts import make_user
from tests.factories.press import make_kit, make_release
from tests.press.test_sounds import make_sound

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
        return queries.packing_of(page.kit, tier="press", is_live=True).items

    assert keys(lean()) == keys(queries.items_of(page.kit))
    assert len(set(keys(lean()).values())) == 3
    path = f"{page.public_path}archive-light.zip"
    assert client.get(path).status_code == 200
    before = keys(lean())
    sound.recordings.all().delete()
    assert keys(lean()) != before
    assert client.get(path).status_code == 503


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


def test_the_old_address_says_gone_also_where_the_only_file_was_withdrawn(client, room):
    asset = picture("un")
    page = built_kit(room, asset)
    own = page.public_path + KitArchive.objects.select_related("archive").get(tier="press").own_name
    assert client.get(own).status_code == 200
    library.withdraw(asset, reason="Droits.", now=clock.now())
    assert client.get(own).status_code == 410
    tasks.sweep_archives()
    assert client.get(own).status_code == 410, "nor when its row has gone"
    assert client.get(f"{page.public_path}archive-press.zip").status_code == 404


def test_a_restriction_of_use_stands_on_the_kit_and_goes_with_its_archives(client, room):
    asset = picture("un")
    page = built_kit(room, asset)
    library.change_rights([asset], values={"restriction": "Pas d’usage publicitaire."})
    assert "Pas d’usage publicitaire." in client.get(page.public_path).content.decode()
    assert names_in(client, page) == 503, "an archive that does not say it is not offered"
    tasks.sweep_archives()
    response = client.get(f"{page.public_path}archive-light.zip")
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as package:
        assert "Restriction d’usage : Pas d’usage" in package.read("CREDITS.txt").decode()
        assert json.loads(package.read("MANIFEST.json"))["files"][0]["restriction"]


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


BROWSER = {"user-agent": "Mozilla/5.0 (Android 9; Mobile; rv:115.0) Gecko/115.0"}


def own_addresses(client, page):
    said = client.get(page.public_path, headers={"accept": "application/json"}).json()
    return {
        one["tier"]: one["download_version"].removeprefix("http://localhost:8000") for one in said["archives"]
    }


def test_an_archives_own_address_gives_these_bytes_and_never_others(client, room):
    """What `wget -c` begun on an old address would splice: without a digest in it, nothing tells."""
    page = built_kit(room, picture("un"))
    old = own_addresses(client, page)["light"]
    assert old in client.get(page.public_path).content.decode()
    whole = client.get(old)
    assert whole.status_code == 200
    assert whole.headers["Content-Location"] == old
    assert hashlib.sha256(body_of(whole)).hexdigest().startswith(old[-20:-4])
    actions.add_assets(page.kit, assets=[picture("deux", (10, 90, 40))], user=None, now=clock.now())
    for _moment in ("before", "after"):
        gone = client.get(old, headers={"range": "bytes=100-"})
        assert (gone.status_code, gone.headers["Cache-Control"]) == (410, "no-store")
        assert client.head(old).status_code == 410
        tasks.sweep_archives()
    new = own_addresses(client, page)["light"]
    assert new != old
    assert client.get(new).status_code == 200
    assert client.get(old.replace(old[-20:-4], "0" * 16)).status_code == 404, "it never had this one"
    assert client.get(old.replace("-light-", "-print-")).status_code == 404


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_an_asset_that_may_not_be_used_any_more_closes_the_old_address_for_good(client, room, how):
    from media_library.models import Asset

    asset = picture("un")
    page = built_kit(room, asset, picture("deux", (10, 90, 40)))
    old, now = own_addresses(client, page)["press"], clock.now()
    if how == "withdrawn":
        library.withdraw(asset, reason="Consentement retiré.", now=now)
    else:
        Asset.objects.filter(pk=asset.pk).update(
            released_at=now - timedelta(days=2), expires_at=now - timedelta(seconds=1)
        )
    assert client.get(old).status_code == 410, "at once"
    tasks.sweep_archives()
    assert client.get(old).status_code == 410
    assert own_addresses(client, page)["press"] != old


def test_an_old_address_says_nothing_to_who_may_not_read_the_kit(client, room):
    page = built_kit(room, picture("un"))
    old = own_addresses(client, page)["light"]
    actions.withdraw_kit(page.kit, reason="Erreur.", user=None, now=clock.now())
    assert client.get(old).status_code == 404


def test_an_archive_takes_of_each_file_the_best_version_offered_that_is_no_heavier(client, room):
    heavy, small, film = picture("affiche"), picture("vue", (9, 9, 90)), picture("fleuve", (90, 9, 9))
    page = make_kit(room, assets=[heavy, small, film])
    actions.set_items(
        page.kit,
        items=[(heavy, ""), (small, ""), (film, "logos")],
        versions={heavy.pk: ["press", "print"], small.pk: ["light"]},
        user=None,
        now=clock.now(),
    )
    actions.build_archives(page.kit, now=clock.now())
    assert names_in(client, page, "light") == {"Vue", "Fleuve"}
    assert names_in(client, page, "print") == {"Affiche", "Vue", "Fleuve"}
    with zipfile.ZipFile(io.BytesIO(body_of(client.get(f"{page.public_path}archive-print.zip")))) as package:
        assert "7-logos/fleuve.jpg" in package.namelist()
        light = len(body_of(client.get(small.image.address(presets.BY_NAME["light.jpg"]))))
        assert package.getinfo("4-photographies/vue.jpg").file_size == light
    html = client.get(page.public_path).content.decode()
    assert heavy.image.address(presets.BY_NAME["press.jpg"]) in html
    assert small.image.address(presets.BY_NAME["press.jpg"]) not in html
    actions.add_assets(page.kit, assets=[picture("autre", (3, 3, 3))], user=None, now=clock.now())
    assert page.kit.items.get(asset=small).versions == ["light"], "kept when something else changes"


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


def counted(page):
    return {
        tier: KitDownload.objects.filter(kit=page.kit, tier=tier).values_list("count", flat=True).first() or 0
        for tier in ("light", "press", "print")
    }


def test_a_whole_download_counts_once_however_often_the_line_drops(client, room):
    page = built_kit(room, picture())
    path = f"{page.public_path}archive-light.zip"
    tag = client.get(path, headers=BROWSER).headers["ETag"]
    for start in (1000, 2000, 3000):
        headers = BROWSER | {"range": f"bytes={start}-", "if-range": tag}
        assert client.get(path, headers=headers).status_code == 206
    assert counted(page) == {"light": 1, "press": 0, "print": 0}
    row = KitDownload.objects.get()
    assert {field.name for field in row._meta.fields} == {"id", "kit", "tier", "day", "count"}, "nobody in it"


@pytest.mark.parametrize(
    "asked",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "WhatsApp/2.23.20.0"},
        {"user-agent": ""},
        BROWSER | {"sec-purpose": "prefetch"},
        BROWSER | {"range": "bytes=0-1"},
        BROWSER | {"range": "bytes=999999999-"},
        BROWSER | {"if-none-match": "*"},
    ],
)
def test_what_is_no_download_by_a_person_counts_nothing(client, room, asked):
    page = built_kit(room, picture())
    client.get(f"{page.public_path}archive-light.zip", headers=asked)
    client.head(f"{page.public_path}archive-light.zip", headers=BROWSER)
    assert counted(page)["light"] == 0
    client.get(f"{page.public_path}archive-light.zip", headers=BROWSER | {"range": "bytes=0-"})
    assert counted(page)["light"] == 1, "the control"


def test_the_team_is_warned_of_a_light_archive_that_is_none(client, room):
    page = built_kit(room, picture())
    row = page.kit.archives.get(tier="light")
    assert not row.is_too_heavy
    Archive.objects.filter(pk=row.archive_id).update(size=LIGHT_LIMIT + 1)
    assert page.kit.archives.get(tier="light").is_too_heavy
    assert not page.kit.archives.get(tier="press").is_too_heavy


def test_single_files_count_in_the_sizes_that_are_taken(client, room):
    asset = picture("un", released=True)
    taken, shown = presets.BY_NAME["press.jpg"], presets.BY_NAME["web-320.webp"]
    for variant in (taken, shown, taken):
        assert client.get(asset.image.address(variant), headers=BROWSER).status_code == 200
    hidden = picture("deux", (10, 90, 40))
    client.force_login(make_user("officer"))
    assert client.get(hidden.image.address(taken), headers=BROWSER).status_code == 200
    rows = AssetDownload.objects.values_list("asset", "variant", "count")
    assert list(rows) == [(asset.pk, "press.jpg", 2)], "what the team looks at before its hour is no download"


def test_the_downloads_of_a_kit_are_drawn_for_those_who_may_see_them(client, room):
    asset = picture("un")
    page = built_kit(room, asset)
    today = formats.local(clock.now()).date()
    for days, tier, count in ((0, "light", 12), (3, "light", 5), (3, "print", 2), (90, "press", 1000)):
        KitDownload.objects.create(kit=page.kit, tier=tier, day=today - timedelta(days=days), count=count)
    AssetDownload.objects.create(asset=asset, variant="press.jpg", day=today, count=7)
    address = reverse("press_kit_downloads", args=[page.kit_id])
    client.force_login(make_user("protocol"))
    assert client.get(address).status_code in (302, 403)
    client.force_login(make_user("officer"))
    response = client.get(address)
    html = response.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert html.count("<rect class=") == 4, "three parts of bars in thirty days, one bar of a file"
    assert "19 en tout ; le jour le plus chargé en compte 12" in html
    assert "1 000" in html
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    actions.add_assets(
        page.kit, assets=[picture(f"vue-{n}", (n, 1, 1)) for n in range(4)], user=None, now=clock.now()
    )
    with CaptureQueriesContext(connection) as five:
        client.get(address)
    assert len(one) == len(five)
    assert (
        "Téléchargements" in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    )


def test_a_download_is_had_although_it_cannot_be_counted(client, room):
    page = built_kit(room, picture())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE press_kitdownload RENAME TO press_kitdownload_away")
    response = client.get(f"{page.public_path}archive-light.zip", headers=BROWSER)
    assert response.status_code == 200
    assert body_of(response)


def test_a_kit_is_offered_until_its_end_and_says_so_to_nobody_afterwards(client, room):
    page = built_kit(room, picture("un"))
    now = clock.now()
    address = own_addresses(client, page)["light"]
    client.force_login(make_user("officer"))
    screen = reverse("press_kit_contents", args=[page.kit_id])
    form = client.get(screen).context["form"]
    item = page.kit.items.get()
    posted = {
        "items-TOTAL_FORMS": 1,
        "items-INITIAL_FORMS": 1,
        "items-MIN_NUM_FORMS": 0,
        "items-MAX_NUM_FORMS": 1000,
        "items-0-id": item.pk,
        "items-0-ORDER": 1,
        "items-0-asset": item.asset_id,
        "items-0-section": "biographies",
        "items-0-in_light": "on",
        "items-0-in_print": "on",
    }
    assert "expires_at" in form.fields
    ended = client.post(screen, posted | {"expires_at": "2019-02-05 10:00"})
    assert "Cette date est passée" in ended.content.decode()
    assert page.kit.items.get().section == "photos", "nothing half-kept"
    assert client.post(screen, posted | {"expires_at": "2099-02-05 10:00"}).status_code == 302
    item = page.kit.items.get()
    assert (item.section, item.versions) == ("biographies", ["light", "print"])
    client.logout()
    actions.build_archives(page.kit, now=clock.now())
    assert names_in(client, page) == {"Un"}
    actions.set_kit_expiry(page.kit, until=now + timedelta(days=1), user=None, now=now)
    Kit.objects.filter(pk=page.kit_id).update(expires_at=now)
    type(page).objects.filter(kit=page.kit).update(public_until=now)
    for path in (page.public_path, address, f"{page.public_path}archive-light.zip"):
        assert client.get(path).status_code == 404


def test_the_releases_of_a_kit_stand_there_as_pdf(client, room):
    page = built_kit(room, picture("un"))
    shown = make_release(room, kit=page.kit)
    hidden = make_release(room, kit=page.kit, until=clock.now() + timedelta(days=1))
    html = client.get(page.public_path).content.decode()
    assert f'href="{shown.public_path}print.pdf"' in html
    assert hidden.slug not in html
    said = client.get(page.public_path, headers={"accept": "application/json"}).json()
    assert [one["pdf"] for one in said["releases"]] == [f"{shown.public_url}print.pdf"]
