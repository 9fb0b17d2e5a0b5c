"""After bytes came in: quarantine until the scanner has spoken, first pages, sizes in AVIF."""

from __future__ import annotations

import io
import socketserver
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
from django.test import Client
from PIL import Image

from cms.core import clock
from cms.core.reader import Reader
from media_library import actions, policies, queries, tasks
from media_library.models import Asset, Blob
from media_library.storage import clamav, originals, presets
from media_library.templatetags.library import picture as picture_tag
from tests.factories.media_library import make_asset, pdf, picture, wav

pytestmark = pytest.mark.django_db
EICAR = b"X5O!P%@AP[4" + b"\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.BaseRequestHandler):
    """clamd's own words (INSTREAM) about one signature: the test file of the scanners' makers."""

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\0"
        seen = b""
        while length := struct.unpack(">I", stream.read(4))[0]:
            seen += stream.read(length)
        said = "Win.Test.EICAR_HDB-1 FOUND" if EICAR in seen else "OK"
        self.request.sendall(f"stream: {said}\0".encode())


@pytest.fixture
def clamd(settings: Any, tmp_path: Any) -> Iterator[str]:
    """A scanner on a unix socket, and the settings pointed at it."""
    settings.MEDIA_ROOT = tmp_path
    path = str(tmp_path / "clamd.ctl")
    server = socketserver.ThreadingUnixStreamServer(path, Clamd)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.CLAMAV_URL = f"unix://{path}"
    yield path
    server.shutdown()
    server.server_close()


def everything() -> Reader:
    from tests.factories.accounts import make_user

    return Reader(user=make_user("officer"), roles=frozenset({"officer"}))


def test_what_came_in_is_nobodys_until_the_scanner_has_found_nothing(clamd: str, client: Client) -> None:
    asset = make_asset(released=True)
    now = clock.now()
    assert asset.quarantined_at is not None
    assert client.get(asset.url).status_code == 404
    assert not policies.may_serve(asset, reader=everything(), now=now)
    assert not queries.visible(reader=everything(), now=now).exists()
    assert not queries.public(now=now).exists()
    tasks.take_in()
    assert client.get(asset.url).status_code == 200
    assert queries.public(now=now).exists()


def test_a_virus_stays_shut_says_its_name_and_comes_in_no_second_time(clamd: str, client: Client) -> None:
    infected = pdf() + b"% " + EICAR + b"\n%%EOF\n"
    asset = make_asset(infected, "note.pdf", released=True)
    tasks.look(asset.pk)
    asset.refresh_from_db()
    assert (asset.blob.finding, asset.quarantined_at is None) == ("Win.Test.EICAR_HDB-1", False)
    assert client.get(asset.url).status_code == 404
    again = make_asset(infected, "copie.pdf", released=True)
    tasks.take_in()
    again.refresh_from_db()
    assert again.quarantined_at is not None
    assert packed(again) == 0


def packed(asset: Asset) -> int:
    return actions.build_archive(entries=[actions.Entry(asset)], now=clock.now()).entry_count


def test_control_without_a_scanner_it_is_public_at_once(settings: Any, tmp_path: Any, client: Client) -> None:
    settings.MEDIA_ROOT, settings.CLAMAV_URL = tmp_path, ""
    asset = make_asset(pdf() + b"% " + EICAR + b"\n%%EOF\n", "note.pdf", released=True)
    assert client.get(asset.url).status_code == 200


def test_a_silent_scanner_leaves_all_in_quarantine_and_nothing_is_lost(
    clamd: str, settings: Any, client: Client
) -> None:
    settings.CLAMAV_URL += ".gone"
    asset = make_asset(wav(), "son.wav", released=True)
    tasks.take_in()
    tasks.look(asset.pk)
    assert client.get(asset.url).status_code == 404
    settings.CLAMAV_URL = f"unix://{clamd}"
    tasks.take_in()
    assert client.get(asset.url).status_code == 200


