"""Bytes leave by one door, for those who may have them, whole or resumed."""

from __future__ import annotations

import hashlib
import http.client
import io
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from PIL import Image

from cms.accounts.models import Role
from cms.core import clock
from media_library import actions
from media_library.storage import originals, presets
from tests.factories.accounts import make_user
from tests.factories.media_library import gps_jpeg, make_asset, pdf, picture, wav

pytestmark = pytest.mark.django_db


def body(response: Any) -> bytes:
    return b"".join(response) if response.streaming else response.content


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_released_picture_is_public_and_revalidates(client: Client) -> None:
    asset = make_asset(released=True)
    response = client.get(asset.url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in response
    assert "Cookie" not in response.get("Vary", "")
    data = body(response)
    assert int(response["Content-Length"]) == len(data)
    again = client.get(asset.url, headers={"If-None-Match": "W/" + response["ETag"]})
    assert again.status_code == 304
    assert again["ETag"] == response["ETag"]


@pytest.mark.parametrize("state", ["unreleased", "held", "withdrawn", "expired", "unknown", "misnamed"])
def test_what_may_not_be_served_answers_like_what_does_not_exist(client: Client, state: str) -> None:
    asset = make_asset(released=state in ("withdrawn", "misnamed"))
    now = clock.now()
    address = asset.url
    if state == "held":
        actions.hold([asset], until=now + timedelta(days=1), source_uid=uuid4(), now=now)
        actions.release(asset, now)
    elif state == "withdrawn":
        actions.withdraw(asset, reason="Erreur de légende", now=now)
    elif state == "expired":
        asset.released_at, asset.expires_at = now - timedelta(days=2), now - timedelta(days=1)
        asset.save()
    elif state == "unknown":
        address = f"/media/{uuid4().hex}/photo.jpg"
    elif state == "misnamed":
        address = asset.url.replace(".jpg", ".html")
    nowhere = client.get(f"/media/{uuid4().hex}/nothing.jpg")
    etag = f'"{asset.blob.sha256[:32]}"'
    for headers in ({}, {"If-None-Match": "*"}, {"If-None-Match": etag}, {"Range": "bytes=0-9"}):
        response = client.get(address, headers=headers)
        assert (response.status_code, response.content) == (404, nowhere.content)
        assert "ETag" not in response
        assert "Accept-Ranges" not in response
    assert client.head(address).status_code == 404


def test_staff_may_see_what_is_not_public_yet_and_nothing_keeps_it(client: Client) -> None:
    asset = make_asset()
    client.force_login(make_user("officer"))
    response = client.get(asset.url)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"


def test_an_account_without_the_permission_sees_nothing(client: Client) -> None:
    asset = make_asset()
    client.force_login(make_user("internal"))
    assert client.get(asset.url).status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.PROTOCOL, 404), (Role.OFFICER, 200)])
@pytest.mark.parametrize("state", ["held", "unreleased"])
def test_the_protocol_has_no_file_before_its_hour_and_the_officer_has(
    client: Client, role: Role, status: int, state: str
) -> None:
    asset, now = make_asset(), clock.now()
    if state == "held":
        actions.hold([asset], until=now + timedelta(days=1), source_uid=uuid4(), now=now)
        actions.release(asset, now)
    client.force_login(make_user(role))
    assert client.get(asset.url).status_code == status


def test_holds_keep_every_address_of_an_embargoed_asset_shut(client: Client) -> None:
    """The crawl: all sizes, posters, guesses; the control is the same crawl once the hold is lifted."""
    asset = make_asset(gps_jpeg(), title="CANARI sous embargo", filename="canari.jpg")
    source, now = uuid4(), clock.now()
    actions.prepare_later(asset.image, now=now)
    actions.hold([asset], until=None, source_uid=source, now=now)
    actions.release(asset, now)
    addresses = [asset.url, *(asset.image.address(variant) for variant in presets.BY_SPEC.values())]
    addresses += [
        f"/media/originals/{asset.blob.name}",
        f"/media/{asset.blob.name}",
        "/media/",
        asset.url + "/",
    ]
    found = {address: client.get(address) for address in addresses}
    assert {response.status_code for response in found.values()} == {404}
    assert not any(
        b"CANARI" in response.content or b"canari" in response.content for response in found.values()
    )
    actions.lift_holds(source)
    opened = [address for address in addresses if client.get(address).status_code == 200]
    assert len(opened) == 1 + len(presets.BY_SPEC), "the control: without a hold the crawl finds all sizes"


def test_only_the_sizes_of_the_closed_lists_exist(client: Client) -> None:
    asset = make_asset(released=True)
    stem = f"/media/{asset.uid.hex}"
    for guess in ("width-99999.jpg", "web-333.jpg", "max-1x1", "original", "fill-1x1.webp"):
        assert client.get(f"{stem}/{guess}/photo.jpg").status_code == 404
    assert asset.image.renditions.count() == 0


