"""What a release or a kit does to the library's files: opened with it, kept back with it, never forgotten."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from cms.accounts.models import Role
from cms.contacts.models import Contact
from cms.core import clock
from cms.core.reader import ANONYMOUS, Reader
from media_library import actions as library
from media_library import policies, queries
from media_library.models import Asset
from press import actions
from press.models import Kit, Release, ReleasePage
from tests.factories.accounts import make_user
from tests.factories.press import Room, in_english, make_kit, make_release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_media")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def accredited() -> Reader:
    card = Contact()
    card.is_accredited = True
    return Reader(contact=card)


JOURNALIST = accredited()


def picture(name: str = "photo") -> Asset:
    out = io.BytesIO()
    Image.effect_noise((320, 200), 50).convert("RGB").save(out, "JPEG")
    out.seek(0)
    return library.import_file(
        fileobj=out, filename=f"{name}.jpg", title=name, alt=name, now=clock.now() - DAY
    )


def illustrated(room: Room, asset: Asset, **options: Any) -> ReleasePage:
    words = {"image": asset.image, "caption": "", "decorative": True}
    return make_release(room, body=[("image", words)], **options)


def open_at(asset: Asset, at: datetime) -> bool:
    """Whether anybody may have the file at an instant; the policy and the query agree."""
    fresh = Asset.objects.get(pk=asset.pk)
    answer = policies.may_serve(fresh, reader=ANONYMOUS, now=at)
    assert answer == queries.public(now=at).filter(pk=asset.pk).exists()
    return answer


def kept_for_good(asset: Asset) -> bool:
    return not open_at(asset, clock.now()) and not open_at(asset, clock.now() + 30 * DAY)


@pytest.fixture
def until() -> datetime:
    return clock.now() + DAY


# Leaving before the hour ---------------------------------------------------------------------------------------
def test_control_a_release_left_alone_opens_its_files_at_its_hour_and_not_before(room, until):
    asset = picture()
    illustrated(room, asset, until=until)
    assert not open_at(asset, until - timedelta(microseconds=1))
    assert open_at(asset, until)


@pytest.mark.parametrize("leave", ["withdraw", "unpublish", "delete"])
def test_a_release_that_leaves_before_its_hour_keeps_its_files_back(room, until, leave):
    asset = picture()
    page = illustrated(room, asset, until=until)
    if leave == "withdraw":
        actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    else:
        getattr(page, leave)()
    assert kept_for_good(asset)


@pytest.mark.parametrize("leave", ["withdraw", "unpublish", "delete"])
def test_a_kit_that_leaves_before_its_hour_keeps_its_files_back(room, until, leave):
    asset = picture()
    page = make_kit(room, assets=[asset], until=until)
    assert open_at(asset, until)
    if leave == "withdraw":
        actions.withdraw_kit(page.kit, reason="Annulé.", user=None, now=clock.now())
    else:
        getattr(page, leave)()
    assert kept_for_good(asset)


def test_the_files_of_a_withdrawn_release_can_still_be_released_by_an_officer(room, until):
    asset = picture()
    page = illustrated(room, asset, until=until)
    actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    library.release(asset, clock.now())
    assert open_at(asset, clock.now())


def test_a_reader_to_whom_a_withdrawn_release_was_granted_has_its_files_no_more(room, until):
    asset = picture()
    page = illustrated(room, asset, until=until)
    granted = Reader(grants=frozenset({page.release.uid}))
    assert policies.may_serve(asset, reader=granted, now=clock.now())
    actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    assert not policies.may_serve(Asset.objects.get(pk=asset.pk), reader=granted, now=clock.now())


def test_what_was_public_stays_public_when_its_release_or_kit_leaves(room):
    one, two, three = picture("un"), picture("deux"), picture("trois")
    withdrawn, unpublished = illustrated(room, one), illustrated(room, two)
    kit = make_kit(room, assets=[three])
    actions.withdraw(withdrawn.release, reason="Erreur.", user=None, now=clock.now())
    unpublished.unpublish()
    actions.withdraw_kit(kit.kit, reason="Erreur.", user=None, now=clock.now())
    assert all(open_at(asset, clock.now()) for asset in (one, two, three))


def test_a_release_published_again_opens_its_files_again_at_its_hour(room, until):
    asset = picture()
    page = illustrated(room, asset, until=until)
    page.unpublish()
    assert kept_for_good(asset)
    page.get_latest_revision().publish()
    assert not open_at(asset, clock.now())
    assert open_at(asset, until)


def test_a_kit_published_again_after_its_hour_opens_its_files_at_once(room, until):
    asset = picture()
    page = make_kit(room, assets=[asset], until=until)
    page.unpublish()
    actions.lift_kit_embargo(page.kit, user=None, now=clock.now())
    assert kept_for_good(asset), "lifting the embargo of what is not published opens nothing"
    page.get_latest_revision().publish()
    assert open_at(asset, clock.now())


def test_one_language_less_keeps_back_its_own_files_alone(room, until):
    shared, english_only = picture("commun"), picture("anglais")
    page = illustrated(room, shared, until=until)
    words = {"image": english_only.image, "caption": "", "decorative": True}
    english = in_english(page, slug="release", title="Release", body=[("image", words)])
    assert open_at(english_only, until)
    english.unpublish()
    assert kept_for_good(english_only)
    assert open_at(shared, until)


def test_a_picture_taken_out_of_an_embargoed_text_stays_with_the_team(room, until):
    asset = picture()
    page = illustrated(room, asset, until=until)
    page.body = []
    page.save_revision().publish()
    assert kept_for_good(asset)


# Two things, one file ------------------------------------------------------------------------------------------
def test_a_file_of_a_withdrawn_release_still_opens_with_the_kit_that_holds_it(room, until):
    asset = picture()
    make_kit(room, assets=[asset], until=until)
    page = illustrated(room, asset, until=until + HOUR)
    assert not open_at(asset, until), "the stricter decides"
    actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    assert not open_at(asset, clock.now())
    assert open_at(asset, until)


def test_a_file_of_a_withdrawn_kit_still_opens_with_the_release_that_shows_it(room, until):
    asset = picture()
    page = illustrated(room, asset, until=until)
    kit = make_kit(room, assets=[asset], until=until + HOUR)
    actions.withdraw_kit(kit.kit, reason="Annulé.", user=None, now=clock.now())
    assert open_at(asset, until)
    page.unpublish()
    assert kept_for_good(asset), "the last one that shows it is gone"


def test_a_public_release_does_not_open_what_an_embargo_holds(room, until):
    asset = picture()
    hidden = illustrated(room, asset, until=until)
    illustrated(room, asset)
    assert not open_at(asset, clock.now())
    actions.withdraw(hidden.release, reason="Annulé.", user=None, now=clock.now())
    assert open_at(asset, clock.now()), "the public text shows it, and nothing holds it any more"


def test_a_withdrawn_release_leaves_the_kit_it_shares_with_another_as_it_is(room, until):
    asset = picture()
    kit = make_kit(room, assets=[asset], publish=False)
    gone = make_release(room, until=until, kit=kit.kit)
    make_release(room, until=until, kit=kit.kit)
    kit.get_latest_revision().publish()
    actions.withdraw(gone.release, reason="Annulé.", user=None, now=clock.now())
    assert not open_at(asset, clock.now())
    assert open_at(asset, until)


def test_a_file_taken_out_of_an_embargoed_kit_stays_with_the_team_and_one_put_in_waits(room, until):
    out, put = picture("sorti"), picture("entré")
    page = make_kit(room, assets=[out], until=until)
    actions.set_items(page.kit, items=[(put, "")], user=None, now=clock.now())
    assert kept_for_good(out)
    assert not open_at(put, clock.now())
    assert open_at(put, until)


# Kits that follow ----------------------------------------------------------------------------------------------
def test_a_kit_of_two_releases_waits_for_the_later_when_the_other_is_lifted(room, until):
    asset = picture()
    kit = make_kit(room, assets=[asset], publish=False)
    early = make_release(room, until=until, kit=kit.kit)
    late = make_release(room, until=until + DAY, kit=kit.kit)
    kit.get_latest_revision().publish()
    actions.lift_embargo(late.release, user=None, now=clock.now())
    assert Kit.objects.get(pk=kit.kit_id).embargo_until == until, "the other one still hides it"
    assert not open_at(asset, clock.now())
    actions.lift_embargo(early.release, user=None, now=clock.now())
    assert open_at(asset, clock.now())


def test_a_parted_kit_still_opens_by_itself_or_by_its_own_button(room, until):
    asset = picture()
    kit = make_kit(room, assets=[asset], publish=False)
    page = make_release(room, until=until, kit=kit.kit)
    kit.get_latest_revision().publish()
    actions.attach_kit(page.release, kit=None, user=None, now=clock.now())
    assert not open_at(asset, clock.now())
    assert open_at(asset, until)
    actions.lift_kit_embargo(kit.kit, user=None, now=clock.now())
    assert open_at(asset, clock.now())


def test_an_open_kit_is_not_hidden_again_by_a_release_that_moves(room, until):
    asset = picture()
    kit = make_kit(room, assets=[asset], publish=False)
    draft = make_release(room, until=until, kit=kit.kit, publish=False)
    kit.get_latest_revision().publish()
    actions.lift_embargo(draft.release, user=None, now=clock.now())
    assert open_at(asset, clock.now())
    actions.set_embargo(draft.release, until=until, user=None, now=clock.now())
    assert open_at(asset, clock.now())
    assert not Kit.objects.get(pk=kit.kit_id).is_embargoed(clock.now())


def test_nothing_about_a_withdrawn_release_moves_any_more(room, until):
    asset = picture()
    kit = make_kit(room, assets=[asset], publish=False)
    page = make_release(room, until=until, kit=kit.kit)
    kit.get_latest_revision().publish()
    actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    with pytest.raises(actions.PressError):
        actions.lift_embargo(page.release, user=None, now=clock.now())
    assert not open_at(asset, clock.now())


# Readers -------------------------------------------------------------------------------------------------------
def for_journalists(room: Room, asset: Asset, **options: Any) -> ReleasePage:
    page = illustrated(room, asset, publish=False, **options)
    actions.begin(page.release, values={"audience": "journalists"}, user=None, now=clock.now())
    page.get_latest_revision().publish()
    return page


def test_files_for_journalists_are_theirs_and_nobody_elses(room):
    asset = picture()
    page = for_journalists(room, asset)
    assert kept_for_good(asset)
    anonymous, journalist = Client(), Client()
    journalist.force_login(make_user(Role.JOURNALIST))
    for address in (page.public_path, asset.url):
        assert anonymous.get(address).status_code == 404, address
        response = journalist.get(address)
        assert response.status_code == 200, address
        assert response.headers["Cache-Control"] == "private, no-store"
    found = queries.visible(reader=JOURNALIST, now=clock.now())
    assert found.filter(pk=asset.pk).exists()


def test_an_embargo_binds_journalists_too(room, until):
    asset = picture()
    for_journalists(room, asset, until=until)
    fresh = Asset.objects.get(pk=asset.pk)
    assert not policies.may_serve(fresh, reader=JOURNALIST, now=until - timedelta(microseconds=1))
    assert policies.may_serve(fresh, reader=JOURNALIST, now=until)
    assert kept_for_good(asset)


def test_a_kit_for_journalists_keeps_its_files_from_the_public(room):
    asset = picture()
    page = make_kit(room, assets=[asset], publish=False)
    actions.begin_kit(page.kit, values={"audience": "journalists"}, user=None, now=clock.now())
    page.get_latest_revision().publish()
    assert kept_for_good(asset)
    assert policies.may_serve(Asset.objects.get(pk=asset.pk), reader=JOURNALIST, now=clock.now())


def test_opening_to_everyone_opens_the_files_at_the_hour(room, until):
    now_open, later_open = picture("un"), picture("deux")
    one, two = for_journalists(room, now_open), for_journalists(room, later_open, until=until)
    for page in (one, two):
        actions.set_audience(page.release, audience="public", user=None, now=clock.now())
    assert open_at(now_open, clock.now())
    assert Client().get(one.public_path).status_code == 200
    assert not open_at(later_open, clock.now())
    assert open_at(later_open, until)


def test_what_everyone_could_read_is_not_closed_and_the_officer_reads_why(room, client):
    asset = picture()
    page = illustrated(room, asset)
    with pytest.raises(actions.AlreadyPublic):
        actions.set_audience(page.release, audience="journalists", user=None, now=clock.now())
    assert open_at(asset, clock.now())
    assert Release.objects.get(pk=page.release_id).audience == "public"
    client.force_login(make_user(Role.OFFICER))
    response = client.post(f"/admin/press/release/{page.release_id}/audience/", {"audience": "journalists"})
    assert response.status_code == 200
    assert "reste public" in response.content.decode()


def test_before_its_hour_a_release_can_still_be_given_to_journalists_alone(room, until, client):
    asset = picture()
    page = illustrated(room, asset, until=until)
    client.force_login(make_user(Role.OFFICER))
    response = client.post(f"/admin/press/release/{page.release_id}/audience/", {"audience": "journalists"})
    assert response.status_code == 302
    assert kept_for_good(asset)
    assert policies.may_serve(Asset.objects.get(pk=asset.pk), reader=JOURNALIST, now=until)
    edit = client.get(f"/admin/images/{asset.image.pk}/").content.decode()
    assert "Pour ces lecteurs seulement : Journalistes accrédités" in edit
