"""Guests and rounds of mails on real connections, really at once."""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction

from cms.mailing.models import Delivery
from events import actions
from events.models import Registration
from tests.events.test_oversell import at_once
from tests.factories.contacts import make_contact
from tests.factories.core import NOON
from tests.factories.events import make_occurrence, make_registration
from tests.factories.guests import answer, make_guest

pytestmark = pytest.mark.django_db(transaction=True)


def test_guests_who_accept_at_once_never_sit_on_more_seats_than_there_are() -> None:
    date = make_occurrence(capacity=5)
    guests = [make_guest(date, may_bring=1) for _number in range(8)]
    at_once(lambda number: answer(guests[number], brings=(f"Avec {number}",)), len(guests))
    states = Counter(Registration.objects.values_list("state", flat=True))
    assert states == {"confirmed": 5, "waiting": 11}


def test_one_answer_posted_by_many_at_once_is_one_and_two_schedulers_write_one_mail() -> None:
    date = make_occurrence(start_date=(NOON + timedelta(days=10)).date())
    guest = make_guest(date, contact=make_contact())
    at_once(lambda number: answer(guest), 6)
    assert Registration.objects.count() == 1
    make_registration(date, 1)
    before = Delivery.objects.count()
    actions.plan_round(occurrence=date, kind="remind", days=7, user=None, now=NOON)
    due = date.starts_at - timedelta(days=7)
    at_once(lambda number: actions.write_due_rounds(now=due), 4)
    assert Delivery.objects.count() == before + 2


def test_invitations_sent_by_several_officers_at_once_write_to_each_guest_once() -> None:
    date = make_occurrence(start_date=(NOON + timedelta(days=10)).date())
    for number in range(8):
        make_guest(date, email=f"invite{number}@example.org")
    said = {"occurrence": date, "kind": "invitation", "days": None, "user": None, "now": NOON}
    rounds = [actions.plan_round(**said) for _officer in range(6)]
    done = at_once(lambda place: actions.write_round(planned=rounds[place], user=None, now=NOON), 6)
    assert sorted(done) == [0, 0, 0, 0, 0, 8]
    assert Delivery.objects.filter(mailing__renderer="events.guest_invitation").count() == 8


def test_an_answer_given_while_letters_are_numbered_or_handed_over_stays() -> None:
    date = make_occurrence()
    guests = [make_guest(date), make_guest(date)]

    def number() -> None:
        actions.number_letters(occurrence=date, rows=guests[:1], dated=NOON.date(), user=None, now=NOON)
        connection.close()

    def hand_over() -> None:
        actions.hand_over(invitation=guests[1], handed_at=NOON, received_by="Le planton", user=None, now=NOON)
        connection.close()

    def waiting() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            return int(cursor.fetchone()[0])

    threads = [Thread(target=number), Thread(target=hand_over)]
    with transaction.atomic():
        for guest in guests:
            answer(guest)
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 20
        while waiting() < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    for guest in guests:
        guest.refresh_from_db()
    assert [guest.state for guest in guests] == ["accepted", "accepted"]
    assert (guests[0].number, guests[1].received_by) == (1, "Le planton")
