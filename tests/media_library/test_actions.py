"""Releasing, holding, packing, sweeping."""

from __future__ import annotations

import hashlib
import io
import json
import resource
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pypdfium2
import pytest
from django.db import connection

from cms.core.reader import ANONYMOUS, Reader
from media_library import actions, policies, queries
from media_library.models import Archive, Asset, Blob, LibraryImage
from media_library.storage import archives, originals, presets
from tests.factories.core import NOON
from tests.factories.media_library import make_asset, pdf, picture

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def may(asset: Asset, *, reader: Reader = ANONYMOUS, now: Any = NOON) -> bool:
    fresh = Asset.objects.get(pk=asset.pk)
    answer = policies.may_serve(fresh, reader=reader, now=now)
    found = queries.visible(reader=reader, now=now).filter(pk=asset.pk).exists()
    assert answer == found, "the policy and the query say the same"
    return answer


def test_a_hold_keeps_a_released_asset_until_its_very_instant() -> None:
    asset, source = make_asset(), uuid4()
    actions.hold([asset], until=NOON + DAY, source_uid=source, now=NOON)
    actions.release(asset, NOON)
    assert not may(asset)
    assert not may(asset, now=NOON + DAY - timedelta(microseconds=1))
    assert may(asset, now=NOON + DAY)


def test_a_reader_with_a_grant_has_it_before_but_not_once_withdrawn() -> None:
    asset, source = make_asset(), uuid4()
    actions.hold([asset], until=None, source_uid=source, now=NOON)
    journalist = Reader(grants=frozenset({source}))
    assert may(asset, reader=journalist)
    assert not may(asset, reader=Reader(grants=frozenset({uuid4()})))
    actions.withdraw(asset, reason="x", now=NOON)
    assert not may(asset, reader=journalist)


def test_what_is_public_cannot_be_held_and_the_officer_reads_why() -> None:
    free, public = make_asset(), make_asset(released=True)
    with pytest.raises(actions.AlreadyPublic, match=public.title):
        actions.hold([free, public], until=NOON + DAY, source_uid=uuid4(), now=NOON)
    assert not free.holds.exists(), "all or none"


def test_a_hold_is_moved_and_lifted_by_its_own_source_alone() -> None:
    asset, mine, other = make_asset(), uuid4(), uuid4()
    actions.hold([asset], until=NOON + DAY, source_uid=mine, now=NOON)
    actions.hold([asset], until=NOON + 2 * DAY, source_uid=mine, now=NOON)
    actions.hold([asset], until=None, source_uid=other, now=NOON)
    actions.release(asset, NOON)
    assert asset.holds.count() == 2
    actions.lift_holds(mine)
    assert not may(asset)
    actions.lift_holds(other)
    assert may(asset)


def test_expiry_and_withdrawal_end_what_was_public() -> None:
    asset = make_asset(released=True, expires_at=NOON + DAY)
    assert may(asset)
    assert not may(asset, now=NOON + DAY)
    actions.withdraw(asset, reason="Erreur", now=NOON)
    assert not may(asset)
    with pytest.raises(actions.NotReleasable):
        actions.release(asset, NOON)
    actions.restore(asset, now=NOON)
    assert not may(asset), "restored is not released"
    actions.release(asset, NOON)
    assert may(asset)


def entries(*assets: Asset) -> list[actions.Entry]:
    return [actions.Entry(asset, "press") for asset in assets]


def test_the_same_things_make_the_same_bytes() -> None:
    one, two = make_asset(filename="Été.jpg"), make_asset(pdf(), "note.pdf", caption="Une note")
    first = actions.build_archive(entries=entries(one, two), now=NOON)
    bytes_before = Path(first.path).read_bytes()
    Path(first.path).unlink()
    again = actions.build_archive(entries=reversed(entries(one, two)), now=NOON + 9 * DAY)
    assert again.pk == first.pk
    assert again.digest == first.digest == hashlib.sha256(bytes_before).hexdigest()
    assert again.size == len(bytes_before)


