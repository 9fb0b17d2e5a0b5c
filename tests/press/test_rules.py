"""What keeps a page from being published, by every door: pictures nobody has described, a date of another year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import streamfield

from cms.core import clock
from cms.core.actions import edit_page, publish_due, publish_page
from cms.core.models import NotReady
from media_library.models import Asset, AssetText
from press import actions
from press.models import KitPage, ReleasePage
from tests.core.test_approval import press
from tests.core.test_scheduled import overdue, scheduled
from tests.factories.accounts import make_user
from tests.factories.core import locale
from tests.factories.media_library import make_asset, pdf
from tests.factories.press import Room, make_kit, make_release, refreshed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
SENTENCE = "« Vue » (berge.jpg) : dites dans la médiathèque ce que montre l’image"


@pytest.fixture
def mute(room: Room) -> Asset:
    """A picture of which nobody has said anything."""
    return make_asset(filename="berge.jpg", title="Vue")


def shown(asset: Asset, *, decorative: bool = False) -> list[Any]:
    return [("image", {"image": asset.image, "caption": "Au bord du fleuve.", "decorative": decorative})]


def describe(asset: Asset, language: str = "fr", **words: Any) -> None:
    AssetText.objects.update_or_create(asset=asset, locale=locale(language), defaults=words)


def fresh(page: Any) -> Any:
    """The page as the next request reads it."""
    return type(page).objects.get(pk=page.pk)


def is_out(page: Any) -> bool:
    return bool(fresh(page).live)


def draft(room: Room, asset: Asset, **words: Any) -> ReleasePage:
    return make_release(room, publish=False, body=shown(asset, **words))


# Pictures that nobody has described ---------------------------------------------------------------------------
def test_a_page_is_published_when_its_picture_is_told_in_words(room, mute):
    page = draft(room, mute)
    with pytest.raises(NotReady) as refused:
        publish_page(page, user=None, now=clock.now())
    assert [message[: len(SENTENCE)] for message in refused.value.messages] == [SENTENCE]
    assert not is_out(page)
    assert mute.released_at is None
    describe(mute, alt="Des pirogues sur le fleuve.")
    publish_page(fresh(page), user=None, now=clock.now())
    assert is_out(page)


@pytest.mark.parametrize("body", ["image", "gallery"])
def test_a_picture_is_found_wherever_it_stands(room, mute, body):
    told = make_asset(title="Autre", alt="Un atelier.")
    images = [shown(one)[0][1] for one in (told, mute)]
    block = ("gallery", {"title": "", "images": images}) if body == "gallery" else ("image", images[1])
    with pytest.raises(NotReady, match="berge"):
        make_release(room, body=[block])


def test_the_controls_what_is_decorative_or_told_in_the_pages_own_language_goes_out(room, mute):
    assert is_out(make_release(room, body=shown(mute, decorative=True)))
    describe(mute, decorative=True)
    assert is_out(make_release(room, body=shown(mute)))
    described = make_asset(title="Autre", alt="Un atelier.")
    assert is_out(make_release(room, body=shown(described)))


def test_a_caption_in_another_language_is_no_description(room, mute):
    describe(mute, "en", caption="On the river.", alt="Boats on the river.")
    with pytest.raises(NotReady):
        make_release(room, body=shown(mute))


def test_the_editors_button_says_it_and_keeps_what_was_typed(client, room, mute):
    page = draft(room, mute)
    client.force_login(make_user("officer"))
    body = streamfield([("image", {"image": mute.image.pk, "caption": "Vue tapée"})])
    answer = press(client, page, **{"body": body, "lead": "Chapô tapé", "action-publish": "1"})
    assert SENTENCE in answer.content.decode()
    assert "Chapô tapé" in answer.content.decode()
    assert not is_out(page)


def test_an_approval_and_several_pages_at_once_are_refused_with_the_sentence(client, room, mute):
    page, other = draft(room, mute), make_release(room, publish=False)
    officer, editor = make_user("officer"), make_user("editor")
    state = page.get_workflow().start(page, officer)
    client.force_login(editor)
    doors = [
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.current_task_state.pk]),
        reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        + f"?id={other.pk}&id={page.pk}",
    ]
    for door in doors:
        answer = client.post(door, {"include_descendants": ""}, follow=True)
        assert SENTENCE in answer.content.decode(), door
        assert not is_out(page)
    assert not is_out(other), "all of them, or none"
    state.refresh_from_db()
    assert state.status == "in_progress"


def test_what_lost_its_description_before_its_hour_waits_for_it(room, mute):
    with pytest.raises(NotReady):
        scheduled(room, clock.now() + timedelta(hours=1), body=shown(mute))
    describe(mute, alt="Des pirogues.")
    page = scheduled(room, clock.now() + timedelta(hours=1), body=shown(mute))
    describe(mute, alt="")
    overdue(page)
    assert publish_due(now=clock.now()) == 0
    assert not is_out(page)
    describe(mute, alt="Des pirogues.")
    assert publish_due(now=clock.now()) == 1
    assert is_out(page)


def test_a_published_page_does_not_take_such_a_picture(room, mute):
    page = make_release(room)
    with pytest.raises(NotReady):
        edit_page(page, changes={"body": shown(mute)}, user=None, now=clock.now(), publish=True)
    kept = edit_page(fresh(page), changes={"body": shown(mute)}, user=None, now=clock.now())
    assert kept.get_latest_revision_as_object().body[0].block_type == "image", "a draft does"


def test_a_kit_goes_out_and_is_filled_with_described_pictures_alone(room, mute):
    document = make_asset(pdf(), "note.pdf")
    with pytest.raises(NotReady, match="berge"):
        make_kit(room, assets=[mute, document])
    page = make_kit(room, assets=[document])
    with pytest.raises(actions.PressError, match="berge"):
        actions.add_assets(page.kit, assets=[mute], user=None, now=clock.now())
    assert list(page.kit.items.values_list("asset", flat=True)) == [document.pk]
    describe(mute, alt="Des pirogues.")
    actions.add_assets(page.kit, assets=[mute], user=None, now=clock.now())
    assert page.kit.items.count() == 2


def test_a_kit_that_is_a_draft_takes_what_will_be_described_later(room, mute):
    page = make_kit(room, assets=[mute], publish=False)
    assert page.kit.items.count() == 1
    assert not KitPage.objects.get(pk=page.pk).live


# A date of another year ---------------------------------------------------------------------------------------
def dated(room: Room, year: int, **words: Any) -> ReleasePage:
    return make_release(room, dateline_date=date(year, 6, 1), **words)


@pytest.mark.parametrize("slip", [-2, 2, 36])
def test_a_text_dated_in_another_year_takes_no_number_there(room, slip):
    year = clock.now().year + slip
    with pytest.raises(NotReady, match=f"daté de {year}"):
        dated(room, year)


@pytest.mark.parametrize("step", [-1, 0, 1])
def test_the_year_before_and_the_year_after_pass(room, step):
    year = clock.now().year + step
    assert refreshed(dated(room, year)).year == year


def test_an_old_text_goes_out_once_it_has_its_number(room):
    page = dated(room, 2017, publish=False)
    actions.change_number(page.release, number=41, year=2017, user=None, now=clock.now())
    publish_page(page, user=None, now=clock.now())
    assert refreshed(page).label == "CP n° 2017/041"


def test_what_waits_for_an_hour_of_another_year_is_dated_in_it(room):
    hour = clock.now() + timedelta(days=3 * 366)
    assert is_out(dated(room, hour.year, until=hour))
    with pytest.raises(NotReady):
        dated(room, hour.year)


def test_the_editors_button_says_that_the_date_is_wrong(client, room):
    page = make_release(room, publish=False)
    client.force_login(make_user("officer"))
    answer = press(client, page, **{"dateline_date": "2062-06-01", "action-publish": "1"})
    assert "Le texte est daté de 2062" in answer.content.decode()
    assert not is_out(page)
    assert press(client, page, **{"dateline_date": "2062-06-01"}).status_code == 302, "a draft may be kept"
