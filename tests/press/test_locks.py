"""Two officers at once: whatever they do to a release, its kit and its files, neither is told of a deadlock."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.db.models import F

from cms.core import actions as core
from cms.core import clock
from cms.core.models import SitePage
from media_library.models import Asset, Hold
from press import actions
from press.models import Kit, Release, ReleasePage
from tests.factories.press import Room, make_kit, make_release
from tests.press.test_holds import picture
from tests.support.queues import queued

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def room(stocked_room: Room, transactional_db: None, settings: Any, tmp_path: Any) -> Room:
    settings.MEDIA_ROOT = tmp_path
    return deepcopy(stocked_room)


def with_its_picture_in_its_kit(room: Room) -> tuple[Asset, Kit, Release]:
    asset, until = picture(), clock.now() + DAY
    kit = make_kit(room, assets=[asset], until=until).kit
    release = make_release(room, card_image=asset.image, until=until, kit=kit).release
    return asset, kit, release


def test_a_kit_is_filled_while_the_embargo_of_its_release_moves(room):
    asset, kit, release = with_its_picture_in_its_kit(room)
    other, later = picture("autre"), clock.now() + DAY + HOUR
    raised = queued(
        Kit.objects.filter(pk=kit.pk),
        lambda: actions.set_items(kit, items=[(asset, ""), (other, "")], user=None, now=clock.now()),
        lambda: actions.set_embargo(release, until=later, user=None, now=clock.now()),
    )
    assert raised == [None, None]
    held = Hold.objects.filter(source_uid=kit.uid, until=later)
    assert set(held.values_list("asset_id", flat=True)) == {asset.pk, other.pk}


def test_control_files_locked_before_the_kit_are_a_deadlock(room):
    asset, kit, _release = with_its_picture_in_its_kit(room)

    @transaction.atomic
    def lock(*rows: Any) -> None:
        for row in rows:
            type(row).objects.select_for_update().get(pk=row.pk)

    raised = queued(Kit.objects.filter(pk=kit.pk), lambda: lock(kit, asset), lambda: lock(asset, kit))
    (error,) = [error for error in raised if error is not None]
    assert isinstance(error, OperationalError)
    assert "deadlock" in str(error)


def test_two_releases_and_their_kits_that_share_files_crosswise_move_at_once(room):
    first, second = picture("un"), picture("deux")
    until, later = clock.now() + DAY, clock.now() + DAY + HOUR
    crossed = [
        make_release(
            room, card_image=own.image, until=until, kit=make_kit(room, assets=[other], until=until).kit
        ).release
        for own, other in ((second, first), (first, second))
    ]

    def move(release: Release) -> Any:
        return lambda: actions.set_embargo(release, until=later, user=None, now=clock.now())

    gate = Asset.objects.filter(pk__in=[first.pk, second.pk])
    assert queued(gate, *(move(release) for release in crossed)) == [None, None]


# Words and thing -----------------------------------------------------------------------------------------------
def publish_again(page: Any) -> None:
    """As an approval does: one transaction, page and signals in it."""
    with transaction.atomic():
        page.get_latest_revision().publish()


def edit_through_the_api(page: Any) -> None:
    core.edit_page(page, changes={"lead": "Autre chapô."}, user=None, now=clock.now(), publish=True)


def delete(page: Any) -> None:
    page.delete()


def unpublish(page: Any) -> None:
    with transaction.atomic():
        page.unpublish()


@pytest.mark.parametrize("door", [publish_again, edit_through_the_api, unpublish, delete])
def test_a_text_is_published_edited_or_taken_away_while_its_embargo_moves(room, door):
    later = clock.now() + DAY + HOUR
    page = make_release(room, until=clock.now() + DAY)
    release = Release.objects.get(pk=page.release_id)
    raised = queued(
        Release.objects.filter(pk=release.pk),
        lambda: actions.set_embargo(release, until=later, user=None, now=clock.now()),
        lambda: door(page),
    )
    assert raised == [None, None]
    assert not ReleasePage.objects.filter(pk=page.pk).exclude(public_from=later).exists()


def test_control_a_page_touched_before_its_release_is_a_deadlock(room):
    page = make_release(room, until=clock.now() + DAY)
    release = Release.objects.get(pk=page.release_id)

    @transaction.atomic
    def page_first() -> None:
        SitePage.objects.filter(pk=page.pk).update(version=F("version") + 1)
        publish_again(page)

    raised = queued(
        Release.objects.filter(pk=release.pk),
        lambda: actions.set_embargo(release, until=clock.now() + 2 * DAY, user=None, now=clock.now()),
        page_first,
    )
    assert [type(error) for error in raised if error is not None] == [OperationalError]
