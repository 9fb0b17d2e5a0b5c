import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from cms.contacts import actions, queries
from cms.contacts.models import (
    Accreditation,
    AccreditationState,
    Consent,
    ConsentSource,
    Contact,
    ContactEmail,
    Organisation,
    Purpose,
    Suppression,
    SuppressionReason,
)
from tests.factories.contacts import NOON, make_audience, make_contact

pytestmark = pytest.mark.django_db
RACERS = 6


def enter(**fields: object) -> Contact:
    return actions.find_or_create_contact(**{"name": "Awa Diarra", "language": "fr", "now": NOON, **fields})


def test_an_address_finds_the_same_contact_however_it_is_written() -> None:
    first = enter(email="Awa@Example.org", organisation_name="Mairie de Kayes")
    assert enter(email=" awa@example.ORG ", name="Quelqu'un d'autre") == first
    assert Contact.objects.get().name == "Awa Diarra"


def test_what_a_visitor_types_never_changes_an_existing_card() -> None:
    enter(email="awa@example.org")
    contact = enter(email="awa@example.org", phone="76 00 00 00", organisation_name="X", language="en")
    assert contact.phones.count() == 0
    assert contact.organisation is None
    assert contact.language == "fr"


def test_a_telephone_alone_is_enough_and_a_shared_one_tells_people_apart_by_name() -> None:
    awa = enter(phone="76 00 00 00")
    assert enter(phone="+22376000000", name="AWA  diarra") == awa
    assert enter(phone="76 00 00 00", name="Moussa Diarra") != awa
    assert awa.emails.count() == 0


def test_an_address_and_a_known_telephone_make_a_second_card_without_an_error() -> None:
    alone = enter(phone="76 00 00 00")
    both = enter(phone="76 00 00 00", email="awa@example.org")
    assert both != alone
    assert both.phones.count() == 0


def test_without_address_and_number_nobody_is_entered() -> None:
    with pytest.raises(actions.ContactUnreachable):
        enter()
    with pytest.raises(ValidationError):
        enter(email="awa@example.org\r\nBcc: all@example.org")
    assert Contact.objects.count() == 0


def test_organisations_are_entered_once_whatever_the_accents() -> None:
    enter(email="a@example.org", organisation_name="Université de Ségou")
    enter(email="b@example.org", organisation_name="UNIVERSITE DE SEGOU ")
    assert Organisation.objects.count() == 1


def test_somebody_put_aside_who_writes_again_is_taken_back() -> None:
    contact = actions.put_aside(enter(email="awa@example.org"), now=NOON)
    assert not queries.contacts().exists()
    assert enter(email="awa@example.org") == contact
    assert queries.contacts().get() == contact


@contextmanager
def held_back(table: str) -> Iterator[Callable[[int], None]]:
    """Let everybody read `table` and nobody write it, until so many wait: the race is then certain."""

    def wait_for(waiting: int) -> None:
        with connection.cursor() as cursor:
            for _ in range(100_000):
                cursor.execute(
                    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass", [table]
                )
                if cursor.fetchone()[0] >= waiting:
                    return
        raise AssertionError(f"fewer than {waiting} came to the race")

    connection.set_autocommit(False)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield wait_for
        connection.commit()
    finally:
        connection.rollback()
        connection.set_autocommit(True)


def race(table: str, act: Callable[[], object]) -> tuple[list[object], list[Exception]]:
    results: list[object] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(act())
        except Exception as error:  # reported to the test, which looks at it
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(RACERS)]
    with held_back(table) as wait_for:
        for thread in threads:
            thread.start()
        wait_for(RACERS)
    for thread in threads:
        thread.join(30)
    return results, errors


@pytest.mark.django_db(transaction=True)
def test_six_who_register_one_address_at_once_are_one_contact() -> None:
    results, errors = race("contacts_contactemail", lambda: enter(email="awa@example.org"))
    assert errors == []
    assert len({contact.pk for contact in results}) == 1
    assert Contact.objects.count() == ContactEmail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_six_who_register_one_telephone_at_once_are_one_contact() -> None:
    results, errors = race("contacts_contactphone", lambda: enter(phone="76 00 00 00"))
    assert errors == []
    assert len({contact.pk for contact in results}) == 1
    assert Contact.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_constraint_the_same_six_are_six_contacts() -> None:
    """The control: the race above is a race."""
    field = ContactEmail._meta.get_field("address")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'contacts_contactemail'::regclass AND contype = 'u'"
        )
        (name,) = cursor.fetchone()
        cursor.execute(f'ALTER TABLE contacts_contactemail DROP CONSTRAINT "{name}"')
    try:
        _, errors = race("contacts_contactemail", lambda: enter(email="awa@example.org"))
        assert errors == []
        assert Contact.objects.count() == RACERS
    finally:
        Contact.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute(
                f'ALTER TABLE contacts_contactemail ADD CONSTRAINT "{name}" UNIQUE ("{field.column}")'
            )


