"""A kit: its files and when they open, its end, what stands beside them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse
from wagtail.models import ReferenceIndex

from cms.core import clock
from media_library import actions as library
from media_library.models import Archive, LibraryImage
from media_library.storage import presets
from press import actions, tasks
from press.models import LIGHT_LIMIT, Kit
from tests.factories.accounts import make_user
from tests.factories.media_library import pdf, wav
from tests.factories.press import make_kit, make_release
from tests.support.kits import body_of, built_kit, names_in, own_addresses, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


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


def test_the_team_is_warned_of_a_light_archive_that_is_none(client, room):
    page = built_kit(room, picture())
    row = page.kit.archives.get(tier="light")
    assert not row.is_too_heavy
    Archive.objects.filter(pk=row.archive_id).update(size=LIGHT_LIMIT + 1)
    assert page.kit.archives.get(tier="light").is_too_heavy
    assert not page.kit.archives.get(tier="press").is_too_heavy


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


def test_who_is_about_to_delete_a_file_reads_what_uses_it_and_finds_no_button_where_a_kit_holds_it(
    client, room
):
    client.force_login(make_user(is_superuser=True))
    held, shown = picture("un"), picture("deux", (9, 9, 9))
    paper = library.import_file(fileobj=io.BytesIO(pdf()), filename="note.pdf", title="Note", now=clock.now())
    sound = library.import_file(fileobj=io.BytesIO(wav()), filename="son.wav", title="Son", now=clock.now())
    make_kit(room, assets=[held, paper, sound], title="Dossier de la foire")
    text = make_release(room, title="Texte illustré", card_image=shown.image)
    ReferenceIndex.create_or_update_for_object(text)  # as a save does once its transaction is committed
    places = {
        held: reverse("wagtailimages:delete", args=[held.image.pk]),
        paper: reverse("wagtaildocs:delete", args=[paper.document.pk]),
        sound: reverse("wagtailmedia:delete", args=[sound.media.pk]),
    }
    for place in places.values():
        said = unescape(client.get(place).content.decode())
        assert "Dossier de la foire" in said
        assert "Retirez-le" in said
        assert "Oui, supprimer" not in said
    said = client.get(reverse("wagtailimages:delete", args=[shown.image.pk])).content.decode()
    assert "Texte illustré" in said, "shown, and not kept: the officer knows and may go on"
    assert "Oui, supprimer" in said
    free = picture("trois", (4, 4, 4))
    place = reverse("wagtailimages:delete", args=[free.image.pk])
    assert "n’est utilisé nulle part" in unescape(client.get(place).content.decode())
    assert client.post(place).status_code == 302
    assert not LibraryImage.objects.filter(asset=free).exists()


@pytest.mark.parametrize("way", ["image", "bulk"])
def test_a_file_that_a_kit_holds_is_not_deleted_and_the_officer_reads_what_holds_it(client, room, way):
    asset = picture("un")
    make_kit(room, assets=[asset], title="Dossier de la foire")
    client.force_login(make_user(is_superuser=True))
    place = reverse("wagtailimages:delete", args=[asset.image.pk])
    if way == "bulk":
        place = reverse("wagtail_bulk_action", args=["media_library", "libraryimage", "delete"])
        place += f"?id={asset.image.pk}"
    said = client.post(place, follow=True).content.decode()
    assert "Rien n’a été supprimé" in said
    assert "Dossier de la foire" in said
    assert LibraryImage.objects.filter(asset=asset).exists()
