"""Registrations of a person whose two cards become one: they follow, and nobody sits on two chairs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.accounts.models import Role
from cms.contacts import actions as contacts
from cms.contacts.models import Contact
from cms.mailing.models import Delivery
from events.models import Registration, RegistrationState
from tests.factories.accounts import make_user
from tests.factories.events import NOON, make_occurrence, make_registration

pytestmark = pytest.mark.django_db


def merge(kept: Contact, merged: Contact, **options: object) -> None:
    contacts.merge_contacts(kept=kept, merged=merged, user=None, **{"now": NOON, **options})  # type: ignore[arg-type]


def test_registrations_follow_their_person_with_their_links() -> None:
    one, other = make_registration(make_occurrence(), 1), make_registration(make_occurrence(), 2)
    merge(one.contact, other.contact)
    rows = Registration.objects.filter(contact=one.contact)
    assert {(row.uid, row.generation, row.state) for row in rows} == {
        (row.uid, row.generation, RegistrationState.CONFIRMED) for row in (one, other)
    }


def test_of_two_registrations_for_one_date_the_surer_stays_and_who_waits_gets_the_seat() -> None:
    date = make_occurrence(capacity=2, has_waiting_list=True)
    one, other, waiting = (make_registration(date, number) for number in (1, 2, 3))
    assert waiting.state == RegistrationState.WAITING
    told = Delivery.objects.filter(recipient_key__startswith=other.uid.hex).count()
    merge(one.contact, other.contact)
    states = dict(Registration.objects.values_list("pk", "state"))
    assert states == {
        one.pk: RegistrationState.CONFIRMED,
        other.pk: RegistrationState.CANCELLED,
        waiting.pk: RegistrationState.CONFIRMED,
    }
    assert Delivery.objects.filter(recipient_key__startswith=other.uid.hex).count() == told
    assert set(Registration.objects.values_list("contact", flat=True)) == {one.contact_id, waiting.contact_id}


def test_a_confirmed_registration_stays_before_one_that_waits_whoever_asked_first() -> None:
    date = make_occurrence()
    pending, confirmed = make_registration(date, 1, confirm=False), make_registration(date, 2)
    merge(pending.contact, confirmed.contact)
    pending.refresh_from_db()
    confirmed.refresh_from_db()
    assert pending.state == RegistrationState.CANCELLED
    assert (confirmed.state, confirmed.contact) == (RegistrationState.CONFIRMED, pending.contact)


def test_a_date_that_is_over_keeps_who_came() -> None:
    date = make_occurrence()
    one, other = make_registration(date, 1), make_registration(date, 2)
    Registration.objects.filter(pk=other.pk).update(attended_at=NOON)
    merge(one.contact, other.contact, now=NOON + timedelta(days=30))
    other.refresh_from_db()
    assert (other.state, other.contact) == (RegistrationState.CONFIRMED, one.contact)


def test_a_contacts_page_tells_what_they_registered_for_after_a_merging_too() -> None:
    one, other = make_registration(make_occurrence(), 1), make_registration(make_occurrence(), 2)
    merge(one.contact, other.contact)
    client = Client()
    client.force_login(make_user(Role.COORDINATOR), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("contacts:inspect", args=[one.contact_id])).content.decode()
    for registration in (one, other):
        assert f'<a href="{reverse("events_people", args=[registration.occurrence.event_id])}">' in page
    assert "Confirmé" in page


def test_a_contacts_page_reads_sixteen_registrations_in_as_many_queries_as_one() -> None:
    person = make_registration(make_occurrence(), 1).contact
    client = Client()
    client.force_login(make_user(Role.OFFICER), backend="django.contrib.auth.backends.ModelBackend")
    url = reverse("contacts:inspect", args=[person.pk])

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    asked()
    few = asked()
    for _ in range(15):
        Registration.objects.create(
            occurrence=make_occurrence(), contact=person, name="x", email="x@example.org", created_at=NOON
        )
    assert asked() == few
