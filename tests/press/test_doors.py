"""Texts opened to one journalist before their hour: given, revoked, logged."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cms.contacts import actions as contacts
from cms.core import clock
from cms.core.models import ThingLog
from press import actions
from press.models import DoorKey, DoorVisit, EarlyCopy, EmbargoAgreement
from press.queries import doors
from tests.factories.contacts import make_contact
from tests.factories.press import Room, make_kit, make_release

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def journalist(**fields: Any) -> Any:
    contact = make_contact(**fields)
    contacts.grant_accreditation(contact=contact, now=clock.now())
    return contact


def embargoed(room: Room, **words: Any) -> Any:
    return make_release(room, until=clock.now() + DAY, **words).release


def holder(copy: EarlyCopy, *, agrees: bool = True) -> doors.Holder:
    found = doors.Holder(copy.accreditation)
    if agrees:
        actions.accept_agreement(found, version="1", now=clock.now())
    return found


def give(thing: Any, *people: Any) -> list[EarlyCopy]:
    return actions.give_early_copies(thing, contacts=people, user=None, now=clock.now())


def test_a_copy_is_given_once_however_often_it_is_given(room):
    release, awa, ali = embargoed(room), journalist(name="Awa"), journalist(name="Ali")
    first = give(release, awa, ali)
    assert [copy.contact for copy in first] == [ali, awa]
    assert give(release, awa) == [first[1]]
    assert EarlyCopy.objects.count() == 2
    line = ThingLog.objects.get(thing_uid=release.uid, action="early.given")
    assert line.changes == {"contacts": [None, "Ali, Awa"]}


def test_the_database_keeps_one_open_copy_a_person(room):
    release, awa = embargoed(room), journalist()
    (copy,) = give(release, awa)
    again = EarlyCopy(release=release, contact=awa, accreditation=copy.accreditation, created_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    actions.revoke_early_copy(copy, user=None, now=clock.now())
    again.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        EarlyCopy.objects.create(contact=awa, accreditation=copy.accreditation, created_at=clock.now())


def test_nothing_is_opened_early_that_is_public_unpublished_or_withdrawn(room):
    awa = journalist()
    withdrawn = embargoed(room)
    actions.withdraw(withdrawn, reason="Faux", user=None, now=clock.now())
    for release in (
        make_release(room).release,
        make_release(room, until=clock.now() + DAY, publish=False).release,
        withdrawn,
    ):
        with pytest.raises(actions.PressError):
            give(release, awa)
    assert not EarlyCopy.objects.exists()


def test_who_is_not_accredited_gets_nothing_and_nobody_beside_them_does(room):
    release, awa, other = embargoed(room), journalist(name="Awa"), make_contact(name="Oumar")
    with pytest.raises(actions.NotAccredited, match="Oumar"):
        give(release, awa, other)
    assert not EarlyCopy.objects.exists()
    over = make_contact(name="Fanta")
    contacts.grant_accreditation(contact=over, valid_until=clock.now() - DAY / 2, now=clock.now() - DAY)
    with pytest.raises(actions.NotAccredited, match="Fanta"):
        give(release, over)


def test_an_accreditation_to_one_thing_opens_that_one_alone(room):
    kit, release = make_kit(room, until=clock.now() + DAY).kit, embargoed(room)
    awa = make_contact()
    contacts.grant_accreditation(contact=awa, scope_uid=kit.uid, now=clock.now())
    assert len(give(kit, awa)) == 1
    with pytest.raises(actions.NotAccredited):
        give(release, awa)
    assert list(doors.accredited(kit, now=clock.now())) == [awa]
    assert not doors.accredited(release, now=clock.now())


def test_a_copy_opens_its_text_once_the_agreement_in_force_is_accepted(room):
    release = embargoed(room)
    (copy,) = give(release, journalist())
    now = clock.now()
    assert doors.early_uids(holder(copy, agrees=False), now=now) == frozenset()
    agreed = holder(copy)
    assert doors.early_uids(agreed, now=now) == {release.uid}
    EmbargoAgreement.objects.create(version="2026-2", since=now, text="Autre")
    assert doors.early_uids(agreed, now=now) == frozenset()
    with pytest.raises(actions.AgreementChanged):
        actions.accept_agreement(agreed, version="1", now=now)
    row = actions.accept_agreement(agreed, version="2026-2", now=now)
    assert (row.terms_version, row.terms_accepted_at) == ("2026-2", now)
    assert doors.early_uids(agreed, now=now) == {release.uid}
    said = DoorVisit.objects.filter(what="agreed").values_list("detail", flat=True)
    assert sorted(said) == ["1", "2026-2"]


def test_a_revoked_copy_opens_nothing_and_its_link_is_none(room):
    release, awa = embargoed(room), journalist()
    (copy,) = give(release, awa)
    token = doors.copy_url(copy).rstrip("/").rpartition("/")[2]
    found = doors.holder_of(token, now=clock.now())
    assert found is not None
    assert (found.contact, found.only) == (awa, {copy.uid})
    actions.revoke_early_copy(copy, user=None, now=clock.now())
    actions.revoke_early_copy(copy, user=None, now=clock.now())
    assert doors.holder_of(token, now=clock.now()) is None
    assert doors.early_uids(holder(copy), now=clock.now()) == frozenset()
    assert ThingLog.objects.filter(thing_uid=release.uid, action="early.revoked").count() == 1


def test_of_a_persons_links_each_is_closed_or_all(room):
    awa = journalist()
    one, two = (give(embargoed(room), awa)[0] for _number in range(2))
    urls = [doors.door_url(one.accreditation), doors.copy_url(one), doors.copy_url(two)]
    tokens = [url.rstrip("/").rpartition("/")[2] for url in urls]
    kept = doors.remembered(doors.Holder(one.accreditation), now=clock.now())
    assert doors.holder_in(kept, now=clock.now()) is not None
    actions.revoke_early_copy(one, user=None, now=clock.now())
    assert [bool(doors.holder_of(token, now=clock.now())) for token in tokens] == [True, False, True]
    assert actions.close_doors(awa, user=None, now=clock.now()) == 1
    assert not any(doors.holder_of(token, now=clock.now()) for token in tokens)
    assert doors.holder_in(kept, now=clock.now()) is None
    one.accreditation.refresh_from_db()
    fresh = doors.door_url(one.accreditation).rstrip("/").rpartition("/")[2]
    assert doors.holder_of(fresh, now=clock.now()) is not None


def test_an_accreditation_withdrawn_closes_all_and_one_granted_anew_opens_none_of_it(room):
    release, awa = embargoed(room), journalist()
    (copy,) = give(release, awa)
    token = doors.copy_url(copy).rstrip("/").rpartition("/")[2]
    contacts.revoke_accreditation(copy.accreditation, now=clock.now())
    assert doors.holder_of(token, now=clock.now()) is None
    contacts.grant_accreditation(contact=awa, now=clock.now())
    assert doors.holder_of(token, now=clock.now()) is None
    (fresh,) = give(release, awa)
    assert fresh != copy
    copy.refresh_from_db()
    assert copy.revoked_at is not None


@pytest.mark.parametrize(
    "kept", [None, "", [], ["x", 1], ["0" * 32, 1], ["0" * 32], {"uid": 1}, 7, ["0" * 32, 1, [2]]]
)
def test_a_session_that_remembers_nonsense_is_nobody(kept, db):
    assert doors.holder_in(kept, now=clock.now()) is None


def test_a_reading_within_ten_minutes_is_one_line_and_a_question_always_one(room):
    release, awa, now = embargoed(room), journalist(), clock.now()

    def note(what: str, minutes: int = 0, detail: str = "") -> None:
        at = now + timedelta(minutes=minutes)
        actions.note_visit(awa, what=what, thing_uid=release.uid, detail=detail, now=at)

    note("read"), note("read", 9), note("read", 11), note("downloaded", 0, "print.pdf")
    note("downloaded", 0, "text.txt"), note("asked", 0, "Un entretien ?"), note("asked", 1, "Un entretien ?")
    whats = [line.what for line in doors.visits_of(release)]
    assert sorted(whats) == ["asked", "asked", "downloaded", "downloaded", "read", "read"]
    assert doors.deeds([release.uid]) == {release.uid: {awa.pk: {"asked", "downloaded", "read"}}}


def test_lines_are_kept_for_thirteen_months_and_keys_for_a_day(room):
    awa, now = journalist(), clock.now()
    door = awa.accreditations.get()
    for age in (0, 390, 397):
        DoorVisit.objects.create(contact=awa, what="opened", at=now - timedelta(days=age))
    for hours in (1, 25):
        DoorKey.objects.create(accreditation=door, asked_at=now - timedelta(hours=hours))
    assert actions.forget_visits(now=now) == 1
    assert (DoorVisit.objects.count(), DoorKey.objects.count()) == (2, 1)


def test_a_key_turns_once_within_its_hour_while_the_accreditation_stands(room):
    awa, now = journalist(), clock.now()
    door = awa.accreditations.get()
    key = DoorKey.objects.create(accreditation=door, asked_at=now)
    assert actions.use_key(key, now=now + timedelta(hours=2)) is None
    assert actions.use_key(key, now=now + timedelta(minutes=5)) == door
    assert actions.use_key(key, now=now + timedelta(minutes=6)) is None
    late = DoorKey.objects.create(accreditation=door, asked_at=now)
    contacts.revoke_accreditation(door, now=now)
    assert actions.use_key(late, now=now) is None


def test_two_cards_merged_leave_one_open_copy_of_a_thing(room):
    both, only = embargoed(room), embargoed(room)
    kept, merged = journalist(), journalist()
    give(both, kept, merged)
    give(only, merged)
    contacts.merge_contacts(kept=kept, merged=merged, user=None, now=clock.now())
    standing = EarlyCopy.objects.filter(revoked_at=None)
    assert {(copy.release, copy.contact) for copy in standing} == {(both, kept), (only, kept)}
