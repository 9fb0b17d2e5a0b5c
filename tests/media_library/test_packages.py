"""What the public gets of an Office file says neither who wrote it nor where its pictures were taken."""

from __future__ import annotations

import io
import struct
from datetime import timedelta
from hashlib import sha256
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.test import Client
from docx import Document
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from PIL import Image

from media_library import actions
from media_library.models import Blob
from media_library.storage import originals, packages
from media_library.validators import child
from tests.factories.core import NOON
from tests.factories.media_library import gps_jpeg, make_asset, picture
from tests.media_library.test_boxes import PLACE, film

CORE = (
    b'<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:title>Foire &amp; forum</dc:title>'
    b"<dc:creator>Secret</dc:creator><cp:lastModifiedBy>Secret</cp:lastModifiedBy></cp:coreProperties>"
)
OPC = {
    "[Content_Types].xml": b"<Types/>",
    "docProps/core.xml": CORE,
    "docProps/app.xml": b"<Properties><Company>Secret</Company><Manager>Secret</Manager></Properties>",
    "docProps/custom.xml": b"<Properties><property><vt:lpwstr>Secret</vt:lpwstr></property></Properties>",
}
WORD = OPC | {
    "word/document.xml": b'<w:d><w:ins w:id="1" w:author="Secret"><w:t>Texte author="Awa"</w:t></w:ins></w:d>',
    "word/comments.xml": '<?xml version="1.0" encoding="UTF-16"?><c><w:comment w:author="Secret"/></c>'.encode(
        "utf-16"
    ),
    "word/people.xml": b'<p><w15:person w15:author="Secret"><w15:presenceInfo w15:userId="Secret"/></w15:person></p>',
    "word/_rels/settings.xml.rels": rb'<R><Relationship Target="file:///C:\Users\Secret\ministere.dotm"/></R>',
    "customXml/item1.xml": b"<p><pc:DisplayName>Secret</pc:DisplayName></p>",
}
SHEET = OPC | {
    "xl/workbook.xml": rb'<workbook><x15ac:absPath url="C:\Users\Secret\"/><t>Texte author="Awa"</t></workbook>',
    "xl/comments1.xml": b"<comments><authors><author>Secret</author></authors></comments>",
    "xl/persons/person.xml": b'<l><person displayName="Secret" id="{1}" userId="Secret" providerId="AD"/></l>',
    "xl/pivotCache/pivotCacheDefinition1.xml": b'<pivotCacheDefinition r:id="rId1" refreshedBy="Secret"/>',
    "xl/tables/table1.xml": b'<table displayName="Depenses"/>',
}
SHOW = OPC | {
    "ppt/presentation.xml": b'<p:presentation><a:t>Texte author="Awa"</a:t></p:presentation>',
    "ppt/commentAuthors.xml": b'<l><p:cmAuthor id="0" name="Secret" initials="Secret"/></l>',
    "ppt/authors.xml": b'<l><p188:author id="{1}" name="Secret" initials="S" userId="Secret" providerId="AD"/></l>',
}
TEXT = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "meta.xml": b"<m><dc:title>Foire &amp; forum</dc:title><meta:initial-creator>Secret</meta:initial-creator></m>",
    "VersionList.xml": b'<l><VL:version-entry VL:title="Version1" VL:creator="Secret"/></l>',
    "content.xml": b'<c><dc:creator>Secret</dc:creator><text:p>Texte author="Awa"</text:p></c>',
}


def package(parts: dict[str, bytes], **pictures: bytes) -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(name, data)
        for name, data in pictures.items():
            made.writestr(f"media/{name}", data)
    return out.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    """All members of a package, and of the packages in it."""
    with ZipFile(io.BytesIO(data)) as given:
        found = {name: given.read(name) for name in given.namelist()}
    for name, member in list(found.items()):
        if member.startswith(b"PK"):
            found |= {f"{name}/{inner}": body for inner, body in parts(member).items()}
    return found


