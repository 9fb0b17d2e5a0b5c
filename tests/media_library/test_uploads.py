"""What arrives through the admin's own screens: broken, lying, hostile or sound. Never a 500, never kept unseen."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageFile

from media_library.models import Asset, Blob, LibraryDocument, LibraryImage, LibraryMedia
from tests.factories.media_library import bomb_png, docx, gps_jpeg, locked_pdf, pdf, picture, wav

pytestmark = pytest.mark.django_db


def jpeg_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("evil.html", "<script>alert(1)</script>")
    return picture() + out.getvalue()


BROKEN_IMAGES = {
    "truncated.png": (lambda: picture("PNG")[:-400], "incomplet"),
    "truncated.jpg": (lambda: picture()[: len(picture()) // 2], "incomplet"),
    "truncated.webp": (lambda: picture("WEBP")[:-300], "incomplet"),
    "truncated.gif": (lambda: picture("GIF")[:-300], "incomplet"),
    "noise.png": (lambda: b"\x89PNG\r\n\x1a\n" + b"\x07" * 900, "incomplet"),
    "empty.jpg": (lambda: b"", "vide"),
    "bomb.png": (bomb_png, "pixels"),
    "lying.jpg": (lambda: picture("PNG"), "PNG"),
    "archive.jpg": (lambda: jpeg_zip(), "se cache"),
    "script.png": (lambda: picture("PNG") + b"<script>alert(1)</script>", "se cache"),
    "page.jpg": (lambda: b"<html><script>alert(1)</script></html>", "image"),
    "drawing.svg": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
}


@pytest.mark.parametrize("name", BROKEN_IMAGES)
@pytest.mark.parametrize("screen", ["add", "multiple", "chooser"])
def test_a_bad_picture_is_a_sentence_in_french_on_every_screen(
    officer: Client, name: str, screen: str
) -> None:
    make, word = BROKEN_IMAGES[name]
    upload = SimpleUploadedFile(name, make(), content_type="image/jpeg")
    if screen == "add":
        response = officer.post(
            reverse("wagtailimages:add"), {"title": "T", "alt": "x", "licence": "press", "file": upload}
        )
        text = response.content.decode()
    elif screen == "multiple":
        response = officer.post(
            reverse("wagtailimages:add_multiple"),
            {"title": "T", "files[]": upload},
            headers={"X-Requested-With": "XMLHttpRequest"},
        )
        text = json.loads(response.content)["error_message"]
    else:
        prefix = "image-chooser-upload"
        response = officer.post(
            reverse("wagtailimages_chooser:create"),
            {
                f"{prefix}-title": "T",
                f"{prefix}-alt": "x",
                f"{prefix}-licence": "press",
                f"{prefix}-file": upload,
            },
        )
        text = json.dumps(json.loads(response.content), ensure_ascii=False)
    assert response.status_code == 200
    assert word in text
    assert not LibraryImage.objects.exists()
    assert not Blob.objects.exists()


def test_a_truncated_picture_is_refused_also_where_weasyprint_has_told_pillow_to_fill_it_up(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    import weasyprint.images  # noqa: F401  (its import does it)

    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # and here where it was imported before
    test_a_bad_picture_is_a_sentence_in_french_on_every_screen(officer, "truncated.gif", "add")


def test_control_wagtails_own_field_lets_through_or_breaks_on_what_ours_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wagtail 7.4: a truncated PNG raises from the pixel check (a 500), a bomb of 40 million pixels and more and a
    picture with a ZIP behind it are taken."""
    from django.core.exceptions import ValidationError
    from wagtail.images.fields import WagtailImageField

    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", False)
    stock = WagtailImageField()
    stock.max_image_pixels = 128_000_000  # its default
    with pytest.raises(Exception) as broken:  # noqa: PT011 (whatever it is, it is no form error)
        stock.clean(SimpleUploadedFile("a.png", picture("PNG")[:-400]))
    assert not isinstance(broken.value, ValidationError)
    assert stock.clean(SimpleUploadedFile("a.jpg", jpeg_zip())) is not None
    assert stock.clean(SimpleUploadedFile("bomb.png", bomb_png(7_000, 6_000))) is not None


def test_a_bomb_is_refused_from_its_header_without_decoding() -> None:
    import resource

    from django.core.exceptions import ValidationError

    from media_library import validators

    data = bomb_png()
    before = resource.getrusage(resource.RUSAGE_SELF)
    with pytest.raises(ValidationError, match="pixels"):
        validators.examine(io.BytesIO(data), "bomb.png", kind="image")
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime - before.ru_utime < 0.05
    assert after.ru_maxrss - before.ru_maxrss < 20_000, "in kilobytes"


