"""Files that arrive in pieces (tus 1.0): from the first byte over broken lines and full disks to the library."""

from __future__ import annotations

import base64
import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from cms.core import clock
from media_library import actions
from media_library.actions import uploads as engine
from media_library.models import Asset, Blob, LibraryImage, Upload
from media_library.storage import uploads
from tests.factories.accounts import make_user
from tests.factories.core import NOON
from tests.factories.media_library import gps_jpeg, pdf, picture

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


def begin(browser: Client, data: bytes, filename: str = "photo.jpg", **said: str) -> Any:
    told = {"filename": filename, **said}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    return browser.post(
        reverse("media_library_uploads"),
        headers=TUS | {"Upload-Length": str(len(data)), "Upload-Metadata": metadata},
    )


def push(browser: Client, url: str, data: bytes, offset: int, **headers: str) -> Any:
    return browser.patch(
        url, data, content_type=BYTES, headers=TUS | {"Upload-Offset": str(offset)} | headers
    )


def parts() -> list[Path]:
    return list(Path(uploads().location).glob("*.part"))


def test_a_file_sent_in_pieces_is_taken_whole_with_its_words(
    officer: Client, django_capture_on_commit_callbacks: Any
) -> None:
    data = gps_jpeg()
    answer = begin(officer, data, "Forum de Ségou.jpg", credit="Awa Diarra / TOKTEN", place="Ségou")
    assert answer.status_code == 201
    url = answer.headers["Location"]
    for start in range(0, len(data), 7_000):
        with django_capture_on_commit_callbacks(execute=True):
            answer = push(officer, url, data[start : start + 7_000], start)
        assert (answer.status_code, answer.headers["Upload-Offset"]) == (
            204,
            str(min(start + 7_000, len(data))),
        )
    said = officer.get(url).json()
    assert (said["state"], said["same"]) == ("taken", [])
    asset = Asset.objects.select_related("blob", "image").get()
    with open(asset.image.file.path, "rb") as kept:
        assert kept.read() == data
    assert (asset.title, asset.credit, asset.place) == ("Forum de Ségou", "Awa Diarra / TOKTEN", "Ségou")
    assert asset.released_at is None
    assert not parts()
    assert officer.get(said["edit"]).status_code == 200


def test_after_a_broken_line_it_goes_on_where_it_was(officer: Client) -> None:
    data = picture()
    url = begin(officer, data).headers["Location"]
    push(officer, url, data[:5_000], 0)
    told = officer.head(url, headers=TUS)
    assert (told.headers["Upload-Offset"], told.headers["Upload-Length"]) == ("5000", str(len(data)))
    assert "no-store" in told.headers["Cache-Control"]
    wrong = push(officer, url, data[5_000:], 0)
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "5000")
    assert push(officer, url, data[5_000:] + b"more", 5_000).status_code == 409
    at = int(officer.head(url, headers=TUS).headers["Upload-Offset"])
    assert push(officer, url, data[at:], at).status_code == 204
    assert Asset.objects.count() == 1


@pytest.mark.parametrize(
    ("filename", "size", "status", "word"),
    [
        ("virus.exe", 100, 422, "pas acceptés"),
        ("photo.jpg", 30_000_001, 413, "trop gros"),
        ("vide.jpg", 0, 422, "vide"),
        ("", 10, 422, "pas acceptés"),
    ],
)
def test_what_would_be_refused_is_refused_before_a_byte_is_sent(
    officer: Client, filename: str, size: int, status: int, word: str
) -> None:
    metadata = f"filename {base64.b64encode(filename.encode()).decode()}"
    answer = officer.post(
        reverse("media_library_uploads"),
        headers=TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata},
    )
    assert (answer.status_code, word in answer.content.decode()) == (status, True), answer.content.decode()
    assert not Upload.objects.exists()