def test_a_size_is_made_when_first_asked_for_and_only_once(client: Client) -> None:
    asset = make_asset(picture(size=(1400, 900)), released=True)
    address = asset.image.address(presets.BY_NAME["web-720.webp"])
    first, second = client.get(address), client.get(address)
    shown = Image.open(io.BytesIO(body(first)))
    assert (shown.format, shown.size) == ("WEBP", (720, 463))
    assert first["ETag"] == second["ETag"]
    assert asset.image.renditions.count() == 1
    row = asset.image.renditions.get()
    row.file.storage.delete(row.file.name)
    assert body(client.get(address)) != b"", "a lost file is made again"


def test_a_document_is_saved_never_shown(client: Client) -> None:
    asset = make_asset(pdf(), "note d'information.pdf", released=True)
    response = client.get(asset.url)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    digest = hashlib.sha256(body(response)).digest()
    import base64

    assert response["Repr-Digest"] == f"sha-256=:{base64.b64encode(digest).decode()}:"


@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        ("bytes=0-9", 206, (0, 10)),
        ("bytes=10-", 206, (10, None)),
        ("bytes=-7", 206, (-7, None)),
        ("bytes=0-999999999999", 200, (0, None)),
        ("bytes=5-2", 200, (0, None)),
        ("bytes=abc", 200, (0, None)),
        ("bytes=0-1,4-5", 200, (0, None)),
        ("lines=0-1", 200, (0, None)),
        ("bytes=999999999-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
def test_one_range_is_answered_and_no_other(client: Client, asked: str, status: int, expected: Any) -> None:
    asset = make_asset(wav(), "son.wav", released=True)
    with originals().open(asset.blob.name) as file:
        whole = file.read()
    response = client.get(asset.url, headers={"Range": asked})
    assert response.status_code == status
    if expected is None:
        assert response["Content-Range"] == f"bytes */{len(whole)}"
        return
    part = whole[expected[0] : expected[1]]
    assert body(response) == part
    if status == 206:
        start = whole.index(part) if expected[0] >= 0 else len(whole) - 7
        assert response["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(whole)}"


def test_if_range_never_splices_two_versions(client: Client) -> None:
    asset = make_asset(wav(), "son.wav", released=True)
    etag = client.get(asset.url)["ETag"]
    for condition, status in (
        (etag, 206),
        ('"other"', 200),
        (f"W/{etag}", 200),
        ("Tue, 05 Feb 2019 10:00:00 GMT", 200),
    ):
        headers = {"Range": "bytes=0-3", "If-Range": condition}
        assert client.get(asset.url, headers=headers).status_code == status
    assert client.get(asset.url, headers={"If-Match": '"other"'}).status_code == 412
    assert client.get(asset.url, headers={"If-Match": etag}).status_code == 200


def test_head_tells_all_but_the_bytes(client: Client) -> None:
    asset = make_asset(wav(), "son.wav", released=True)
    head, got = client.head(asset.url), client.get(asset.url)
    same = ("ETag", "Content-Length", "Accept-Ranges", "Repr-Digest", "Content-Type", "Content-Disposition")
    assert [head[name] for name in same] == [got[name] for name in same]
    assert body(head) == b""


def test_a_get_never_writes_and_other_verbs_are_refused(client: Client) -> None:
    asset = make_asset(released=True)
    response = client.post(asset.url)
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"


def test_behind_nginx_the_bytes_are_left_to_it(client: Client, settings: Any) -> None:
    settings.MEDIA_ACCEL_PREFIX = "/-/private/"
    asset = make_asset(pdf(), "Été à Ségou.pdf", released=True)
    response = client.get(asset.url)
    assert response["X-Accel-Redirect"] == f"/-/private/originals/{asset.blob.name}"
    assert response.content == b""
    assert client.get(asset.url, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_download_is_resumed_to_the_exact_bytes(live_server: Any) -> None:
    """Over a real socket, cut every 64 kB: the bytes received are those of the file and hardly more."""
    data = wav(40)
    asset = make_asset(data, "entretien.wav", released=True)
    host = urlsplit(live_server.url).netloc
    got, etag, wire = b"", None, 0
    while len(got) < len(data):
        connection = http.client.HTTPConnection(host, timeout=10)
        headers = {"Range": f"bytes={len(got)}-", "If-Range": etag} if etag else {}
        connection.request("GET", asset.url, headers=headers)
        response = connection.getresponse()
        assert response.status == (206 if etag else 200)
        etag = response.headers["ETag"]
        piece = response.read(65_536)
        got += piece
        wire += len(piece)
        connection.close()
    assert got == data
    assert wire <= len(data) * 1.05