def test_a_sound_picture_is_kept_once_with_its_words(officer: Client) -> None:
    data = gps_jpeg()
    form = {
        "title": "Atelier",
        "alt": "Des experts autour d’une table",
        "caption": "Atelier de Ségou, 2017",
        "credit": "Awa Diarra / TOKTEN",
        "licence": "press",
        "released": "on",
    }
    for _ in range(2):
        upload = SimpleUploadedFile("IMG_2041.JPG", data)
        assert officer.post(reverse("wagtailimages:add"), {**form, "file": upload}).status_code == 302
    assert Blob.objects.count() == 1
    one, two = Asset.objects.order_by("pk")
    assert one.blob == two.blob
    assert (one.filename, one.kind, one.credit) == ("IMG_2041.jpg", "image", "Awa Diarra / TOKTEN")
    assert one.released_at is not None
    words = one.text_in("fr")
    assert words is not None
    assert (words.alt, words.caption) == (form["alt"], form["caption"])
    assert one.image.default_alt_text == form["alt"]


def test_several_pictures_at_once_ask_for_their_words_before_they_are_kept(officer: Client) -> None:
    upload = SimpleUploadedFile("a b.png", picture("PNG"))
    response = officer.post(
        reverse("wagtailimages:add_multiple"),
        {"title": "T", "files[]": upload},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )
    said = json.loads(response.content)
    assert said["success"]
    assert not LibraryImage.objects.exists(), "no alternative text yet"
    number = said["uploaded_file_id"]
    prefix = f"uploaded-image-{number}"
    address = reverse("wagtailimages:create_multiple_from_uploaded_image", args=[number])
    empty = json.loads(officer.post(address, {f"{prefix}-title": "T", f"{prefix}-licence": "press"}).content)
    assert not empty["success"]
    assert "Décorative" in empty["form"]
    full = officer.post(
        address, {f"{prefix}-title": "T", f"{prefix}-alt": "Un champ", f"{prefix}-licence": "press"}
    )
    assert json.loads(full.content)["success"]
    assert LibraryImage.objects.get().asset.text_in("fr").alt == "Un champ"


@pytest.mark.parametrize(
    ("name", "make", "word"),
    [
        ("setup.exe", lambda: b"MZ\x90\0" * 50, "exe"),
        ("page.html", lambda: b"<html></html>", "html"),
        ("page.pdf", lambda: b"<html><script>alert(1)</script></html>", "page web"),
        ("programme.pdf", lambda: b"MZ\x90\0" * 50, "programme"),
        ("double.pdf.exe", lambda: b"MZ\x90\0" * 50, "exe"),
        ("tail.pdf", lambda: pdf() + b"<script>alert(1)</script>", "derrière"),
        ("zip.pdf", lambda: pdf() + b"PK\x03\x04" + b"PK\x05\x06" + b"\0" * 18 + b"%%EOF", "derrière"),
        ("cut.pdf", lambda: pdf()[:-12], "incomplet"),
        ("nothing.pdf", lambda: b"%PDF-1.7\nnothing of a document\n%%EOF\n", "incomplet"),
        ("locked.pdf", locked_pdf, "mot de passe"),
        ("macro.docx", lambda: docx(macros=True), "macros"),
        ("cut.docx", lambda: docx()[:-30], "incomplet"),
        ("lying.xlsx", docx, "xlsx"),
        ("script.txt", lambda: b"<script>alert(1)</script>", "page web"),
        ("vector.svg", lambda: b"<svg/>", "svg"),
    ],
)
@pytest.mark.parametrize("screen", ["add", "multiple", "chooser"])
def test_a_bad_document_is_a_sentence_in_french_on_every_screen(
    officer: Client, name: str, make: Any, word: str, screen: str
) -> None:
    upload = SimpleUploadedFile(name, make(), content_type="application/pdf")
    if screen == "add":
        response = officer.post(
            reverse("wagtaildocs:add"), {"title": "T", "licence": "press", "file": upload}
        )
        text = response.content.decode()
    elif screen == "multiple":
        response = officer.post(reverse("wagtaildocs:add_multiple"), {"title": "T", "files[]": upload})
        text = json.loads(response.content)["error_message"]
    else:
        prefix = "document-chooser-upload"
        response = officer.post(
            reverse("wagtaildocs_chooser:create"),
            {f"{prefix}-title": "T", f"{prefix}-licence": "press", f"{prefix}-file": upload},
        )
        text = json.dumps(json.loads(response.content), ensure_ascii=False)
    assert response.status_code == 200
    assert word in text
    assert not LibraryDocument.objects.exists()


