"""Delegations in the admin: who sees them, who keeps them, who reads passports."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from cms.accounts.models import User
from cms.core.models import ThingLog
from events import actions
from events.models import Delegation, EventPage, Occurrence, Passport, Registration
from tests.factories.events import make_delegation, make_event, make_registration, name_somebody

pytestmark = pytest.mark.django_db

LETTER = {
    "reference": "042/CN-T",
    "place": "Bamako",
    "addressed_to": "Consulat du Mali à Cotonou",
    "signatory": "M. Diallo",
    "signatory_function": "Le Coordinateur",
}


def signed_in(role: str) -> Client:
    user = User.objects.create_user(username=role, password="secret")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def address(event_id: int, rest: str = "") -> str:
    return f"/admin/agenda/{event_id}/delegations/{rest}"


@pytest.fixture
def delegation(occurrence: Occurrence) -> Delegation:
    now = timezone.now()
    return make_delegation(occurrence, places=2, granted=2, names_until=now + timedelta(days=2), now=now)


@pytest.fixture
def member(delegation: Delegation) -> Registration:
    """Somebody whose passport is kept."""
    now = timezone.now()
    found = name_somebody(delegation, now=now)
    actions.change_delegate(
        member=found,
        journey={"arrival_flight": "=HYPERLINK(1)", "hotel": "Hôtel du Fleuve"},
        passport={"full_name": "DOSSOU AFIAVI", "number": "B0123456", "nationality": "BJ"},
        now=now,
    )
    return found


def test_protocol_enters_a_delegation_with_the_seats_there_are(
    page: EventPage, occurrence: Occurrence
) -> None:
    client = signed_in("protocol")
    form = client.get(address(page.event_id, "add/")).content.decode()
    assert "Bénin" in form
    said = {
        "date": occurrence.uid.hex,
        "organisation": "Agence du Bénin",
        "country": "BJ",
        "name": "Codjo",
        "email": "chef@example.org",
        "phone": "",
        "language": "fr",
        "places": "5",
        "granted": "",
        "names_until": (timezone.now() + timedelta(days=3)).date().isoformat(),
        "key": "6fd0b1c2-0d7f-4b0b-9a56-0e6c4a1f5d11",
    }
    short = client.post(address(page.event_id, "add/"), said)
    assert short.status_code == 422
    assert "Il n’en reste que 2" in short.content.decode()
    assert not Delegation.objects.exists()
    made = client.post(address(page.event_id, "add/"), {**said, "granted": "2"}, follow=True)
    html = made.content.decode()
    assert "Confirmée (en partie)" in html
    link = re.search(r'value="https?://[^/]+(/d/[\w-]{43})"', html)
    assert link is not None
    assert Client().get(link.group(1)).status_code == 200
    listed = client.get(address(page.event_id)).content.decode()
    assert "Agence du Bénin" in listed
    assert "noms\u00a0: 0, places accordées\u00a0: 2 sur 5" in listed


def test_staff_grant_name_refuse_and_cancel(page: EventPage, delegation: Delegation) -> None:
    client = signed_in("protocol")
    one = address(page.event_id, f"{delegation.uid}/")
    named = {"name": "Afiavi", "function": "", "email": "", "phone": "", "language": "fr"}
    assert client.post(f"{one}name/", named).status_code == 302
    until = (timezone.now() + timedelta(days=3)).date().isoformat()
    client.post(f"{one}grant/", {"granted": "1", "names_until": until})
    delegation.refresh_from_db()
    assert delegation.granted == 1
    assert client.post(f"{one}grant/", {"granted": "3", "names_until": until}).status_code == 422
    assert client.post(f"{one}refuse/").status_code == 404
    client.post(f"{one}cancel/", {"reason": "Reporté"})
    delegation.refresh_from_db()
    assert delegation.state == "cancelled"
    assert not Registration.objects.active().exists()


@pytest.mark.parametrize(
    ("role", "sees", "keeps", "exports", "passports"),
    [
        ("protocol", True, True, True, True),
        ("admin", True, True, True, True),
        ("officer", True, True, True, False),
        ("coordinator", True, False, False, False),
        ("author", False, False, False, False),
    ],
)
def test_each_role_does_what_is_its_own(
    role: str, sees: bool, keeps: bool, exports: bool, passports: bool, page: EventPage, member: Registration
) -> None:
    client = signed_in(role)
    one = f"{member.delegation.uid}/"
    assert (client.get(address(page.event_id)).status_code == 200) is sees
    shown = client.get(address(page.event_id, one))
    assert (shown.status_code == 200) is sees
    assert ("B0123456" in shown.content.decode()) is passports
    assert (client.get(address(page.event_id, f"{one}cancel/")).status_code == 200) is keeps
    assert (client.get(address(page.event_id, "export.xlsx")).status_code == 200) is exports
    journey = client.get(address(page.event_id, f"{one}{member.uid}/journey/"))
    assert ("Numéro du passeport" in journey.content.decode()) is passports
    client.post(address(page.event_id, f"{one}{member.uid}/visa/"), {"reference": "1"})
    client.post(address(page.event_id, f"{one}{member.uid}/care/"), {"lodging": "us"})
    member.delegate.refresh_from_db()
    assert (member.delegate.lodging == "us") is keeps


def test_the_visa_letter_names_the_passport_the_dates_and_who_pays(
    page: EventPage, member: Registration
) -> None:
    client = signed_in("protocol")
    one = address(page.event_id, f"{member.delegation.uid}/{member.uid}/")
    client.post(f"{one}care/", {"transport": "themselves", "lodging": "us", "per_diem": "none"})
    answer = client.post(f"{one}visa/", LETTER)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    text = PdfDocument(answer.content)[0].get_textpage().get_text_range()
    for word in (
        "B0123456",
        "DOSSOU AFIAVI",
        "Bénin",
        "042/CN-T",
        "Consulat du Mali",
        "payé par le programme",
    ):
        assert word in text
    member.delegate.refresh_from_db()
    assert member.delegate.visa_reference == "042/CN-T"
    Passport.objects.all().delete()
    assert client.post(f"{one}visa/", LETTER).status_code == 302


def test_a_speaker_who_comes_alone_gets_a_visa_letter_and_stands_among_the_arrivals(page: EventPage) -> None:
    speaker = make_registration(page.event.occurrences.get(), 9, name="Jean Petit", now=timezone.now())
    client, here = signed_in("protocol"), f"/admin/agenda/{page.event_id}/stays/{speaker.uid}/"
    folder = client.get(reverse("events_folder", args=[page.event_id, speaker.uid])).content.decode()
    assert f"{here}visa/" in folder
    passport = {"full_name": "PETIT JEAN", "number": "F7654321", "nationality": "FR", "hotel": "Hôtel du Lac"}
    assert client.post(f"{here}journey/", passport).status_code == 302
    answer = client.post(f"{here}visa/", LETTER)
    assert "F7654321" in PdfDocument(answer.content)[0].get_textpage().get_text_range()
    arrivals = client.get(address(page.event_id, "export.xlsx"))
    cells = [
        cell.value for row in load_workbook(BytesIO(arrivals.content)).active.iter_rows() for cell in row
    ]
    assert "Hôtel du Lac" in cells
    assert "F7654321" not in cells
    assert "F7654321" not in str(list(ThingLog.objects.values_list("changes", flat=True)))
    assert client.get(f"{here}remove/").status_code == 404
    other = make_event(name="Autre")
    assert client.get(f"/admin/agenda/{other.pk}/stays/{speaker.uid}/visa/").status_code == 404
    assert signed_in("coordinator").post(f"{here}visa/", LETTER).url == "/admin/"


def test_the_spreadsheet_has_journeys_without_passports_and_runs_no_formula(
    page: EventPage, member: Registration
) -> None:
    answer = signed_in("protocol").get(address(page.event_id, "export.xlsx"))
    sheet = load_workbook(BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    said = [cell.value for cell in cells]
    assert "Bénin" in said
    assert "Hôtel du Fleuve" in said
    assert "B0123456" not in said
    assert all(cell.data_type != "f" for cell in cells)


def test_a_delegation_and_its_people_are_found_under_their_own_event_only(
    page: EventPage, occurrence: Occurrence, member: Registration, delegation: Delegation
) -> None:
    client, other = (
        signed_in("protocol"),
        make_event(start_date=occurrence.local_start.date(), now=timezone.now()),
    )
    assert client.get(address(other.pk, f"{delegation.uid}/")).status_code == 404
    assert client.post(address(other.pk, f"{delegation.uid}/cancel/")).status_code == 404
    assert client.post(address(other.pk, f"{delegation.uid}/{member.uid}/remove/")).status_code == 404
    second = make_delegation(other.occurrences.get(), email="x@example.org", now=timezone.now())
    assert client.get(address(other.pk, f"{second.uid}/{member.uid}/journey/")).status_code == 404


def test_the_list_costs_as_many_queries_with_thirty_delegations_as_with_one(
    page: EventPage, occurrence: Occurrence, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    client = signed_in("protocol")
    now = timezone.now()
    actions.change_capacity(event=page.event, capacity=None, user=None, now=now)

    def add(number: int) -> None:
        made = make_delegation(
            occurrence, email=f"chef{number}@example.org", now=now, names_until=now + timedelta(1)
        )
        name_somebody(made, number, now=now)

    add(0)
    with django_assert_max_num_queries(40) as first:
        client.get(address(page.event_id))
    for number in range(1, 30):
        add(number)
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(address(page.event_id))