def test_members_are_added_once_and_an_excluded_one_comes_back_in() -> None:
    awa, ali = make_contact(), make_contact()
    audience = make_audience(awa, criteria={"languages": ["fr"]})
    actions.remove_from_audience(audience=audience, contacts=[awa, ali], now=NOON)
    assert queries.audience_contacts(audience).count() == 0
    actions.add_to_audience(audience=audience, contacts=[awa], now=NOON)
    actions.add_to_audience(audience=audience, contacts=[awa], now=NOON)
    assert list(queries.audience_contacts(audience)) == [awa]


def test_leaving_a_list_leaves_no_row() -> None:
    awa = make_contact()
    audience = make_audience(awa)
    actions.remove_from_audience(audience=audience, contacts=[awa], now=NOON)
    assert audience.memberships.count() == 0


def test_a_public_form_only_asks_until_the_address_confirms() -> None:
    contact = make_contact()
    ask = {"contact": contact, "purpose": Purpose.NEWSLETTER, "source": ConsentSource.FORM}
    consent = actions.record_consent(**ask, now=NOON)
    assert consent.given_at is None
    assert actions.record_consent(**ask, now=NOON + timedelta(hours=1)) == consent
    confirmed = actions.confirm_consent(consent, now=NOON + timedelta(hours=2))
    assert (confirmed.requested_at, confirmed.given_at) == (NOON, NOON + timedelta(hours=2))
    assert actions.confirm_consent(consent, now=NOON + timedelta(hours=3)).given_at == confirmed.given_at


def test_paper_gives_consent_at_once_and_a_new_one_after_it_was_taken_back() -> None:
    contact = make_contact()
    give = {"contact": contact, "purpose": Purpose.PRESS, "source": ConsentSource.PAPER, "evidence": "carte"}
    first = actions.record_consent(**give, now=NOON)
    assert first.given_at == NOON
    actions.withdraw_consent(first, now=NOON)
    assert actions.confirm_consent(first, now=NOON).withdrawn_at == NOON
    assert actions.record_consent(**give, now=NOON) != first


def test_unsubscribing_suppresses_the_address_once_and_takes_consents_back() -> None:
    contact = make_contact(email="awa@example.org")
    for purpose in (Purpose.NEWSLETTER, Purpose.PHONE):
        actions.record_consent(contact=contact, purpose=purpose, source=ConsentSource.PAPER, now=NOON)
    later = NOON + timedelta(days=1)
    actions.suppress(address="AWA@example.org", reason=SuppressionReason.UNSUBSCRIBED, now=NOON)
    row = actions.suppress(address="awa@example.org", reason=SuppressionReason.MANUAL, now=later)
    assert (row.reason, row.since) == (SuppressionReason.UNSUBSCRIBED, NOON)
    assert queries.suppressed("Awa@Example.org")
    assert list(Consent.objects.filter(withdrawn_at=None).values_list("purpose", flat=True)) == ["phone"]
    assert actions.lift_suppression("awa@example.org")
    assert not actions.lift_suppression("awa@example.org")
    assert Suppression.objects.count() == 0


def test_a_bounce_takes_no_consent_back() -> None:
    contact = make_contact(email="awa@example.org")
    actions.record_consent(contact=contact, purpose=Purpose.PRESS, source=ConsentSource.PAPER, now=NOON)
    actions.suppress(address="awa@example.org", reason=SuppressionReason.HARD_BOUNCE, now=NOON)
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_an_accreditation_is_asked_once_granted_and_its_links_closed_when_withdrawn() -> None:
    contact = make_contact()
    asked = actions.request_accreditation(contact=contact, now=NOON)
    assert actions.request_accreditation(contact=contact, now=NOON) == asked
    granted = actions.grant_accreditation(contact=contact, valid_until=NOON + timedelta(days=1), now=NOON)
    assert granted == asked
    assert list(queries.accredited_contacts(NOON)) == [contact]
    assert not queries.accredited_contacts(NOON + timedelta(days=1)).exists()
    ended = actions.revoke_accreditation(granted, reason="fin de mission", now=NOON)
    assert (ended.state, ended.generation) == (AccreditationState.REVOKED, 2)
    assert actions.revoke_accreditation(granted, now=NOON).generation == 2
    assert not queries.accredited_contacts(NOON).exists()
    assert Accreditation.objects.count() == 1
