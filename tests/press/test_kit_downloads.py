"""Downloads of kits and of their files: counted by day, of nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.contacts import actions as contacts
from cms.core import clock, formats
from media_library.models import AssetDownload
from media_library.storage import presets
from press import actions
from press.models import KitDownload
from tests.factories.accounts import make_user
from tests.factories.contacts import make_contact
from tests.factories.media_library import make_asset, pdf
from tests.factories.press import make_kit
from tests.press.test_views_doors import inside, open_to
from tests.support.kits import BROWSER, body_of, built_kit, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]


def counted(page):
    return {
        tier: KitDownload.objects.filter(kit=page.kit, tier=tier).values_list("count", flat=True).first() or 0
        for tier in ("light", "press", "print")
    }


def test_a_whole_download_counts_once_however_often_the_line_drops(client, room):
    page = built_kit(room, picture())
    path = f"{page.public_path}archive-light.zip"
    tag = client.get(path, headers=BROWSER).headers["ETag"]
    for start in (1000, 2000, 3000):
        headers = BROWSER | {"range": f"bytes={start}-", "if-range": tag}
        assert client.get(path, headers=headers).status_code == 206
    assert counted(page) == {"light": 1, "press": 0, "print": 0}
    row = KitDownload.objects.get()
    assert {field.name for field in row._meta.fields} == {"id", "kit", "tier", "day", "count"}, "nobody in it"


@pytest.mark.parametrize(
    "asked",
    [
        {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"user-agent": "WhatsApp/2.23.20.0"},
        {"user-agent": ""},
        BROWSER | {"sec-purpose": "prefetch"},
        BROWSER | {"range": "bytes=0-1"},
        BROWSER | {"range": "bytes=999999999-"},
        BROWSER | {"if-none-match": "*"},
    ],
)
def test_what_is_no_download_by_a_person_counts_nothing(client, room, asked):
    page = built_kit(room, picture())
    client.get(f"{page.public_path}archive-light.zip", headers=asked)
    client.head(f"{page.public_path}archive-light.zip", headers=BROWSER)
    assert counted(page)["light"] == 0
    client.get(f"{page.public_path}archive-light.zip", headers=BROWSER | {"range": "bytes=0-"})
    assert counted(page)["light"] == 1, "the control"


def test_single_files_count_in_the_sizes_that_are_taken(client, room):
    asset = picture("un", released=True)
    taken, shown = presets.BY_NAME["press.jpg"], presets.BY_NAME["web-320.webp"]
    for variant in (taken, shown, taken):
        assert client.get(asset.image.address(variant), headers=BROWSER).status_code == 200
    hidden = picture("deux", (10, 90, 40))
    client.force_login(make_user("officer"))
    assert client.get(hidden.image.address(taken), headers=BROWSER).status_code == 200
    rows = AssetDownload.objects.values_list("asset", "variant", "count")
    assert list(rows) == [(asset.pk, "press.jpg", 2)], "what the team looks at before its hour is no download"


def test_the_downloads_of_a_kit_are_drawn_for_those_who_may_see_them(client, room):
    asset = picture("un")
    page = built_kit(room, asset)
    today = formats.local(clock.now()).date()
    for days, tier, count in ((0, "light", 12), (3, "light", 5), (3, "print", 2), (90, "press", 1000)):
        KitDownload.objects.create(kit=page.kit, tier=tier, day=today - timedelta(days=days), count=count)
    AssetDownload.objects.create(asset=asset, variant="press.jpg", day=today, count=7)
    address = reverse("press_kit_downloads", args=[page.kit_id])
    client.force_login(make_user("protocol"))
    assert client.get(address).status_code in (302, 403)
    client.force_login(make_user("officer"))
    response = client.get(address)
    html = response.content.decode().replace("\u202f", " ").replace("\xa0", " ")
    assert html.count('<rect class="day-light"') == 3, "two parts of bars in thirty days, one bar of a file"
    assert html.count('<rect class="day-print"') == 1
    assert "19 en tout ; le jour le plus chargé en compte 12" in html
    assert "1 000" in html
    assert (
        "Téléchargements" in client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    )


def test_each_file_of_a_kit_has_its_days_drawn_in_as_many_queries_for_thirty_as_for_one(client, room):
    asset = picture("un")
    page = make_kit(room, assets=[asset])
    address = reverse("press_kit_downloads", args=[page.kit_id])
    client.force_login(make_user("officer"))
    assert 'class="day-row"' not in client.get(address).content.decode(), "nothing taken yet"
    today = formats.local(clock.now()).date()
    for days, variant, count in (
        (0, "press.jpg", 4),
        (0, "light.jpg", 3),
        (29, "print", 2),
        (30, "print", 9),
    ):
        AssetDownload.objects.create(
            asset=asset, variant=variant, day=today - timedelta(days=days), count=count
        )
    with CaptureQueriesContext(connection) as one:
        html = client.get(address).content.decode()
    assert html.count('<rect class="day-file"') == 2, "a bar a day, all sizes together; not the day before"
    assert ': 7" viewBox' in html or ': 7">' in html, "the busiest day is said"
    more = [make_asset(pdf(), f"note-{n}.pdf") for n in range(29)]
    actions.add_assets(page.kit, assets=more, user=None, now=clock.now())
    for other in more:
        AssetDownload.objects.create(asset=other, day=today, count=1)
    with CaptureQueriesContext(connection) as thirty:
        html = client.get(address).content.decode()
    assert html.count('class="day-row"') == 30
    assert len(one) == len(thirty)


def test_a_download_is_had_although_it_cannot_be_counted(client, room):
    page = built_kit(room, picture())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE press_kitdownload RENAME TO press_kitdownload_away")
    response = client.get(f"{page.public_path}archive-light.zip", headers=BROWSER)
    assert response.status_code == 200
    assert body_of(response)


def test_an_archive_that_the_team_takes_is_no_download(client, room):
    page = built_kit(room, picture())
    path = f"{page.public_path}archive-press.zip"
    client.force_login(make_user("officer"))
    assert client.get(path, headers=BROWSER).status_code == 200
    assert counted(page)["press"] == 0
    client.logout()
    client.get(path, headers=BROWSER)
    client.force_login(make_user("journalist"))
    client.get(path, headers=BROWSER)
    assert counted(page)["press"] == 2, "the control: anybody, and a journalist with an account"


def test_an_archive_taken_before_its_hour_is_no_download_of_the_public(room):
    page = built_kit(room, picture(), until=clock.now() + timedelta(days=1))
    awa = make_contact(name="Awa")
    contacts.grant_accreditation(contact=awa, now=clock.now())
    open_to(page, awa)
    client = inside(awa)
    path = f"{page.public_path}archive-press.zip"
    assert client.get(path, headers=BROWSER).status_code == 200
    assert counted(page)["press"] == 0
    actions.lift_kit_embargo(page.kit, user=None, now=clock.now())
    assert client.get(path, headers=BROWSER).status_code == 200
    assert counted(page)["press"] == 1, "the control"
