"""The head's page of a delegation and the delegate's own: each opens its own and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from cms.mailing.models import Delivery
from events import actions, queries
from events.models import Delegate, Delegation, Event, EventPage, Occurrence, Passport, Registration
from tests.factories.events import make_delegation, name_somebody
from tests.pages.conftest import weight

pytestmark = pytest.mark.django_db


@pytest.fixture
def delegation(occurrence: Occurrence) -> Delegation:
    """Two places, both granted, names for two days to come."""
    now = timezone.now()
    return make_delegation(occurrence, places=2, granted=2, names_until=now + timedelta(days=2), now=now)


def path(delegation: Delegation, rest: str = "") -> str:
    return f"/d/{queries.head_token(delegation)}{rest}"


def somebody(**values: Any) -> dict[str, Any]:
    return {
        "name": "Afiavi Dossou",
        "function": "Conseillère",
        "language": "fr",
        "key": str(uuid4()),
        **values,
    }


def test_the_head_names_people_one_by_one_until_every_place_has_a_name(
    client: Client, delegation: Delegation
) -> None:
    first = client.get(path(delegation))
    assert first["Cache-Control"] == "private, no-store"
    assert "2 places vous sont gardées" in first.content.decode()
    assert weight(first) <= 14_000
    asked = somebody(email="afiavi@example.org")
    for _twice in range(2):
        answer = client.post(path(delegation, "/name/"), asked)
        assert (answer.status_code, answer["Location"]) == (303, path(delegation))
    assert Registration.objects.count() == 1
    client.post(path(delegation, "/name/"), somebody(name="Rodrigue"))
    html = client.get(path(delegation)).content.decode()
    afiavi, rodrigue = (queries.key_of(one) for one in Registration.objects.order_by("pk"))
    assert (f"/r/{afiavi}" in html, f"/r/{rodrigue}" in html) == (False, True), (
        "who has no address of their own"
    )
    assert client.get(f"/r/{rodrigue}/calendar.ics").status_code == 404
    assert "Chaque place qui vous est gardée a un nom." in html
    assert "Nommer quelqu’un" not in html
    assert client.post(path(delegation, "/name/"), somebody(name="Trois")).status_code == 422
    assert Registration.objects.filter(state="confirmed").count() == 2


def announced(**values: Any) -> dict[str, Any]:
    return {
        "organisation": "Ministère du Bénin",
        "country": "BJ",
        "name": "Codjo Ahouansou",
        "email": "codjo@example.org",
        "phone": "",
        "places": "6",
        "key": str(uuid4()),
        **values,
    }


def test_a_delegation_announces_itself_once_takes_no_seat_and_is_told_so(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    form = f"{page.public_path}delegation/"
    assert client.get(form).status_code == 404
    assert form not in client.get(page.public_path).content.decode()
    Event.objects.filter(pk=page.event_id).update(takes_delegations=True)
    assert form in client.get(page.public_path).content.decode()
    html = client.get(form).content.decode()
    assert b"<script" not in client.get(form).content
    assert "Bénin" in html
    said = announced(date=occurrence.uid.hex)
    for wrong in ({"email": ""}, {"places": "0"}, {"organisation": ""}, {"country": "ZZ"}):
        assert client.post(form, {**said, **wrong}).status_code == 422
    assert not Delegation.objects.exists()
    for _twice in range(2):
        assert client.post(form, said)["Location"] == f"{form}?sent=mail"
    made = Delegation.objects.get()
    assert (made.state, made.places, made.granted) == ("requested", 6, 0)
    assert Delivery.objects.get().mailing.renderer == "events.delegation_requested"
    assert client.get(f"{form}?sent=mail").status_code == 200
    robot = client.post(form, announced(date=occurrence.uid.hex, website="x"))
    assert robot["Location"] == f"{form}?sent=mail"
    for _many in range(8):
        assert client.post(form, announced(date=occurrence.uid.hex))["Location"] == f"{form}?sent=mail"
    assert Delegation.objects.count() <= 6
    Event.objects.filter(pk=page.event_id).update(registration_closes_at=timezone.now() - timedelta(1))
    assert client.get(form).status_code == 404


def test_a_get_names_removes_and_cancels_nobody(client: Client, delegation: Delegation) -> None:
    member = name_somebody(delegation, now=timezone.now())
    for rest in ("?cancel", "?do=cancel", "/name/", f"/{member.uid}/?remove", f"/{member.uid}/?do=remove"):
        assert client.get(path(delegation, rest)).status_code == 200
    member.refresh_from_db()
    delegation.refresh_from_db()
    assert (member.state, delegation.state) == ("confirmed", "confirmed")


def test_the_head_takes_somebody_out_and_may_name_another(client: Client, delegation: Delegation) -> None:
    members = [name_somebody(delegation, number, now=timezone.now()) for number in range(2)]
    assert client.post(path(delegation, f"/{members[0].uid}/"), {"do": "remove"}).status_code == 303
    assert client.get(path(delegation, f"/{members[0].uid}/")).status_code == 404
    client.post(path(delegation, "/name/"), somebody())
    states = Registration.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "confirmed", "confirmed"]


def test_a_link_opens_its_own_delegation_alone(
    client: Client, delegation: Delegation, occurrence: Occurrence
) -> None:
    now = timezone.now()
    other = make_delegation(occurrence, granted=0, email="autre@example.org", now=now)
    actions.cancel_delegation(delegation=delegation, now=now)
    stranger = name_somebody(
        actions.grant_places(
            delegation=other, granted=1, names_until=now + timedelta(days=1), user=None, now=now
        ),
        now=now,
    )
    assert client.get(path(delegation, f"/{stranger.uid}/")).status_code == 404
    assert client.post(path(delegation, f"/{stranger.uid}/"), {"do": "remove"}).status_code == 404
    token = queries.head_token(other)
    for wrong in (token[:-1], token[:-4] + "AAAA", queries.key_of(stranger), "x" * 43):
        for rest in ("", "/", "/name/", f"/{stranger.uid}/"):
            assert client.get(f"/d/{wrong}{rest}").status_code == 404
    stranger.refresh_from_db()
    assert stranger.state == "confirmed"


def test_the_delegate_writes_the_journey_and_the_passport_is_never_shown_again(
    client: Client, delegation: Delegation
) -> None:
    member = name_somebody(delegation, now=timezone.now())
    own = f"/r/{queries.key_of(member)}/journey/"
    assert own in client.get(f"/r/{queries.key_of(member)}").content.decode()
    said = {
        "arrival_date": "2030-01-02",
        "departure_date": "2030-01-01",
        "arrival_flight": "ET 909",
        "number": "B0123456",
    }
    wrong = client.post(own, said)
    assert wrong.status_code == 422
    assert "On ne peut pas partir avant d’arriver." in wrong.content.decode()
    assert wrong.content.decode().count("Une lettre de visa demande ensemble") == 4
    assert not Passport.objects.exists()
    said |= {"departure_date": "2030-01-05", "full_name": "DOSSOU AFIAVI", "nationality": "BJ"}
    assert client.post(own, said).status_code == 303
    known = Delegate.objects.get(registration=member)
    assert (known.arrival_flight, known.passport.number) == ("ET 909", "B0123456")
    for address in (own, path(delegation), path(delegation, f"/{member.uid}/")):
        html = client.get(address).content.decode()
        assert "B0123456" not in html
        assert "AFIAVI" not in html
    assert "ET 909" in client.get(own).content.decode()
    client.post(own, {"arrival_flight": "ET 911"})
    known.refresh_from_db()
    assert (known.arrival_flight, Passport.objects.get().number) == ("ET 911", "B0123456")


def test_who_is_in_no_delegation_has_no_journey_to_write(client: Client, page: EventPage) -> None:
    from tests.factories.events import make_registration

    alone = make_registration(page.event.occurrences.get(), now=timezone.now())
    assert client.get(f"/r/{queries.key_of(alone)}/journey/").status_code == 404


def test_names_of_markup_and_formulas_stay_inert_text(client: Client, delegation: Delegation) -> None:
    client.post(path(delegation, "/name/"), somebody(name="<img src=x onerror=alert(1)>{{ 7 }}"))
    html = client.get(path(delegation)).content.decode()
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html
    assert "{{ 7 }}" in html
