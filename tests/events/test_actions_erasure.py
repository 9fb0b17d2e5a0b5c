"""Erasure: by itself when the time is over, and on request; counts stay, people go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from cms.contacts.models import Contact
from cms.core.models import ThingLog
from cms.mailing.models import Delivery
from events import actions, queries
from events.models import (
    Answer,
    Certificate,
    Choice,
    Delegate,
    Delegation,
    Invitation,
    Occurrence,
    Passport,
    Question,
    Registration,
)
from tests.factories.core import NOON
from tests.factories.events import make_delegation, make_occurrence, make_registration, name_somebody

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
A_YEAR = timedelta(days=367)


@pytest.fixture
def row() -> Occurrence:
    """A date of tomorrow with one person by mail, one by telephone, and a delegate with a passport."""
    row = make_occurrence(capacity=9)
    make_registration(row, 1, organisation="Radio Canari")
    called = make_registration(row, 2, email="", phone="+22376001122", confirm=False)
    actions.confirm_by_phone(registration=called, number="+22376001122", user=None, now=NOON)
    member = name_somebody(make_delegation(row), email="membre@example.org", name="Délégué Canari")
    actions.change_delegate(
        member=member,
        journey={"hotel": "Hôtel Canari"},
        passport={"full_name": "CANARI", "number": "CANARI1", "nationality": "BJ"},
        now=NOON,
    )
    return row


def everything() -> str:
    """All that the tables of events, mail, journal and contacts say of anybody."""
    tables = (Registration, Delegation, Delegate, Passport, Delivery, ThingLog, Contact)
    return str([list(table.objects.values()) for table in tables])


SECRETS = ("Canari", "CANARI", "invite1@example.org", "22376001122", "membre@example.org", "chef@example.org")


def test_passports_go_first_and_people_months_after_each_once(row: Occurrence) -> None:
    assert actions.erase_due(now=row.ends_at + 29 * DAY) == {"passports": 0, "people": 0, "others": 0}
    assert actions.erase_due(now=row.ends_at + 31 * DAY) == {"passports": 1, "people": 0, "others": 0}
    assert (Passport.objects.count(), Delegate.objects.count()) == (0, 1)
    assert actions.erase_due(now=row.ends_at + 360 * DAY) == {"passports": 0, "people": 0, "others": 0}
    assert actions.erase_due(now=row.ends_at + A_YEAR) == {"passports": 0, "people": 4, "others": 0}
    assert actions.erase_due(now=row.ends_at + A_YEAR) == {"passports": 0, "people": 0, "others": 0}


def test_nothing_of_anybody_is_left_and_every_count_stays(row: Occurrence) -> None:
    before = queries.counts_of(row.event)
    found = everything()
    assert all(secret in found for secret in SECRETS)
    tokens = [queries.key_of(one) for one in Registration.objects.all()]
    head = queries.head_token(Delegation.objects.get())
    actions.erase_due(now=row.ends_at + A_YEAR)
    found = everything()
    assert [secret for secret in SECRETS if secret in found] == []
    assert queries.counts_of(row.event) == before
    assert Occurrence.objects.counted(NOON).get().confirmed_count == 3
    assert [queries.by_token(token) for token in tokens] == [None, None, None]
    assert queries.delegation_by_token(head) is None
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}


def test_each_event_keeps_as_long_as_it_was_told(row: Occurrence) -> None:
    actions.set_retention(event=row.event, months=1, passport_days=0, user=None, now=NOON)
    assert actions.erase_due(now=row.ends_at + timedelta(minutes=1))["passports"] == 1
    assert actions.erase_due(now=row.ends_at + 32 * DAY)["people"] == 4
    lines = ThingLog.objects.filter(action__in=["retention.set", "registrations.erased"])
    assert {line.action: line.changes.get("number_erased") for line in lines} == {
        "retention.set": None,
        "registrations.erased": 4,
    }


def test_a_card_used_for_anything_else_stays_and_one_the_form_made_goes(row: Occurrence) -> None:
    kept = Contact.objects.get(emails__address="invite1@example.org")
    make_registration(make_occurrence(), 1)
    actions.erase_due(now=row.ends_at + timedelta(days=800))
    assert not Contact.objects.filter(pk=kept.pk).exists()

    again = make_occurrence(now=NOON)
    person = make_registration(again, 7)
    Contact.objects.filter(pk=person.contact_id).update(notes="Écrit par le bureau")
    actions.erase_person(registration=person, user=None, now=NOON)
    assert Contact.objects.filter(pk=person.contact_id).exists()


def test_a_person_erased_on_request_leaves_every_event_and_the_seat_goes_on(row: Occurrence) -> None:
    other = make_occurrence(capacity=1)
    mine = make_registration(other, 1)
    waiting = make_registration(other, 2)
    first = Registration.objects.get(email="invite1@example.org", occurrence=row)
    assert first.contact == mine.contact
    sent = Delivery.objects.filter(mailing__renderer="events.cancelled").count()
    assert actions.erase_person(registration=first, reason="Lettre 12", user=None, now=NOON) == 2
    for one in (first, mine, waiting):
        one.refresh_from_db()
    assert (first.name, mine.name, first.state, mine.state) == (
        "Données effacées",
        "Données effacées",
        "cancelled",
        "cancelled",
    )
    assert waiting.state == "confirmed"
    assert Delivery.objects.filter(mailing__renderer="events.cancelled").count() == sent
    assert Registration.objects.filter(occurrence=row, erased_at=None).count() == 2
    assert "invite1@example.org" not in everything()


def test_what_is_kept_of_a_person_is_told_whole(row: Occurrence) -> None:
    member = Registration.objects.get(name="Délégué Canari")
    said = str(queries.person_sections(member))
    for secret in (
        "Délégué Canari",
        "membre@example.org",
        "Hôtel Canari",
        "CANARI1",
        "Bénin",
        "delegate.changed",
    ):
        assert secret in said
    assert "invite1@example.org" not in said
    head = Registration(contact=Delegation.objects.get().contact)
    assert "chef@example.org" in str(queries.person_sections(head))


def test_what_a_guest_said_and_the_certificate_of_who_asks_go_too(row: Occurrence) -> None:
    person = Registration.objects.get(email="invite1@example.org")
    guest = Invitation.objects.create(
        occurrence=row,
        contact=person.contact,
        state="substituted",
        answered_at=NOON,
        answered_by="letter",
        answered_with="Canari fils",
        substitute_name="Canari cousin",
        note="Canari en retard",
        created_at=NOON,
    )
    given = Certificate.objects.create(
        code="CANARICODE",
        event=row.event,
        role="attendee",
        registration=person,
        name="Awa Canari",
        words={"title": "Attestation", "paragraphs": ["Awa Canari a pris part"], "signatories": []},
        issued_at=NOON,
    )
    assert "Canari en retard" in str(queries.person_sections(person))
    actions.erase_person(registration=person, user=None, now=NOON)
    for one in (guest, given):
        one.refresh_from_db()
    assert (guest.substitute_name, guest.note, guest.answered_with) == ("Données effacées", "", "")
    assert guest.state == "substituted"
    assert "Canari" not in given.name + str(given.words)
    assert given.revoked_at == NOON


def test_what_was_answered_goes_with_its_files_and_choices_stay_for_the_counts(
    row: Occurrence, django_capture_on_commit_callbacks
) -> None:
    person = Registration.objects.get(email="invite1@example.org")
    asked = [
        Question.objects.create(event=row.event, kind=kind, label=kind) for kind in ("text", "file", "choice")
    ]
    choice = Choice.objects.create(question=asked[2], label="Atelier Eau")
    Answer.objects.create(registration=person, question=asked[0], text="Canari dit", answered_at=NOON)
    joined = Answer(registration=person, question=asked[1], file_name="canari.pdf", answered_at=NOON)
    joined.file.save("canari.pdf", ContentFile(b"%PDF"), save=True)
    Answer.objects.create(registration=person, question=asked[2], choice=choice, answered_at=NOON)
    storage, name = joined.file.storage, joined.file.name
    said = str(queries.person_sections(person))
    for word in ("Canari dit", "canari.pdf", "Atelier Eau"):
        assert word in said
    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_due(now=row.ends_at + A_YEAR)
    assert not storage.exists(name)
    assert [one.words for one in Answer.objects.order_by("question")] == ["", "", "Atelier Eau"]


def test_guests_alone_are_reason_enough_for_a_date_to_be_erased() -> None:
    row = make_occurrence()
    card = Contact.objects.create(name="S.E.M. le Ministre", language="fr")
    guest = Invitation.objects.create(occurrence=row, contact=card, note="Viendra tard", created_at=NOON)
    assert list(queries.dates_due_for_erasure(now=row.ends_at + A_YEAR)) == [row]
    actions.erase_due(now=row.ends_at + A_YEAR)
    guest.refresh_from_db()
    assert (guest.note, guest.contact) == ("", card)
    assert not queries.dates_due_for_erasure(now=row.ends_at + A_YEAR).exists()
