"""What is said in sounds and films: captions read from what programs write, required of public films."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cms.core import clock
from media_library import actions, policies
from media_library.models import Asset, Recording, Speech
from media_library.storage import originals
from media_library.validators.captions import read_captions, transcript_of, written
from tests.factories.core import NOON
from tests.factories.media_library import make_asset, wav
from tests.factories.recordings import film

pytestmark = pytest.mark.django_db
SRT = (
    "1\r\n00:00:00,500 --> 00:00:02,000\r\n<font color=red>Bonjour</font> à <b>tous</b> & toutes\r\n\r\n"
    "2\r\n00:00:02,000 --> 00:00:04,250\r\nAw ni sɔgɔma\r\n"
)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def a_film(**fields: Any) -> Asset:
    return make_asset(film(sound=fields.pop("sound", True)), "film.mp4", **fields)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
def test_subrip_becomes_webvtt_whatever_its_letters(code: str) -> None:
    cues = read_captions(SRT.encode(code))
    assert written(cues).decode() == (
        "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nBonjour à <b>tous</b> &amp; toutes\n\n"
        "00:00:02.000 --> 00:00:04.250\nAw ni sɔgɔma\n"
    )
    assert transcript_of(cues) == "Bonjour à tous & toutes\nAw ni sɔgɔma"


def test_subrip_as_old_windows_writes_it_keeps_its_accents() -> None:
    assert read_captions("1\n00:00:01,000 --> 00:00:02,000\nÉlève\n".encode("cp1252"))[0].text == "Élève"


def test_webvtt_loses_styles_notes_and_scripts_and_keeps_its_places() -> None:
    given = (
        "WEBVTT Titre\n\nSTYLE\n::cue { background: url(https://example.org/x) }\n\nNOTE secret\n\nun\n"
        "00:01.000 --> 00:02.000 line:10% onload:x align:start\n<v Awa><script>alert(1)</script><i>Oui</i>\n"
    )
    said = written(read_captions(given.encode())).decode()
    assert said == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000 line:10% align:start\nalert(1)<i>Oui</i>\n"
    assert read_captions(said.encode()) == read_captions(given.encode())


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("", "pas de sous-titres"),
        ("Bonjour", "pas de sous-titres"),
        ("1\n00:00:02,000 --> 00:00:01,000\nx\n", "Ligne 2 des sous-titres"),
        ("1\n00:00:2 --> 3\nx\n", "illisibles"),
        ("1\n00:00:05,0 --> 00:00:06,0\nx\n\n2\n00:00:01,0 --> 00:00:02,0\ny\n", "Ligne 6"),
        ("1\n00:10:05,0 --> 00:10:06,0\nx\n", "celui|autre"),
    ],
)
def test_what_is_no_captions_is_a_sentence_in_french(data: str, word: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read_captions(data.encode(), seconds=60)
    assert any(one in refused.value.messages[0] for one in word.split("|"))


def test_a_film_without_captions_cannot_be_made_public_and_with_them_it_can(client: Client) -> None:
    asset = a_film()
    with pytest.raises(actions.NotReleasable, match="sous-titres"):
        actions.release(asset, NOON)
    speech = actions.say(asset, language="fr", captions=SRT.encode(), now=NOON)
    assert speech.transcript.startswith("Bonjour à tous")
    actions.release(asset, NOON)
    assert policies.is_public(Asset.objects.get(pk=asset.pk), now=NOON)
    served = client.get(f"/media/{asset.uid.hex}/captions/fr.vtt")
    assert served["Content-Type"] == "text/vtt; charset=utf-8"
    assert b"".join(served).startswith(b"WEBVTT")
    assert client.get(f"/media/{asset.uid.hex}/captions/en.vtt").status_code == 404


def test_captions_that_are_put_right_put_the_transcript_right_unless_somebody_wrote_one() -> None:
    asset = a_film(title="Discours")
    first, second = (f"1\n00:00:00,500 --> 00:00:02,000\n{words}\n".encode() for words in ("241", "214"))
    actions.say(asset, language="fr", captions=first, now=NOON)
    assert actions.say(asset, language="fr", captions=second, now=NOON).transcript == "214"
    actions.say(asset, language="fr", transcript="Mot à mot.", now=NOON)
    assert actions.say(asset, language="fr", captions=first, now=NOON).transcript == "Mot à mot."


def test_a_film_taken_in_as_public_without_captions_is_refused_whole() -> None:
    with pytest.raises(actions.NotReleasable):
        a_film(released=True)


def test_a_film_in_which_nobody_speaks_needs_a_reason_and_one_without_sound_needs_none() -> None:
    spoken, silent = a_film(), a_film(sound=False)
    actions.waive_captions(spoken, reason="Images sans paroles", now=NOON)
    actions.release(spoken, NOON)
    with pytest.raises(actions.NotReleasable):
        actions.release(silent, NOON)
    actions.prepare_recording(asset=silent, now=NOON)
    actions.release(Asset.objects.get(pk=silent.pk), NOON)


def test_the_last_captions_of_a_public_film_stay() -> None:
    asset = a_film()
    actions.say(asset, language="fr", captions=SRT.encode(), now=NOON)
    actions.say(asset, language="en", captions=SRT.encode(), now=NOON)
    actions.release(asset, NOON)
    asset = Asset.objects.get(pk=asset.pk)
    actions.unsay(asset, language="en", now=NOON)
    with pytest.raises(actions.CaptionsNeeded):
        actions.unsay(asset, language="fr", now=NOON)
    actions.waive_captions(asset, reason="Musique", now=NOON)
    actions.unsay(asset, language="fr", now=NOON)
    with pytest.raises(actions.CaptionsNeeded):
        actions.waive_captions(asset, reason=" ", now=NOON)


def test_captions_of_a_film_held_back_are_held_back_with_it(client: Client) -> None:
    asset = a_film()
    actions.say(asset, language="fr", captions=SRT.encode(), now=NOON)
    now = clock.now()
    actions.hold([asset], until=now + timedelta(days=1), source_uid=uuid4(), now=now)
    actions.release(asset, now)
    assert client.get(f"/media/{asset.uid.hex}/captions/fr.vtt").status_code == 404


def test_the_officer_gives_captions_beside_the_film_and_reads_what_is_wrong_in_french(
    officer: Client,
) -> None:
    asset = a_film()
    edit = reverse("wagtailmedia:edit", args=[asset.media.pk])
    assert "Ce film n’a pas de sous-titres" in officer.get(edit).content.decode()
    say = reverse("media_library_say", args=[asset.uid.hex])
    bad = SimpleUploadedFile("a.srt", b"rien")
    answer = officer.post(say, {"language": "fr", "captions": bad}, follow=True).content.decode()
    assert "Ce fichier ne contient pas de sous-titres" in answer
    assert not Speech.objects.exists()
    good = SimpleUploadedFile("a.srt", SRT.encode())
    answer = officer.post(say, {"language": "fr", "captions": good}, follow=True).content.decode()
    assert "Ce film n’a pas de sous-titres" not in answer
    assert "Aw ni sɔgɔma" in answer
    assert Path(originals().path(Speech.objects.get().captions.name)).read_bytes().startswith(b"WEBVTT")


def test_the_officer_sees_why_a_file_failed_and_tries_again(officer: Client) -> None:
    asset = make_asset(b"ID3\x04\0\0\0\0\0\0" + b"no sound " * 400, "a.mp3")
    actions.prepare_recording(asset=asset, now=NOON)
    edit = reverse("wagtailmedia:edit", args=[asset.media.pk])
    assert "Le fichier est illisible" in officer.get(edit).content.decode()
    officer.post(reverse("media_library_retry", args=[asset.uid.hex]))
    assert Recording.objects.get(asset=asset).state == "waiting"


def test_who_may_not_change_a_recording_gives_it_no_words(client: Client) -> None:
    from tests.factories.accounts import make_user

    asset = make_asset(wav(), "son.wav")
    client.force_login(make_user("internal"))
    for name in ("retry", "say", "waive"):
        address = reverse(f"media_library_{name}", args=[asset.uid.hex])
        assert client.post(address, {"language": "fr", "transcript": "x"}).status_code in (302, 403)
    assert not Speech.objects.exists()


def test_the_home_page_says_that_ffmpeg_is_missing_while_something_waits_for_it(
    officer: Client, settings: Any
) -> None:
    settings.FFMPEG = "/nowhere/ffmpeg"
    home = reverse("wagtailadmin_home")
    assert "ffmpeg" not in officer.get(home).content.decode()
    make_asset(wav(), "son.wav")
    assert "Le programme ffmpeg manque" in officer.get(home).content.decode()
