"""The guest list of a date: who gets on it, once; what changes; two cards of one person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cms.contacts import actions as contacts
from events import actions, queries
from events.models import Invitation, Registration
from tests.factories.contacts import make_contact
from tests.factories.events import NOON, make_occurrence
from tests.factories.guests import answer, make_guest

pytestmark = pytest.mark.django_db


def add(date, *people, **options):
    return actions.add_guests(occurrence=date, contacts=people, user=None, now=NOON, **options)


def test_a_contact_is_on_the_list_once_whatever_they_are_chosen_by_and_takes_their_rank_along():
    date = make_occurrence()
    minister, other = make_contact(protocol_rank=1), make_contact()
    assert add(date, other, minister, other) == 2
    assert add(date, minister, make_contact(name="Nouveau")) == 1
    rows = list(queries.guests_of(date))
    assert [row.rank for row in rows] == [1, None, None]
    assert rows[0].contact == minister


def test_a_rank_for_one_date_changes_neither_the_card_nor_another_date():
    date = make_occurrence()
    guest = make_guest(date, protocol_rank=4)
    actions.change_guest(invitation=guest, values={"rank": 2, "may_bring": 3}, user=None, now=NOON)
    guest.refresh_from_db()
    assert (guest.rank, guest.may_bring, guest.contact.protocol_rank) == (2, 3, 4)


def test_nobody_is_put_on_the_list_of_a_date_that_is_over():
    date = make_occurrence()
    with pytest.raises(actions.AlreadyOver):
        actions.add_guests(
            occurrence=date, contacts=[make_contact()], user=None, now=NOON + timedelta(days=5)
        )


def test_a_new_link_takes_link_and_code_of_the_old_one_away():
    guest = make_guest(make_occurrence(), name="Awa Keïta")
    key, code = queries.guest_key(guest), queries.guest_code(guest)
    assert queries.guest_by_token(key) == guest
    assert queries.guest_by_code(code, "Keita", now=NOON) == guest
    renewed = actions.renew_link(invitation=guest, user=None, now=NOON)
    assert queries.guest_by_token(key) is None
    assert queries.guest_by_code(code, "Keita", now=NOON) is None
    assert queries.guest_by_token(queries.guest_key(renewed)) == guest


@pytest.mark.parametrize(
    ("typed", "surname", "right"),
    [
        (str.lower, "KEITA", True),
        (lambda code: code.replace("-", " "), "keïta", True),
        (str, "Awa", True),
        (str, "Kei", False),
        (str, "Traoré", False),
        (lambda code: code[:-1] + ("0" if code[-1] != "0" else "1"), "Keïta", False),
        (str, "", False),
    ],
)
def test_a_code_is_read_as_people_write_it_and_only_with_the_right_name(typed, surname, right):
    guest = make_guest(make_occurrence(), name="Awa Keïta")
    found = queries.guest_by_code(typed(queries.guest_code(guest)), surname, now=NOON)
    assert (found == guest) is right


def test_neither_link_nor_code_stands_in_the_database():
    guest = make_guest(make_occurrence(), name="Awa Keïta")
    row = " ".join(str(value) for value in Invitation.objects.filter(pk=guest.pk).values().get().values())
    assert queries.guest_code(guest).replace("-", "").lower() not in row.lower()
    assert queries.guest_key(guest)[22:] not in row


def test_of_two_cards_invited_to_one_date_the_answer_stays_with_all_who_come():
    date = make_occurrence()
    kept, merged = make_contact(name="Awa Keïta"), make_contact(name="A. Keïta")
    silent, said = make_guest(date, contact=kept), make_guest(date, contact=merged, may_bring=1)
    answer(said, brings=("Sira Keïta",))
    contacts.merge_contacts(kept=kept, merged=merged, user=None, now=NOON)
    [row] = Invitation.objects.all()
    assert (row.pk, row.contact, row.state) == (said.pk, kept, "accepted")
    assert not Invitation.objects.filter(pk=silent.pk).exists()
    assert set(Registration.objects.values_list("invitation", flat=True)) == {said.pk}
