"""How often one file was taken, drawn for the team by size and day, in a kit or not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.core import clock, formats
from media_library.models import Asset, AssetDownload
from media_library.queries.downloads import DAYS, counts_of
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset, pdf

pytestmark = pytest.mark.django_db


def screen(asset: Asset) -> str:
    return reverse("media_library_downloads", args=[asset.uid.hex])


def take(asset: Asset, variant: str, count: int, *, days: int = 0) -> date:
    day = formats.local(clock.now()).date() - timedelta(days=days)
    AssetDownload.objects.create(asset=asset, variant=variant, day=day, count=count)
    return day


def test_a_file_that_nobody_took_says_so(officer: Client) -> None:
    asset = make_asset(pdf(), "note.pdf")
    html = officer.get(screen(asset)).content.decode()
    assert "Ce fichier n’a pas encore été pris." in html
    assert "Rien n’a été pris ces jours-ci." in html
    assert '<rect class="day-' not in html


def test_a_picture_is_drawn_by_size_and_day(officer: Client) -> None:
    asset, other = make_asset(), make_asset()
    take(asset, "light.jpg", 5)
    take(asset, "print", 2)
    take(asset, "", 1)
    take(asset, "press.jpg", 4, days=DAYS - 1)
    take(asset, "press.jpg", 1000, days=DAYS)
    take(other, "light.jpg", 77)  # of no other file in these sums
    html = officer.get(screen(asset)).content.decode().replace("\u202f", " ").replace("\xa0", " ")
    bars = {size: html.count(f'<rect class="day-{size}"') for size in ("light", "press", "print", "file")}
    assert bars == {"light": 1, "press": 1, "print": 1, "file": 0}, "the whole picture has two addresses"
    assert "12 en tout ; le jour le plus chargé en compte 8" in html
    assert "<td>4</td><td>1 004</td>" in html, "lately, and ever"
    assert "<td>3</td><td>3</td>" in html
    assert "style=" not in html.partition("<section>")[2].partition("</section>")[0]


def test_a_document_is_drawn_as_one_size(officer: Client) -> None:
    asset = make_asset(pdf(), "note.pdf")
    take(asset, "", 6)
    html = officer.get(screen(asset)).content.decode()
    assert html.count('<rect class="day-file"') == 1
    assert "Le fichier" in html


def test_only_who_may_see_downloads_finds_and_opens_the_screen(officer: Client) -> None:
    asset = make_asset(pdf(), "note.pdf")
    edit = reverse("wagtaildocs:edit", args=[asset.document.pk])
    assert screen(asset) in officer.get(edit).content.decode()
    assert officer.post(screen(asset)).status_code == 405
    assert officer.get(screen(asset)).status_code == 200
    protocol = Client()
    protocol.force_login(make_user("protocol"))
    assert protocol.get(screen(asset)).status_code in (302, 403)
    assert screen(asset) not in protocol.get(edit).content.decode()
    assert Client().get(screen(asset)).status_code == 302, "to the sign-in"


def test_thirty_files_are_counted_in_as_many_queries_as_one(officer: Client) -> None:
    assets = [make_asset(pdf(), f"note-{number}.pdf") for number in range(30)]
    for number, asset in enumerate(assets):
        take(asset, "", number + 1)
    today = formats.local(clock.now()).date()
    with CaptureQueriesContext(connection) as one:
        assert counts_of(assets[:1], today=today)[assets[0].pk].taken.lately == 1
    with CaptureQueriesContext(connection) as thirty:
        found = counts_of(assets, today=today)
    assert [found[asset.pk].taken.ever for asset in assets] == list(range(1, 31))
    assert len(one) == len(thirty) == 2
