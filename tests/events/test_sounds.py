"""Sounds ready for broadcast of an event open with its page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cms.accounts.actions.roles import grant_page_permissions
from cms.core import clock
from cms.core.queries import site_root
from events.models import EventPage
from media_library import actions as library
from tests.factories.accounts import make_user
from tests.factories.media_library import make_asset, wav

pytestmark = pytest.mark.django_db
WORDS = {"speaker": "Awa Sy", "language": "français", "verbatim": "Nous ouvrons la semaine du programme."}


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_sound_that_joins_an_announced_event_is_heard_on_its_page_and_in_json(
    client: Client, page: EventPage
) -> None:
    asset = make_asset(wav(), "ouverture.wav")
    library.add_sound(page=page, asset=asset, words=WORDS, user=None, now=clock.now())
    html = client.get(page.public_path).content.decode()
    assert WORDS["verbatim"] in html
    assert f'src="{asset.url}"' in html
    assert client.get(asset.url).status_code == 200
    (said,) = client.get(page.public_path, headers={"accept": "application/json"}).json()["sounds"]
    assert said["speaker"] == "Awa Sy"


def test_a_sound_of_an_event_not_announced_yet_opens_with_its_publication(
    client: Client, page: EventPage
) -> None:
    page.unpublish()
    page.refresh_from_db()
    asset = make_asset(wav(), "ouverture.wav")
    library.add_sound(page=page, asset=asset, words=WORDS, user=None, now=clock.now())
    assert client.get(asset.url).status_code == 404
    page.save_revision().publish()
    assert client.get(asset.url).status_code == 200


def test_the_way_to_the_sounds_stands_beside_the_event(client: Client, page: EventPage) -> None:
    grant_page_permissions(site_root())
    client.force_login(make_user("officer"))
    edit = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert reverse("media_library_sounds", args=[page.event.uid.hex]) in edit
