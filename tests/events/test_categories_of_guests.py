"""Guests and delegations of a category: counted in its quota, whoever enters them and by whichever way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from events import actions, queries
from events.actions import seats
from events.actions.places import places_left
from events.models import Category, Delegation, Event, Invitation, Occurrence, Registration
from tests.events.test_views_admin import signed_in
from tests.factories.contacts import make_contact
from tests.factories.core import NOON
from tests.factories.events import make_delegation, make_event, make_registration, name_somebody
from tests.factories.guests import answer, make_guest

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=30)


@pytest.fixture
def row() -> Occurrence:
    return make_event(capacity=20).occurrences.get()


@pytest.fixture
def ahead() -> Occurrence:
    """A date that screens, which go by the real clock, find in the future."""
    now = timezone.now()
    event = make_event(capacity=20, start_date=(now + timedelta(days=30)).date(), now=now)
    return event.occurrences.get()


def category(event: Event, name: str = "Officiels", **values: Any) -> Category:
    return actions.add_category(event=event, name=name, user=None, now=NOON, **{"quota": 2} | values)


def invite(row: Occurrence, own: Category | None, **values: Any) -> Invitation:
    guest = make_guest(row, **values)
    Invitation.objects.filter(pk=guest.pk).update(category=own)
    guest.refresh_from_db()
    return guest


def states(row: Occurrence) -> list[tuple[str, str]]:
    rows = Registration.objects.filter(occurrence=row).order_by("pk")
    return [(one.category.name if one.category else "", one.state) for one in rows]


def test_who_comes_by_an_invitation_counts_in_its_quota_else_in_that_of_its_list(row: Occurrence) -> None:
    officials, press = category(row.event), category(row.event, "Presse")
    actions.change_list(occurrence=row, values={"category": press}, user=None, now=NOON)
    answer(invite(row, officials, may_bring=2), brings=("Un", "Deux"))
    answer(invite(row, None))
    assert states(row) == [
        ("Officiels", "confirmed"),
        ("Officiels", "confirmed"),
        ("Officiels", "waiting"),
        ("Presse", "confirmed"),
    ]
    lines = {
        one.label: one.registered for one in queries.figures_of(row.event, row, now=NOON).groups["category"]
    }
    assert lines == {"Officiels": 3, "Presse": 1}


def test_a_substitute_takes_the_seat_in_its_category(row: Occurrence) -> None:
    guest = invite(row, category(row.event, quota=1))
    answer(guest)
    answer(guest, "substituted", substitute_name="Fanta Sangaré")
    assert states(row) == [("Officiels", "confirmed")]
    assert Registration.objects.get().name == "Fanta Sangaré"


def test_a_guest_who_registers_by_the_form_is_counted_as_invited(row: Occurrence) -> None:
    officials, public = category(row.event, quota=1), category(row.event, "Public")
    first, second = invite(row, officials), invite(row, officials)
    for guest in (first, second):
        registration = actions.register(
            occurrence=row,
            name=guest.contact.name,
            email=guest.contact.primary_email or "",
            language="fr",
            category=public,
            now=NOON,
        )
        actions.confirm_address(registration=registration, now=NOON)
    assert states(row) == [("Officiels", "confirmed"), ("Officiels", "waiting")]


def test_who_holds_a_seat_already_keeps_it_in_the_category_it_was_counted_in(row: Occurrence) -> None:
    public = category(row.event, "Public")
    registered = make_registration(row, 1)
    actions.move_to_category(registration=registered, category=public, user=None, now=NOON)
    actions.change_list(occurrence=row, values={"category": category(row.event)}, user=None, now=NOON)
    answer(make_guest(row, contact=registered.contact))
    assert states(row) == [("Public", "confirmed")]


def test_a_guest_put_into_another_category_goes_along_with_who_is_brought_or_not_at_all(
    row: Occurrence,
) -> None:
    officials, small = category(row.event), category(row.event, "Tribune", quota=1)
    guest = invite(row, officials, may_bring=1)
    answer(guest, brings=("Un",))
    with pytest.raises(actions.OccurrenceFull):
        actions.change_guest(invitation=guest, values={"category": small}, user=None, now=NOON)
    guest.refresh_from_db()
    assert guest.category == officials
    assert states(row) == [("Officiels", "confirmed")] * 2
    waiting = invite(row, officials)
    answer(waiting)
    assert states(row)[-1] == ("Officiels", "waiting")
    actions.change_guest(invitation=guest, values={"category": None}, user=None, now=NOON)
    assert states(row) == [("", "confirmed"), ("", "confirmed"), ("Officiels", "confirmed")]


def test_a_delegation_is_granted_no_more_than_its_category_has_and_keeps_it_for_the_names(
    row: Occurrence,
) -> None:
    officials = category(row.event, quota=3)
    delegation = make_delegation(row, granted=0)
    Delegation.objects.filter(pk=delegation.pk).update(category=officials, head_comes=False)
    with pytest.raises(actions.SeatsShort) as short:
        grant(delegation, 4)
    assert short.value.left == 3
    grant(delegation, 3)
    assert places_left(row, now=NOON).categories == {officials.pk: 0}
    assert queries.taken_by_category(row, now=NOON) == {officials.pk: 3}
    answer(invite(row, officials))
    assert states(row) == [("Officiels", "waiting")]
    for number in range(4):
        name_somebody(Delegation.objects.get(pk=delegation.pk), number)
    assert sorted(states(row)) == [("Officiels", "confirmed")] * 3 + [("Officiels", "waiting")] * 2
    assert seats.free(row, now=NOON) == 17


def grant(delegation: Delegation, number: int) -> None:
    actions.grant_places(
        delegation=delegation,
        granted=number,
        names_until=NOON + timedelta(days=1),
        user=None,
        now=NOON,
    )


def test_a_delegation_goes_to_another_category_whole_or_not_at_all(row: Occurrence) -> None:
    officials, small = category(row.event, quota=5), category(row.event, "Tribune", quota=3)
    delegation = make_delegation(row, granted=4)
    name_somebody(delegation)
    with pytest.raises(actions.OccurrenceFull):
        actions.move_delegation(delegation=delegation, category=small, user=None, now=NOON)
    actions.move_delegation(delegation=delegation, category=officials, user=None, now=NOON)
    assert {name for name, _state in states(row)} == {"Officiels"}
    assert places_left(row, now=NOON).categories[officials.pk] == 1


def test_a_seat_kept_for_a_delegation_is_not_one_of_another_category(row: Occurrence) -> None:
    officials, full = category(row.event, quota=4), category(row.event, "Tribune", quota=1)
    taken = make_registration(row, 90)
    actions.move_to_category(registration=taken, category=full, user=None, now=NOON)
    delegation = make_delegation(row, granted=1, places=3)
    actions.move_delegation(delegation=delegation, category=officials, user=None, now=NOON)
    actions.change_category(category=officials, values={"quota": 1}, user=None, now=NOON)
    first, second = name_somebody(delegation, 1), name_somebody(delegation, 2)
    assert second.state == "waiting"
    actions.move_to_category(registration=second, category=full, user=None, now=NOON)
    actions.remove_member(member=first, now=NOON)
    second.refresh_from_db()
    assert second.state == "waiting", "its category is full, whatever is kept for the delegation"


def test_a_category_that_a_list_or_a_delegation_names_is_not_taken_away(row: Occurrence) -> None:
    listed, invited, sent = (category(row.event, name) for name in ("A", "B", "C"))
    actions.change_list(occurrence=row, values={"category": listed}, user=None, now=NOON)
    invite(row, invited)
    Delegation.objects.filter(pk=make_delegation(row).pk).update(category=sent)
    for one in (listed, invited, sent):
        with pytest.raises(actions.CategoryInUse):
            actions.remove_category(category=one, user=None, now=NOON)
    other = category(make_event())
    with pytest.raises(ValueError, match="another event"):
        actions.change_list(occurrence=row, values={"category": other}, user=None, now=NOON)


def test_the_screens_name_the_category_and_the_list_shows_it(ahead: Occurrence) -> None:
    officials, press = category(ahead.event), category(ahead.event, "Presse", quota=1)
    client = signed_in("protocol")
    here = f"/admin/agenda/{ahead.event_id}/guests/"
    words = {"place": "Bamako", "category": officials.uid.hex}
    assert client.post(f"{here}letter/", words).status_code == 302
    guest, card = make_guest(ahead, may_bring=1), make_contact()
    answer(guest, brings=("Un",))
    adding = {"contact": card.pk, "may_bring": "0", "category": press.uid.hex, "step": "add"}
    assert client.post(f"{here}add/", adding).status_code == 302
    assert Invitation.objects.get(contact=card).category == press
    shown = client.get(here).content.decode()
    assert "<p>Officiels</p>" in shown
    assert "<p>Presse</p>" in shown
    change = {"rank": "", "may_bring": "1", "may_be_replaced": "on", "category": press.uid.hex}
    refused = client.post(f"{here}{guest.uid}/change/", change)
    assert refused.status_code == 422
    assert "moins de places" in refused.content.decode()
    actions.change_category(category=press, values={"quota": 2}, user=None, now=NOON)
    assert client.post(f"{here}{guest.uid}/change/", change).status_code == 302
    assert states(ahead) == [("Presse", "confirmed")] * 2
    listed = client.get(f"{here}export.csv?date={ahead.recurrence_id}").getvalue().decode()
    assert ";Presse;" in listed


def test_a_delegation_is_entered_in_a_category_and_put_into_another(ahead: Occurrence) -> None:
    officials, small = category(ahead.event, quota=5), category(ahead.event, "Tribune", quota=1)
    client, here = signed_in("protocol"), f"/admin/agenda/{ahead.event_id}/delegations/"
    said = {
        "date": ahead.uid.hex,
        "organisation": "Agence du Bénin",
        "country": "BJ",
        "name": "Codjo Ahouansou",
        "language": "fr",
        "category": officials.uid.hex,
        "places": "9",
        "granted": "6",
        "names_until": (ahead.starts_at - timedelta(days=1)).date().isoformat(),
    }
    refused = client.post(f"{here}add/", said)
    assert refused.status_code == 422
    assert "5" in refused.content.decode()
    assert client.post(f"{here}add/", said | {"granted": "4"}).status_code == 302
    delegation = Delegation.objects.get()
    own = f"{here}{delegation.uid}/"
    assert "<dd>Officiels</dd>" in client.get(own).content.decode()
    assert client.post(f"{own}category/", {"category": small.uid.hex}).status_code == 422
    assert client.post(f"{own}category/", {"category": ""}).status_code == 302
    delegation.refresh_from_db()
    assert delegation.category is None
