"""Launching: one transaction, one row per address, words frozen."""

from __future__ import annotations

import uuid

import pytest
from django.db import IntegrityError, transaction

from cms.contacts import actions as contacts
from cms.mailing import actions, queries
from cms.mailing.models import Delivery, Mailing
from tests.factories import mailing as make
from tests.factories.core import locale
from tests.factories.mailing import NOON

pytestmark = pytest.mark.django_db


def test_launch_writes_one_row_per_person_of_two_audiences():
    make.sender()
    both = make.contact(1)
    first, second = (
        make.audience(members=[both, make.contact(2)]),
        make.audience(slug="radio", members=[both]),
    )
    mailing = actions.launch(make.mailing(first, second), user=None, now=NOON)
    assert sorted(mailing.deliveries.values_list("address", flat=True)) == [
        "personne1@example.org",
        "personne2@example.org",
    ]


def test_the_database_itself_refuses_a_second_mail_to_a_recipient():
    mailing = make.launched(1)
    row = mailing.deliveries.get()
    row.pk, row.uid, row.message_id = None, uuid.uuid4(), "<other@example.org>"
    with pytest.raises(IntegrityError, match="one_mail_per_recipient"), transaction.atomic():
        row.save(force_insert=True)


def test_launch_marks_suppressed_addresses_and_leaves_out_people_without_one():
    make.sender()
    contacts.suppress(address="personne1@example.org", now=NOON)
    people = [make.contact(1), make.contact(2), make.contact(3, address="")]
    mailing = actions.launch(make.mailing(make.audience(members=people)), user=None, now=NOON)
    assert queries.counts(mailing)["suppressed"] == 1
    assert queries.counts(mailing)["queued"] == 1
    assert queries.counts(mailing)["total"] == 2


def test_launching_twice_is_refused_and_changes_nothing():
    mailing = make.launched(2)
    with pytest.raises(actions.WrongState):
        actions.launch(mailing, user=None, now=NOON)
    assert queries.counts(mailing)["queued"] == 2


def test_an_empty_audience_launches_nothing():
    make.sender()
    mailing = make.mailing(make.audience(0))
    with pytest.raises(actions.NobodyToWriteTo):
        actions.launch(mailing, user=None, now=NOON)
    mailing.refresh_from_db()
    assert mailing.state == Mailing.State.DRAFT
    assert mailing.launched_at is None


def test_an_embargoed_thing_is_refused_at_launch_with_the_renderers_sentence():
    make.sender()
    thing = uuid.uuid4()
    make.EMBARGOED[thing] = None
    try:
        with pytest.raises(actions.MailingError, match="Sous embargo"):
            actions.launch(make.mailing(make.audience(2), source_uid=thing), user=None, now=NOON)
    finally:
        make.EMBARGOED.clear()
    assert not Delivery.objects.exists()


def test_words_are_frozen_per_language_and_an_unknown_language_reads_french():
    make.sender()
    locale("en")
    people = [make.contact(1), make.contact(2, language="en"), make.contact(3, language="bm")]
    mailing = actions.launch(make.mailing(make.audience(members=people)), user=None, now=NOON)
    assert list(mailing.letters.values_list("language", flat=True)) == ["en", "fr"]
    assert list(mailing.deliveries.values_list("language", flat=True)) == ["fr", "en", "fr"]
    assert "Hello" in mailing.letters.get(language="en").text


def test_a_language_that_only_withheld_people_read_is_not_written():
    make.sender()
    locale("en")
    contacts.suppress(address="personne2@example.org", now=NOON)
    people = [make.contact(1), make.contact(2, language="en")]
    mailing = actions.launch(make.mailing(make.audience(members=people)), user=None, now=NOON)
    assert list(mailing.letters.values_list("language", flat=True)) == ["fr"]
    assert queries.counts(mailing)["total"] == 2


def test_every_delivery_has_its_message_id_before_any_attempt():
    mailing = make.launched(3)
    for row in mailing.deliveries.all():
        assert row.message_id == f"<{row.uid.hex}@tokten.example.org>"
        assert row.boundary == f"=_{row.uid.hex}"


def test_owed_mail_is_written_once_for_a_key_and_ignores_the_suppression_list():
    contacts.suppress(address="aminata@example.org", now=NOON)
    first, second = make.owed(), make.owed()
    assert first.pk == second.pk
    assert first.state == Delivery.State.QUEUED
    assert first.mailing.is_standing
    assert make.owed("b:ticket:1").mailing == first.mailing


def test_owed_mail_is_undone_with_the_callers_transaction():
    with transaction.atomic():
        make.owed()
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_two_addresses_or_a_line_break_are_no_address():
    for address in ("a@example.org, b@example.org", "a@example.org\r\nBcc: b@example.org"):
        with pytest.raises(Exception, match=r".") as caught:
            make.owed(address=address)
        assert type(caught.value).__name__ == "ValidationError"


def test_a_mailing_is_made_only_of_what_somebody_renders():
    make.sender()
    for renderer in ("nobody.knows", "tests.ticket"):
        with pytest.raises(actions.MailingError):
            make.mailing(renderer=renderer)
