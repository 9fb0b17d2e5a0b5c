"""What pictures say of themselves is offered to the officer, who has the last word; hostile words are no words."""

from __future__ import annotations

import io
import json
import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from media_library.models import Asset, LibraryImage
from media_library.storage.metadata import jpeg_segment
from media_library.storage.reading import read_said
from tests.factories.media_library import make_asset, picture

RECORDS = (
    (5, "Atelier de Ségou"),
    (25, "diaspora"),
    (25, "santé"),
    (40, "Pas d’usage publicitaire"),
    (90, "Ségou"),
    (101, "Mali"),
    (110, "Awa Diarra / TOKTEN"),
    (116, "© TOKTEN-Mali"),
    (120, "Le docteur Coulibaly\nparle aux infirmiers."),
)


def xmp(inside: str, before: str = "") -> bytes:
    return (
        before
        + '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:photoshop='
        f'"http://ns.adobe.com/photoshop/1.0/">{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


def iptc_jpeg(records: Any = RECORDS, **options: Any) -> bytes:
    """A JPEG as an agency sends it, taken on 20 November 2026 at 10:15 in Paris."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:11:20 10:15:00"
    exif.get_ifd(0x8769)[0x9011] = "+01:00"
    data = picture("JPEG", exif=exif, **options)
    body = b"\x1c\x01\x5a\x00\x03\x1b%G"
    for number, words in records:
        said = words.encode()
        body += struct.pack(">BBBH", 0x1C, 2, number, len(said)) + said
    block = b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(body)) + body + b"\0" * (len(body) % 2)
    return data[:2] + jpeg_segment(0xED, b"Photoshop 3.0\0" + block) + data[2:]


def test_an_agencys_picture_brings_its_words_along() -> None:
    said = read_said(io.BytesIO(iptc_jpeg()))
    assert said.title == "Atelier de Ségou"
    assert said.caption == "Le docteur Coulibaly parle aux infirmiers."
    assert (said.credit, said.copyright) == ("Awa Diarra / TOKTEN", "© TOKTEN-Mali")
    assert (said.place, said.restriction) == ("Ségou, Mali", "Pas d’usage publicitaire")
    assert said.taken_at == datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    assert said.keywords == ("diaspora", "santé")


def test_xmp_is_read_where_there_is_no_iptc() -> None:
    inside = (
        '<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Le stand</rdf:li></rdf:Alt></dc:title>'
        "<dc:subject><rdf:Bag><rdf:li>foire</rdf:li><rdf:li>Kayes</rdf:li></rdf:Bag></dc:subject>"
        "<photoshop:Credit>Moussa</photoshop:Credit><photoshop:City>Kayes</photoshop:City>"
    )
    said = read_said(io.BytesIO(picture("JPEG", xmp=xmp(inside))))
    assert (said.title, said.credit, said.place) == ("Le stand", "Moussa", "Kayes")
    assert said.keywords == ("foire", "Kayes")


@pytest.mark.parametrize(
    "packet",
    [
        xmp(
            "<photoshop:Credit>&b;</photoshop:Credit>", '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
        ),
        xmp(
            "<photoshop:Credit>&b;</photoshop:Credit>",
            '<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>',
        ),
        b"<x:xmpmeta",
        xmp("<photoshop:Credit>" + "x" * 600_000 + "</photoshop:Credit>")[:60_000],
    ],
    ids=["entities", "file", "broken", "endless"],
)
def test_hostile_words_are_no_words(packet: bytes) -> None:
    assert read_said(io.BytesIO(picture("JPEG", xmp=packet))).credit == ""


def test_no_date_is_made_of_nonsense() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
    assert read_said(io.BytesIO(picture("JPEG", exif=exif))).taken_at is None


@pytest.mark.django_db
def test_what_somebody_says_goes_before_what_the_file_says(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make_asset(iptc_jpeg(), "DSC_0042.jpg", title="DSC 0042", credit="Oumar", alt="Une salle")
    assert (asset.title, asset.credit, asset.place) == ("Atelier de Ségou", "Oumar", "Ségou, Mali")
    assert asset.texts.get().caption == "Le docteur Coulibaly parle aux infirmiers."
    assert sorted(asset.image.tags.names()) == ["diaspora", "santé"]
    named = make_asset(iptc_jpeg(), "DSC_0043.jpg", title="Salle comble")
    assert named.title == "Salle comble"


@pytest.mark.django_db
def test_one_picture_sent_with_blanks_is_filled_and_its_words_can_be_changed(officer: Client) -> None:
    form = {"title": "DSC_0042", "alt": "Une salle", "licence": "press"}
    officer.post(
        reverse("wagtailimages:add"), {**form, "file": SimpleUploadedFile("DSC_0042.jpg", iptc_jpeg())}
    )
    row = LibraryImage.objects.get()
    assert (row.title, row.asset.title, row.asset.credit) == ("Atelier de Ségou",) * 2 + (
        "Awa Diarra / TOKTEN",
    )
    assert sorted(row.tags.names()) == ["diaspora", "santé"]
    officer.post(reverse("wagtailimages:edit", args=[row.pk]), {**form, "title": "Autre", "credit": ""})
    asset = Asset.objects.get()
    assert (asset.title, asset.credit) == ("Autre", ""), "what is emptied on purpose stays empty"


@pytest.mark.django_db
def test_several_pictures_sent_at_once_show_their_words_before_they_are_kept(officer: Client) -> None:
    answer = officer.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "DSC", "files[]": SimpleUploadedFile("DSC_0042.jpg", iptc_jpeg())},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    said = json.loads(answer.content)
    for words in (
        "Atelier de Ségou",
        "Le docteur Coulibaly",
        "Awa Diarra / TOKTEN",
        "Ségou, Mali",
        "2026",
        "santé",
    ):
        assert words in said["form"], words
    assert not LibraryImage.objects.exists()
    key = said["uploaded_file_id"]
    sent = {"title": "Salle", "alt": "Une salle", "licence": "press", "credit": "", "caption": "Corrigée"}
    officer.post(
        reverse("wagtailimages:create_multiple_from_uploaded_image", args=[key]),
        {f"uploaded-image-{key}-{name}": value for name, value in sent.items()},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    asset = Asset.objects.get()
    assert (asset.title, asset.credit, asset.texts.get().caption) == ("Salle", "", "Corrigée")