def test_control_wagtails_own_document_form_takes_a_web_page_named_pdf() -> None:
    from wagtail.documents.fields import WagtailDocumentField

    assert WagtailDocumentField().clean(SimpleUploadedFile("page.pdf", b"<html></html>")) is not None


@pytest.mark.parametrize(
    ("name", "make"), [("a.pdf", pdf), ("b.docx", docx), ("c.txt", lambda: "Ségou ɛ ɔ".encode())]
)
def test_a_sound_document_is_taken(officer: Client, name: str, make: Any) -> None:
    upload = SimpleUploadedFile(name, make())
    response = officer.post(reverse("wagtaildocs:add"), {"title": "Note", "licence": "press", "file": upload})
    assert response.status_code == 302
    assert LibraryDocument.objects.get().asset.blob.content_type


@pytest.mark.parametrize(
    ("name", "data", "kind", "word"),
    [
        ("a.mp3", b"<html></html>" * 9, "audio", "autre chose"),
        ("a.wav", wav()[:-200], "audio", "incomplet"),
        ("a.mp4", b"\0\0\0\x18ftypmp42" + b"\0" * 40, "video", "incomplet"),
        ("a.exe", b"MZ" * 50, "video", "exe"),
    ],
)
def test_a_bad_recording_is_a_sentence_in_french(
    officer: Client, name: str, data: bytes, kind: str, word: str
) -> None:
    form = {"title": "T", "licence": "press", "duration": "0", "file": SimpleUploadedFile(name, data)}
    response = officer.post(reverse("wagtailmedia:add", args=[kind]), form)
    assert response.status_code == 200
    assert word in response.content.decode()
    assert not LibraryMedia.objects.exists()


def test_a_sound_recording_is_taken_and_its_poster_is_rendered_anew(officer: Client) -> None:
    form = {
        "title": "Entretien",
        "licence": "press",
        "duration": "3",
        "file": SimpleUploadedFile("entretien.wav", wav()),
        "thumbnail": SimpleUploadedFile("poster.jpg", gps_jpeg()),
    }
    assert officer.post(reverse("wagtailmedia:add", args=["audio"]), form).status_code == 302
    media = LibraryMedia.objects.get()
    assert media.asset.kind == "audio"
    response = officer.get(media.poster_url)
    assert response.status_code == 200
    data = b"".join(response)
    assert not Image.open(io.BytesIO(data)).getexif().get_ifd(0x8825)
    assert officer.get(reverse("wagtailmedia:edit", args=[media.pk])).status_code == 200


def test_screens_of_the_library_answer(officer: Client) -> None:
    image = SimpleUploadedFile("x.jpg", picture())
    officer.post(reverse("wagtailimages:add"), {"title": "T", "alt": "x", "licence": "press", "file": image})
    document = SimpleUploadedFile("x.pdf", pdf())
    officer.post(reverse("wagtaildocs:add"), {"title": "T", "licence": "press", "file": document})
    row, note = LibraryImage.objects.get(), LibraryDocument.objects.get()
    for address in (
        reverse("wagtailimages:index"),
        reverse("wagtailimages:add_multiple"),
        reverse("wagtailimages:edit", args=[row.pk]),
        reverse("wagtailimages_chooser:choose"),
        reverse("wagtailimages_chooser:chosen", args=[row.pk]),
        reverse("wagtailimages:image_usage", args=[row.pk]),
        reverse("wagtaildocs:index"),
        reverse("wagtaildocs:edit", args=[note.pk]),
        reverse("wagtaildocs_chooser:choose"),
        reverse("wagtailmedia:index"),
        reverse("wagtailmedia:add", args=["video"]),
    ):
        assert officer.get(address).status_code == 200, address
    page = officer.get(reverse("wagtailimages:edit", args=[row.pk])).content.decode()
    assert "Rendre public" in page
    buttons = re.findall(r"<(?:button|input)[^>]*/library/[^>]*>", page)
    verbs = {re.findall(r"([a-z]+)/\"", button)[0] for button in buttons}
    assert verbs == {"release", "embargo", "withdraw", "share"}
    assert all('form="library-rights"' in button for button in buttons), "Enter in the words releases nothing"
    assert '<form id="library-rights" method="post">' in page
    assert officer.get(f"/admin/images/{row.pk}/preview/width-9999/").status_code == 404
