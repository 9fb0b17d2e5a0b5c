"""Whatever is written behind the question mark, or into a field, no page of the agenda breaks."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from events import queries
from events.models import EventPage
from tests.events.test_views_admin import signed_in
from tests.factories.events import make_agendas, make_registration

pytestmark = pytest.mark.django_db

JUNK = (
    "",
    "a\x00b",
    "-1",
    "9" * 30,
    "0001-01-01",
    "9999-12-31",
    "\u202egnp.exe",
    "x" * 5000,
)
RAW = ("%00", "%ff%fe", "%zz", "%ED%A0%80")


def broken(client: Client, address: str, *queries: str) -> list[str]:
    """The requests that got anything but a page or a refusal in words; `*` stands for the junk."""
    client.raise_request_exception = False
    values = [quote(value, safe="") for value in JUNK] + list(RAW)
    asked = [f"{address}?{query.replace('*', value)}" for query in queries for value in values]
    return [one[:200] for one in asked if client.get(one).status_code not in (200, 400, 404)]


def test_no_filter_of_the_admins_lists_breaks_on_junk(page: EventPage) -> None:
    make_registration(page.event.occurrences.get(), now=timezone.now())
    client, here = signed_in("officer"), f"/admin/agenda/{page.event.pk}/"
    assert not broken(client, here, "date=*", "state=*&q=*&call=*&b_start=*")
    assert not broken(client, f"{here}export.csv", "date=*&state=*")
    assert not broken(client, "/admin/agenda/", "b_start=*&q=*")
    assert not broken(
        client,
        "/admin/agenda/dates/",
        "repeat=weekly&start_time=9:00&start_date=*",
        "repeat=weekly&start_date=2027-01-31&start_time=9:00&repeat_until=*",
        "repeat=*&start_date=2027-01-31&zone=*&left_out=*",
    )
    for pk in ("0", "9" * 30):
        assert client.get(f"/admin/agenda/{pk}/").status_code == 404


def test_a_filter_that_names_nothing_finds_nothing_or_leaves_the_list_whole(page: EventPage) -> None:
    make_registration(page.event.occurrences.get(), now=timezone.now())
    client, here = signed_in("officer"), f"/admin/agenda/{page.event.pk}/"
    assert "Invité 1" in client.get(here, {"state": "nonsense"}).content.decode()
    assert "Invité 1" not in client.get(here, {"date": "\x0020991231T000000"}).content.decode()
    assert "Invité 1" not in client.get(here, {"q": "personne de ce nom"}).content.decode()


def test_no_public_page_of_the_agenda_breaks_on_junk(client: Client, page: EventPage) -> None:
    agenda, _english = make_agendas()
    person = make_registration(page.event.occurrences.get(), now=timezone.now())
    for address, query in (
        (agenda.public_path, "kind=*&topic=*&mode=*&b_start=*"),
        (agenda.public_path, "mode=month&month=*"),
        (agenda.public_path, "mode=week&month=*"),
        (f"{agenda.public_path}events.ics", "kind=*&topic=*"),
        (f"{agenda.public_path}atom.xml", "topic=*"),
        (f"{page.public_path}inscription/", "date=*"),
        (f"{page.public_path}inscription/", "sent=*"),
        (f"/r/{queries.key_of(person)}", "cancel=*&do=*"),
    ):
        assert not broken(client, address, query)


def test_no_field_of_the_registration_form_breaks_on_junk(client: Client, page: EventPage) -> None:
    client.raise_request_exception = False
    good = {"occurrence": page.event.occurrences.get().uid.hex, "name": "Awa", "step": "send"}
    good |= {"email": "awa@example.org"}
    for field in ("occurrence", "name", "organisation", "email", "phone", "key", "step"):
        for value in JUNK:
            answer = client.post(f"{page.public_path}inscription/", {**good, field: value})
            assert answer.status_code in (200, 303, 422), (field, value[:20])


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("when", ("start_date", "start_time", "end_date", "zone", "repeat", "repeat_until", "left_out")),
        ("place", ("place_name", "map_url", "online_url")),
        ("seats", ("capacity",)),
        ("registration", ("registration_opens_at", "registration_closes_at")),
    ],
)
def test_no_button_of_the_event_breaks_on_junk(page: EventPage, what: str, fields: tuple[str, ...]) -> None:
    client = signed_in("officer")
    client.raise_request_exception = False
    start = (timezone.now() + timedelta(days=9)).date()
    good = {"start_date": start, "start_time": "9:00", "end_time": "10:00", "zone": "Africa/Bamako"}
    for field in fields:
        for value in (*JUNK, "0001-01-01 00:00", "9999-12-31 23:59", "9999-12-31T23:59"):
            answer = client.post(f"/admin/agenda/{page.event.pk}/change/{what}/", {**good, field: value})
            assert answer.status_code in (302, 422), (field, value[:20])
        assert client.get(page.public_path).status_code == 200, field
