"""The embargo, channel by channel: before its instant no trace, from it on everything, with no cron job.

The canary stands in title, lead, body, slug, file name and EXIF of an embargoed release with its kit, its
translation, an alias, and a public page that points at it.
"""

from __future__ import annotations

import re
import shutil
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from cms.core import clock
from cms.core.models import SitePage
from cms.core.registry import Refused
from press import actions, mail
from press.models import ReleasePage
from tests.factories.accounts import make_user
from tests.factories.press import make_release
from tests.support.embargo import CANARY, CONDITIONS, JSON, World, counts, lay_world, leaks, lists

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def laid_world(laid_room, tmp_path_factory) -> tuple[World, Path]:
    """The world and the folder of its files, made once: the tests get copies of both."""
    media = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=media):
        return lay_world(laid_room), media


@pytest.fixture
def world(laid_world, db, settings, tmp_path) -> World:
    found, media = laid_world
    settings.MEDIA_ROOT = shutil.copytree(media, tmp_path / "media")
    return deepcopy(found)


def test_before_the_instant_no_list_feed_search_or_map_has_a_trace(client, world):
    assert leaks(client, world) == []


def test_before_the_instant_the_totals_are_those_without_it(client, world):
    with_it = counts(client)
    SitePage.objects.filter(thing_uid__in=[world.page.release.uid, world.kit_page.kit.uid]).update(live=False)
    assert counts(client) == with_it


def test_before_the_instant_every_address_answers_as_if_it_were_not_there(client, world):
    """GET and HEAD, whatever the conditions: the same status, bytes and headers as for what does not exist."""

    def said(response):
        kept = {k: v for k, v in response.headers.items() if k.lower() not in ("x-request-id",)}
        return response.status_code, kept, b"" if response.streaming else response.content

    for path in world.paths:
        absent = re.sub(CANARY.lower(), "absentement", path)
        if path.startswith("/media/"):
            absent = re.sub(r"/media/[0-9a-f]{32}", "/media/" + "0" * 32, absent)
        for method, accept, condition in product(
            (client.get, client.head), ("text/html", "application/json"), CONDITIONS
        ):
            headers = {"accept": accept, **condition}
            here, nowhere = said(method(path, headers=headers)), said(method(absent, headers=headers))
            assert here[0] == 404, (path, headers)
            assert _neutral(here) == _neutral(nowhere), (path, headers)


def _neutral(answer):
    """What was asked may be said back (the address); nothing else may differ."""
    status, headers, body = answer
    text = body.decode(errors="replace")
    text = re.sub(rf"(?i){CANARY}|absentement", "X", text)
    text = re.sub(r"[0-9a-f]{32}", "U", text)
    kept = {k: v for k, v in headers.items() if k not in ("Content-Length", "ETag")}
    return status, kept, text


def test_a_former_address_leads_to_a_text_from_its_instant_on_alone(
    client, laid_room, db, django_capture_on_commit_callbacks
):
    """Wagtail remembers where a live page stood before: before its hour it names it to nobody."""
    page = make_release(deepcopy(laid_room), slug="ancienne-adresse", until=clock.now() + timedelta(hours=1))
    former = page.public_path
    with django_capture_on_commit_callbacks(execute=True):
        page.slug = f"{CANARY.lower()}-ailleurs"
        page.save_revision().publish()
    for path in (former, former.rstrip("/"), f"{former}?a=1"):
        answer = client.get(path)
        assert answer.status_code == 404, path
        assert CANARY.lower() not in answer.text.casefold()
        assert "Location" not in answer.headers
    actions.lift_embargo(page.release, user=None, now=clock.now())
    answer = client.get(former)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (301, "public, no-cache")
    assert answer.headers["Location"] == ReleasePage.objects.get(pk=page.pk).public_path
    actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    assert client.get(former, follow=True).status_code == 410


def test_at_its_instant_every_channel_has_it_without_any_job(client, world):
    actions.lift_embargo(world.page.release, user=None, now=clock.now())
    silent = {
        # what never names another page's title
        "html /fr/presse/contacts/",
        "html /en/",
        "application/json /fr/",
        "application/json /fr/presse/",
        "html /sitemap-news.xml",
    }
    expected = {f"{headers.get('accept', 'html')} {path}" for path, headers in lists(world)}
    assert expected - silent - set(leaks(client, world)) == set()
    for path in world.paths:
        status = client.get(path).status_code
        assert status in (200, 503) if path.endswith(".zip") else status == 200, path


def test_the_same_channels_leak_to_whom_embargoes_do_not_bind(client, world):
    """The control: with the policy open (an officer reads), the very same probes find the canary."""
    client.force_login(make_user("officer"))
    found = leaks(client, world)
    assert len(found) > 12, found
    assert client.get(world.page.public_path).status_code == 200
    assert client.get(world.page.public_path).headers["Cache-Control"] == "private, no-store"


