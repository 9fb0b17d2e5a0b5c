"""The team's screens on a telephone: nothing is cut at the right edge of 360 pixels."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cms.core import clock, formats
from media_library.models import AssetDownload
from press.models import Coverage, KitDownload
from press.models.coverage import Medium
from tests.factories.media_library import make_asset
from tests.factories.press import make_kit, make_release, make_room

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# What is shown and ends right of the screen, but for what can be scrolled to in a box that does not. Wagtail scrolls
# inside its own frame: the width of the document alone says nothing.
CUT = """() => {
  const ends = one => one.getBoundingClientRect().right
  const reached = one => {
    for (let up = one.parentElement; up && up.tagName !== 'MAIN'; up = up.parentElement)
      if (['auto', 'scroll'].includes(getComputedStyle(up).overflowX) && ends(up) <= innerWidth + 1) return true
    return false
  }
  return [...document.querySelectorAll('main *')]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().width > 1)
    .filter(one => ends(one) > innerWidth + 1 && !reached(one))
    .map(one => `${one.tagName} ${one.className} ${Math.round(ends(one))}`)
}"""


@pytest.fixture
def room(transactional_db: None) -> Any:
    return make_room()


def test_the_screens_of_the_team_are_cut_nowhere_on_a_telephone(
    room: Any, officer: Any, live_server: Any, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    asset = make_asset(title="Une foire des compétences de la diaspora à Ségou", alt="Une foire")
    kit = make_kit(room, assets=[asset])
    today = formats.local(clock.now()).date()
    AssetDownload.objects.create(asset=asset, variant="press.jpg", day=today, count=1200)
    KitDownload.objects.create(kit=kit.kit, tier="light", day=today, count=1200)
    release = make_release(room)
    Coverage.objects.create(
        outlet="Office de radiodiffusion télévision du Mali",
        programme="Journal parlé du soir",
        medium=Medium.RADIO,
        said_date=date(2018, 5, 1),
        title="Les experts de la diaspora enseignent à Ségou",
    )
    officer.set_viewport_size({"width": 360, "height": 1600})
    for address in (
        reverse("press_at_once"),
        reverse("press_release_files", args=[release.release_id]),
        reverse("media_library_shelf"),
        reverse("media_library_uploads"),
        reverse("press_coverage:index"),
        reverse("press_coverage_report") + "?year=2018",
        reverse("press_kit_downloads", args=[kit.kit_id]),
        reverse("media_library_downloads", args=[asset.uid.hex]),
    ):
        officer.goto(live_server.url + address)
        expect(officer.locator("main h1, main table.listing").first).to_be_visible()
        assert officer.evaluate(CUT) == [], address