def test_a_file_that_is_not_what_it_said_is_a_sentence_and_nothing_is_kept(
    officer: Client, django_capture_on_commit_callbacks: Any
) -> None:
    data = picture()[:-2_000]
    url = begin(officer, data).headers["Location"]
    with django_capture_on_commit_callbacks(execute=True):
        assert push(officer, url, data, 0).status_code == 204
    said = officer.get(url).json()
    assert (said["state"], "abîmé" in said["sentence"] or "incomplet" in said["sentence"]) == (
        "refused",
        True,
    )
    assert not Asset.objects.exists()
    assert not Blob.objects.exists()
    assert not parts()


def test_nobody_reaches_the_upload_of_another_and_who_may_add_nothing_begins_none(
    officer: Client, client: Client
) -> None:
    url = begin(officer, picture()).headers["Location"]
    other = Client()
    other.force_login(make_user("officer"))
    for answer in (other.head(url, headers=TUS), push(other, url, b"x", 0), other.delete(url, headers=TUS)):
        assert answer.status_code == 404
    other.force_login(make_user("protocol"))
    assert begin(other, picture()).status_code in (302, 403)
    assert begin(Client(), picture()).status_code == 302
    assert Upload.objects.count() == 1


def test_the_same_file_again_is_said_to_be_there_already(officer: Client) -> None:
    data = picture()
    first = begin(officer, data, title="Ségou, la première").headers["Location"]
    push(officer, first, data, 0)
    second = begin(officer, data, "copie.jpg").headers["Location"]
    push(officer, second, data, 0)
    said = officer.get(second).json()
    assert [one["title"] for one in said["same"]] == ["Ségou, la première"]
    page = officer.get(reverse("media_library_uploads")).content.decode()
    assert "La médiathèque a déjà ce fichier" in page
    assert Blob.objects.count() == 1


def test_a_picture_that_looks_like_another_is_said_to_when_it_arrives(officer: Client) -> None:
    drawn = Image.effect_noise((12, 8), 120).resize((900, 600), Image.Resampling.BICUBIC).convert("RGB")

    def saved(image: Image.Image, form: str) -> bytes:
        out = io.BytesIO()
        image.save(out, form)
        return out.getvalue()

    first, second = saved(drawn, "JPEG"), saved(drawn.resize((450, 300)), "PNG")
    there = begin(officer, first, title="Ségou, la première").headers["Location"]
    push(officer, there, first, 0)
    again = begin(officer, second, "copie.png").headers["Location"]
    push(officer, again, second, 0)
    assert officer.get(there).json()["alike"][0]["title"] == "copie"
    assert [one["title"] for one in officer.get(again).json()["alike"]] == ["Ségou, la première"]
    sent = {"sent": [SimpleUploadedFile("tierce.webp", saved(drawn.resize((600, 400)), "WEBP"))]}
    page = officer.post(reverse("media_library_uploads"), sent | {"licence": "press"}, follow=True)
    assert "tierce.webp : Ressemble beaucoup à" in page.content.decode().replace("\u00a0", " ")