def told(data: bytes) -> tuple[int, int]:
    """In how many members somebody is named, and in how many a place is."""
    found = [body for body in parts(data).values() if not body.startswith(b"PK")]
    people = sum(b"Secret" in body.replace(b"\0", b"") for body in found)
    return people, sum(b"GPSLatitude" in body or _placed(body) for body in found)


def _placed(body: bytes) -> bool:
    if not body.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF", b"II*", b"MM", b"GIF8")):
        return False
    with Image.open(io.BytesIO(body)) as shown:
        shown.load()
        return bool(shown.getexif().get_ifd(0x8825))


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


def placed() -> Image.Exif:
    told = Image.Exif()
    told[0x013B] = "Secret"
    told.get_ifd(0x8825)[2] = (12.0, 38.0, 21.0)
    return told


def chunked(data: bytes, kind: bytes, words: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    return data[:33] + struct.pack(">I", len(words)) + kind + words + b"\0\0\0\0" + data[33:]


def spoken_gif() -> bytes:
    """A GIF with a comment, and XMP as programs write it: no blocks of it, but a run of bytes that leads out."""
    data = picture("GIF", comment=b"Secret")
    at = 13 + (3 << ((data[10] & 7) + 1))
    xmp = b"<exif:GPSLatitude>12,38N</exif:GPSLatitude>\x01" + bytes(range(255, -1, -1)) + b"\0"
    return data[:at] + b"\x21\xff\x0bXMP DataXMP" + xmp + data[at:]


PICTURES = {
    "a.jpeg": gps_jpeg(),
    "e.gif": spoken_gif(),
    "f.png": chunked(picture("PNG"), b"caBX", b"c2pa GPSLatitude Secret"),
    "b.png": picture("PNG", exif=placed()),
    "c.webp": picture("WEBP", exif=placed()),
    "d.tiff": picture("TIFF", exif=placed()),  # names its author alone: Pillow writes no places there
}
INNER = package(OPC | {"xl/workbook.xml": b"<w/>"}, **PICTURES)
SAMPLES = {
    "note.docx": (package(WORD | {"word/embeddings/a.xlsx": INNER}, **PICTURES), "docProps/core.xml"),
    "depenses.xlsx": (package(SHEET, **PICTURES), "docProps/core.xml"),
    "expose.pptx": (package(SHOW, **PICTURES), "docProps/core.xml"),
    "note.odt": (package(TEXT, **PICTURES), "meta.xml"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", SAMPLES)
def test_the_public_and_archives_get_an_office_file_without_authors_and_places(
    client: Client, settings: Any, tmp_path: Any, name: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    given, about = SAMPLES[name]
    people, places = told(given)
    assert (people > 1, places >= 3) == (True, True)  # the control: they are there before
    asset = make_asset(given, name, released=True)
    response = client.get(asset.url)
    got = body(response)
    assert told(got) == (0, 0)
    assert b"<dc:title>Foire &amp; forum</dc:title>" in parts(got)[about]
    assert any(b'Texte author="Awa"' in part for part in parts(got).values()), "words between tags stay"
    assert sorted(parts(got)) == sorted(parts(given))
    for member in parts(got).values():
        if member.startswith((b"\xff\xd8", b"\x89PNG", b"RIFF", b"II*", b"GIF8")):
            Image.open(io.BytesIO(member)).load()
    assert (int(response["Content-Length"]), asset.blob.size) == (len(got), len(got))
    assert response["ETag"] == f'"{sha256(got).hexdigest()[:32]}"'
    archive = actions.build_archive(entries=[actions.Entry(asset)], now=NOON)
    with ZipFile(archive.path) as packed:
        assert packed.read(asset.filename) == got


def test_a_film_in_a_presentation_does_not_say_where_it_was_filmed() -> None:
    given = package(SHOW, **{"media1.mp4": film()})
    clean = parts(packages.clean_package(io.BytesIO(given)))["media/media1.mp4"]
    assert PLACE in film(), "the control"
    assert (len(clean), PLACE in clean) == (len(film()), False)


def test_a_tiff_of_several_pages_keeps_them() -> None:
    first, second = (Image.new("L", (40, 30), shade) for shade in (20, 200))
    out = io.BytesIO()
    first.save(out, "TIFF", save_all=True, append_images=[second], description="Secret")
    clean = parts(packages.clean_package(io.BytesIO(package(WORD, **{"scan.tiff": out.getvalue()}))))
    with Image.open(io.BytesIO(clean["media/scan.tiff"])) as shown:
        assert (shown.n_frames, shown.getpixel((0, 0))) == (2, 20)
        shown.seek(1)
        assert shown.getpixel((0, 0)) == 200
    assert b"Secret" not in clean["media/scan.tiff"]


def test_word_and_excel_files_of_real_programs_still_open_and_say_the_same() -> None:
    text, sheet, given = Document(), Workbook(), io.BytesIO()
    text.core_properties.author, text.core_properties.title = "Secret", "Foire"
    text.add_paragraph("Bonjour à tous")
    text.save(given)
    clean = packages.clean_package(given)
    shown = Document(io.BytesIO(clean))
    assert (told(given.getvalue())[0], told(clean)[0]) == (1, 0)
    assert (shown.core_properties.title, shown.paragraphs[0].text) == ("Foire", "Bonjour à tous")
    sheet.properties.creator, sheet.active["A1"] = "Secret", 12.5
    sheet.active["A1"].comment = Comment("Bien", "Secret")
    sheet.save(given := io.BytesIO())
    clean = packages.clean_package(given)
    cell = load_workbook(io.BytesIO(clean)).active["A1"]
    assert (told(given.getvalue())[0], told(clean)[0]) == (2, 0)
    assert (cell.value, cell.comment.text) == (12.5, "Bien")


def test_a_table_keeps_its_name_and_a_template_only_its_own() -> None:
    clean = parts(packages.clean_package(io.BytesIO(SAMPLES["depenses.xlsx"][0])))
    assert clean["xl/tables/table1.xml"] == SHEET["xl/tables/table1.xml"]
    clean = parts(packages.clean_package(io.BytesIO(SAMPLES["note.docx"][0])))
    assert b'Target="ministere.dotm"' in clean["word/_rels/settings.xml.rels"]


@pytest.mark.django_db
def test_what_was_sent_is_kept_private_as_long_as_what_was_made_of_it(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    given = SAMPLES["note.docx"][0]
    asset = make_asset(given, "note.docx", released=True)
    sent = asset.blob.sources.exclude(pk=asset.blob_id).get()
    with originals().open(sent.name) as kept:
        assert kept.read() == given
    actions.sweep(now=NOON)
    sent.refresh_from_db()
    assert sent.unused_since is None
    asset.document.delete()
    for days in (0, 31, 62, 93):
        actions.sweep(now=NOON + timedelta(days=days))
    assert not Blob.objects.filter(pk__in=[sent.pk, asset.blob_id]).exists()


@pytest.mark.django_db
def test_the_same_file_twice_and_its_own_clean_copy_are_one(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    given = SAMPLES["note.docx"][0]
    one, two = make_asset(given, "note.docx"), make_asset(given, "note.docx")
    with originals().open(one.blob.name) as made:
        three = make_asset(made.read(), "note.docx")
    assert one.blob == two.blob == three.blob
    assert Blob.objects.count() == 2


def test_cleaning_twice_changes_nothing_and_a_signed_file_is_left_as_it_is() -> None:
    once = packages.clean_package(io.BytesIO(SAMPLES["note.docx"][0]))
    assert packages.clean_package(io.BytesIO(once)) == once
    signed = package(WORD | {"_xmlsignatures/sig1.xml": b"<Signature/>"}, **PICTURES)
    assert packages.clean_package(io.BytesIO(signed)) == signed


def test_a_text_locked_by_a_password_is_known_for_one() -> None:
    locked = package(TEXT | {"META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>"})
    with pytest.raises(child.CannotDecode, match="locked"):
        next(child.ask("package", io.BytesIO(locked)))