def test_an_archive_holds_files_sums_manifest_and_credits_that_agree() -> None:
    assets = [
        make_asset(filename="Été à Ségou.jpg", credit="Awa"),
        make_asset(filename="Été à Ségou.jpg"),
        make_asset(pdf(), "n.pdf"),
    ]
    archive = actions.build_archive(entries=entries(*assets), now=NOON)
    with zipfile.ZipFile(archive.path) as package:
        assert package.testzip() is None
        members = {member.filename: member for member in package.infolist()}
        assert {member.compress_type for member in members.values()} == {zipfile.ZIP_STORED}
        assert not any(member.flag_bits & 0x08 for member in members.values()), "no data descriptors"
        assert {member.date_time for member in members.values()} == {(1980, 1, 1, 0, 0, 0)}
        manifest = json.loads(package.read("MANIFEST.json"))["files"]
        sums = dict(
            reversed(line.split("  ", 1)) for line in package.read("SHA256SUMS").decode().splitlines()
        )
        assert len(manifest) == 3
        assert set(sums) == set(members) - {"SHA256SUMS"}, "`sha256sum -c` finds every other file named"
        assert {hashlib.sha256(package.read(name)).hexdigest() for name in sums} == set(sums.values())
        for entry in manifest:
            data = package.read(entry["name"])
            assert hashlib.sha256(data).hexdigest() == entry["sha256"] == sums[entry["name"]]
            assert len(data) == entry["size"]
        assert "Crédit : Awa" in package.read("CREDITS.txt").decode().replace("\u00a0", " ")
        assert any(name.startswith("Été-à-Ségou-2") for name in members)


def test_the_contact_sheet_shows_each_file_under_its_name_and_credit() -> None:
    assets = [
        make_asset(filename=f"vue-{number:02d}.jpg", credit="Photo Awa (Ségou)") for number in range(13)
    ]
    entries_ = [actions.Entry(asset, "light", "2-photographies") for asset in assets]
    made = actions.Made("CP-1.pdf", pdf(), "Un communiqué", "1-communiques")
    archive = actions.build_archive(entries=entries_, made=[made], title="Dossier « Vingt ans »", now=NOON)
    with zipfile.ZipFile(archive.path) as package:
        names = package.namelist()
        document = pypdfium2.PdfDocument(package.read("PLANCHE-CONTACT.pdf"))
    assert "1-communiques/CP-1.pdf" in names
    assert "2-photographies/vue-12.jpg" in names
    assert len(document) == 2, "twelve a page"
    said = "".join(page.get_textpage().get_text_bounded() for page in document)
    assert said.count("Photo Awa (Ségou)") == 13
    assert "Dossier « Vingt ans »" in said
    assert all(asset.filename in said for asset in assets)
    pictures = [one for page in document for one in page.get_objects() if one.type == 3]
    assert len(pictures) == 13
    assert document.get_metadata_value("Title") == "Dossier « Vingt ans »"


def test_a_picture_that_cannot_be_read_is_named_and_no_archive_is_made() -> None:
    asset = make_asset(title="Vue du fleuve")
    Path(originals().path(asset.blob.name)).write_bytes(b"no picture any more")
    with pytest.raises(actions.ArchiveBusy, match="Vue du fleuve"):
        actions.build_archive(entries=entries(asset), now=NOON)
    assert not Archive.objects.exists()


def test_what_changes_makes_another_archive_and_what_is_withdrawn_is_left_out() -> None:
    one, two = make_asset(), make_asset(expires_at=NOON + DAY)
    whole = actions.build_archive(entries=entries(one, two), now=NOON)
    later = actions.build_archive(entries=entries(one, two), now=NOON + DAY)
    assert later.digest != whole.digest
    assert later.entry_count == 1
    one.credit = "Autre crédit"
    one.save()
    assert actions.build_archive(entries=entries(one, two), now=NOON).digest != whole.digest
    actions.withdraw(one, reason="x", now=NOON)
    one.refresh_from_db()
    assert actions.build_archive(entries=entries(one, two), now=NOON).entry_count == 1


