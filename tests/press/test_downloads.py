"""A kit's archive over real sockets: the site's own server, and nginx of the production shape before it."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import time

import pikepdf
import pytest

from cms.core import clock
from press import actions
from press.models import KitArchive
from tests.factories.media_library import make_asset
from tests.factories.press import make_kit, make_room
from tests.support.downloads import ask, rest_of, slow_reader, take, web

pytestmark = pytest.mark.django_db(transaction=True)
SIZE = 6_000_000


@pytest.fixture
def kit(settings, tmp_path):
    """A kit with an archive of six megabytes, built."""
    settings.MEDIA_ROOT = tmp_path / "media"
    pdf, body = pikepdf.new(), io.BytesIO()
    picture = pdf.make_stream(os.urandom(SIZE))
    picture.Type, picture.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    picture.Width, picture.Height, picture.BitsPerComponent = 2000, 1000, 8
    picture.ColorSpace = pikepdf.Name.DeviceRGB
    pdf.add_blank_page().Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    pdf.save(body)
    page = make_kit(make_room(), assets=[make_asset(body.getvalue(), "rapport.pdf", now=clock.now())])
    actions.build_archives(page.kit, now=clock.now())
    return page


@pytest.mark.parametrize("accel", [False, True], ids=["own", "nginx"])
def test_a_download_is_resumed_and_slow_readers_hold_nobody_up(kit, tmp_path, accel):
    archive = KitArchive.objects.select_related("archive").get(kit=kit.kit, tier="press")
    path, row = kit.public_path + archive.own_name, archive.archive
    with web(tmp_path, media=tmp_path / "media", accel=accel) as (address, _pid):
        _validators_and_ranges(address, path, row)
        taken = take(address, path, drop_every=1_500_000)
        assert hashlib.sha256(taken.data).hexdigest() == row.digest
        assert taken.connections >= 4
        assert taken.wire <= 1.05 * row.size
        # more than there are threads behind nginx (24); of them, not all, without it
        slow = [slow_reader(address, path) for _ in range(40 if accel else 16)]
        time.sleep(0.5)
        began = time.monotonic()
        assert ask(address, kit.public_path).status == 200
        assert time.monotonic() - began < 5
        for line in slow:
            _head, _blank, body = rest_of(line).partition(b"\r\n\r\n")
            assert len(body) == row.size, "slow, but not cut"
        assert ask(address, f"/-/private/archives/{row.name}").status == 404
        actions.set_items(kit.kit, items=[], user=None, now=clock.now())
        assert ask(address, path, Range="bytes=100-").status in (404, 410)


def _validators_and_ranges(address, path, row):
    whole = ask(address, path, "HEAD")
    etag = f'"{row.digest[:32]}"'
    assert (whole.status, whole.headers["etag"], whole.body) == (200, etag, b""), (
        "the same with nginx and without"
    )
    assert whole.headers["content-length"] == str(row.size)
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "public, no-cache"
    digest = base64.b64encode(bytes.fromhex(row.digest)).decode()
    assert whole.headers["repr-digest"] == f"sha-256=:{digest}:"
    assert whole.headers["content-disposition"].startswith("attachment")
    assert whole.headers["content-type"] == "application/zip"
    part = ask(address, path, Range="bytes=100-199", If_Range=etag)
    assert (part.status, len(part.body)) == (206, 100)
    assert part.headers["content-range"] == f"bytes 100-199/{row.size}"
    assert part.headers["etag"] == etag
    for wrong in ('"other"', f"W/{etag}"):
        assert ask(address, path, Range="bytes=100-199", If_Range=wrong).status == 200, "never spliced"
    assert ask(address, path, Range=f"bytes={row.size}-").status == 416
    assert ask(address, path, Range=f"bytes={row.size}-").headers["content-range"] == f"bytes */{row.size}"
    assert ask(address, path, Range="bytes=0-1,4-5").status == 200, "several parts are no resumed download"
    assert ask(address, path, If_None_Match=etag).status == 304
    assert ask(address, path, If_Match='"other"').status == 412
