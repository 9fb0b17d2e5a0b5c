"""Mails to the people of a date together: who gets which, once, when, and what becomes of them when things change."""

from __future__ import annotations

from datetime import timedelta

import icalendar
import pytest

from cms.contacts import actions as contacts
from cms.contacts.models import SuppressionReason
from cms.core.registry import Refused
from cms.mailing.actions.owe import ensure_sender
from cms.mailing.mail.letters import write_owed
from cms.mailing.models import Delivery
from events import actions, queries
from events.models import InvitationRound, Occurrence, Registration
from tests.factories.events import NOON, make_occurrence, make_registration
from tests.factories.guests import answer, make_guest

pytestmark = pytest.mark.django_db
WEEK = NOON + timedelta(days=7)


def in_ten_days() -> Occurrence:
    return make_occurrence(start_date=(NOON + timedelta(days=10)).date())


def plan(date: Occurrence, kind: str, days: int | None = None, **said: str) -> InvitationRound:
    return actions.plan_round(occurrence=date, kind=kind, days=days, user=None, now=NOON, **said)


def write(date: Occurrence, kind: str, **said: str) -> int:
    return actions.write_round(planned=plan(date, kind, **said), user=None, now=NOON)


def written(kind: str) -> list[str]:
    rows = Delivery.objects.filter(mailing__renderer=f"events.guest_{kind}").order_by("pk")
    return list(rows.values_list("address", flat=True))


def parts_of(kind: str, number: int = 0):
    delivery = Delivery.objects.filter(mailing__renderer=f"events.guest_{kind}").order_by("pk")[number]
    return write_owed(delivery, sender=ensure_sender(), now=NOON), delivery


def entry_of(parts):
    [(_name, kind, body)] = parts.attachments
    calendar = icalendar.Calendar.from_ical(body)
    return kind, calendar, calendar.walk("VEVENT")[0]


def test_the_invitation_goes_once_to_each_guest_whom_mail_may_reach_and_marks_them_invited():
    date = in_ten_days()
    mailed = make_guest(date, email="awa@example.org")
    paper = make_guest(date, email=None)
    dead = make_guest(date, email="dead@example.org")
    contacts.suppress(address="dead@example.org", reason=SuppressionReason.HARD_BOUNCE, now=NOON)
    declined = make_guest(date, email="non@example.org")
    answer(declined, "declined")
    planned = plan(date, "invitation")
    assert queries.beside_mail(date, "invitation") == 2
    assert actions.write_round(planned=planned, user=None, now=NOON) == 1
    assert actions.write_round(planned=planned, user=None, now=NOON) == 0
    assert written("invitation") == ["awa@example.org"]
    for guest, state in ((mailed, "sent"), (paper, "to_send"), (dead, "to_send"), (declined, "declined")):
        guest.refresh_from_db()
        assert guest.state == state
    make_guest(date, email="late@example.org")
    assert write(date, "invitation") == 1, "those listed since get it by another round"
    assert written("invitation") == ["awa@example.org", "late@example.org"]