def test_a_full_disk_leaves_no_half_archive_and_no_row() -> None:
    """The kernel refuses to write more than 100 kB per file: what a full disk does, without needing one."""
    asset = make_asset(picture(size=(1600, 1200), quality=95))
    actions.rendition(asset.image, presets.BY_NAME["press.jpg"])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(actions.ArchiveBusy):
            actions.build_archive(entries=entries(asset), now=NOON)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not Archive.objects.exists()
    assert not [path for path in Path(archives().location).rglob("*") if path.is_file()]
    assert actions.build_archive(entries=entries(asset), now=NOON).size > 100_000


@pytest.mark.django_db(transaction=True)
def test_five_who_ask_at_once_get_one_archive_and_one_file_per_size() -> None:
    asset = make_asset(picture(size=(1200, 800)))

    def ask(_number: int) -> str:
        try:
            row = Asset.objects.get(pk=asset.pk)
            actions.prepare(row.image, now=NOON)
            return actions.build_archive(entries=entries(row), now=NOON).digest
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        digests = set(pool.map(ask, range(5)))
    assert len(digests) == 1
    assert Archive.objects.count() == 1
    assert len([path for path in Path(archives().location).rglob("*") if path.is_file()]) == 1
    specs = list(asset.image.renditions.values_list("filter_spec", flat=True))
    assert len(specs) == len(set(specs)) == len(presets.PUBLIC) + 2


def test_unused_bytes_wait_thirty_days_and_used_ones_for_ever() -> None:
    kept, gone = make_asset(), make_asset()
    name = gone.blob.name
    gone.image.delete()
    assert not Asset.objects.filter(pk=gone.pk).exists()
    assert originals().exists(name), "nobody else's delete removes bytes"
    actions.sweep(now=NOON)
    actions.sweep(now=NOON + 29 * DAY)
    assert originals().exists(name)
    assert actions.sweep(now=NOON + 30 * DAY)["removed"] == 1
    assert Blob.objects.get() == kept.blob


def test_swept_bytes_leave_the_disk_while_their_row_is_still_locked() -> None:
    """Were it after the commit, who sends the same bytes in between would find the file, and lose it."""
    gone = make_asset()
    name = gone.blob.name
    gone.image.delete()
    actions.sweep(now=NOON)
    actions.sweep(now=NOON + 31 * DAY)
    assert not originals().exists(name), "this test's transaction has not ended"


def test_an_archive_that_nothing_offers_goes_after_thirty_days_with_its_file() -> None:
    archive = actions.build_archive(entries=entries(make_asset()), now=NOON)
    assert actions.sweep(now=NOON + 29 * DAY)["archives"] == 0
    assert actions.sweep(now=NOON + 31 * DAY)["archives"] == 1
    assert not Archive.objects.exists()
    assert not Path(archive.path).exists()


@pytest.mark.django_db(transaction=True)
def test_swept_bytes_leave_the_disk_and_those_sent_again_meanwhile_stay() -> None:
    data, other = picture(), picture()
    first, second = make_asset(data), make_asset(other)
    names = [first.blob.name, second.blob.name]
    for asset in (first, second):
        asset.image.delete()
    actions.sweep(now=NOON)
    make_asset(data)
    actions.sweep(now=NOON + 31 * DAY)
    assert [originals().exists(name) for name in names] == [True, False]


def test_a_list_of_pictures_costs_the_same_whatever_its_length(django_assert_max_num_queries: Any) -> None:
    for _ in range(6):
        make_asset(released=True, alt="Un champ", caption="Niono")
    with django_assert_max_num_queries(6):
        for asset in queries.whole(queries.public(now=NOON)):
            assert asset.text_in("fr")
            assert queries.size_of(asset, "press") is None
            assert asset.image.address(presets.BY_NAME["web-720.webp"])


def test_replacing_and_importing_share_one_blob_for_equal_bytes() -> None:
    data = picture()
    one = make_asset(data)
    two = actions.import_file(fileobj=io.BytesIO(data), filename="autre.jpeg", title="Autre", now=NOON)
    assert one.blob == two.blob
    assert two.filename == "autre.jpg"
    assert LibraryImage.objects.get(asset=two).file.name == one.blob.name
