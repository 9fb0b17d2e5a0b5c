"""An archive's own address: resumed there, and gone when the archive is."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from cms.core import clock
from media_library import actions as library
from media_library.models import Asset
from press import actions, tasks
from press.models import KitArchive
from tests.support.kits import body_of, built_kit, own_addresses, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


def test_a_broken_download_goes_on_where_it_stopped(client, room):
    page = built_kit(room, picture())
    path = f"{page.public_path}archive-light.zip"
    whole = client.get(path)
    data, tag = body_of(whole), whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert not tag.startswith("W/")
    half = len(data) // 2
    rest = client.get(path, headers={"range": f"bytes={half}-", "if-range": tag})
    assert rest.status_code == 206
    assert data[:half] + body_of(rest) == data
    assert client.get(path, headers={"range": f"bytes={half}-", "if-range": '"other"'}).status_code == 200
    assert client.head(path).headers["Content-Length"] == str(len(data))


def test_an_archives_own_address_gives_these_bytes_and_never_others(client, room):
    """What `wget -c` begun on an old address would splice: without a digest in it, nothing tells."""
    page = built_kit(room, picture("un"))
    old = own_addresses(client, page)["light"]
    assert old in client.get(page.public_path).content.decode()
    whole = client.get(old)
    assert whole.status_code == 200
    assert whole.headers["Content-Location"] == old
    assert hashlib.sha256(body_of(whole)).hexdigest().startswith(old[-20:-4])
    actions.add_assets(page.kit, assets=[picture("deux", (10, 90, 40))], user=None, now=clock.now())
    for _moment in ("before", "after"):
        gone = client.get(old, headers={"range": "bytes=100-"})
        assert (gone.status_code, gone.headers["Cache-Control"]) == (410, "no-store")
        assert client.head(old).status_code == 410
        tasks.sweep_archives()
    new = own_addresses(client, page)["light"]
    assert new != old
    assert client.get(new).status_code == 200
    assert client.get(old.replace(old[-20:-4], "0" * 16)).status_code == 404, "it never had this one"
    assert client.get(old.replace("-light-", "-print-")).status_code == 404


@pytest.mark.parametrize("how", ["withdrawn", "expired"])
def test_an_asset_that_may_not_be_used_any_more_closes_the_old_address_for_good(client, room, how):

    asset = picture("un")
    page = built_kit(room, asset, picture("deux", (10, 90, 40)))
    old, now = own_addresses(client, page)["press"], clock.now()
    if how == "withdrawn":
        library.withdraw(asset, reason="Consentement retiré.", now=now)
    else:
        Asset.objects.filter(pk=asset.pk).update(
            released_at=now - timedelta(days=2), expires_at=now - timedelta(seconds=1)
        )
    assert client.get(old).status_code == 410, "at once"
    tasks.sweep_archives()
    assert client.get(old).status_code == 410
    assert own_addresses(client, page)["press"] != old


def test_an_old_address_says_nothing_to_who_may_not_read_the_kit(client, room):
    page = built_kit(room, picture("un"))
    old = own_addresses(client, page)["light"]
    actions.withdraw_kit(page.kit, reason="Erreur.", user=None, now=clock.now())
    assert client.get(old).status_code == 404


def test_the_old_address_says_gone_also_where_the_only_file_was_withdrawn(client, room):
    asset = picture("un")
    page = built_kit(room, asset)
    own = page.public_path + KitArchive.objects.select_related("archive").get(tier="press").own_name
    assert client.get(own).status_code == 200
    library.withdraw(asset, reason="Droits.", now=clock.now())
    assert client.get(own).status_code == 410
    tasks.sweep_archives()
    assert client.get(own).status_code == 410, "nor when its row has gone"
    assert client.get(f"{page.public_path}archive-press.zip").status_code == 404
