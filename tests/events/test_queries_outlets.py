"""How many people a newsroom may send: asked in the form, by hand, on the board; beyond it staff decide."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from cms.accounts.models import User
from cms.contacts.actions import find_or_create_contact
from cms.contacts.models import MediaProfile, Organisation, OrganisationKind
from events import actions
from events.models import Event, EventPage, Occurrence, Registration
from events.queries.outlets import outlet_counts, outlet_key, over_cap
from tests.factories.core import NOON
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def conference() -> Occurrence:
    """A conference on approval to which a newsroom may send one, with somebody of L’Essor there."""
    start = (timezone.now() + timedelta(days=7)).date()
    occurrence = make_event(outlet_cap=1, needs_approval=True, start_date=start).occurrences.get()
    first = make_registration(occurrence, 1, organisation="L’Essor")
    actions.approve(registration=first, user=None, now=NOON)
    return occurrence


def asks(occurrence: Occurrence, number: int, organisation: str) -> Registration:
    """Somebody who asked before the newsroom was full."""
    row = make_registration(occurrence, number, organisation="", confirm=True)
    Registration.objects.filter(pk=row.pk).update(organisation=organisation)
    row.refresh_from_db()
    return row


def test_a_newsroom_is_counted_by_its_name_however_it_is_written(conference: Occurrence) -> None:
    assert outlet_counts(conference) == {"essor": 1}
    with pytest.raises(actions.OutletFull):
        make_registration(conference, 2, organisation="l'ESSOR ")
    assert make_registration(conference, 3, organisation="ORTM").state == "requested"
    assert make_registration(conference, 4, organisation="").state == "requested"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ORTM", "O.R.T.M."),
        ("ortm", "O R T M"),
        ("L’Essor", "ESSOR"),
        ("Les Échos", "echos"),
        ("Radio Kledu", "radio-klédu"),
    ],
)
def test_two_spellings_of_a_newsroom_are_one(one: str, other: str) -> None:
    assert outlet_key(one) == outlet_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"), [("Radio Kledu", "Radio Kayira"), ("L", "Le"), ("Le Soir", "Le Matin")]
)
def test_two_newsrooms_are_two(one: str, other: str) -> None:
    assert outlet_key(one) != outlet_key(other)


def test_a_newsroom_is_one_under_its_acronym_its_name_and_on_the_cards_of_its_people(
    conference: Occurrence,
) -> None:
    ortm = Organisation.objects.create(
        name="Office de radio et télévision du Mali", acronym="O.R.T.M", kind=OrganisationKind.MEDIA
    )
    row = asks(conference, 2, "ORTM")
    actions.approve(registration=row, user=None, now=NOON)
    named = asks(conference, 3, "office de radio et télévision du Mali")
    carded = asks(conference, 4, "Journal de vingt heures")
    for one in (named, carded):
        MediaProfile.objects.create(contact=one.contact, kind="television", outlet=ortm)
    MediaProfile.objects.filter(contact=named.contact).update(outlet=None)
    assert over_cap([named, carded, asks(conference, 5, "Radio Kledu")]) == {named.pk, carded.pk}
    assert outlet_counts(conference)["office de radio et television du mali"] == 1
    for one in (named, carded):
        with pytest.raises(actions.OutletFull):
            actions.approve(registration=one, user=None, now=NOON)
    told = [state for _person, state in actions.forecast([named, carded], now=NOON)]
    assert told == ["requested", "requested"]


def test_who_types_the_address_of_a_journalist_does_not_learn_where_they_work(conference: Occurrence) -> None:
    """The card counts once the address is confirmed: then the request waits, in a mail to its holder."""
    essor = Organisation.objects.get(name_key="l essor")
    known = find_or_create_contact(
        email="invite2@example.org", phone=None, name="Awa", language="fr", organisation_name="", now=NOON
    )
    MediaProfile.objects.create(contact=known, kind="print", outlet=essor)
    Event.objects.filter(pk=conference.event_id).update(needs_approval=False)
    row = make_registration(conference, 2, organisation="Radio Kledu", confirm=False)
    assert row.state == "pending"
    assert actions.confirm_address(registration=row, now=NOON).state == "requested"


def test_beyond_it_a_request_stays_one_until_staff_let_one_more_in(conference: Occurrence) -> None:
    row = asks(conference, 2, "L'Essor")
    with pytest.raises(actions.OutletFull):
        actions.approve(registration=row, user=None, now=NOON)
    row.refresh_from_db()
    assert row.state == "requested"
    assert over_cap([row, asks(conference, 3, "ORTM")]) == {row.pk}
    assert actions.approve(registration=row, beyond_cap=True, user=None, now=NOON).state == "confirmed"


def test_the_board_accepts_the_others_and_foretells_it(conference: Occurrence) -> None:
    people = [asks(conference, n, name) for n, name in ((2, "L'Essor"), (3, "ORTM"), (4, "ortm"))]
    told = [state for _person, state in actions.forecast(people, now=NOON)]
    assert told == ["requested", "confirmed", "requested"]
    uids = [one.uid for one in people]
    done = actions.decide(event=conference.event, uids=uids, accept=True, user=None, now=NOON)
    assert done == {"requested": 2, "confirmed": 1}


def test_by_hand_one_more_is_let_in_knowingly(conference: Occurrence) -> None:
    said: dict[str, Any] = {"occurrence": conference, "name": "Awa", "organisation": "L'Essor"}
    said |= {"channel": "staff", "user": None, "now": NOON}
    with pytest.raises(actions.OutletFull):
        actions.add_by_hand(**said)
    assert actions.add_by_hand(**said, beyond_cap=True).state == "confirmed"


def test_the_holder_cannot_pass_to_a_newsroom_that_is_full(conference: Occurrence) -> None:
    row = make_registration(conference, 2, organisation="ORTM")
    said: dict[str, Any] = {"registration": row, "name": row.name, "answers": (), "now": NOON}
    with pytest.raises(actions.OutletFull):
        actions.change_answers(organisation="L'Essor", **said)
    row.refresh_from_db()
    assert row.organisation == "ORTM"


def test_the_public_form_says_that_the_places_are_taken_and_keeps_what_was_typed(page: EventPage) -> None:
    occurrence = page.event.occurrences.get()
    type(page.event).objects.filter(pk=page.event_id).update(outlet_cap=1)
    make_registration(occurrence, 1, organisation="L’Essor", now=occurrence.starts_at.replace(hour=0))
    said = {
        "occurrence": occurrence.uid.hex,
        "name": "Awa Diarra",
        "organisation": "L'Essor",
        "email": "awa@example.org",
        "step": "send",
    }
    answer = Client().post(f"{page.public_path}inscription/", said)
    assert answer.status_code == 409
    assert "Les places de cette rédaction sont prises" in answer.content.decode()
    assert "Awa Diarra" in answer.content.decode()
    assert Registration.objects.count() == 1


def test_the_approval_screen_asks_before_one_more_is_let_in(conference: Occurrence) -> None:
    row = asks(conference, 2, "L'Essor")
    user = User.objects.create_user(username="officer", password="secret")
    user.groups.add(Group.objects.get(name="officer"))
    client = Client()
    client.force_login(user)
    board = client.get(f"/admin/agenda/{conference.event_id}/board/").content.decode()
    assert "rédaction au complet" in board
    address = f"/admin/agenda/{conference.event_id}/{row.uid}/approve/"
    assert "beyond_cap" in client.get(address).content.decode()
    client.post(address)
    row.refresh_from_db()
    assert row.state == "requested"
    client.post(address, {"beyond_cap": "on"})
    row.refresh_from_db()
    assert row.state == "confirmed"
