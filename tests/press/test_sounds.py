"""Sounds ready for broadcast of a release: each singly, with its words, for whom and when the release is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.core import clock
from cms.core.models import ThingLog
from cms.core.reader import Reader
from media_library import actions as library
from media_library import policies
from media_library.models import Asset, SoundBite
from media_library.models.recordings import address_of
from press import actions
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset
from tests.factories.press import make_release, refreshed
from tests.factories.recordings import sound

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
JSON = {"accept": "application/json"}
WORDS = {
    "speaker": "Salif Konaté",
    "function": "Coordinateur national",
    "language": "bamanankan",
    "verbatim": "An ka baara kɛ ɲɔgɔn fɛ.",
    "launch": "Le coordinateur du programme l’a dit ce matin.",
}


def make_sound(*, prepared: bool = True, title: str = "Extrait") -> Asset:
    asset = make_asset(sound(".mp3"), "extrait.mp3", title=title)
    if prepared:
        library.prepare_recording(asset=asset, now=clock.now())
    return Asset.objects.get(pk=asset.pk)


def add(page: Any, asset: Asset, **words: str) -> SoundBite:
    said = {**WORDS, **words}
    return library.add_sound(page=page, asset=asset, words=said, user=None, now=clock.now())


def test_a_sound_stands_on_page_and_json_in_both_mp3s_with_its_words_and_size(
    client: Client, room: Any
) -> None:
    page, asset = make_release(room), make_sound()
    add(page, asset)
    html = client.get(page.public_path).content.decode()
    for words in WORDS.values():
        assert words in html
    for name in ("light", "broadcast"):
        address = address_of(asset, name)
        assert f'href="{address}"' in html
        assert client.get(address).status_code == 200
    assert "<script" not in html.replace('<script type="application/ld+json">', "")
    (said,) = client.get(page.public_path, headers=JSON).json()["sounds"]
    assert (said["speaker"], said["verbatim"]) == (WORDS["speaker"], WORDS["verbatim"])
    sizes = {row.name: row.blob.size for row in asset.recordings.all()}
    assert {one["name"]: one["size"] for one in said["sources"]} == {
        name: sizes[name] for name in ("light", "broadcast")
    }
    assert said["duration"] == pytest.approx(1, abs=0.1)


def test_a_sound_of_an_embargoed_release_opens_with_it_and_to_who_is_let_in_before(
    client: Client, room: Any
) -> None:
    now = clock.now()
    page, asset = make_release(room, until=now + timedelta(days=1)), make_sound()
    add(page, asset)
    address = address_of(asset, "light")
    assert client.get(address).status_code == 404
    early = Reader(user=None, contact=None, grants=frozenset({page.release.uid}))
    fresh = Asset.objects.get(pk=asset.pk)
    assert policies.may_serve(fresh, reader=early, now=now)
    assert policies.is_public(fresh, now=now + timedelta(days=1, seconds=1))
    actions.lift_embargo(refreshed(page), user=None, now=clock.now(), reason="")
    assert client.get(address).status_code == 200


def test_a_draft_opens_no_sound_and_what_leaves_it_before_its_hour_waits_again(
    client: Client, room: Any
) -> None:
    draft, asset = make_release(room, publish=False), make_sound()
    add(draft, asset)
    assert Asset.objects.get(pk=asset.pk).released_at is None
    later = make_release(room, until=clock.now() + timedelta(days=1))
    row = add(later, asset)
    assert Asset.objects.get(pk=asset.pk).released_at is not None
    library.remove_sound(page=later, sound=row, user=None, now=clock.now())
    fresh = Asset.objects.get(pk=asset.pk)
    assert fresh.released_at is None
    assert not fresh.holds.exists()


def test_a_sound_withdrawn_leaves_the_page_with_all_its_words(client: Client, room: Any) -> None:
    page, asset = make_release(room), make_sound()
    add(page, asset)
    library.withdraw(asset, reason="Sans accord", now=clock.now())
    html = client.get(page.public_path).content.decode()
    assert not any(words in html for words in WORDS.values())
    assert client.get(page.public_path, headers=JSON).json()["sounds"] == []


def test_a_sound_goes_once_with_a_release_and_must_be_one(room: Any) -> None:
    page, asset = make_release(room), make_sound(prepared=False)
    add(page, asset)
    with pytest.raises(library.NotASoundBite, match="déjà"):
        add(page, asset)
    with pytest.raises(library.NotASoundBite, match="son"):
        add(page, make_asset())


def test_the_officer_adds_orders_rewords_and_removes_sounds(client: Client, room: Any) -> None:
    page = make_release(room)
    client.force_login(make_user("officer"))
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    address = reverse("media_library_sounds", args=[page.release.uid.hex])
    assert address in edit
    rows = [make_sound(prepared=False, title=f"Extrait {letter}").media for letter in "AB"]
    for row in rows:
        assert client.post(address, {**WORDS, "sound": row.pk}).status_code == 302
    first, second = SoundBite.objects.filter(thing_uid=page.release.uid)
    assert "Extrait A" in client.get(address).content.decode()
    uid = page.release.uid.hex
    client.post(reverse("media_library_sound", args=[uid, second.pk, "earlier"]))
    assert list(SoundBite.objects.all()) == [second, first]
    words = {f"s{first.pk}-{name}": value for name, value in {**WORDS, "speaker": "Awa Sy"}.items()}
    client.post(reverse("media_library_sound", args=[uid, first.pk, "change"]), words)
    first.refresh_from_db()
    assert first.speaker == "Awa Sy"
    client.post(reverse("media_library_sound", args=[uid, first.pk, "remove"]))
    assert list(SoundBite.objects.all()) == [second]
    log = ThingLog.objects.filter(thing_uid=page.release.uid).values_list("action", flat=True)
    assert {"sound.added", "sound.removed"} <= set(log)


def test_who_may_not_publish_changes_no_sound_of_what_is_live(client: Client, room: Any) -> None:
    page, draft = make_release(room), make_release(room, publish=False)
    author = make_user("author")
    author.user_permissions.add(Permission.objects.get(codename="change_soundbite"))
    client.force_login(author)
    address = reverse("media_library_sounds", args=[page.release.uid.hex])
    row = make_sound(prepared=False).media
    assert client.post(address, {**WORDS, "sound": row.pk}).status_code in (302, 403)
    assert client.get(address).status_code in (302, 403)
    assert not SoundBite.objects.exists()
    client.force_login(make_user("officer"))
    address = reverse("media_library_sounds", args=[draft.release.uid.hex])
    assert client.get(address).status_code == 200


def test_one_sound_costs_as_many_queries_as_five(client: Client, room: Any) -> None:
    few, many = make_release(room), make_release(room)
    add(few, make_sound(prepared=False))
    for _number in range(5):
        add(many, make_sound(prepared=False))
    counts = []
    for page in (few, many):
        for headers in ({}, JSON):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page.public_path, headers=headers).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
