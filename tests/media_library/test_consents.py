"""Persons shown: without their word the public has nothing of the item, whatever else was decided about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ReferenceIndex

from cms.core import clock
from cms.core.reader import ANONYMOUS, Reader
from media_library import actions, policies, queries
from media_library.models import Asset, Basis, Consent, LibraryImage, Person
from media_library.queries import usage
from press.models import Kit
from tests.factories.accounts import make_user
from tests.factories.core import NOON
from tests.factories.media_library import make_asset

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def may(asset: Asset, *, reader: Reader = ANONYMOUS, now: Any = NOON) -> bool:
    fresh = Asset.objects.get(pk=asset.pk)
    answer = policies.may_serve(fresh, reader=reader, now=now)
    found = queries.visible(reader=reader, now=now).filter(pk=asset.pk).exists()
    assert answer == found, "the policy and the query say the same"
    return answer


def note(asset: Asset, person: Person, basis: str = Basis.WRITTEN, **said: Any) -> Consent:
    return actions.note_consent(asset=asset, person=person, basis=basis, **{"now": NOON, **said})


def test_a_withdrawn_consent_closes_every_item_of_the_person_and_no_other() -> None:
    awa, other = Person.objects.create(name="Awa"), Person.objects.create(name="Oumar")
    shown, also, office, apart = (make_asset(released=True) for _number in range(4))
    for asset in (shown, also):
        note(asset, awa)
        note(asset, other)
    note(office, awa, Basis.OFFICE)
    note(apart, other)
    assert all(may(asset) for asset in (shown, also, office, apart))
    assert actions.withdraw_consent(person=awa, now=NOON + DAY) == 2
    later = NOON + DAY
    assert [may(asset, now=later) for asset in (shown, also, office, apart)] == [False, False, True, True]
    assert actions.withdraw_consent(person=awa, now=NOON + 2 * DAY) == 0, "twice has one effect"
    assert Asset.objects.get(pk=shown.pk).consent_ends_at == later


def test_neither_a_new_release_nor_a_grant_nor_an_undone_withdrawal_opens_it_again() -> None:
    awa, source = Person.objects.create(name="Awa"), uuid4()
    asset = make_asset()
    actions.hold([asset], until=None, source_uid=source, now=NOON)
    journalist = Reader(grants=frozenset({source}))
    note(asset, awa)
    assert may(asset, reader=journalist)
    actions.withdraw_consent(person=awa, now=NOON)
    assert not may(asset, reader=journalist)
    with pytest.raises(actions.NotReleasable):
        actions.release(asset, NOON)
    actions.withdraw(asset, reason="x", now=NOON)
    actions.restore(asset, now=NOON)
    with pytest.raises(actions.NotReleasable):
        actions.release(asset, NOON + DAY)
    note(asset, awa, now=NOON + DAY)
    actions.lift_holds(source)
    actions.release(asset, NOON + DAY)
    assert may(asset, now=NOON + DAY), "people may change their minds"


def test_whoever_opened_the_form_before_saves_over_no_withdrawal() -> None:
    """Two at once: the row was read before the withdrawal, and is saved after it."""
    for close in (
        lambda asset: actions.withdraw(asset, reason="Droits.", now=NOON),
        lambda asset: actions.withdraw_consent(person=asset.consents.get().person, now=NOON),
    ):
        asset = make_asset(released=True)
        actions.note_person(
            asset=asset, person=None, name=asset.title, function="", basis=Basis.WRITTEN, now=NOON - DAY
        )
        opened = LibraryImage.objects.get(asset=asset)
        close(asset)
        opened.title, opened.about = "Un autre titre", {"credit": "Awa"}
        opened.save()
        now_kept = Asset.objects.get(pk=asset.pk)
        assert (now_kept.title, now_kept.credit) == ("Un autre titre", "Awa")
        assert not policies.is_public(now_kept, now=NOON)


def test_an_awaited_consent_closes_and_one_with_a_last_day_ends_by_itself() -> None:
    asset, awa = make_asset(released=True), Person.objects.create(name="Awa")
    consent = note(asset, awa, Basis.AWAITED)
    assert not may(asset)
    note(asset, awa, ends_at=NOON + DAY)
    assert may(asset, now=NOON + DAY - timedelta(microseconds=1))
    assert not may(asset, now=NOON + DAY)
    actions.remove_person(consent=consent, now=NOON)
    assert may(asset, now=NOON + DAY), "not shown after all"


def test_a_withdrawal_cannot_be_undone_by_taking_the_person_out() -> None:
    asset, awa = make_asset(released=True), Person.objects.create(name="Awa")
    consent = note(asset, awa)
    actions.withdraw_consent(person=awa, assets=[asset], now=NOON)
    actions.remove_person(consent=consent, now=NOON)
    assert not may(asset)


def test_a_closed_item_leaves_archives_and_lists() -> None:
    asset, awa = make_asset(released=True), Person.objects.create(name="Awa")
    kept = make_asset(released=True)
    note(asset, awa)
    actions.withdraw_consent(person=awa, now=NOON)
    assert list(queries.public(now=NOON)) == [kept]
    closed = Asset.objects.get(pk=asset.pk)
    assert not policies.is_usable(closed, now=NOON), "what archives leave out"


def test_an_item_names_each_place_that_shows_it_and_not_its_own_rows() -> None:
    asset, awa = make_asset(released=True), Person.objects.create(name="Awa")
    note(asset, awa)
    kit = Kit.objects.create(name="Dossier")
    kit.items.create(asset=asset, section="photos")
    for row in (asset, asset.consents.get(), kit):
        # As a save does once its transaction is committed, which a test's never is.
        ReferenceIndex.create_or_update_for_object(row)
    assert [use for use, _kind in usage.uses(Asset.objects.get(pk=asset.pk))] == [kit]


def test_one_withdrawal_takes_the_same_person_under_another_function_unless_unticked() -> None:
    first = Person.objects.create(name="Awa Koné", function="Chercheuse")
    second, stranger = (
        Person.objects.create(name="AWA KONE", function=function) for function in ("Directrice", "Étudiante")
    )
    Person.objects.create(name="Awa Koné", function="Dans aucun contenu")
    other = Person.objects.create(name="Awa Kouyaté")
    assets = [make_asset(released=True) for _number in range(4)]
    for asset, person in zip(assets, (first, second, stranger, other), strict=True):
        note(asset, person)
    client = Client()
    client.force_login(make_user("officer"))
    screen = reverse("media_library_person", args=[first.pk])
    shown = client.get(screen).text
    assert shown.count('name="also"') == 2
    assert "AWA KONE, Directrice" in shown
    answer = client.post(screen, {"also": [second.pk, other.pk]}, follow=True)
    assert "contenus fermés : 2" in answer.text
    assert [may(asset, now=clock.now()) for asset in assets] == [False, False, True, True]
