"""Answers of guests: who comes by them, on which seats, and what happens twice, late or through others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cms.core.models import ThingLog
from cms.mailing.models import Delivery
from events import actions
from events.models import Delegate, Occurrence, Passport, Registration
from tests.factories.accounts import make_user
from tests.factories.contacts import make_organisation
from tests.factories.events import NOON, make_delegation, make_occurrence, make_registration
from tests.factories.forms import make_question
from tests.factories.guests import answer, make_guest

pytestmark = pytest.mark.django_db


def coming(occurrence: Occurrence) -> list[tuple[str, str]]:
    rows = Registration.objects.active().filter(occurrence=occurrence).order_by("pk")
    return list(rows.values_list("name", "state"))


def test_who_accepts_has_a_seat_a_ticket_by_mail_and_brings_those_allowed():
    date = make_occurrence(capacity=3)
    guest = make_guest(date, name="Awa Keïta", email="awa@example.org", may_bring=2)
    kept = answer(guest, brings=("Moussa Keïta", "Sira Keïta"), note="Merci")
    assert (kept.state, kept.answered_by, kept.note) == ("accepted", "link", "Merci")
    assert coming(date) == [
        ("Awa Keïta", "confirmed"),
        ("Moussa Keïta", "confirmed"),
        ("Sira Keïta", "confirmed"),
    ]
    tickets = Delivery.objects.filter(mailing__renderer="events.confirmed")
    assert [row.address for row in tickets] == ["awa@example.org"]


def test_the_same_answer_twice_changes_nothing():
    date = make_occurrence()
    guest = make_guest(date, may_bring=1)
    first = answer(guest, brings=("Sira Keïta",))
    again = answer(guest, brings=("Sira Keïta",), now=NOON + timedelta(minutes=1))
    assert (again.version, again.answered_at) == (first.version, first.answered_at)
    assert Registration.objects.count() == 2
    assert Delivery.objects.count() == 1


def test_a_mended_function_of_the_substitute_is_kept():
    guest = make_guest(make_occurrence())
    for function in ("Conseiler", "Conseiller"):
        kept = answer(guest, "substituted", substitute_name="Sira", substitute_function=function)
    assert kept.substitute_function == "Conseiller"


def test_a_substitute_takes_the_guests_own_seat_though_others_wait_for_one():
    date = make_occurrence(capacity=1)
    guest = make_guest(date, name="Le ministre", organisation=make_organisation(name="Ministère"))
    answer(guest)
    [own] = Registration.objects.filter(invitation=guest)
    make_registration(date, 7)
    kept = answer(
        guest,
        "substituted",
        substitute_name="Le secrétaire général",
        substitute_function="Secrétaire général",
        email="sg@example.org",
    )
    assert (kept.state, kept.who_comes) == ("substituted", "Le secrétaire général")
    assert coming(date) == [("Le secrétaire général", "confirmed"), ("Invité 7", "waiting")]
    taken = Registration.objects.get(pk=own.pk)
    assert (taken.email, taken.organisation) == ("sg@example.org", "Ministère")
    assert taken.generation == own.generation + 1, "the guest's own ticket opens the door no more"
    answer(guest, "substituted", substitute_name="Le conseiller", email="conseiller@example.org")
    first, second = Delivery.objects.filter(mailing__renderer="events.cancelled").order_by("pk")
    assert (first.address, second.address) == (guest.contact.primary_email, "sg@example.org")
    assert second.values["reason"] == "Une autre personne vient à votre place."


def test_who_declines_after_all_gives_the_seats_to_those_who_wait():
    date = make_occurrence(capacity=2)
    guest = make_guest(date, may_bring=1)
    answer(guest, brings=("Sira Keïta",))
    make_registration(date, 7)
    assert answer(guest, "declined").state == "declined"
    assert coming(date) == [("Invité 7", "confirmed")]


def test_in_a_full_hall_a_guest_waits_like_everybody():
    date = make_occurrence(capacity=1)
    make_registration(date, 7)
    guest = make_guest(date, name="Awa Keïta")
    answer(guest)
    assert coming(date) == [("Invité 7", "confirmed"), ("Awa Keïta", "waiting")]


def test_the_secretariat_records_how_it_was_told_and_by_whom_after_the_term_too():
    date = make_occurrence()
    guest = make_guest(date, name="Awa Keïta", email=None)
    actions.change_list(occurrence=date, values={"answer_by": NOON}, user=None, now=NOON)
    with pytest.raises(actions.CannotAnswer):
        answer(guest, now=NOON + timedelta(hours=1))
    officer = make_user("protocol")
    how = actions.How("letter", user=officer, with_whom="Secrétariat, lettre n° 14")
    said = actions.Answer("accepted")
    kept = actions.answer(invitation=guest, said=said, how=how, now=NOON + timedelta(hours=1))
    assert (kept.answered_by, kept.answered_user, kept.answered_with) == (
        "letter",
        officer,
        "Secrétariat, lettre n° 14",
    )
    registration = Registration.objects.get()
    assert (registration.confirmed_channel, registration.confirmed_by) == ("letter", officer)
    assert (registration.email, registration.phone) == ("", "")
    line = ThingLog.objects.filter(action="guests.answered").get()
    assert (line.user, line.changes["how"]) == (officer, "letter")


@pytest.mark.parametrize(
    ("limits", "state", "said"),
    [
        ({"may_bring": 1}, "accepted", {"brings": ("Un", "Deux")}),
        ({"may_be_replaced": False}, "substituted", {"substitute_name": "Un autre"}),
    ],
)
def test_an_answer_beyond_the_invitation_is_refused_and_nothing_is_written(limits, state, said):
    date = make_occurrence()
    guest = make_guest(date)
    actions.change_guest(invitation=guest, values=limits, user=None, now=NOON)
    with pytest.raises(actions.CannotAnswer):
        answer(guest, state, **said)
    guest.refresh_from_db()
    assert guest.state == "to_send"
    assert not Registration.objects.exists()


def test_nobody_answers_for_a_date_that_is_cancelled_or_over():
    date = make_occurrence()
    guest = make_guest(date)
    with pytest.raises(actions.AlreadyOver):
        answer(guest, now=NOON + timedelta(days=3))
    actions.cancel_occurrence(occurrence=date, user=None, now=NOON)
    with pytest.raises(actions.AlreadyOver):
        answer(guest)


def test_naming_somebody_who_is_registered_gives_no_power_over_their_ticket():
    date = make_occurrence()
    theirs = make_registration(date, 7)
    guest = make_guest(date, email="awa@example.org")
    answer(guest, "substituted", substitute_name="Invité 7", email="invite7@example.org")
    answer(guest, "declined")
    theirs.refresh_from_db()
    assert (theirs.state, theirs.email, theirs.invitation) == ("confirmed", "invite7@example.org", None)


def test_a_guest_who_registers_by_the_form_has_answered_and_needs_no_approval():
    date = make_occurrence(needs_approval=True)
    guest = make_guest(date, email="awa@example.org")
    registration = make_registration(date, 1, email="awa@example.org")
    guest.refresh_from_db()
    assert (registration.state, registration.invitation_id) == ("confirmed", guest.pk)
    assert (guest.state, guest.answered_by) == ("accepted", "form")


def test_what_a_guest_told_of_themselves_does_not_pass_to_the_substitute():
    date = make_occurrence()
    guest = make_guest(date, email="awa@example.org")
    diet = actions.Said(make_question(date.event), text="Ni porc ni alcool")
    registration = make_registration(date, 1, email="awa@example.org", answers=[diet])
    delegation = make_delegation(date)
    Registration.objects.filter(pk=registration.pk).update(delegation=delegation)
    member = Delegate.objects.create(registration=registration, function="Ministre", hotel="Azalaï")
    Passport.objects.create(
        delegate=member, full_name="Awa Keïta", number="B0123456", nationality="ML", entered_at=NOON
    )
    answer(
        guest, "substituted", substitute_name="Sira", substitute_function="Conseillère", email="s@example.org"
    )
    kept = Registration.objects.get(pk=registration.pk)
    assert (kept.name, kept.state, kept.answers.count()) == ("Sira", "confirmed", 0)
    assert (kept.delegate.function, kept.delegate.hotel) == ("Conseillère", "")
    assert not Passport.objects.exists()


def test_who_declined_and_registers_by_the_form_after_all_comes():
    date = make_occurrence(needs_approval=True)
    guest = make_guest(date, email="awa@example.org")
    answer(guest, "declined")
    registration = make_registration(date, 1, email="awa@example.org")
    guest.refresh_from_db()
    assert (registration.state, guest.state, guest.answered_by) == ("confirmed", "accepted", "form")


def test_who_cancels_by_the_ticket_does_not_come_any_more():
    date = make_occurrence()
    guest = make_guest(date, may_bring=1)
    answer(guest, brings=("Sira Keïta",))
    own, other = Registration.objects.filter(invitation=guest).order_by("pk")
    actions.cancel(registration=own, now=NOON)
    guest.refresh_from_db()
    assert guest.state == "accepted", "one of the two still comes"
    actions.cancel(registration=other, now=NOON)
    guest.refresh_from_db()
    assert guest.state == "declined"


def test_who_of_the_secretariat_cancelled_a_guests_seat_is_kept():
    guest, user = make_guest(make_occurrence()), make_user("protocol")
    answer(guest)
    actions.cancel(registration=guest.registrations.get(), user=user, now=NOON)
    guest.refresh_from_db()
    assert (guest.state, guest.answered_by, guest.answered_user) == ("declined", "staff", user)


def test_once_somebody_is_in_the_hall_the_answer_stays():
    date = make_occurrence()
    guest = make_guest(date)
    answer(guest)
    Registration.objects.update(attended_at=NOON)
    with pytest.raises(actions.CannotAnswer):
        answer(guest, "declined")


def test_a_contact_registered_already_keeps_their_place_when_they_accept():
    date = make_occurrence()
    contact = make_registration(date, 1, confirm=False).contact
    guest = make_guest(date, contact=contact)
    answer(guest)
    [row] = Registration.objects.all()
    assert (row.state, row.invitation_id, row.contact) == ("confirmed", guest.pk, contact)