def test_five_who_finish_at_once_make_one_asset(officer: Client) -> None:
    data = picture()
    url = begin(officer, data).headers["Location"]
    push(officer, url, data, 0)
    for _ in range(5):
        actions.finish_upload(Upload.objects.get(), now=NOON)
    assert Asset.objects.count() == 1


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """A disk on which no file grows beyond `size` bytes: writing more fails in the kernel, as on a full one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_loses_nothing_that_arrived(officer: Client) -> None:
    data = picture(size=(1200, 800))
    assert len(data) > 100_000
    url = begin(officer, data).headers["Location"]
    with files_of_at_most(70_000):
        answer = push(officer, url, data, 0)
        assert (answer.status_code, "disque" in answer.content.decode()) == (507, True)
    at = int(officer.head(url, headers=TUS).headers["Upload-Offset"])
    assert at == 70_000 or at == 65_536, "all that the disk took"
    assert not Asset.objects.exists()
    assert push(officer, url, data[at:], at).status_code == 204
    with open(Asset.objects.get().image.file.path, "rb") as kept:
        assert kept.read() == data


def test_a_disk_that_is_full_at_the_end_keeps_the_part_and_the_sweep_takes_it_in(officer: Client) -> None:
    data = picture(size=(1200, 800))
    url = begin(officer, data).headers["Location"]
    push(officer, url, data[:-10], 0)
    upload = Upload.objects.get()
    with open(upload.path, "ab") as part:
        part.write(data[-10:])
    with files_of_at_most(20_000), pytest.raises(OSError, match="large"):
        actions.finish_upload(upload, now=clock.now())
    assert not Asset.objects.exists()
    assert upload.offset == len(data)
    actions.sweep_uploads(now=clock.now())
    assert Asset.objects.get().blob.size == len(data)


def test_what_was_given_up_is_forgotten_and_what_goes_on_stays(officer: Client) -> None:
    data = picture()
    url = begin(officer, data).headers["Location"]
    push(officer, url, data[:5_000], 0)
    soon = clock.now() + engine.KEPT_FOR - timedelta(hours=1)
    assert actions.sweep_uploads(now=soon) == 0
    assert len(parts()) == 1
    actions.sweep_uploads(now=soon + timedelta(hours=2))
    assert not parts()
    assert officer.head(url, headers=TUS).status_code == 404


def test_an_account_has_no_more_under_way_than_it_may(officer: Client) -> None:
    user = make_user("officer")
    half = 900_000_000
    for number in range(5):
        actions.begin_upload(user=user, filename=f"{number}.mp4", size=half, words={}, now=NOON)
    with pytest.raises(actions.TooManyUploads):
        actions.begin_upload(user=user, filename="6.mp4", size=half, words={}, now=NOON)


def test_without_javascript_the_form_takes_them_in_one_go_each_for_itself(officer: Client) -> None:
    answer = officer.post(
        reverse("media_library_uploads"),
        {
            "sent": [
                SimpleUploadedFile("Une photo.jpg", picture()),
                SimpleUploadedFile("cassée.png", picture("PNG")[:-300]),
                SimpleUploadedFile("note.pdf", pdf()),
            ],
            "credit": "TOKTEN",
            "licence": "press",
        },
        follow=True,
    )
    page = answer.content.decode()
    assert "cassée.png" in page
    assert sorted(Asset.objects.values_list("title", "credit")) == [
        ("Une photo", "TOKTEN"),
        ("note", "TOKTEN"),
    ]


def test_pictures_that_arrived_are_described_on_one_screen(officer: Client) -> None:
    data = picture()
    push(officer, begin(officer, data).headers["Location"], data, 0)
    upload = Upload.objects.get()
    page = officer.get(reverse("media_library_uploads")).content.decode()
    assert f"{upload.uid.hex}-alt" in page
    said = {"title": "Atelier", "alt": "Des experts autour d’une table", "caption": "Ségou, 2017"}
    officer.post(
        reverse("media_library_uploads"),
        {"describe": "1"} | {f"{upload.uid.hex}-{name}": value for name, value in said.items()},
    )
    image = LibraryImage.objects.get()
    assert (image.title, image.description) == ("Atelier", said["alt"])
    assert image.asset.text_in("fr").caption == "Ségou, 2017"


def test_the_screen_costs_the_same_for_one_and_for_thirty(officer: Client) -> None:
    user = make_user("officer")
    officer.force_login(user)

    def arrive(count: int) -> None:
        for _ in range(count):
            data = pdf()
            upload = actions.begin_upload(user=user, filename="a.pdf", size=len(data), words={}, now=NOON)
            actions.continue_upload(upload, pieces=io.BytesIO(data), offset=0, now=NOON)
            actions.finish_upload(upload, now=NOON)

    def queries() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as caught:
            assert officer.get(reverse("media_library_uploads")).status_code == 200
        return len(caught)

    arrive(1)
    queries()
    one = queries()
    arrive(29)
    assert queries() == one
