"""What becomes of the former file of an item, and of the sizes made of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cms.core import clock
from media_library.actions import sweep
from media_library.models import LibraryImage
from tests.factories.media_library import picture

pytestmark = pytest.mark.django_db


def test_a_replaced_file_stays_for_the_staff_and_comes_back_on_their_word(officer: Client) -> None:
    form = {"title": "T", "alt": "x", "licence": "press"}
    first = picture()
    officer.post(reverse("wagtailimages:add"), {**form, "file": SimpleUploadedFile("x.jpg", first)})
    row = LibraryImage.objects.get()
    old = row.asset.blob
    row.create_rendition("max-165x165")
    response = officer.post(
        reverse("wagtailimages:edit", args=[row.pk]),
        {**form, "file": SimpleUploadedFile("y.png", picture("PNG"))},
    )
    assert response.status_code == 302
    row.refresh_from_db()
    assert row.asset.blob != old
    assert not row.renditions.exists()
    sweep(now=clock.now())
    sweep(now=clock.now() + timedelta(days=31))
    version = row.asset.versions.get()
    assert (version.blob, version.filename, version.replaced_by is not None) == (old, "x.jpg", True)
    screen = officer.get(reverse("wagtailimages:edit", args=[row.pk])).content.decode()
    assert "1 ancien fichier" in screen
    address = reverse("media_library_version", args=[version.pk])
    assert address in screen
    assert b"".join(officer.get(address)) == first  # type: ignore[arg-type]
    assert Client().get(address).status_code == 302
    new = row.asset.blob
    for _twice in range(2):
        officer.post(reverse("media_library_version_back", args=[version.pk]))
        row = LibraryImage.objects.get()
        assert (row.asset.blob, row.file.name, row.asset.filename) == (old, old.name, "x.jpg")
    assert [one.blob for one in row.asset.versions.all()] == [new, old], "going back is a replacement too"


def test_another_credit_makes_all_sizes_again(officer: Client) -> None:
    form = {"title": "T", "alt": "x", "credit": "Awa", "licence": "press"}
    officer.post(reverse("wagtailimages:add"), {**form, "file": SimpleUploadedFile("x.jpg", picture())})
    row = LibraryImage.objects.get()
    first = row.create_rendition("max-165x165").sha256
    address = reverse("wagtailimages:edit", args=[row.pk])
    officer.post(address, form)
    assert row.renditions.exists(), "nothing changed"
    officer.post(address, {**form, "credit": "Moussa Keïta"})
    assert LibraryImage.objects.get().create_rendition("max-165x165").sha256 != first
