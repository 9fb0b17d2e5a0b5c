"""Sounds and films: prepared once, told nothing of where and with what they were recorded, in sizes for a phone."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from media_library import actions, queries
from media_library.models import Asset, Blob, LibraryMedia, Preparation, Recording, RecordingVersion
from media_library.models.recordings import address_of, public_blob
from media_library.storage import av, originals
from tests.factories.accounts import make_user
from tests.factories.core import NOON
from tests.factories.media_library import make_asset, wav
from tests.factories.recordings import SECRETS, film, sound

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def taken(data: bytes, filename: str, *, prepared: bool = True, **fields: Any) -> Asset:
    """A recording of the library as it is now, prepared or waiting."""
    asset = make_asset(data, filename, **fields)
    if prepared:
        actions.prepare_recording(asset=asset, now=NOON)
    return queries.whole().get(pk=asset.pk)


def versions(asset: Asset) -> dict[str, bytes]:
    rows = RecordingVersion.objects.filter(asset=asset).select_related("blob")
    return {row.name: Path(originals().path(row.blob.name)).read_bytes() for row in rows}


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


@pytest.fixture
def no_ffmpeg(settings: Any) -> None:
    settings.FFMPEG = "/nowhere/ffmpeg"


@pytest.mark.parametrize("extension", [".mp3", ".ogg", ".opus", ".m4a", ".wav"])
def test_a_sound_goes_out_without_what_its_telephone_wrote_and_in_two_mp3s(
    client: Client, extension: str
) -> None:
    data = sound(extension)
    assert extension == ".opus" or any(secret in data for secret in SECRETS), "nothing to hide: no test"
    asset = taken(data, f"discours{extension}", released=True, credit="Awa Diarra / TOKTEN")
    made = versions(asset)
    assert set(made) == {"clean", "light", "broadcast"}
    for address in [asset.url, *(address_of(asset, name) for name in ("light", "broadcast"))]:
        served = body(client.get(address))
        assert served in made.values()
        assert not any(secret in served for secret in SECRETS)
        assert b"Awa Diarra" in served
    light = Path(originals().path(asset.recordings.get(name="light").blob.name))
    assert av.probe(str(light), ".mp3").channels == 1
    assert len(made["light"]) < len(made["broadcast"]) / 2
    assert asset.recording.state == Preparation.READY
    assert asset.media.duration == pytest.approx(1, abs=0.1)


def test_both_mp3s_are_as_loud_as_who_hears_them_expects(tmp_path: Path) -> None:
    asset = taken(sound(".mp3", seconds=5, gain=-12), "faible.mp3")
    assert asset.recording.loudness < -30
    for name, target in (("light", av.LISTENING_LUFS), ("broadcast", av.BROADCAST_LUFS)):
        path = tmp_path / f"{name}.mp3"
        path.write_bytes(versions(asset)[name])
        measured = av.loudness_of(str(path), ".mp3")
        assert measured is not None
        assert measured.lufs == pytest.approx(target, abs=1)


def test_silence_is_prepared_without_a_loudness() -> None:
    asset = taken(wav(1), "silence.wav")
    assert asset.recording.state == Preparation.READY
    assert asset.recording.loudness is None


@pytest.mark.parametrize("extension", [".mp4", ".webm"])
def test_a_film_has_a_poster_a_phone_version_and_one_for_a_screen_and_tells_no_place(
    client: Client, extension: str
) -> None:
    data = film(extension)
    assert any(secret in data for secret in SECRETS)
    asset = taken(data, f"film{extension}")
    client.force_login(make_user("officer"))
    made = versions(asset)
    assert set(made) == {"clean", "light", "web"}
    rows = {row.name: (row.width, row.height) for row in asset.recordings.all()}
    assert rows == {"clean": (640, 360), "light": (426, 240), "web": (640, 360)}
    for address in [asset.url, *(address_of(asset, name) for name in ("light", "web"))]:
        served = body(client.get(address))
        assert served in made.values()
        assert not any(secret in served for secret in SECRETS)
    poster = client.get(asset.media.poster_url)
    assert poster["Content-Type"] == "image/jpeg"
    assert body(poster)[:2] == b"\xff\xd8"


def test_thirteen_minutes_of_film_stay_below_fifteen_megabytes() -> None:
    # A test card full of movement is the worst that the phone version meets: its bits are capped. The first seconds
    # may borrow from those that follow, so they are taken off.
    short, long = (
        taken(film(seconds=seconds, size="426x240"), "film.mp4").recordings.get(name="light").blob.size
        for seconds in (5, 10)
    )
    assert (long - short) / 5 * 13 * 60 < 15_500_000


def test_a_sound_that_may_hide_something_waits_for_its_clean_copy_and_a_plain_one_does_not(
    client: Client,
) -> None:
    hiding = taken(sound(".mp3"), "a.mp3", prepared=False, released=True)
    plain = taken(wav(), "b.wav", prepared=False, released=True)
    assert client.get(hiding.url).status_code == 404
    assert client.get(plain.url).status_code == 200
    actions.prepare_recording(asset=hiding, now=NOON)
    assert client.get(hiding.url).status_code == 200
    client.force_login(make_user("officer"))
    waiting = taken(sound(".ogg"), "c.ogg", prepared=False)
    assert body(client.get(waiting.url)) == sound(".ogg")


def test_without_ffmpeg_all_waits_and_what_is_safe_goes_out(client: Client, no_ffmpeg: None) -> None:
    asset = taken(wav(), "b.wav", released=True)
    assert asset.recording.state == Preparation.WAITING
    assert asset.recording.attempts == 0
    assert body(client.get(asset.url)) == wav()


def test_a_file_that_no_decoder_reads_fails_with_a_sentence_and_may_be_tried_again() -> None:
    data = b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb" + b"no sound " * 400
    asset = taken(data, "a.mp3")
    assert (asset.recording.state, asset.recording.failure) == ("failed", "unreadable")
    assert versions(asset) == {}
    assert public_blob(asset) is None
    actions.retry_recording(asset=asset, now=NOON)
    assert Recording.objects.get(asset=asset).state == Preparation.WAITING


def test_a_playlist_dressed_as_a_sound_fetches_nothing() -> None:
    secret = taken(sound(".mp3"), "a.mp3")
    path = originals().path(secret.blob.name)
    playlist = f"#EXTM3U\n#EXTINF:1,\nfile:{path}\n".encode()
    asset = taken(b"ID3\x04\0\0\0\0\0\0" + playlist, "b.mp3")
    assert asset.recording.state == Preparation.FAILED


def test_who_comes_while_another_works_does_nothing_and_a_lease_that_ran_out_is_taken_over() -> None:
    first, second = (taken(sound(".mp3"), f"{name}.mp3", prepared=False) for name in "ab")
    Recording.objects.filter(asset=first).update(claimed_until=NOON + timedelta(minutes=1), attempts=1)
    assert actions.prepare_recording(asset=first, now=NOON) is None
    assert actions.prepare_recording(asset=second, now=NOON) is None
    assert queries.next_recording(now=NOON) is None
    later = NOON + timedelta(minutes=2)
    assert queries.next_recording(now=later) == first.pk
    assert actions.prepare_recording(asset=first, now=later) is not None
    assert queries.next_recording(now=later) == second.pk


def test_what_was_cut_off_three_times_is_given_up_and_does_not_stop_the_next() -> None:
    bad, good = (taken(sound(".mp3"), f"{name}.mp3", prepared=False) for name in "ab")
    Recording.objects.filter(asset=bad).update(attempts=3, claimed_until=NOON - timedelta(seconds=1))
    assert actions.prepare_recording(asset=bad, now=NOON) is None
    assert Recording.objects.get(asset=bad).failure == "lost"
    assert queries.next_recording(now=NOON) == good.pk


def test_versions_that_are_there_are_not_made_again_after_a_crash() -> None:
    asset = taken(film(), "film.mp4")
    before = {row.name: row.pk for row in asset.recordings.all()}
    RecordingVersion.objects.filter(asset=asset, name="web").delete()
    Recording.objects.filter(asset=asset).update(state="waiting", prepared_at=None)
    actions.prepare_recording(asset=asset, now=NOON)
    after = {row.name: row.pk for row in RecordingVersion.objects.filter(asset=asset)}
    assert after.keys() == before.keys()
    assert {name for name in after if after[name] != before[name]} == {"web"}


def test_other_bytes_wait_again_and_nothing_of_the_old_is_served(client: Client) -> None:
    from django.core.files.base import ContentFile

    asset = taken(sound(".mp3"), "a.mp3", released=True)
    old = address_of(asset, "light")
    assert client.get(old).status_code == 200
    row = LibraryMedia.objects.get(asset=asset)
    row.file = ContentFile(sound(".mp3", seconds=2), name="a.mp3")
    row.save()
    assert client.get(old).status_code == 404
    assert client.get(asset.url).status_code == 404
    assert Recording.objects.get(asset=asset).state == Preparation.WAITING


def test_the_sweep_keeps_the_bytes_of_versions_and_posters() -> None:
    asset = taken(film(), "film.mp4")
    actions.sweep(now=NOON)
    assert not Blob.objects.filter(unused_since__isnull=False).exists()
    RecordingVersion.objects.filter(asset=asset, name="web").delete()
    actions.sweep(now=NOON)
    assert Blob.objects.filter(unused_since__isnull=False).count() == 1


def test_work_left_behind_by_a_worker_that_died_is_swept(settings: Any) -> None:
    left = Path(settings.MEDIA_ROOT) / "work" / "av-left"
    left.mkdir(parents=True)
    (left / "clean.mp4").write_bytes(b"x")
    import os

    os.utime(left, (NOON.timestamp() - 2 * 86400,) * 2)
    assert actions.sweep_work(now=NOON) == 1
    assert not left.exists()


def test_the_child_is_stopped_at_its_limit_of_time() -> None:
    endless = ["-v", "error", "-f", "lavfi", "-i", "sine", "-f", "null", "-"]
    with pytest.raises(av.TookTooLong):
        av.child.run("ffmpeg", endless, seconds=1)
    assert subprocess.run(["true"], check=True).returncode == 0


def test_the_child_has_no_more_memory_than_it_is_given() -> None:
    big = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=4000x4000:d=1", "-f", "null", "-"]
    with pytest.raises(av.CannotRead):
        av.child.run("ffmpeg", big, seconds=30, memory=96 << 20)
    av.child.run("ffmpeg", big, seconds=60)
