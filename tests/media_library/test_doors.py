"""Every door of the admin by which bytes come in, beside those of tests/media_library/test_uploads.py: a file put in
another's place, a chooser's tab, a poster. The same examination stands behind all of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from media_library.models import Asset, Blob, LibraryDocument, LibraryImage, LibraryMedia
from tests.factories.media_library import bomb_png, docx, make_asset, pdf, picture, wav

pytestmark = pytest.mark.django_db
WORDS = {"title": "T", "alt": "x", "licence": "press", "duration": "0"}


def posted(client: Client, address: str, prefix: str = "", **files: SimpleUploadedFile) -> tuple[int, str]:
    """What a form with a file answers: its status, and its words."""
    data = {**WORDS, **files}
    response = client.post(address, {f"{prefix}{name}": value for name, value in data.items()})
    return response.status_code, response.content.decode()


def replace_picture(client: Client, upload: SimpleUploadedFile) -> tuple[int, str]:
    row = LibraryImage.objects.first() or make_asset().image
    return posted(client, reverse("wagtailimages:edit", args=[row.pk]), file=upload)


def replace_document(client: Client, upload: SimpleUploadedFile) -> tuple[int, str]:
    row = LibraryDocument.objects.first() or make_asset(pdf(), "note.pdf").document
    return posted(client, reverse("wagtaildocs:edit", args=[row.pk]), file=upload)


def replace_sound(client: Client, upload: SimpleUploadedFile) -> tuple[int, str]:
    row = LibraryMedia.objects.first() or make_asset(wav(), "son.wav").media
    return posted(client, reverse("wagtailmedia:edit", args=[row.pk]), file=upload)


def poster(client: Client, upload: SimpleUploadedFile) -> tuple[int, str]:
    sound = SimpleUploadedFile("son.wav", wav())
    return posted(client, reverse("wagtailmedia:add", args=["audio"]), file=sound, thumbnail=upload)


def sound_chooser(client: Client, upload: SimpleUploadedFile) -> tuple[int, str]:
    address = reverse("wagtailmedia:chooser_upload", args=["audio"])
    status, text = posted(client, address, "media-chooser-upload-", file=upload)
    return status, json.dumps(json.loads(text), ensure_ascii=False)


BAD_PICTURES: dict[str, tuple[Callable[[], bytes], str]] = {
    "truncated.png": (lambda: picture("PNG")[:-400], "incomplet"),
    "bomb.png": (bomb_png, "pixels"),
    "lying.jpg": (lambda: picture("PNG"), "PNG"),
    "archive.jpg": (lambda: picture() + docx(), "se cache"),
    "empty.jpg": (lambda: b"", "vide"),
}
BAD_DOCUMENTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "page.pdf": (lambda: b"<html></html>", "page web"),
    "cut.pdf": (lambda: pdf()[:-12], "incomplet"),
    "empty.pdf": (lambda: b"", "vide"),
    "setup.exe": (lambda: b"MZ\x90\0" * 50, "exe"),
}
BAD_SOUNDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.mp3": (lambda: b"<html></html>" * 9, "autre chose"),
    "a.wav": (lambda: wav()[:-200], "incomplet"),
    "a.m4a": (lambda: b"\0\0\0\x18ftypM4A " + b"\0" * 40, "incomplet"),
    "empty.wav": (lambda: b"", "vide"),
}
CASES = [
    *((replace_picture, name, *case) for name, case in BAD_PICTURES.items()),
    *((poster, name, *case) for name, case in BAD_PICTURES.items()),
    *((replace_document, name, *case) for name, case in BAD_DOCUMENTS.items()),
    *((replace_sound, name, *case) for name, case in BAD_SOUNDS.items()),
    *((sound_chooser, name, *case) for name, case in BAD_SOUNDS.items()),
]


@pytest.mark.parametrize(
    ("door", "name", "make", "word"), CASES, ids=lambda one: getattr(one, "__name__", None)
)
def test_a_bad_file_is_a_sentence_in_french_at_every_door_and_leaves_all_as_it_was(
    officer: Client, door: Any, name: str, make: Callable[[], bytes], word: str
) -> None:
    if door.__name__.startswith("replace"):
        door(officer, SimpleUploadedFile("x", b""))
    before = set(Blob.objects.values_list("sha256", flat=True)), Asset.objects.count()
    status, text = door(officer, SimpleUploadedFile(name, make(), content_type="image/jpeg"))
    assert status == 200
    assert word in text
    assert (set(Blob.objects.values_list("sha256", flat=True)), Asset.objects.count()) == before


NAMES = {"a\0b": "ab", "é" * 300: "é", "..\\..\\boot": "boot", "photo\u202egpj": "photogpj", " ": "fichier"}


@pytest.mark.parametrize("stem", NAMES)
@pytest.mark.parametrize(
    ("address", "data", "extension"),
    [
        ("wagtailimages:add", picture, ".jpg"),
        ("wagtaildocs:add", pdf, ".pdf"),
        ("wagtailmedia:add", wav, ".wav"),
    ],
)
def test_an_odd_name_is_made_a_safe_one_at_every_door(
    officer: Client, address: str, data: Callable[[], bytes], extension: str, stem: str
) -> None:
    arguments = ["audio"] if address.startswith("wagtailmedia") else []
    upload = SimpleUploadedFile("x" + extension, data())
    upload._name = stem + extension  # as it comes over the wire: Django shortens names given to its own class
    status, _text = posted(officer, reverse(address, args=arguments), file=upload)
    assert status == 302
    name = Asset.objects.get().filename
    assert name.endswith(extension)
    assert name.startswith(NAMES[stem])
    assert len(name.encode()) <= 130
    assert not set(name) & set('\0/\\\u202e "')
    assert officer.get(Asset.objects.get().url).status_code == 200
