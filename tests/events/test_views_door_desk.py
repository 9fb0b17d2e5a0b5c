"""The door for the secretariat: key, conflicts, the sheet to sign."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from events import actions, queries
from events.actions import Keeper, Scan
from events.models import CheckIn, EventPage, Occurrence
from events.policies import days_of_date
from tests.events.test_views_door import signed_in
from tests.factories.events import make_event, make_registration

pytestmark = pytest.mark.django_db


def conflict(occurrence: Occurrence, number: int = 1) -> CheckIn:
    """Somebody who is inside, and was let in again by a telephone without network."""
    now = occurrence.starts_at
    person = make_registration(occurrence, number, now=timezone.now())
    scans = [
        Scan(client_uid=uuid4(), at=now, registration=person.uid),
        Scan(client_uid=uuid4(), at=now, registration=person.uid, let_in=True),
    ]
    return actions.check_in(occurrence=occurrence, scans=scans, keeper=Keeper(None, "Porte B"), now=now)[1]


def test_the_desk_tells_conflicts_which_leave_it_once_seen(page: EventPage, occurrence: Occurrence) -> None:
    entry = conflict(occurrence)
    client = signed_in("protocol")
    address = reverse("events_door", args=[page.event.pk])
    html = client.get(address).content.decode()
    assert "À regarder" in html
    assert "Porte B" in html
    other = make_event(name="Autre")
    wrong = reverse("events_door_settle", args=[other.pk, entry.pk])
    right = reverse("events_door_settle", args=[page.event.pk, entry.pk])
    assert client.post(wrong).status_code == 404
    client.get(right)
    assert queries.conflicts_of(occurrence).exists(), "a GET changes nothing"
    client.post(right)
    assert not queries.conflicts_of(occurrence).exists()
    assert "À regarder" not in client.get(address).content.decode()


def test_who_only_reads_sees_neither_key_nor_sheet(page: EventPage, occurrence: Occurrence) -> None:
    reader = signed_in("coordinator")
    address = reverse("events_door", args=[page.event.pk])
    html = reader.get(address).content.decode()
    assert queries.key_of_door(occurrence)[:3] + " " not in html
    assert "sheet.pdf" not in html
    assert reader.get(reverse("events_sheet", args=[page.event.pk])).status_code == 302
    assert reader.post(reverse("events_door_key", args=[page.event.pk])).status_code == 302
    assert signed_in("internal").get(address).status_code == 302


def test_a_new_key_is_given_by_a_post_alone(page: EventPage, occurrence: Occurrence) -> None:
    client = signed_in("protocol")
    address = reverse("events_door_key", args=[page.event.pk])
    client.get(address)
    occurrence.refresh_from_db()
    assert occurrence.door_generation == 0
    client.post(address, {"date": occurrence.recurrence_id})
    occurrence.refresh_from_db()
    assert occurrence.door_generation == 1


def test_the_sheet_to_sign_has_everybody_expected_and_lines_left_empty(
    page: EventPage, occurrence: Occurrence
) -> None:
    make_registration(occurrence, 7, name="Sékou Ɲɔɔ", organisation="Université", now=timezone.now())
    actions.cancel(
        registration=make_registration(occurrence, 8, name="Partie", now=timezone.now()), now=timezone.now()
    )
    EventPage.objects.filter(pk=page.pk).update(title="Forum de l'eau & des « terres »")
    response = signed_in("protocol").get(reverse("events_sheet", args=[page.event.pk]))
    assert response["Content-Type"] == "application/pdf"
    paper = pypdfium2.PdfDocument(BytesIO(response.content))
    text = "".join(sheet.get_textpage().get_text_range() for sheet in paper)
    assert "Feuille d’émargement" in text
    assert "Sékou Ɲɔɔ" in text
    assert "Partie" not in text
    assert text.count("Forum de l'eau & des « terres »") == 2, "the title and the foot of the page"
    assert "13" in text


def test_the_sheet_comes_in_parts_and_by_days(page: EventPage, occurrence: Occurrence) -> None:
    Occurrence.objects.filter(pk=occurrence.pk).update(ends_at=occurrence.starts_at + timedelta(days=2))
    html = signed_in("protocol").get(reverse("events_door", args=[page.event.pk])).content.decode()
    assert html.count("sheet.pdf") == 3


def test_what_was_signed_on_paper_is_entered_afterwards_once(page: EventPage, occurrence: Occurrence) -> None:
    people = [make_registration(occurrence, n, now=timezone.now()) for n in (1, 2)]
    client = signed_in("protocol")
    address = reverse("events_door_sheet", args=[page.event.pk])
    assert client.get(address).status_code == 404, "before it begins nobody has signed"
    Occurrence.objects.filter(pk=occurrence.pk).update(
        starts_at=timezone.now() - timedelta(days=5), ends_at=timezone.now() - timedelta(days=4)
    )
    assert client.get(address).content.decode().count('name="came"') == 2
    for _again in range(2):
        client.post(address, {"date": occurrence.recurrence_id, "came": [people[0].uid.hex, "x"]})
    came = occurrence.registrations.exclude(attended_at=None).get()
    assert came == people[0]
    assert occurrence.check_ins.get().get_way_display() == "Par la feuille d’émargement"
    assert signed_in("coordinator").post(address).url == "/admin/"


def test_what_was_signed_on_each_day_is_entered_for_that_day(page: EventPage, occurrence: Occurrence) -> None:
    person = make_registration(occurrence, 1, now=timezone.now())
    starts = timezone.now() - timedelta(days=5)
    Occurrence.objects.filter(pk=occurrence.pk).update(starts_at=starts, ends_at=starts + timedelta(days=2))
    occurrence.refresh_from_db()
    first, second = days_of_date(occurrence)[:2]
    client, address = signed_in("protocol"), reverse("events_door_sheet", args=[page.event.pk])
    for day in (first, second, second):
        client.post(address, {"date": occurrence.recurrence_id, "day": day, "came": [person.uid.hex]})
    entries = occurrence.check_ins.order_by("day").values_list("day", "outcome")
    assert list(entries) == [(first, "admitted"), (second, "admitted")]
    assert person.uid.hex not in client.get(f"{address}?day={second}").content.decode()
    assert person.uid.hex in client.get(f"{address}?day={days_of_date(occurrence)[2]}").content.decode()
