"""One form is one registration; posted again after a step back, it corrects what it said."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cms.mailing.models import Delivery
from events import actions, queries
from events.models import EventPage, Occurrence, Registration
from events.validators import parse_rule
from tests.factories.core import NOON
from tests.factories.events import make_event, make_event_page, make_occurrence, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


def active(occurrence: Occurrence) -> list[tuple[str, str]]:
    rows = occurrence.registrations.active().order_by("pk")
    return list(rows.values_list("email", "state"))


def post(occurrence: Occurrence, key: UUID, **values: Any) -> Registration:
    said = {"name": "Awa Keïta", "email": "awa@exmaple.org", "key": key, "confirm": False}
    return make_registration(occurrence, **{**said, **values})


def test_a_mended_address_takes_the_seat_of_the_mistaken_one() -> None:
    occurrence, key = make_occurrence(capacity=1), uuid4()
    wrong = post(occurrence, key)
    right = post(occurrence, key, email="awa@example.org", now=NOON + timedelta(minutes=5))
    assert active(occurrence) == [("awa@example.org", "pending")]
    assert right.held_until == wrong.held_until
    told = Delivery.objects.values_list("address", flat=True)
    assert sorted(told) == ["awa@example.org", "awa@exmaple.org"]
    wrong = actions.confirm_address(registration=wrong, now=NOON)
    assert wrong.state == "cancelled"
    assert actions.confirm_address(registration=right, now=NOON).state == "confirmed"


def test_each_post_of_a_corrected_form_may_be_repeated() -> None:
    occurrence, key = make_occurrence(), uuid4()
    for email in ("a@example.org", "b@example.org", "c@example.org", "b@example.org"):
        assert len({post(occurrence, key, email=email).pk for _time in range(2)}) == 1
        assert active(occurrence) == [(email, "pending")]
    assert Registration.objects.filter(key=key).get().email == "b@example.org"


def test_a_mended_name_is_taken_by_the_same_registration() -> None:
    occurrence, key = make_occurrence(), uuid4()
    first = post(occurrence, key, name="Awa Kéita")
    again = post(occurrence, key, name="Awa Keïta", organisation="Radio Kledu")
    assert (again.pk, again.name, again.organisation) == (first.pk, "Awa Keïta", "Radio Kledu")
    stranger = post(occurrence, uuid4(), name="Quelqu’un d’autre")
    assert (stranger.pk, stranger.name) == (first.pk, "Awa Keïta")


def test_another_date_chosen_in_the_same_form_replaces_the_first() -> None:
    event = make_event(capacity=1, rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=3"))
    first, second, third = event.occurrences.order_by("starts_at")
    key = uuid4()
    for date in (first, second, third):
        post(date, key)
    assert [len(active(date)) for date in (first, second, third)] == [0, 0, 1]
    assert make_registration(first, 2).state == "confirmed"


def test_another_person_entered_in_the_same_form_is_another_registration() -> None:
    occurrence, key = make_occurrence(), uuid4()
    post(occurrence, key)
    for _time in range(2):
        post(occurrence, key, name="Oumar Diarra", email="oumar@example.org")
        post(occurrence, key)
    assert active(occurrence) == [("awa@exmaple.org", "pending"), ("oumar@example.org", "pending")]


def test_a_form_never_touches_what_was_confirmed() -> None:
    occurrence, key = make_occurrence(capacity=2), uuid4()
    first = actions.confirm_address(registration=post(occurrence, key), now=NOON)
    other = post(occurrence, key, email="autre@example.org")
    renamed = post(occurrence, key, name="Un autre nom")
    first.refresh_from_db()
    assert (first.state, first.email, first.name) == ("confirmed", "awa@exmaple.org", "Awa Keïta")
    assert other.pk != first.pk == renamed.pk


def test_a_form_of_one_event_corrects_nothing_of_another() -> None:
    here, there, key = make_occurrence(), make_occurrence(), uuid4()
    post(here, key)
    post(there, key, email="awa@example.org")
    assert (len(active(here)), len(active(there))) == (1, 1)


def test_a_correction_that_finds_the_hall_closed_changes_nothing() -> None:
    occurrence, key = make_event(registration_closes_at=NOON + timedelta(hours=1)).occurrences.get(), uuid4()
    post(occurrence, key)
    with pytest.raises(actions.RegistrationClosed):
        post(occurrence, key, email="awa@example.org", now=NOON + timedelta(hours=2))
    assert active(occurrence) == [("awa@exmaple.org", "pending")]


def test_who_is_registered_learns_no_more_of_a_full_hall_than_a_stranger() -> None:
    occurrence = make_occurrence(capacity=1, has_waiting_list=False)
    make_registration(occurrence, 1)
    for number in (1, 2):
        with pytest.raises(actions.OccurrenceFull):
            make_registration(occurrence, number)


# Through the public form -----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def laid_page(laid_agendas: None) -> EventPage:
    """A press conference a week from now, with one seat and no waiting list."""
    start = (timezone.now() + timedelta(days=7)).date()
    event = make_event(start_date=start, capacity=1, has_waiting_list=False, now=timezone.now())
    return make_event_page(event)


def sent(client: Client, page: EventPage, key: UUID, **values: str) -> Any:
    said = {"name": "Awa Keïta", "email": "awa@example.org", "key": str(key), "step": "send"}
    said["occurrence"] = page.event.occurrences.get().uid.hex
    return client.post(f"{page.public_path}inscription/", {**said, **values})


def test_the_last_seat_asked_for_twice_is_thanked_for_twice(client: Client, page: EventPage) -> None:
    key = uuid4()
    assert [sent(client, page, key).status_code for _time in range(3)] == [303] * 3
    actions.change_window(
        event=page.event, values={"takes_registrations": False}, user=None, now=timezone.now()
    )
    assert sent(client, page, key).status_code == 303
    assert Registration.objects.count() == Delivery.objects.count() == 1


def test_a_repeated_post_is_thanked_for_when_the_network_has_tried_enough(
    client: Client, page: EventPage
) -> None:
    key = uuid4()
    sent(client, page, key)
    for _time in range(actions.PER_NETWORK):
        actions.note_try(kind="network", value="127.0.0.1", limit=10**6, now=timezone.now())
    assert sent(client, page, key).status_code == 303


def test_a_full_hall_answers_another_form_the_same_whoever_asks(client: Client, page: EventPage) -> None:
    sent(client, page, uuid4())
    answers = [sent(client, page, uuid4(), email=email) for email in ("awa@example.org", "b@example.org")]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert "Complet" in answers[0].content.decode()
    assert "<form" not in answers[0].content.decode().split("<main")[1]


def test_a_date_that_closed_meanwhile_leaves_the_others_to_choose(client: Client) -> None:
    start = (timezone.now() + timedelta(days=7)).date()
    event = make_event(
        start_date=start,
        capacity=1,
        has_waiting_list=False,
        rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=3"),
        now=timezone.now(),
    )
    page = make_event_page(event, slug="serie")
    first, *others = event.occurrences.order_by("starts_at")
    make_registration(first, 1, now=timezone.now())
    said = {"name": "Awa", "email": "awa@example.org", "key": str(uuid4()), "step": "send"}
    answer = client.post(f"{page.public_path}inscription/", {**said, "occurrence": first.uid.hex})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "La dernière place vient d’être prise" in html
    assert first.uid.hex not in html
    assert all(other.uid.hex in html for other in others)
    assert 'value="Awa"' in html


def test_the_back_button_and_a_mended_address_end_in_one_seat_and_the_right_mail(
    client: Client, page: EventPage
) -> None:
    key = uuid4()
    assert sent(client, page, key, email="awa@exmaple.org").status_code == 303
    assert sent(client, page, key, email="awa@example.org").status_code == 303
    assert active(page.event.occurrences.get()) == [("awa@example.org", "pending")]
    wrong = Registration.objects.get(email="awa@exmaple.org")
    assert "Votre inscription est annulée" in client.get(f"/r/{queries.key_of(wrong)}").content.decode()


def test_the_thanks_lead_to_a_fresh_form_for_the_next_person(client: Client) -> None:
    start = (timezone.now() + timedelta(days=7)).date()
    page = make_event_page(make_event(start_date=start, now=timezone.now()), slug="sans-limite")
    thanks = sent(client, page, uuid4())["Location"]
    html = client.get(thanks).content.decode()
    assert '<a href="?">Inscrire une autre personne' in html
    keys = {client.get(f"{page.public_path}inscription/?").context["form"].initial["key"] for _time in "12"}
    assert len(keys) == 2
