"""A person's data on request, the time of keeping and the journal: who may, and what is shown."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdfium2 import PdfDocument

from cms.accounts.models import User
from cms.core.models import ThingLog
from events import actions
from events.models import EventPage, Occurrence, Registration, Stand
from tests.factories.events import make_delegation, make_registration, name_somebody

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    user = User.objects.create_user(username=role, password="secret")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def person(occurrence: Occurrence) -> Registration:
    return make_registration(occurrence, name="Awa Canari", now=timezone.now())


def test_a_persons_data_is_handed_over_as_a_file_and_the_journal_says_so(
    page: EventPage, person: Registration
) -> None:
    client = signed_in("protocol")
    screen = reverse("events_person_data", args=[page.event_id, person.uid])
    assert screen in client.get(reverse("events_people", args=[page.event_id])).content.decode()
    assert "Awa Canari" in client.get(screen).content.decode()
    files = {
        ending: reverse("events_person_file", args=[page.event_id, person.uid, ending])
        for ending in ("json", "pdf")
    }
    assert client.get(files["json"]).status_code == 405
    found = json.loads(client.post(files["json"]).content)
    values = [one["value"] for part in found["sections"] for one in part["values"]]
    assert {"Awa Canari", person.email} <= set(values)
    paper = client.post(files["pdf"])
    text = PdfDocument(paper.content)[0].get_textpage().get_text_range()
    assert "Awa Canari" in text
    assert "Ce qui est gardé de vous" in text
    assert ThingLog.objects.filter(action="person.handed_over").count() == 2


def test_a_person_is_erased_after_asking_with_the_reason_in_the_journal(
    page: EventPage, person: Registration
) -> None:
    client = signed_in("protocol")
    erase = reverse("events_person_erase", args=[page.event_id, person.uid])
    assert client.get(erase).status_code == 200
    assert client.post(erase, {"reason": ""}).status_code == 422
    person.refresh_from_db()
    assert person.name == "Awa Canari"
    client.post(erase, {"reason": "Lettre du 3 mars"})
    person.refresh_from_db()
    assert person.erased_at is not None
    html = client.get(reverse("events_journal", args=[page.event_id])).content.decode()
    assert "Lettre du 3 mars" in html
    assert client.get(erase).status_code == 404
    listed = client.get(reverse("events_people", args=[page.event_id])).content.decode()
    assert "Awa Canari" not in listed
    assert "Données effacées" in listed


def test_the_time_of_keeping_is_set_within_bounds(page: EventPage) -> None:
    client, address = signed_in("protocol"), reverse("events_privacy", args=[page.event_id])
    assert 'value="12"' in client.get(address).content.decode()
    assert client.post(address, {"months": "0", "passport_days": "30"}).status_code == 422
    client.post(address, {"months": "6", "passport_days": "10"})
    assert (page.event.retention.months, page.event.retention.passport_days) == (6, 10)


def test_the_journal_names_who_did_what_and_costs_the_same_with_many_lines(
    page: EventPage, occurrence: Occurrence, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    client, now = signed_in("coordinator"), timezone.now()
    address = reverse("events_journal", args=[page.event_id])
    user = User.objects.create_user(username="mariam")
    person = make_registration(occurrence, name="Awa", now=now)
    actions.cancel(registration=person, user=user, now=now)
    actions.cancel(registration=make_registration(occurrence, name="Oumou", now=now), now=now)
    html = client.get(address).content.decode()
    assert "une inscription annulée" in html
    assert "par le lien personnel" in html
    assert "<b>Oumou</b>" in html
    assert "<b>Awa</b>" in html
    assert "mariam" in html
    actions.change_capacity(event=page.event, capacity=None, user=user, now=now)
    delegation = make_delegation(occurrence, places=20, names_until=now + timedelta(days=1), now=now)
    with django_assert_max_num_queries(40) as first:
        client.get(address)
    for number in range(10):
        one = make_registration(occurrence, 100 + number, now=now)
        actions.cancel(registration=one, user=user, now=now)
        name_somebody(delegation, number, now=now)
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(address)


@pytest.mark.parametrize(
    ("role", "journal", "data"),
    [
        ("protocol", True, True),
        ("admin", True, True),
        ("officer", True, False),
        ("coordinator", True, False),
        ("author", False, False),
    ],
)
def test_each_role_reads_its_own(
    role: str, journal: bool, data: bool, page: EventPage, person: Registration
) -> None:
    client = signed_in(role)
    assert (client.get(reverse("events_journal", args=[page.event_id])).status_code == 200) is journal
    for name in ("events_person_data", "events_person_erase"):
        answer = client.get(reverse(name, args=[page.event_id, person.uid]))
        assert (answer.status_code == 200) is data, name
    assert (client.get(reverse("events_privacy", args=[page.event_id])).status_code == 200) is data
    client.post(reverse("events_person_erase", args=[page.event_id, person.uid]), {"reason": "x"})
    person.refresh_from_db()
    assert (person.erased_at is not None) is data


def test_somebody_who_never_registered_is_found_handed_over_and_erased(page: EventPage) -> None:
    client, address = signed_in("protocol"), reverse("events_person_search")
    assert address in client.get(reverse("events_privacy", args=[page.event_id])).content.decode()
    stand = Stand.objects.create(
        event=page.event, exhibitor="Kénédougou", contact_name="Awa <b>Canari</b>", asked_at=timezone.now()
    )
    other = Stand.objects.create(
        event=page.event, exhibitor="Autre", contact_name="Awa Canari", asked_at=timezone.now()
    )
    screen = client.post(address, {"q": "awa canari"}).content.decode()
    assert "Awa &lt;b&gt;Canari&lt;/b&gt;" in screen
    assert "Awa <b>Canari" not in screen
    asked = {"q": "awa canari", "rows": [f"stand-{stand.pk}"]}
    file = client.post(address, {**asked, "do": "json"})
    assert "Awa" in file.content.decode()
    assert "no-store" in file.headers["Cache-Control"]
    assert ThingLog.objects.filter(action="person.handed_over").count() == 1
    assert client.post(address, {**asked, "do": "erase", "reason": ""}).status_code == 422
    stand.refresh_from_db()
    assert stand.contact_name == "Awa <b>Canari</b>"
    # as a GET, or with nothing ticked, nothing is done
    client.get(address, {**asked, "do": "erase", "reason": "x"})
    client.post(address, {"q": "awa canari", "do": "erase", "reason": "x"})
    assert client.post(address, {**asked, "do": "erase", "reason": "Lettre 4"}).status_code == 302
    for row in (stand, other):
        row.refresh_from_db()
    assert (stand.contact_name, other.contact_name) == ("Données effacées", "Awa Canari")
    assert signed_in("officer").post(address, {**asked, "do": "json"}).status_code in (302, 403)
