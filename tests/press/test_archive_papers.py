"""Releases that lie as PDF in a kit's archives: which, and what closes or renews an archive that holds them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from cms.core import actions as core
from cms.core import clock
from cms.core.models import Audience
from cms.pages.models import Organisation
from media_library import actions as library
from media_library.models import Archive
from press import actions, tasks
from press.models import KitArchive
from tests.factories.accounts import make_user
from tests.factories.press import in_english, make_kit, make_release
from tests.support.kits import body_of, picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_places(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    formats = settings.CACHES["formats"] | {"LOCATION": str(tmp_path / "formats")}
    settings.CACHES = settings.CACHES | {"formats": formats}


def kit_of(room, *, releases=1, **about):
    """A published kit of one picture with public releases, its archives built."""
    page = make_kit(room, assets=[picture("un")], **about)
    told = [make_release(room, kit=page.kit) for _number in range(releases)]
    tasks.sweep_archives()
    return page, told


def papers_in(client, page, tier="press"):
    """The names of the releases in an archive as it is served now, or the status in its place."""
    response = client.get(f"{page.public_path}archive-{tier}.zip")
    if response.status_code != 200:
        return response.status_code
    with zipfile.ZipFile(io.BytesIO(body_of(response))) as package:
        return {name for name in package.namelist() if name.startswith("0-communiques/")}


def own_address(page, tier="press"):
    return (
        page.public_path + KitArchive.objects.select_related("archive").get(kit=page.kit, tier=tier).own_name
    )


def test_press_and_print_archives_hold_the_releases_of_the_kit_as_pdf_in_each_language(client, room):
    page = make_kit(room, assets=[picture("un")])
    release = make_release(
        room, kit=page.kit, slug="annonce", title="Une annonce", body=[("paragraph", "<p>Ségou.</p>")]
    )
    in_english(release, slug="news", title="News")
    release.create_alias(parent=room.releases, update_slug="ailleurs")
    tasks.sweep_archives()
    release.release.refresh_from_db()
    number = f"CP-{release.release.year}-{release.release.number:03}"
    names = {f"0-communiques/{number}-annonce.pdf", f"0-communiques/{number}-news.pdf"}
    assert papers_in(client, page, "press") == papers_in(client, page, "print") == names
    assert papers_in(client, page, "light") == set()
    with zipfile.ZipFile(io.BytesIO(body_of(client.get(f"{page.public_path}archive-press.zip")))) as package:
        data = package.read(f"0-communiques/{number}-annonce.pdf")
        said = json.loads(package.read("MANIFEST.json"))["files"]
    assert "Ségou." in pypdfium2.PdfDocument(data)[0].get_textpage().get_text_range()
    assert ("Une annonce", hashlib.sha256(data).hexdigest()) in {
        (one["title"], one["sha256"]) for one in said
    }
    assert tasks.sweep_archives() == 0


def test_a_release_under_embargo_is_left_out_and_joins_after_its_hour(client, room):
    page = make_kit(room, assets=[picture("un")])
    release = make_release(room, kit=page.kit, until=clock.now() + timedelta(days=1))
    tasks.sweep_archives()
    assert papers_in(client, page) == set()
    actions.lift_embargo(release.release, user=None, now=clock.now())
    assert papers_in(client, page) == set(), "what is built stays until it is built with it"
    assert tasks.sweep_archives() == 2
    assert len(papers_in(client, page)) == 1


def test_a_draft_and_what_is_for_others_is_left_out(client, room):
    page = make_kit(room, assets=[picture("un")])
    make_release(room, kit=page.kit, publish=False)
    reserved = make_release(room, kit=page.kit, publish=False)
    actions.set_audience(reserved.release, audience=Audience.JOURNALISTS, user=None, now=clock.now())
    reserved.get_latest_revision().publish()
    mine = make_kit(room, assets=[picture("deux", (9, 90, 9))], audience=Audience.JOURNALISTS)
    tasks.sweep_archives()
    assert papers_in(client, page) == set()
    actions.attach_kit(reserved.release, kit=mine.kit, user=None, now=clock.now())
    tasks.sweep_archives()
    client.force_login(make_user("journalist"))
    assert len(papers_in(client, mine)) == 1, "in a kit for the same readers it is"
    assert papers_in(Client(), mine) == 404


def test_a_withdrawn_release_closes_the_archives_that_hold_it_at_once(client, room):
    page, (release, _other) = kit_of(room, releases=2)
    old = own_address(page)
    assert len(papers_in(client, page)) == 2
    assert client.get(old).status_code == 200
    actions.withdraw(release.release, reason="Erreur.", user=None, now=clock.now())
    assert (papers_in(client, page), client.get(old).status_code) == (503, 410)
    assert papers_in(client, page, "light") == set(), "the one without stays open"
    assert tasks.build_archives(page.kit_id) == 2, "as the button's ring has it done"
    assert len(papers_in(client, page)) == 1
    assert client.get(old).status_code == 410


def test_a_picture_that_may_not_be_shown_any_more_closes_the_archives_of_the_release_that_shows_it(
    client, room
):
    shown = picture("montree", (9, 90, 9))
    page = make_kit(room, assets=[picture("un")])
    make_release(
        room, kit=page.kit, body=[("image", {"image": shown.image, "caption": "", "decorative": True})]
    )
    tasks.sweep_archives()
    digest = KitArchive.objects.get(kit=page.kit, tier="press").archive.digest
    assert len(papers_in(client, page)) == 1
    library.withdraw(shown, reason="Consentement retiré.", now=clock.now())
    assert papers_in(client, page) == 503
    assert tasks.sweep_archives() == 2
    assert len(papers_in(client, page)) == 1
    assert KitArchive.objects.get(kit=page.kit, tier="press").archive.digest != digest


def test_new_words_make_a_new_archive_and_a_draft_of_them_closes_none(client, room):
    page, (release,) = kit_of(room)
    before = own_address(page)
    release.refresh_from_db()
    release.title = "Un titre corrigé"
    revision = release.save_revision()
    assert client.get(before).status_code == 200
    revision.publish()
    assert papers_in(client, page) == 503
    assert tasks.sweep_archives() == 2
    assert own_address(page) != before
    assert client.get(before).status_code == 410


def test_another_letterhead_renews_the_archives_which_are_offered_meanwhile(client, room):
    page, _releases = kit_of(room)
    before = own_address(page)
    assert tasks.sweep_archives() == 0
    Organisation.objects.create(site=Site.objects.get(is_default_site=True), phone="+223 20 22 23 24")
    assert client.get(before).status_code == 200
    assert tasks.sweep_archives() == 2
    assert own_address(page) != before


def test_an_archive_with_releases_has_the_same_bytes_whenever_it_is_made(room):
    page, _releases = kit_of(room, releases=2)
    first = dict(KitArchive.objects.values_list("tier", "archive__digest"))
    KitArchive.objects.update(archive=None, built="")
    Archive.objects.all().delete()
    caches["formats"].clear()
    assert tasks.sweep_archives() == 3
    assert dict(KitArchive.objects.values_list("tier", "archive__digest")) == first
    assert page.kit.former_archives.count() == 0


def test_an_archive_asks_the_same_questions_of_one_release_and_of_four(client, room):
    asked = set()
    for count in (1, 4):
        page, _releases = kit_of(room, releases=count)
        path = f"{page.public_path}archive-press.zip"
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        asked.add(len(seen.captured_queries))
    assert len(asked) == 1
    assert max(asked) <= 10


def test_kits_in_a_list_cost_the_same_whatever_their_archives_hold(client, room):
    asked = []
    path = "/++api++/fr/presse/dossiers?fullobjects=1"
    for _round in range(2):
        kit_of(room, releases=1)
        client.get(path)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(path).status_code == 200
        asked.append(len(seen.captured_queries))
    assert asked[0] == asked[1]


def test_an_archive_whose_file_is_lost_is_built_again(client, room):
    page, _releases = kit_of(room)
    row = KitArchive.objects.select_related("archive").get(kit=page.kit, tier="press")
    Path(row.archive.path).unlink()
    assert client.get(own_address(page)).status_code == 404, "the control"
    assert tasks.sweep_archives() == 1
    assert client.get(own_address(page)).status_code == 200


def test_an_archive_that_other_fonts_draw_otherwise_leaves_its_old_address_gone(client, room):
    """The same content, other bytes: as after a move to another machine, or an update of what draws the sheet."""
    page, _releases = kit_of(room)
    row = KitArchive.objects.select_related("archive").get(kit=page.kit, tier="press")
    Path(row.archive.path).unlink()
    Archive.objects.filter(pk=row.archive_id).update(digest="ab" * 32)
    old = own_address(page)
    tasks.sweep_archives()
    assert own_address(page) != old
    assert client.get(old).status_code == 410
    assert client.get(old.replace("abab.zip", "abac.zip")).status_code == 404, "one that it never had"


def test_words_of_a_release_that_is_saved_by_the_team_are_those_of_the_archive(client, room):
    """Publishing through the action that screens and API share, not only by a revision."""
    page, (release,) = kit_of(room)
    core.edit_page(release, changes={"lead": "Un autre chapô."}, user=None, now=clock.now(), publish=True)
    assert tasks.sweep_archives() == 2
    with zipfile.ZipFile(io.BytesIO(body_of(client.get(f"{page.public_path}archive-press.zip")))) as package:
        name = next(name for name in package.namelist() if name.startswith("0-communiques/"))
        text = pypdfium2.PdfDocument(package.read(name))[0].get_textpage().get_text_range()
    assert "Un autre chapô." in text
