"""A kit by its link: in no list for anybody, open to who was handed a link, until its day or until it is closed."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cms.core import clock
from cms.core.models import Audience, ThingLog
from media_library import actions as library
from media_library.models import Asset, ShareLink
from press import actions, queries
from press.models import Kit, KitDownload, Release
from tests.factories.accounts import make_user
from tests.factories.press import in_english, make_release
from tests.support.kits import BROWSER, body_of, built_kit, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
DAYS = timedelta(days=7)


def by_link(room, *assets, **words):
    """A published kit for whoever has its link, its archives built."""
    page = built_kit(room, *assets, audience=Audience.LINK, **words)
    return page, Kit.objects.get(pk=page.kit_id)


def handed(kit, **about):
    now = clock.now()
    return actions.share_kit(
        kit, **({"note": "Agence", "user": None, "expires_at": now + DAYS, "now": now} | about)
    )


def files_of(html):
    """The addresses of files in a page."""
    return [part.split('"')[0].split(" ")[0] for part in html.split("/file/")[1:]]


def test_a_kit_by_its_link_stands_nowhere_and_opens_whole_by_its_link(client, room):
    asset = picture("secret")
    page, kit = by_link(room, asset, title="Dossier réservé")
    link = handed(kit)
    for path in ("", "archive-light.zip", "archive-press.zip"):
        assert client.get(page.public_path + path).status_code == 404
    assert client.get(asset.url).status_code == 404
    shown = client.get(link.path)
    html = shown.content.decode()
    assert shown.status_code == 200
    assert "Dossier réservé" in html
    assert "no-store" in shown.headers["Cache-Control"]
    assert shown.headers["X-Robots-Tag"].startswith("noindex")
    assert page.public_path not in html, "nothing leads to the address that opens to nobody"
    assert "/media/" not in html
    assert files_of(html)
    for one in files_of(html):
        answer = client.get(f"{link.path}file/{one}")
        assert (answer.status_code, "no-store" in answer.headers["Cache-Control"]) == (200, True)
    archive = client.get(f"{link.path}archive-press.zip")
    assert "no-store" in archive.headers["Cache-Control"]
    assert "Content-Location" not in archive.headers
    with zipfile.ZipFile(io.BytesIO(body_of(archive))) as package:
        assert "4-photographies/secret.jpg" in package.namelist()
    own = html.split("archive-press-")[1].split('"')[0]
    assert client.get(f"{link.path}archive-press-{own}", headers={"range": "bytes=10-"}).status_code == 206
    assert client.get(f"{link.path}archive-huge.zip").status_code == 404
    assert client.get(f"{link.path}fr/autre").status_code == 404


@pytest.mark.parametrize(
    "why", ["revoked", "past", "withdrawn", "embargoed", "ended", "for others", "unpublished"]
)
def test_a_link_that_opens_no_more_answers_like_one_that_never_was(client, room, why):
    asset, now = picture("secret"), clock.now()
    page, kit = by_link(room, asset)
    link = handed(kit)
    paths = [
        link.path,
        f"{link.path}archive-light.zip",
        link.path + "file/" + asset.url.removeprefix("/media/"),
    ]
    assert [client.get(path).status_code for path in paths] == [200, 200, 200], "the control"
    if why == "revoked":
        actions.unshare_kit(kit, link, user=None, now=now)
    elif why == "past":
        ShareLink.objects.filter(pk=link.pk).update(
            created_at=now - 2 * DAYS, expires_at=now - timedelta(seconds=1)
        )
    elif why == "withdrawn":
        actions.withdraw_kit(kit, reason="Erreur.", user=None, now=now)
    elif why == "embargoed":
        # As a release that is joined to it would bring it under its own embargo.
        Kit.objects.filter(pk=kit.pk).update(embargo_until=now + DAYS)
    elif why == "ended":
        Kit.objects.filter(pk=kit.pk).update(expires_at=now - timedelta(seconds=1))
    elif why == "for others":
        actions.set_audience(kit, audience=Audience.JOURNALISTS, user=None, now=now)
    else:
        page.unpublish()
    never = client.get("/s/" + "A" * 43 + "/")
    for path in paths[: 2 if why == "unpublished" else 3]:
        answer = client.get(path)
        assert (answer.status_code, answer.content) == (404, never.content)


def test_openings_and_files_taken_are_counted_of_nobody(client, room):
    _page, kit = by_link(room, picture("secret"))
    link = handed(kit)
    client.head(link.path)
    for _time in range(2):
        client.get(link.path, headers=BROWSER)
    client.get(f"{link.path}archive-light.zip", headers=BROWSER)
    client.get(f"{link.path}archive-light.zip", headers=BROWSER | {"range": "bytes=100-"})
    client.get(f"{link.path}archive-huge.zip", headers=BROWSER)
    link.refresh_from_db()
    assert (link.opened_count, link.taken_count) == (2, 1)
    assert KitDownload.objects.get().count == 1
    assert not client.cookies


def test_the_english_page_opens_below_the_link_and_leads_on_through_it(client, room):
    page, kit = by_link(room, picture("secret"), title="Dossier")
    english = in_english(page, slug="kit-en", title="Kit for partners")
    link = handed(kit)
    html = client.get(link.path).content.decode()
    assert f'href="{link.path}en/"' in html
    shown = client.get(f"{link.path}en/")
    assert shown.headers["Content-Language"] == "en"
    assert "Kit for partners" in shown.content.decode()
    assert english.public_path not in shown.content.decode()
    assert f"{link.path}en/archive-light-" in shown.content.decode()
    assert client.get(f"{link.path}en/archive-light.zip").status_code == 200
    assert client.get(f"{link.path}bm/").status_code == 404


def test_a_link_opens_no_file_that_another_thing_keeps_for_other_readers(client, room):
    shared = picture("commune")
    release = make_release(
        room, body=[("image", {"image": shared.image, "caption": "", "decorative": True})], publish=False
    )
    actions.set_audience(release.release, audience=Audience.JOURNALISTS, user=None, now=clock.now())
    release.get_latest_revision().publish()
    _page, kit = by_link(room, shared, picture("propre", (10, 90, 40)))
    link = handed(kit)
    html = client.get(link.path).content.decode()
    assert "Propre" in html
    assert "Commune" not in html
    assert client.get(link.path + "file/" + shared.url.removeprefix("/media/")).status_code == 404
    assert client.get(f"{link.path}archive-light.zip").status_code == 200


def test_only_a_kit_is_for_a_link_and_only_such_a_kit_has_links(room):
    now = clock.now()
    release = make_release(room).release
    kit = built_kit(room, picture("un")).kit
    with pytest.raises(actions.PressError):
        actions.set_audience(release, audience=Audience.LINK, user=None, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(audience=Audience.LINK)
    with pytest.raises(actions.PressError):
        handed(kit)
    with pytest.raises(actions.AlreadyPublic):
        actions.set_audience(kit, audience=Audience.LINK, user=None, now=now)
    hidden = actions.create_kit(name="Réservé", audience=Audience.LINK, user=None, now=now)
    for days in (0, 91):
        with pytest.raises(actions.PressError):
            handed(hidden, expires_at=now + timedelta(days=days), now=now)
    assert not ShareLink.objects.exists()


def test_a_kit_by_its_link_counts_as_no_kit_published(room):
    start, end = clock.now() - DAYS, clock.now() + DAYS
    by_link(room, picture("secret"))
    assert queries.count_kits(start, end) == 0
    built_kit(room, picture("autre", (10, 90, 40)))
    assert queries.count_kits(start, end) == 1


def test_officers_make_and_close_links_beside_the_kit_and_the_protocol_does_not(client, room):
    page, kit = by_link(room, picture("secret"))
    address = reverse("press_kit_links", args=[kit.pk])
    client.force_login(make_user("protocol"))
    assert client.get(address).status_code in (302, 403)
    client.force_login(make_user("officer"))
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert address in edit
    assert "Toute personne qui a le lien" in edit
    assert ">Public<" not in "".join(edit.split()), "nobody is told that everybody reads it"
    for wrong in ({"note": "Agence", "days": "91"}, {"note": "", "days": "7"}):
        assert client.post(address, {"do": "make", **wrong}).status_code == 200
    assert not ShareLink.objects.exists()
    assert client.post(address, {"do": "make", "note": "Agence X", "days": "7"}).status_code == 302
    link = ShareLink.objects.get()
    assert link.url in client.get(address).content.decode()
    other = library.share(
        assets=Asset.objects.all(), note="", user=None, expires_at=clock.now() + DAYS, now=clock.now()
    )
    assert client.post(address, {"do": "close", "link": other.uid.hex}).status_code == 404
    assert client.post(address, {"do": "close", "link": "x"}).status_code == 404
    assert Client().get(link.path).status_code == 200
    for _time in range(2):
        assert client.post(address, {"do": "close", "link": link.uid.hex}).status_code == 302
    assert Client().get(link.path).status_code == 404
    done = ThingLog.objects.filter(thing_uid=kit.uid, action__startswith="link.").order_by("pk")
    assert [(line.action, line.reason) for line in done] == [
        ("link.made", "Agence X"),
        ("link.closed", "Agence X"),
    ]


def test_the_form_of_a_kit_offers_the_link_and_that_of_a_release_does_not(client, room):
    client.force_login(make_user("officer"))
    for model, index, offered in (("kitpage", room.kits, True), ("releasepage", room.releases, False)):
        html = client.get(reverse("wagtailadmin_pages:add", args=["press", model, index.pk])).content.decode()
        assert ('value="link"' in html) is offered
