"""What happens to a release: its number, its embargo, its end."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from cms.core import clock
from cms.core.models import SitePage, ThingLog
from press import actions
from press.models import Release
from tests.factories.press import in_english, make_kit, make_release, refreshed

pytestmark = pytest.mark.django_db


def opened(**values):
    return actions.create_release(user=None, now=clock.now(), **values)


# Numbers -----------------------------------------------------------------------------------------------------
def test_a_release_without_number_takes_it_at_its_first_publication_and_keeps_it(room):
    draft = make_release(room, publish=False)
    assert refreshed(draft).number is None
    first, second = make_release(room), make_release(room)
    assert [refreshed(first).number, refreshed(second).number] == [1, 2]
    draft.get_latest_revision().publish()
    assert refreshed(draft).number == 3
    draft.get_latest_revision().publish()
    assert refreshed(draft).number == 3


def test_a_number_reads_as_the_registry_writes_it():
    release = opened(number=14, year=2026)
    assert release.label == "CP n° 2026/014"
    assert opened(kind="erratum", number=15, year=2026).label == "RECT n° 2026/015"


def test_the_first_number_of_a_year_may_be_any_and_the_next_ones_leave_no_gap():
    opened(number=14, year=2026)
    assert actions.next_number(year=2026) == 15
    with pytest.raises(actions.NumberLeavesGap):
        opened(number=16, year=2026)
    with pytest.raises(actions.NumberTaken):
        opened(number=14, year=2026)
    opened(number=15, year=2026)
    opened(number=1, year=2027)


def test_a_hole_is_filled_before_the_end_is_moved():
    one, two = opened(number=1, year=2026), opened(number=2, year=2026)
    opened(number=3, year=2026)
    two.delete()
    assert actions.next_number(year=2026) == 2
    moved = actions.change_number(one, number=2, year=2026, user=None, now=clock.now())
    assert (moved.number, actions.next_number(year=2026)) == (2, 4)


def test_deleting_a_draft_takes_its_release_along_and_leaves_no_hole(room):
    draft = make_release(room, publish=False)
    pk = draft.release_id
    draft.delete()
    assert not Release.objects.filter(pk=pk).exists()
    assert refreshed(make_release(room)).number == 1


# Embargo -----------------------------------------------------------------------------------------------------
def test_an_embargo_is_for_an_instant_to_come():
    now = clock.now()
    with pytest.raises(actions.EmbargoInPast):
        actions.create_release(user=None, now=now, embargo_until=now)
    release = opened()
    with pytest.raises(actions.EmbargoInPast):
        actions.set_embargo(release, until=now - timedelta(seconds=1), user=None, now=now)


def test_every_page_of_a_release_moves_with_its_embargo(room):
    later = clock.now() + timedelta(days=2)
    page = make_release(room, until=later)
    other = in_english(page, slug="release", title="Release")
    alias = page.create_alias(parent=room.releases, update_slug="alias")
    pages = SitePage.objects.filter(pk__in=[page.pk, other.pk, alias.pk])
    assert set(pages.values_list("public_from", flat=True)) == {later}
    much_later = later + timedelta(days=1)
    actions.set_embargo(page.release, until=much_later, user=None, now=clock.now())
    assert set(pages.values_list("public_from", flat=True)) == {much_later}
    now = clock.now()
    actions.lift_embargo(page.release, user=None, now=now)
    assert set(pages.values_list("public_from", flat=True)) == {now}


def test_what_was_public_is_not_put_under_embargo_again(room):
    page = make_release(room)
    now = clock.now()
    with pytest.raises(actions.AlreadyPublic):
        actions.set_embargo(page.release, until=now + timedelta(hours=1), user=None, now=now)


def test_an_older_revision_does_not_move_the_embargo(room):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    old = page.get_latest_revision()
    later = clock.now() + timedelta(days=9)
    actions.set_embargo(page.release, until=later, user=None, now=clock.now())
    old.publish()
    assert SitePage.objects.get(pk=page.pk).public_from == later


def test_lifting_is_logged_with_who_and_why_and_does_nothing_twice(room):
    page = make_release(room, until=clock.now() + timedelta(days=1))
    for _ in range(2):
        actions.lift_embargo(page.release, user=None, now=clock.now(), reason="Conférence avancée")
    lines = ThingLog.objects.filter(thing_uid=page.release.uid, action="embargo.lifted")
    assert [line.reason for line in lines] == ["Conférence avancée"]


def test_a_kit_nobody_has_seen_takes_the_embargo_and_follows_it(room):
    later = clock.now() + timedelta(days=1)
    kit_page = make_kit(room, publish=False)
    page = make_release(room, until=later, kit=kit_page.kit)
    kit_page.kit.refresh_from_db()
    assert kit_page.kit.embargo_until == later
    now = clock.now()
    actions.lift_embargo(page.release, user=None, now=now)
    kit_page.kit.refresh_from_db()
    assert kit_page.kit.embargo_until == now


def test_a_public_kit_stays_public_when_an_embargoed_release_takes_it(room):
    kit_page = make_kit(room)
    make_release(room, until=clock.now() + timedelta(days=1), kit=kit_page.kit)
    kit_page.kit.refresh_from_db()
    assert kit_page.kit.embargo_until is None


def test_a_kit_is_not_opened_while_a_release_of_it_is_under_embargo(room):
    kit_page = make_kit(room, publish=False)
    make_release(room, until=clock.now() + timedelta(days=1), kit=kit_page.kit)
    with pytest.raises(actions.PressError):
        actions.lift_kit_embargo(kit_page.kit, user=None, now=clock.now())


# Correction, withdrawal --------------------------------------------------------------------------------------
def test_a_correction_is_public_history_of_what_was_read(room):
    page = make_release(room)
    actions.correct(page.release, note="Le nombre d'experts était faux.", user=None, now=clock.now())
    assert [one.note for one in page.release.corrections.all()] == ["Le nombre d'experts était faux."]
    hidden = make_release(room, until=clock.now() + timedelta(days=1))
    with pytest.raises(actions.NotPublished):
        actions.correct(hidden.release, note="Rien", user=None, now=clock.now())


def test_a_correction_said_twice_is_one_and_none_is_said_of_a_withdrawn_text(room):
    page = make_release(room)
    said = [
        actions.correct(page.release, note="Faute.", user=None, now=clock.now() + timedelta(seconds=n)).pk
        for n in range(2)
    ]
    assert list(page.release.corrections.values_list("pk", flat=True)) == said[:1] == said[1:]
    page.title = "Mieux dit"
    page.save_revision().publish()
    actions.correct(page.release, note="Faute.", user=None, now=clock.now())
    assert page.release.corrections.count() == 2
    actions.withdraw(page.release, reason="Annulé.", user=None, now=clock.now())
    with pytest.raises(actions.PressError):
        actions.correct(page.release, note="Trop tard.", user=None, now=clock.now())
    assert page.release.corrections.count() == 2


def test_a_withdrawal_needs_a_reason_and_reaches_every_page(room):
    page = make_release(room)
    other = in_english(page, slug="release", title="Release")
    with pytest.raises(actions.PressError):
        actions.withdraw(page.release, reason="  ", user=None, now=clock.now())
    actions.withdraw(page.release, reason="Envoyé par erreur.", user=None, now=clock.now())
    assert SitePage.objects.filter(pk__in=[page.pk, other.pk], withdrawn_at__isnull=False).count() == 2


def test_a_release_withdrawn_before_its_hour_is_nowhere_when_the_hour_comes(client, room):
    begun, hour = clock.now() - timedelta(hours=3), clock.now() - timedelta(hours=1)
    page = make_release(room, until=hour, now=begun)
    actions.withdraw(page.release, reason="Nomination annulée.", user=None, now=hour - timedelta(hours=1))
    assert client.get(page.public_path).status_code == 404
    assert client.get(page.public_path, headers={"accept": "application/json"}).status_code == 404
    public = make_release(room)  # the control: what was read leaves its reason
    actions.withdraw(public.release, reason="Envoyé par erreur.", user=None, now=clock.now())
    assert client.get(public.public_path).status_code == 410


def test_the_database_refuses_a_number_without_year():
    with pytest.raises(Exception, match="press_release_number_has_its_year"), transaction.atomic():
        Release.objects.create(number=1)
    assert connection.is_usable()
