"""Two cards become one: everything follows, nobody's no is lost, and what cannot be is refused before it begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import IntegrityError, models, transaction
from django.utils import translation

from cms.accounts.models import Role
from cms.contacts import actions, queries
from cms.contacts.actions import merging
from cms.contacts.models import (
    Accreditation,
    AccreditationState,
    AudienceMember,
    Consent,
    ConsentSource,
    Contact,
    ContactEmail,
    ContactPhone,
    MediaProfile,
    Purpose,
    Suppression,
    SuppressionReason,
)
from cms.core import registry
from cms.core.models import ThingLog
from tests.factories.accounts import make_user
from tests.factories.contacts import NOON, make_audience, make_contact, make_organisation

pytestmark = pytest.mark.django_db
EARLIER, LATER = NOON - timedelta(days=30), NOON - timedelta(days=3)


def pair(**fields: Any) -> tuple[Contact, Contact]:
    kept = make_contact(name="Awa Diarra", email="awa@example.org", phone="+22376000001")
    return kept, make_contact(name="DIARRA Awa", email="diarra@example.org", phone="+22366000001", **fields)


def merge(kept: Contact, merged: Contact, **options: Any) -> Contact:
    return actions.merge_contacts(kept=kept, merged=merged, **{"user": None, "now": NOON, **options})


def test_addresses_and_numbers_follow_and_the_first_ones_stay_first() -> None:
    kept, merged = pair()
    one = merge(kept, merged)
    assert (one.primary_email, one.primary_phone) == ("awa@example.org", "+22376000001")
    assert one.emails.count() == one.phones.count() == 2
    assert ContactEmail.objects.filter(is_primary=True).count() == 1
    assert ContactPhone.objects.filter(is_primary=True).count() == 1


def test_whoever_registers_under_either_address_is_the_one_in_use() -> None:
    kept, merged = pair()
    merge(kept, merged)
    for known in ({"email": "diarra@example.org"}, {"phone": "66 00 00 01"}):
        found = actions.find_or_create_contact(**known, name="DIARRA Awa", language="fr", now=NOON)
        assert found == kept


def test_the_other_card_is_put_aside_for_good_and_points_to_the_one_in_use() -> None:
    kept, merged = pair()
    merge(kept, merged)
    merged.refresh_from_db()
    assert (merged.merged_into, merged.trashed_at) == (kept, NOON)
    assert actions.take_back(merged, now=NOON).trashed_at == NOON
    assert list(queries.contacts()) == [kept]


def test_empty_fields_are_filled_and_others_change_only_where_the_officer_says_so() -> None:
    ministry = make_organisation(name="Ministère")
    kept, merged = pair(function="Ministre", city="Ségou", organisation=ministry, language="bm")
    Contact.objects.filter(pk=kept.pk).update(function="Directrice")
    one = merge(kept, merged, take=["language", "name"])
    assert (one.function, one.city, one.organisation) == ("Directrice", "Ségou", ministry)
    assert (one.language, one.name, one.family_name) == ("bm", "DIARRA Awa", "Awa")


def test_lists_follow_each_once_and_kept_out_stays_kept_out() -> None:
    kept, merged = pair()
    both, other, query = (
        make_audience(kept, merged),
        make_audience(merged),
        make_audience(criteria={"languages": ["fr"]}),
    )
    actions.remove_from_audience(audience=query, contacts=[merged], now=NOON)
    actions.add_to_audience(audience=query, contacts=[kept], now=NOON)
    merge(kept, merged)
    for audience in (both, other):
        assert list(queries.audience_contacts(audience)) == [kept]
    assert not queries.audience_contacts(query).exists()
    assert AudienceMember.objects.filter(contact=merged).count() == 0


# Agreements and wishes ---------------------------------------------------------------------------------------------
def agree(contact: Contact, *, at: Any, source: str = ConsentSource.PAPER) -> Consent:
    return actions.record_consent(
        contact=contact, purpose=Purpose.NEWSLETTER, source=source, evidence="fiche", now=at
    )


def standing(contact: Contact) -> list[Consent]:
    return list(Consent.objects.filter(contact=contact, withdrawn_at=None))


def test_an_agreement_follows() -> None:
    kept, merged = pair()
    consent = agree(merged, at=EARLIER)
    merge(kept, merged)
    assert standing(kept) == [consent]


def test_of_two_agreements_one_stands_and_the_other_is_no_refusal_at_the_next_merging() -> None:
    kept, merged = pair()
    agree(kept, at=EARLIER)
    newer = agree(merged, at=LATER)
    merge(kept, merged)
    assert standing(kept) == [newer]
    assert Consent.objects.filter(contact=kept).count() == 2
    third = make_contact(name="A. Diarra")
    merge(third, kept)
    assert standing(third) == [newer]


def test_an_agreement_given_stands_before_one_only_asked() -> None:
    kept, merged = pair()
    agree(kept, at=LATER, source=ConsentSource.FORM)
    given = agree(merged, at=EARLIER)
    merge(kept, merged)
    assert standing(kept) == [given]


@pytest.mark.parametrize("said_no_on", ["kept", "merged"])
def test_a_later_no_on_either_card_ends_an_earlier_yes_on_the_other(said_no_on: str) -> None:
    kept, merged = pair()
    no, yes = (kept, merged) if said_no_on == "kept" else (merged, kept)
    agree(yes, at=EARLIER)
    actions.withdraw_consent(agree(no, at=EARLIER), now=LATER)
    merge(kept, merged)
    assert standing(kept) == []


def test_a_yes_after_a_no_stands() -> None:
    kept, merged = pair()
    actions.withdraw_consent(agree(merged, at=EARLIER), now=EARLIER)
    yes = agree(kept, at=LATER)
    merge(kept, merged)
    assert standing(kept) == [yes]


@pytest.mark.parametrize("address", ["awa@example.org", "diarra@example.org"])
@pytest.mark.parametrize(
    "reason", [SuppressionReason.UNSUBSCRIBED, SuppressionReason.COMPLAINT, SuppressionReason.MANUAL]
)
def test_who_left_at_one_address_is_left_alone_at_all(address: str, reason: str) -> None:
    kept, merged = pair()
    actions.suppress(address=address, reason=reason, now=EARLIER)
    merge(kept, merged)
    assert queries.suppressed("awa@example.org")
    assert queries.suppressed("diarra@example.org")
    row = Suppression.objects.get(address=address)
    assert (row.reason, row.since) == (reason, EARLIER)


def test_a_dead_address_stays_dead_and_says_nothing_of_the_other() -> None:
    kept, merged = pair()
    actions.suppress(address="diarra@example.org", reason=SuppressionReason.HARD_BOUNCE, now=EARLIER)
    merge(kept, merged)
    assert queries.suppressed("diarra@example.org")
    assert not queries.suppressed("awa@example.org")


# Journalists and accounts ------------------------------------------------------------------------------------------
def test_accreditations_follow_and_of_two_the_longer_granted_one_stays_open() -> None:
    kept, merged = pair()
    short = actions.grant_accreditation(contact=kept, valid_until=NOON + timedelta(days=9), now=EARLIER)
    long = actions.grant_accreditation(contact=merged, valid_until=None, now=EARLIER)
    merge(kept, merged)
    short.refresh_from_db()
    long.refresh_from_db()
    assert (short.state, short.generation) == (AccreditationState.REVOKED, 2)
    assert (long.state, long.contact, long.generation) == (AccreditationState.GRANTED, kept, 1)
    assert list(queries.accredited_contacts(NOON)) == [kept]
    assert Accreditation.objects.filter(contact=merged).count() == 0


@pytest.mark.parametrize("has_own", [True, False])
def test_a_journalist_stays_one(has_own: bool) -> None:
    kept, merged = pair()
    if has_own:
        MediaProfile.objects.create(contact=kept, kind="radio")
    MediaProfile.objects.create(contact=merged, kind="print", press_card="P-7")
    merge(kept, merged)
    profile = MediaProfile.objects.get()
    assert (profile.contact, profile.press_card) == (kept, "P-7")
    assert profile.kind == ("radio" if has_own else "print")


def test_an_account_follows_and_two_accounts_stop_it_all() -> None:
    kept, merged = pair(account=make_user(Role.INTERNAL))
    merge(kept, merged)
    kept.refresh_from_db()
    assert kept.account == merged.account
    other = make_contact(account=make_user(Role.INTERNAL))
    with translation.override("fr"), pytest.raises(actions.CannotMerge, match="compte"):
        merge(kept, other)
    other.refresh_from_db()
    assert other.trashed_at is None


@pytest.mark.parametrize("case", ["itself", "put aside", "merged"])
def test_what_cannot_be_merged_is_refused(case: str) -> None:
    kept, merged = pair()
    if case == "itself":
        merged = kept
    elif case == "put aside":
        actions.put_aside(kept, now=NOON)
    else:
        merge(make_contact(), merged)
    with pytest.raises(actions.CannotMerge):
        merge(kept, merged)


def test_a_card_merged_into_one_that_is_merged_points_to_the_last() -> None:
    kept, merged = pair()
    first = make_contact(name="A. D.")
    merge(merged, first)
    merge(kept, merged)
    first.refresh_from_db()
    assert first.merged_into == kept


def test_both_histories_tell_of_it() -> None:
    user = make_user(Role.OFFICER)
    kept, merged = pair(city="Ségou")
    merge(kept, merged, user=user)
    told = ThingLog.objects.get(thing_uid=kept.uid)
    assert (told.action, told.user, told.reason) == ("merged", user, "DIARRA Awa")
    assert told.changes["city"] == ["", "Ségou"]
    assert told.changes["emails"][1] == ["awa@example.org", "diarra@example.org"]
    assert ThingLog.objects.get(thing_uid=merged.uid).action == "merged_away"


# What points to a contact ------------------------------------------------------------------------------------------
def test_every_key_to_a_contact_has_a_way_to_follow() -> None:
    labels = dict(merging.relations())
    assert {
        "mailing.Delivery.contact",
        "events.Registration.contact",
        "mailing.Mailing_contacts.contact",
    } <= set(labels)
    assert [fault for fault in run_checks() if fault.id == "contacts.E001"] == []


def test_a_key_that_may_stand_once_needs_somebody_who_says_what_two_become() -> None:
    """The control: without its mover, a registration could not follow, and the check says so."""
    mover = registry.contact_movers._items.pop("events.Registration.contact")
    try:
        faults = [fault for fault in run_checks() if fault.id == "contacts.E001"]
        assert "events.Registration.contact" in faults[0].msg
    finally:
        registry.contact_movers._items["events.Registration.contact"] = mover


def test_nothing_but_its_history_points_to_a_merged_card() -> None:
    kept, merged = pair()
    agree(merged, at=EARLIER)
    make_audience(merged)
    actions.grant_accreditation(contact=merged, now=NOON)
    MediaProfile.objects.create(contact=merged, kind="print")
    merge(kept, merged)
    left = {
        label: field.model._base_manager.filter(**{field.name: merged}).count()
        for label, field in merging.relations()
    }
    assert set(left.values()) == {0}


def test_the_database_keeps_a_merged_card_aside() -> None:
    kept, merged = pair()
    merge(kept, merged)
    for wrong in ({"trashed_at": None}, {"merged_into": models.F("pk")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Contact.objects.filter(pk=merged.pk).update(**wrong)
