"""The desk of a release or kit: buttons that come late, copies that are none, and what its screens are called."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.urls import reverse
from wagtail.models import Page

from cms.accounts.models import Role
from cms.core import clock
from cms.core.models import ThingLog
from press import actions
from press.models import Release, ReleasePage
from press.templatetags.press import log_line
from tests.factories.accounts import make_user
from tests.factories.press import make_kit, make_release
from tests.press.test_admin import button

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client, room):
    user = make_user(Role.OFFICER)
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("verb", "sent"),
    [
        ("number", {"number": "7", "year": "2020"}),
        ("details", {"kind": "note", "reference": "N° 12"}),
        ("kit", {"kit": ""}),
    ],
)
def test_a_button_that_was_open_before_a_withdrawal_changes_nothing_after_it(
    client, room, officer, verb, sent
):
    page = make_release(room, kit=make_kit(room).kit)
    actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    before = Release.objects.filter(pk=page.release_id).values().get()
    answer = client.post(button("release", page.release, verb), sent)
    assert "plus rien n’y change" in answer.content.decode()
    assert Release.objects.filter(pk=page.release_id).values().get() == before


def test_every_screen_of_the_press_room_has_its_name_as_its_first_heading(client, room, officer):
    release, kit = make_release(room).release_id, make_kit(room).kit_id
    screens = {
        "press_release_files": [release],
        "press_posts": [release],
        "press_followup": ["release", release],
        "press_early": ["release", release],
        "press_kit_contents": [kit],
        "press_kit_downloads": [kit],
        "press_word": [],
        "press_at_once": [],
        "press_requests": [],
        "press_coverage_imports": [],
    }
    for name, keys in screens.items():
        answer = client.get(reverse(name, args=keys))
        assert (name, answer.status_code, answer.content.count(b"<h1")) == (name, 200, 1)


def test_a_release_or_kit_is_not_copied_into_a_second_text_of_one_number(client, room, officer):
    page, kit = make_release(room), make_kit(room)
    for one in (page, kit):
        address = reverse("wagtailadmin_pages:copy", args=[one.pk])
        assert client.get(address).status_code == 302
        body = {"new_title": "Autre", "new_slug": "autre", "new_parent_page": one.get_parent().pk}
        client.post(address, body)
        listed = client.get(reverse("wagtailadmin_explore", args=[one.get_parent().pk])).content.decode()
        assert address not in listed
    assert ReleasePage.objects.filter(release=page.release).count() == 1
    assert not Page.objects.filter(slug="autre").exists()


def test_an_officer_who_withdraws_before_the_hour_reads_that_nothing_is_left(client, room, officer):
    early = make_release(room, until=clock.now() + timedelta(days=1))
    for page, sentence in ((early, "ne trouve rien à sa place"), (make_release(room), "à sa place")):
        said = client.post(button("release", page.release, "withdraw"), {"reason": "Annulé."}, follow=True)
        assert sentence in said.content.decode()
        assert ("ne trouve rien" in said.content.decode()) == (page is early)


def test_a_list_is_copied_without_its_releases_alone(client, room):
    client.force_login(make_user(Role.ADMIN))
    page = make_release(room)
    address = reverse("wagtailadmin_pages:copy", args=[room.releases.pk])
    body = {
        "new_title": "Archives",
        "new_slug": "archives",
        "new_parent_page": room.releases.get_parent().pk,
    }
    said = client.post(address, {**body, "copy_subpages": "on"}, follow=True).content.decode()
    assert "ne se copient pas" in unescape(said)
    assert ReleasePage.objects.filter(release=page.release).count() == 1
    alone = client.post(address, body, follow=True).content.decode()
    assert "ne se copient pas" not in unescape(alone)


def test_every_act_that_the_log_of_a_release_or_kit_names_is_told_in_words():
    source = "".join(file.read_text() for file in Path(actions.__file__).parent.glob("*.py"))
    acts = set(re.findall(r'action="([a-z_.]+)"', source))
    assert {"early.given", "withdrawn"} <= acts
    assert {act for act in acts if log_line(ThingLog(action=act)) == act} == set()