def test_at_its_instant_a_shared_link_shows_the_release_and_before_it_nothing(client, world):
    """What messengers read of a page (OpenGraph), and the data block for search engines."""

    def told():
        html = client.get(world.page.public_path).content.decode()
        return re.findall(
            r'<meta property="og:(?:title|url|image)" content="([^"]*)"|"headline":"([^"]*)"', html
        )

    assert told() == []
    actions.lift_embargo(world.page.release, user=None, now=clock.now())
    found = {word for pair in told() for word in pair}
    assert {f"{CANARY} titre", world.page.public_url} <= found


def test_at_its_instant_the_archives_have_the_files_without_any_job(client, world):
    actions.build_archives(world.kit_page.kit, now=clock.now())
    path = f"{world.kit_page.public_path}archive-light.zip"
    assert client.get(path).status_code == 404
    actions.lift_embargo(world.page.release, user=None, now=clock.now())
    response = client.get(path)
    assert response.status_code == 200
    assert CANARY.lower().encode() in b"".join(response.streaming_content)


def test_anonymous_after_an_officer_gets_nothing_cached(client, world):
    officer = Client()
    officer.force_login(make_user("officer"))
    officer.get(world.page.public_path)
    officer.get("/fr/presse/communiques/")
    assert client.get(world.page.public_path).status_code == 404
    assert CANARY not in client.get("/fr/presse/communiques/").content.decode()


def test_a_page_published_before_its_instant_appears_at_it_and_not_a_microsecond_before(world):
    from cms.core.policies import visible
    from cms.core.reader import ANONYMOUS

    until = world.page.release.embargo_until
    pages = ReleasePage.objects.filter(pk=world.page.pk)
    assert not visible(pages, reader=ANONYMOUS, now=until - timedelta(microseconds=1)).exists()
    assert visible(pages, reader=ANONYMOUS, now=until).exists()


def test_delaying_takes_effect_at_once(client, world):
    soon = clock.now() + timedelta(seconds=30)
    actions.set_embargo(world.page.release, until=soon, user=None, now=clock.now())
    later = clock.now() + timedelta(days=30)
    actions.set_embargo(world.page.release, until=later, user=None, now=clock.now())
    world.kit_page.kit.refresh_from_db()
    assert world.kit_page.kit.embargo_until == later
    assert set(world.image.asset.holds.values_list("until", flat=True)) == {later}
    assert leaks(client, world) == []


def test_the_clock_is_the_servers(client, world):
    for query in ("?now=2040-01-01", "?date=2040-01-01T00:00:00Z", "?preview=1", "?version=draft"):
        assert client.get(world.page.public_path + query).status_code == 404


def test_previews_and_editors_are_for_the_team(client, world):
    for path in (
        f"/admin/pages/{world.page.pk}/edit/preview/",
        f"/admin/pages/{world.page.pk}/view_draft/",
        f"/admin/pages/{world.page.pk}/edit/",
        f"/admin/press/release/{world.page.release_id}/lift/",
        f"/admin/pages/{world.page.pk}/history/",
        f"/admin/choose-page/search/?q={CANARY}",
        f"/admin/choose-page/{world.room.releases.pk}/",
        f"/admin/images/chooser/results/?q={CANARY}",
        f"/admin/images/chooser/chosen/{world.image.pk}/",
        f"/admin/press_asset_chooser/results/?q={CANARY}",
        f"/admin/pages/search/?q={CANARY}",
    ):
        response = client.get(path)
        assert response.status_code == 302
        assert "/admin/login/" in response.headers["Location"]
        assert CANARY.encode() not in response.content


def test_mail_of_an_embargoed_release_is_refused_until_its_instant(world):
    @dataclass
    class Mailing:
        source_uid: Any

    mailing = Mailing(world.page.release.uid)
    until = world.page.release.embargo_until
    with pytest.raises(Refused):
        mail.recheck(mailing, clock.now())
    with pytest.raises(Refused):
        mail.recheck(mailing, until - timedelta(microseconds=1))
    mail.recheck(mailing, until)


def test_a_withdrawn_release_leaves_every_list_at_once(client, world):
    actions.lift_embargo(world.page.release, user=None, now=clock.now())
    assert leaks(client, world)
    actions.withdraw(world.page.release, reason="Envoyé par erreur.", user=None, now=clock.now())
    actions.withdraw_kit(world.kit_page.kit, reason="Avec le communiqué.", user=None, now=clock.now())
    found = [place for place in leaks(client, world) if "media" not in place]
    assert found == [], "the library alone keeps what was public: its files are withdrawn one by one"
    response = client.get(world.page.public_path)
    assert response.status_code == 410
    assert "Envoyé par erreur." in response.content.decode()
    assert client.get(world.page.public_path, headers=JSON).status_code == 410
    assert client.get(f"{world.page.public_path}text.txt").status_code == 404
    assert client.get(f"{world.kit_page.public_path}archive-light.zip").status_code == 404


def test_a_release_of_members_is_nobody_elses(client, world):
    for page in ReleasePage.objects.filter(release=world.page.release):
        assert page.audience == "public"
    SitePage.objects.filter(thing_uid=world.page.release.uid).update(
        public_from=clock.now() - timedelta(hours=1), audience="journalists"
    )
    assert client.get(world.page.public_path).status_code == 404
