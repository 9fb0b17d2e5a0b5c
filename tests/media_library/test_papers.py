"""What the public gets of a PDF says neither who wrote it nor where its pictures were taken."""

from __future__ import annotations

import io
import re
import zlib
from hashlib import sha256
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest
from django.test import Client
from pikepdf import Array, Dictionary, Name

from media_library import actions, queries, tasks
from media_library.models import Asset, Blob, LibraryDocument
from media_library.models.rows import keep
from media_library.storage import originals, papers
from media_library.validators import Facts
from tests.factories.core import NOON
from tests.factories.media_library import gps_jpeg, make_asset, pdf

XMP = (
    b'<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
    b'xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="2" pdfaid:conformance="B">'
    b"<dc:creator><rdf:Seq><rdf:li>Secret</rdf:li></rdf:Seq></dc:creator>"
    b'<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">\xc2\xa9 TOKTEN-Mali</rdf:li></rdf:Alt></dc:rights>'
    b"<exif:GPSLatitude>12,38N</exif:GPSLatitude></rdf:Description></rdf:RDF></x:xmpmeta>"
)
TOLD = (
    b"Secret",
    b"GPSLatitude",
    b"12,38N",
    b"SERIAL-4711",
    b"HIDDEN-COMMENT",
    b"Awa Photographe",
    b"S\0e\0c\0r\0e\0t",
)


def paper(*, signed: bool = False, **saved: Any) -> bytes:
    """A PDF that says who wrote it in each place where a PDF can, with a telephone's picture on its page."""
    made = pikepdf.new()
    page = made.add_blank_page(page_size=(200, 200)).obj
    picture = made.make_stream(gps_jpeg(), Type=Name.XObject, Subtype=Name.Image, Width=640, Height=426)
    picture.BitsPerComponent, picture.ColorSpace, picture.Filter = 8, Name.DeviceRGB, Name.DCTDecode
    picture.Metadata = made.make_stream(XMP, Type=Name.Metadata, Subtype=Name.XML)
    page.Resources = Dictionary(XObject=Dictionary(P=picture))
    page.Contents = made.make_stream(b"q 200 0 0 200 0 0 cm /P Do Q")
    page.PieceInfo = Dictionary(Programme=Dictionary(Private=made.make_stream(b"Secret")))
    note = Dictionary(
        Type=Name.Annot, Subtype=Name.Text, Rect=Array([0, 0, 9, 9]), T="Secret", Contents="Bien"
    )
    field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, Rect=Array([9, 9, 20, 20]), T="Nom")
    if signed:
        field.V = made.make_indirect(
            Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=pikepdf.String(b"\1\2"))
        )
    page.Annots = Array([made.make_indirect(note), made.make_indirect(field)])
    inner = pikepdf.new()
    inner.add_blank_page(page_size=(100, 100))
    inner.trailer.Info = inner.make_indirect(Dictionary(Author="Secret"))
    inner.save(within := io.BytesIO())
    made.attachments["annexe.pdf"] = pikepdf.AttachedFileSpec(made, within.getvalue(), filename="annexe.pdf")
    odt = io.BytesIO()
    with ZipFile(odt, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("meta.xml", "<m><meta:initial-creator>Secret</meta:initial-creator></m>")
    made.attachments["note.odt"] = pikepdf.AttachedFileSpec(made, odt.getvalue(), filename="note.odt")
    del made.attachments["note.odt"].obj.EF.F.Type  # which says nothing where it is left out
    made.attachments["plan.jpg"] = pikepdf.AttachedFileSpec(made, gps_jpeg(), filename="plan.jpg")
    made.Root.Metadata = made.make_stream(XMP, Type=Name.Metadata, Subtype=Name.XML)
    info = Dictionary(
        Title="Été & forum", Author="Secret", Creator="Secret", Producer="Secret", Company="Secret"
    )
    made.trailer.Info = made.make_indirect(info)
    out = io.BytesIO()
    made.save(out, **saved)
    return out.getvalue()


def told(data: bytes) -> int:
    """How often any of it is said, in the bytes and in every string and stream of the document."""
    count = sum(data.count(word) for word in TOLD)
    with pikepdf.open(io.BytesIO(data)) as shown:
        for thing in shown.objects:
            said = thing.read_raw_bytes() if isinstance(thing, pikepdf.Stream) else b""
            if isinstance(thing, pikepdf.Stream) and thing.get(Name.Filter) == Name.FlateDecode:
                said = thing.read_bytes()
            count += told(said) if said.startswith(b"%PDF-") else 0
            count += sum((said + repr(thing).encode()).count(word) for word in TOLD)
    return count


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "saved", [{}, {"linearize": True}, {"object_stream_mode": pikepdf.ObjectStreamMode.disable}]
)
def test_the_public_and_archives_get_a_pdf_without_authors_and_places(
    client: Client, settings: Any, tmp_path: Any, saved: dict[str, Any]
) -> None:
    settings.MEDIA_ROOT = tmp_path
    given = paper(**saved)
    assert told(given) > 10, "the control: it tells before"
    asset = make_asset(given, "note.pdf", released=True)
    response = client.get(asset.url)
    got = body(response)
    assert told(got) == 0
    assert response["ETag"] == f'"{sha256(got).hexdigest()[:32]}"'
    assert asset.blob.size == len(got)
    archive = actions.build_archive(entries=[actions.Entry(asset)], now=NOON)
    with ZipFile(archive.path) as packed:
        assert packed.read(asset.filename) == got
    sent = asset.blob.sources.exclude(pk=asset.blob_id).get()
    with originals().open(sent.name) as kept:
        assert kept.read() == given, "what was sent stays, private"