def test_the_mail_has_the_officers_words_the_guests_link_and_a_request_to_the_calendar():
    date = in_ten_days()
    words = {
        "words_fr": "J’ai l’honneur.\n\nDe vous convier.",
        "subject_fr": "Cérémonie",
        "signatory": "M. Sidibé",
    }
    guest = make_guest(
        date, name="Awa Keïta", email="awa@example.org", salutation="Madame la Ministre,", may_bring=2
    )
    actions.change_list(
        occurrence=date, values={**words, "answer_by": NOON + timedelta(days=5)}, user=None, now=NOON
    )
    write(date, "invitation", words_fr="Tenue de ville.")
    parts, _row = parts_of("invitation")
    assert parts.subject == "Cérémonie"
    for said in ("J’ai l’honneur.", "De vous convier.", "Tenue de ville.", "M. Sidibé", "avec 2 personnes"):
        assert said in parts.text
    assert f"/i/{queries.guest_key(guest)}" in parts.text
    kind, calendar, entry = entry_of(parts)
    assert kind.endswith("method=REQUEST")
    assert calendar["METHOD"] == "REQUEST"
    assert str(entry["ATTENDEE"]) == "mailto:awa@example.org"
    assert entry["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
    assert str(entry["ORGANIZER"]).startswith("mailto:")
    assert b"/i/" not in parts.attachments[0][2], "a calendar is often shared"


def test_a_moved_date_reaches_who_has_not_answered_with_the_next_number_and_an_end_with_a_cancel():
    date = in_ten_days()
    make_guest(date, email="awa@example.org")
    coming, gone = make_guest(date, email="oui@example.org"), make_guest(date, email="non@example.org")
    write(date, "invitation")
    answer(coming)
    answer(gone, "declined")
    _kind, _calendar, first = entry_of(parts_of("invitation")[0])
    moved = date.local_start.replace(tzinfo=None) + timedelta(days=1)
    actions.move_occurrence(occurrence=date, starts=moved, ends=None, user=None, now=NOON)
    assert written("changed") == ["awa@example.org"]
    _kind, calendar, second = entry_of(parts_of("changed")[0])
    assert (str(second["UID"]), calendar["METHOD"]) == (str(first["UID"]), "REQUEST")
    assert second["SEQUENCE"] > first["SEQUENCE"]
    actions.cancel_occurrence(occurrence=date, reason="Deuil national", user=None, now=NOON)
    assert written("called_off") == ["awa@example.org"]
    parts, _row = parts_of("called_off")
    assert "Deuil national" in parts.text
    kind, calendar, last = entry_of(parts)
    assert (calendar["METHOD"], str(last["STATUS"])) == ("CANCEL", "CANCELLED")
    assert last["SEQUENCE"] > second["SEQUENCE"]
    assert kind.endswith("method=CANCEL")
    registered = Delivery.objects.filter(mailing__renderer="events.called_off")
    assert [row.address for row in registered] == ["oui@example.org"]


def test_only_who_has_not_answered_is_asked_again():
    date = in_ten_days()
    silent, said = make_guest(date, email="awa@example.org"), make_guest(date, email="oui@example.org")
    write(date, "invitation")
    answer(said)
    make_guest(date, email="new@example.org")
    assert write(date, "ask_again") == 1
    assert written("ask_again") == [silent.contact.primary_email]


def test_who_answers_between_the_writing_and_the_sending_is_asked_no_more():
    date = in_ten_days()
    guest = make_guest(date, email="awa@example.org")
    write(date, "invitation")
    write(date, "ask_again")
    answer(guest)
    with pytest.raises(Refused):
        parts_of("ask_again")


def test_reminders_reach_all_who_have_a_seat_by_whatever_way_and_nobody_else():
    date = in_ten_days()
    answer(make_guest(date, email="oui@example.org", may_bring=1), brings=("Sira Keïta",))
    make_guest(date, email="silent@example.org")
    make_registration(date, 1)
    make_registration(date, 2, confirm=False)
    gone = make_registration(date, 3)
    actions.cancel(registration=gone, now=NOON)
    assert write(date, "remind") == 2
    assert written("remind") == ["oui@example.org", "invite1@example.org"]
    parts, delivery = parts_of("remind")
    row = Registration.objects.get(uid=delivery.values["registration"])
    assert f"/r/{queries.key_of(row)}" in parts.text


def test_a_planned_reminder_leaves_at_its_hour_and_twice_changes_nothing():
    date = in_ten_days()
    make_registration(date, 1)
    plan(date, "remind", 7)
    due = date.starts_at.replace(hour=9) - timedelta(days=7)
    assert actions.write_due_rounds(now=due - timedelta(minutes=1)) == []
    assert actions.write_due_rounds(now=due) == ["events.guest_remind"]
    assert actions.write_due_rounds(now=due) == []
    assert written("remind") == ["invite1@example.org"]


def test_a_date_that_moves_takes_its_reminder_along():
    date = in_ten_days()
    make_registration(date, 1)
    plan(date, "remind", 1)
    later = date.local_start.replace(tzinfo=None) + timedelta(days=5)
    actions.move_occurrence(occurrence=date, starts=later, ends=None, user=None, now=NOON)
    assert actions.write_due_rounds(now=date.starts_at - timedelta(days=1)) == []
    assert actions.write_due_rounds(now=date.starts_at + timedelta(days=4)) == ["events.guest_remind"]


@pytest.mark.parametrize("change", ["late", "cancelled"])
def test_a_reminder_that_nobody_could_write_in_time_is_missed_and_not_sent_late(change):
    date = in_ten_days()
    make_registration(date, 1)
    planned = plan(date, "remind", 7)
    if change == "cancelled":
        actions.cancel_occurrence(occurrence=date, user=None, now=NOON)
    at = date.starts_at - timedelta(days=7 if change == "cancelled" else 5)
    assert actions.write_due_rounds(now=at) == []
    planned.refresh_from_db()
    assert planned.state == "missed"
    assert written("remind") == []


@pytest.mark.parametrize(("kind", "days"), [("remind", 30), ("thanks", 3), ("remind", 7)])
def test_what_would_leave_at_a_wrong_hour_or_twice_is_not_planned(kind, days):
    date = in_ten_days()
    if days == 7:
        plan(date, kind, days)
    with pytest.raises(actions.CannotWrite):
        plan(date, kind, days)


def test_thanks_go_to_who_came_once_it_is_over():
    date = in_ten_days()
    came, _absent = make_registration(date, 1), make_registration(date, 2)
    Registration.objects.filter(pk=came.pk).update(attended_at=date.starts_at)
    planned = plan(date, "thanks", -1)
    with pytest.raises(actions.CannotWrite):
        actions.write_round(planned=planned, user=None, now=NOON)
    assert actions.write_due_rounds(now=date.starts_at + timedelta(days=1)) == ["events.guest_thanks"]
    assert written("thanks") == ["invite1@example.org"]


def test_invitations_without_an_answer_at_the_end_of_their_term_expire_once():
    date = in_ten_days()
    guest = make_guest(date, email="awa@example.org")
    actions.change_list(occurrence=date, values={"answer_by": WEEK}, user=None, now=NOON)
    write(date, "invitation")
    assert actions.expire_invitations(now=WEEK - timedelta(minutes=1)) == 0
    assert actions.expire_invitations(now=WEEK) == 1
    assert actions.expire_invitations(now=WEEK) == 0
    guest.refresh_from_db()
    assert guest.state == "expired"
    actions.change_list(occurrence=date, values={"phone": "20 22 00 00"}, user=None, now=WEEK)
    assert actions.expire_invitations(now=WEEK) == 0, "another word about the list opens nothing"
    later = {"answer_by": WEEK + timedelta(days=1)}
    actions.change_list(occurrence=date, values=later, user=None, now=WEEK)
    asked_again = [one.guest for one in queries.reached_by(date, "ask_again")]
    assert asked_again == [guest], "a later day opens the answer again"


def test_who_declined_is_not_told_that_the_invitation_is_withdrawn():
    date = in_ten_days()
    guest = make_guest(date, email="awa@example.org")
    write(date, "invitation")
    answer(guest, "declined")
    actions.withdraw_guest(invitation=guest, user=None, now=NOON)
    assert written("withdrawn") == []


def test_a_guest_taken_off_the_list_is_told_if_invited_and_leaves_no_trace_if_not():
    date = in_ten_days()
    invited, coming = make_guest(date, email="awa@example.org"), make_guest(date, email="oui@example.org")
    write(date, "invitation")
    answer(coming)
    never = make_guest(date, email="never@example.org")
    for guest in (invited, coming, never):
        actions.withdraw_guest(invitation=guest, user=None, now=NOON)
    assert written("withdrawn") == ["awa@example.org"], "the other is told that the registration ends"
    assert not Registration.objects.active().exists()
    assert queries.guests_of(date).count() == 0
    assert set(queries.guests_of(date, asked="withdrawn").values_list("contact", flat=True)) == {
        invited.contact_id,
        coming.contact_id,
    }
    _kind, calendar, _entry = entry_of(parts_of("withdrawn")[0])
    assert calendar["METHOD"] == "CANCEL"
    assert actions.add_guests(occurrence=date, contacts=[invited.contact], user=None, now=NOON) == 1


def test_a_round_asks_as_much_of_the_database_for_thirty_guests_as_for_two(
    django_assert_num_queries, django_assert_max_num_queries
):
    """A thousand took seven seconds of the officer's request when each mail was written by itself."""
    few, many = in_ten_days(), in_ten_days()
    for number in range(30):
        card = {"email": f"guest{number}@example.org", "language": "fr" if number % 2 else "en"}
        guest = make_guest(many, **card)
        if number < 2:
            make_guest(few, contact=guest.contact)
    rounds = [plan(date, "invitation") for date in (few, many)]
    write(in_ten_days(), "invitation")  # the queue of these mails is there from the first time on
    with django_assert_max_num_queries(60) as spent:
        assert actions.write_round(planned=rounds[0], user=None, now=NOON) == 2
    with django_assert_num_queries(len(spent.captured_queries)):
        assert actions.write_round(planned=rounds[1], user=None, now=NOON) == 30
    assert len(set(written("invitation"))) == 30