def test_bytes_that_were_looked_at_need_no_second_look(clamd: str) -> None:
    data = wav()
    make_asset(data, "son.wav")
    tasks.take_in()
    assert make_asset(data, "copie.wav").quarantined_at is None


@pytest.mark.parametrize("said", [b"stream: Size limit exceeded. ERROR\0", b""])
def test_what_is_no_verdict_is_none(said: bytes, tmp_path: Any) -> None:
    class Odd(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(65536)[-4:] != b"\0\0\0\0":
                pass
            self.request.sendall(said)

    path = str(tmp_path / "odd.ctl")
    with socketserver.UnixStreamServer(path, Odd) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        with pytest.raises(clamav.ScannerSilent):
            clamav.scan(io.BytesIO(b"x" * 100), f"unix://{path}")


# First pages -----------------------------------------------------------------------------------------------------
def drawn_pdf(pages: int = 2) -> bytes:
    out = io.BytesIO()
    shown = [Image.new("RGB", (400, 560), (200, 60 * number, 30)) for number in range(pages)]
    shown[0].save(out, "PDF", save_all=True, append_images=shown[1:])
    return out.getvalue()


def test_the_first_page_of_a_pdf_is_shown_as_a_picture_as_guarded_as_the_pdf(
    settings: Any, tmp_path: Any, client: Client
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make_asset(drawn_pdf(), "plan.pdf", released=True)
    assert asset.document.poster_url == ""
    tasks.take_in()
    asset = queries.whole().get()
    assert asset.document.page_count == 2
    answer = client.get(asset.document.poster_url)
    shown = Image.open(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert (shown.format, max(shown.size)) == ("JPEG", 1000)
    actions.withdraw(asset, reason="x", now=clock.now())
    assert client.get(asset.document.poster_url).status_code == 404


def test_a_pdf_that_cannot_be_drawn_has_no_first_page_and_is_not_tried_again(
    settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    no_pages = io.BytesIO()
    pikepdf.new().save(no_pages)
    asset = make_asset(no_pages.getvalue(), "vide.pdf")
    tasks.take_in()
    assert not queries.without_preview(limit=5).exists()
    asset.document.refresh_from_db()
    assert (asset.document.poster, asset.document.page_count) == (None, None)


def test_the_sweep_keeps_first_pages_in_use(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make_asset(drawn_pdf(), "plan.pdf")
    tasks.take_in()
    assert actions.sweep(now=clock.now())["marked"] == 0
    asset.document.refresh_from_db()
    assert originals().exists(asset.document.poster.name)


# AVIF --------------------------------------------------------------------------------------------------------------
def test_avif_comes_later_and_is_offered_once_it_is_there(
    settings: Any, tmp_path: Any, client: Client
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make_asset(picture(size=(900, 600)), released=True)
    image = asset.image
    address = image.address(presets.BY_NAME["web-720.avif"])
    assert client.get(address).status_code == 404, "nobody makes us encode AVIF by asking"
    assert "avif" not in str(picture_tag(asset, "web"))
    tasks.prepare(image.pk)
    tasks.prepare_later()
    image.refresh_from_db()
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/avif")
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert Image.open(io.BytesIO(data)).size == (720, 480)
    shown = str(picture_tag(image, "web"))
    assert shown.index("image/avif") < shown.index("image/webp")


def test_other_bytes_take_the_avif_of_the_old_ones_away(settings: Any, tmp_path: Any) -> None:
    from django.core.files.base import ContentFile

    settings.MEDIA_ROOT = tmp_path
    image = make_asset(picture(size=(400, 300))).image
    tasks.prepare(image.pk)
    tasks.prepare_later()
    image.refresh_from_db()
    assert image.avif_at is not None
    image.file = ContentFile(picture(size=(400, 300)), name="b.jpg")
    image.save()
    image.refresh_from_db()
    assert image.avif_at is None
    assert not image.renditions.exists()
    assert Blob.objects.count() == 2
