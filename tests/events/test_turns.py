"""The order of questions: taken, moved by what was seen, settled; on the screen and on the moderator's sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.accounts.models import User
from cms.contacts.models import Accreditation, AccreditationState, Contact
from events import actions, queries
from events.actions import turns
from events.actions.people import move_registrations
from events.documents.turns import turns_html
from events.models import Kind, Occurrence, QuestionTurn, Registration, TurnState
from events.views.tools import tools_of
from tests.factories.core import NOON
from tests.factories.events import make_event, make_occurrence
from tests.support.shared import laid

pytestmark = pytest.mark.django_db
BY: dict[str, Any] = {"user": None, "now": NOON}
NAMES = ("Awa", "Bakary", "Chaka")


def coming(row: Occurrence, name: str) -> Registration:
    return actions.add_by_hand(
        occurrence=row, name=name, organisation=f"Radio {name}", channel="staff", user=None, now=NOON
    )


@pytest.fixture(scope="module")
def laid_row(django_db_setup: None, django_db_blocker: Any) -> Iterator[Occurrence]:
    """A press conference to which three people come."""
    with laid(django_db_blocker):
        row = make_occurrence()
        for name in NAMES:
            coming(row, name)
        yield row


@pytest.fixture
def row(laid_row: Occurrence, db: None) -> Occurrence:
    return Occurrence.objects.select_related("event").get(pk=laid_row.pk)


def person(name: str) -> Registration:
    return Registration.objects.get(name=name)


def take(row: Occurrence, *names: str) -> list[QuestionTurn]:
    return turns.take_turns(occurrence=row, people=[person(name).pk for name in names], **BY)


def line(row: Occurrence) -> list[str]:
    return [one.registration.name for one in queries.waiting_turns(row)]


def moderator(client: Client, row: Occurrence) -> str:
    user = User.objects.create_user(username="officer", password="secret")
    user.groups.add(Group.objects.get(name="officer"))
    client.force_login(user)
    return f"/admin/agenda/{row.event_id}/press/"


def test_people_ask_in_the_order_in_which_they_were_put_each_once(row: Occurrence) -> None:
    assert len(take(row, "Bakary", "Awa", "Bakary")) == 2
    assert take(row, "Bakary") == []
    take(row, "Chaka")
    assert line(row) == ["Bakary", "Awa", "Chaka"]


def test_who_has_no_seat_or_comes_to_another_date_gets_no_turn_and_who_cancels_is_not_called(
    row: Occurrence,
) -> None:
    stranger = coming(make_event(name="Autre").occurrences.get(), "Ailleurs")
    actions.cancel(registration=person("Awa"), now=NOON)
    assert turns.take_turns(occurrence=row, people=[person("Awa").pk, stranger.pk], **BY) == []
    take(row, "Bakary", "Chaka")
    actions.cancel(registration=person("Bakary"), now=NOON)
    assert line(row) == ["Chaka"]


def test_a_move_carries_the_order_that_was_seen_and_twice_it_moves_once(row: Occurrence) -> None:
    first, second, third = take(row, *NAMES)
    for _ in range(2):
        turns.move_turn(occurrence=row, first=second.pk, second=first.pk)
    assert line(row) == ["Bakary", "Awa", "Chaka"]
    turns.move_turn(occurrence=row, first=third.pk, second=first.pk)
    assert line(row) == ["Bakary", "Chaka", "Awa"]
    # What a second moderator still sees: Bakary directly before Awa.
    with pytest.raises(turns.OrderChanged):
        turns.move_turn(occurrence=row, first=first.pk, second=second.pk)
    with pytest.raises(turns.OrderChanged):
        turns.move_turn(occurrence=row, first=first.pk, second=0)
    assert line(row) == ["Bakary", "Chaka", "Awa"]


def test_who_has_asked_may_wait_anew_and_what_was_said_wrongly_is_put_back_where_it_was(
    row: Occurrence,
) -> None:
    first, second, _third = take(row, *NAMES)
    for at in (NOON, NOON.replace(hour=13)):
        said = {"turn": first.pk, "user": None, "now": at}
        turns.settle_turn(occurrence=row, state=TurnState.ASKED, **said)
    assert (line(row), QuestionTurn.objects.get(pk=first.pk).settled_at) == (["Bakary", "Chaka"], NOON)
    turns.settle_turn(occurrence=row, turn=second.pk, state=TurnState.SKIPPED, **BY)
    turns.settle_turn(occurrence=row, turn=second.pk, state=TurnState.WAITING, **BY)
    assert line(row) == ["Bakary", "Chaka"]
    take(row, "Awa")
    assert line(row) == ["Bakary", "Chaka", "Awa"]
    with pytest.raises(turns.OrderChanged):
        turns.settle_turn(occurrence=row, turn=first.pk, state=TurnState.WAITING, **BY)
    with pytest.raises(turns.OrderChanged):
        turns.withdraw_turn(occurrence=row, turn=first.pk, **BY)
    told = [words for part in queries.person_sections(person("Awa")) for label, words in part.lines]
    assert any(words.startswith("A posé sa question · ") for words in told)
    for _ in range(2):
        turns.withdraw_turn(occurrence=row, turn=second.pk, **BY)
    assert line(row) == ["Chaka", "Awa"]
    with pytest.raises(turns.OrderChanged):
        turns.settle_turn(occurrence=row, turn=second.pk, state=TurnState.ASKED, **BY)


def test_who_was_registered_twice_keeps_the_earlier_of_their_two_turns(row: Occurrence) -> None:
    take(row, "Chaka", "Bakary", "Awa")
    cards = [person(name).contact for name in ("Awa", "Chaka")]
    assert cards[0]
    assert cards[1]
    move_registrations(source=cards[0], target=cards[1], user=None, now=NOON)
    kept = Registration.objects.get(name__in=("Awa", "Chaka"), state="confirmed")
    assert line(row) == [kept.name, "Bakary"]


def test_the_database_keeps_one_place_to_a_turn_and_one_waiting_turn_to_a_person(row: Occurrence) -> None:
    (turn,) = take(row, "Awa")
    said = {"occurrence": row, "registration": person("Awa")}
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionTurn.objects.create(order=9, **said)
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionTurn.objects.create(order=9, state=TurnState.ASKED, **said)
    other = QuestionTurn(occurrence=row, registration=person("Bakary"), order=turn.order)
    with transaction.atomic():
        other.save()
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        transaction.set_rollback(True)


def test_the_moderator_adds_moves_ticks_and_prints_without_a_script(row: Occurrence, client: Client) -> None:
    Accreditation.objects.create(
        contact=Contact.objects.get(name="Chaka"), state=AccreditationState.GRANTED, requested_at=NOON
    )
    here = moderator(client, row)
    shown = client.get(here).content.decode()
    assert shown.index("Chaka") < shown.index("Awa")  # the accredited first
    assert client.post(here, {"do": "all"}).status_code == 302
    assert line(row) == ["Chaka"]
    for name in ("Awa", "Bakary"):
        assert client.post(here, {"do": "add", "person": person(name).pk}).status_code == 302
    keys = dict(QuestionTurn.objects.values_list("registration__name", "pk"))
    move = {"do": "move", "first": keys["Awa"], "second": keys["Chaka"]}
    assert client.post(here, move).status_code == 302
    assert line(row) == ["Awa", "Chaka", "Bakary"]
    client.post(here, {"do": "asked", "turn": keys["Chaka"]})
    assert "A posé sa question" in client.get(here).content.decode()
    stale = client.post(here, {"do": "move", "first": keys["Bakary"], "second": keys["Chaka"]})
    assert (stale.status_code, "Rien n’a été changé" in stale.content.decode()) == (409, True)
    assert line(row) == ["Awa", "Bakary"]
    for wrong in ({"do": "nothing"}, {}):
        assert client.post(here, wrong).status_code == 404
    assert client.post(here, {"do": "asked", "turn": "²"}).status_code == 409
    paper = client.get(f"{here}list.pdf")
    assert (paper.content[:5], "no-store" in paper.headers["Cache-Control"]) == (b"%PDF-", True)
    words = re.sub(r"\s+", " ", turns_html(row, list(queries.waiting_turns(row))))
    assert words.index("Radio Awa") < words.index("Radio Bakary")
    assert "Radio Chaka" not in words
    assert ">Posée</th>" in words


def test_who_may_not_keep_registrations_neither_sees_nor_changes_it_and_others_kinds_have_none(
    row: Occurrence,
) -> None:
    user = User.objects.create_user(username="coordinator", password="secret")
    user.groups.add(Group.objects.get(name="coordinator"))
    client = Client()
    client.force_login(user)
    here = f"/admin/agenda/{row.event_id}/press/"
    assert client.get(here).headers["Location"] == "/admin/"
    client.post(here, {"do": "add", "person": person("Awa").pk})
    assert not QuestionTurn.objects.exists()
    officer = User.objects.create_user(username="officer", password="secret")
    officer.groups.add(Group.objects.get(name="officer"))
    workshop = make_event(kind=Kind.WORKSHOP)
    found = [[one["url"] for one in tools_of(one, officer)] for one in (row.event, workshop)]
    assert here in found[0]
    assert not any(url.endswith("/press/") for url in found[1])


def test_the_screen_asks_as_little_of_the_database_for_thirty_as_for_one(
    row: Occurrence, client: Client
) -> None:
    here = moderator(client, row)
    take(row, "Awa")
    client.get(here)
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get(here)
    contacts = Contact.objects.bulk_create(Contact(name=f"P{number:02}") for number in range(60))
    people = Registration.objects.bulk_create(
        Registration(
            occurrence=row,
            contact=contact,
            name=contact.name,
            state="confirmed",
            confirmed_channel="staff",
            created_at=NOON,
        )
        for contact in contacts
    )
    turns.take_turns(occurrence=row, people=[one.pk for one in people[:30]], **BY)
    with CaptureQueriesContext(connection) as many:
        client.get(here)
    assert len(many) == len(few)