def test_title_copyright_standard_fields_remarks_and_enclosed_files_stay() -> None:
    with pikepdf.open(io.BytesIO(papers.clean_pdf(io.BytesIO(paper())))) as shown:
        said = shown.open_metadata()
        assert (said["dc:title"], said["dc:rights"]) == ("Été & forum", "© TOKTEN-Mali")
        assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "B")
        assert dict(shown.docinfo) == {"/Title": "Été & forum"}
        note, field = shown.pages[0].Annots
        assert (str(note.Contents), Name.T in note, str(field.T)) == ("Bien", False, "Nom")
        assert shown.attachments["plan.jpg"].get_file().read_bytes().startswith(b"\xff\xd8")
        assert len(shown.pages[0].images) == 1


def test_a_former_state_of_a_file_that_was_changed_goes_with_its_words() -> None:
    first = paper(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(io.BytesIO(first)) as shown:
        root, info, size = shown.Root.objgen[0], shown.trailer.Info.objgen[0], shown.trailer.Size
    table = int(re.findall(rb"startxref\s+(\d+)", first)[-1])
    added = f"{info} 0 obj\n<</Title(Nouveau)>>\nendobj\n"
    second = (
        first
        + (
            f"{added}xref\n{info} 1\n{len(first):010d} 00000 n \n"
            f"trailer\n<</Size {size}/Root {root} 0 R/Info {info} 0 R/Prev {table}>>\n"
            f"startxref\n{len(first) + len(added)}\n%%EOF\n"
        ).encode()
    )
    with pikepdf.open(io.BytesIO(second)) as shown:
        assert dict(shown.docinfo) == {"/Title": "Nouveau"}, "the former author is still in the bytes"
    assert b"Secret" in second
    assert told(papers.clean_pdf(io.BytesIO(second))) == 0


def test_cleaning_is_reproducible_and_cleaning_twice_changes_nothing() -> None:
    given = paper()
    once = papers.clean_pdf(io.BytesIO(given))
    assert papers.clean_pdf(io.BytesIO(given)) == once == papers.clean_pdf(io.BytesIO(once))


@pytest.mark.django_db
def test_a_signed_pdf_leaves_byte_for_byte(client: Client, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    given = paper(signed=True)
    asset = make_asset(given, "decision.pdf", released=True)
    assert body(client.get(asset.url)) == given


def as_it_came(data: bytes, name: str) -> Asset:
    """A public document as the library kept it before it made clean copies."""
    asset = make_asset(pdf(), name, released=True)
    blob = keep(io.BytesIO(data), Facts("document", "application/pdf", ".pdf"))
    Blob.objects.update(cleaned=None)
    Asset.objects.filter(pk=asset.pk).update(blob=blob)
    LibraryDocument.objects.filter(asset=asset).update(file=blob.name)
    return Asset.objects.get(pk=asset.pk)


@pytest.mark.django_db
def test_what_came_in_before_gets_its_clean_copy_once_and_keeps_no_former_file(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    given = paper()
    asset = as_it_came(given, "note.pdf")
    assert body(client.get(asset.url)) == given, "the control: it goes out as it came"
    for _twice in range(2):
        tasks.take_in()
        assert told(body(client.get(asset.url))) == 0
    asset.refresh_from_db()
    assert (asset.versions.count(), asset.blob.sources.count()) == (0, 2)
    assert not queries.uncleaned(limit=9).exists()


@pytest.mark.django_db
def test_what_came_in_before_and_cannot_be_read_stays_and_is_not_tried_again(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    given = b"%PDF-1.7\nnothing of a document\n%%EOF\n"
    asset = as_it_came(given, "note.pdf")
    tasks.take_in()
    assert body(client.get(asset.url)) == given
    assert not queries.uncleaned(limit=9).exists()


def test_restrictions_without_a_password_go_and_the_pages_stay() -> None:
    given = paper(encryption=pikepdf.Encryption(owner="maître", user=""))
    clean = papers.clean_pdf(io.BytesIO(given))
    with pikepdf.open(io.BytesIO(clean)) as shown:
        assert (shown.is_encrypted, len(shown.pages)) == (False, 1)
    assert told(clean) == 0


def test_a_picture_packed_twice_loses_its_place_too() -> None:
    made = pikepdf.open(io.BytesIO(paper()))
    picture = made.pages[0].Resources.XObject.P
    picture.write(zlib.compress(picture.read_raw_bytes()), filter=Array([Name.FlateDecode, Name.DCTDecode]))
    out = io.BytesIO()
    made.save(out)
    with pikepdf.open(io.BytesIO(papers.clean_pdf(io.BytesIO(out.getvalue())))) as shown:
        (clean,) = shown.pages[0].images.values()
        assert (clean.Filter, b"SERIAL-4711" in clean.read_raw_bytes()) == (Name.DCTDecode, False)
