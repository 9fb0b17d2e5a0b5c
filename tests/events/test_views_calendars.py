"""Bringing a calendar in by the admin: looked at first, written once, behind its permission."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cms.accounts.actions.roles import grant_page_permissions
from cms.core.queries import site_root
from events.models import CalendarImport, Event, EventPage
from tests.core.test_outgoing import other  # noqa: F401
from tests.events.test_actions_calendars import BAD, DAYS, SERIES, calendar_of
from tests.events.test_views_admin import signed_in
from tests.factories.events import make_agendas

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]
ADDRESS = "/admin/agenda/calendars/"


@pytest.fixture
def officer() -> Client:
    make_agendas()
    grant_page_permissions(site_root())
    return signed_in("officer")


def upload(client: Client, data: bytes, **values: Any) -> Any:
    file = SimpleUploadedFile("autre.ics", data, content_type="text/calendar")
    return client.post(ADDRESS, {"file": file, "kind": "focal_points", **values})


def test_an_officer_sees_what_a_file_holds_before_it_is_written(officer: Client) -> None:
    answer = upload(officer, calendar_of(SERIES, DAYS, BAD["every second"]))
    preview = answer.headers["Location"]
    html = officer.get(preview).content.decode()
    assert "Réunion des points focaux, à Paris" in html
    assert "chaque lundi" in html
    assert "de 9 h 00 à 10 h 30 (heure de Paris)" in html.replace("\u00a0", " ")
    assert "26 avril 2027 au dimanche 2 mai 2027" in html
    assert "se répète" in html  # why the third is left out
    assert not Event.objects.exists()
    for _time in range(2):
        done = officer.post(preview)
        assert done.status_code == 302
    assert (Event.objects.count(), EventPage.objects.filter(live=False).count()) == (2, 2)
    assert "2 événements" in officer.get(ADDRESS).content.decode()
    again = officer.get(upload(officer, calendar_of(SERIES, DAYS)).headers["Location"]).content.decode()
    assert "Déjà" in again
    assert "Faire entrer ces événements" not in again


def test_what_cannot_be_read_is_said_at_the_field(officer: Client) -> None:
    for answer in (
        upload(officer, b"<html>"),
        officer.post(ADDRESS, {"kind": "forum"}),
        officer.post(ADDRESS, {"kind": "forum", "address": "http://127.0.0.1/a.ics"}),
        officer.post(ADDRESS, {"kind": "forum", "address": "file:///etc/passwd"}),
        officer.post(ADDRESS, {"kind": "nonsense", "address": "https://example.org/"}),
    ):
        assert answer.status_code == 422
    assert not CalendarImport.objects.exists()


def test_an_address_is_asked_through_the_fence(officer: Client, settings: Any, other: Any) -> None:  # noqa: F811
    url, _asked = other
    settings.OUTGOING_ALLOWED = ["127.0.0.0/8"]
    # What it gives is no whole calendar: it was asked, and its answer looked at.
    answer = officer.post(ADDRESS, {"kind": "forum", "address": f"{url}/a.ics"})
    assert answer.status_code == 422
    assert _asked[-1][0] == "/a.ics"


@pytest.mark.parametrize("role", ["protocol", "coordinator", "author"])
def test_who_may_not_write_pages_brings_no_calendar_in(role: str) -> None:
    make_agendas()
    grant_page_permissions(site_root())
    client = signed_in(role)
    assert client.get(ADDRESS).status_code in (302, 403)
    assert upload(client, calendar_of(DAYS)).status_code in (302, 403)
    assert not CalendarImport.objects.exists()
