"""`@registrations`: for those who may take the list away; for everybody else there is no such service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events import actions, queries
from events.models import EventPage, Registration
from tests.core.api.conftest import Api, token_for
from tests.events.test_api import announce
from tests.factories.accounts import make_user
from tests.factories.events import make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


def api(role: str, *scopes: str) -> Api:
    return Api(token_for(make_user(role), *(scopes or ("read", "write"))))


def path_of(page: EventPage) -> str:
    return f"{page.public_path.strip('/')}/@registrations"


@pytest.fixture
def page() -> EventPage:
    return announce(1, capacity=2)


def people(page: EventPage, number: int) -> list[Registration]:
    row = page.event.occurrences.get()
    return [make_registration(row, one, now=timezone.now()) for one in range(number)]


@pytest.mark.parametrize("role", [None, "author", "internal", "journalist", "coordinator"])
def test_for_those_who_may_not_take_the_list_away_there_is_no_such_service(role, page):
    people(page, 1)
    caller = api(role) if role else Api()
    absent = caller.get(f"{page.public_path.strip('/')}/@nothing")
    for answer in (
        caller.get(path_of(page)),
        caller.get(path_of(page), unknown="1"),
        caller.call("POST", path_of(page), {"name": "Awa Diarra"}),
    ):
        assert (answer.status_code, answer.content) == (404, absent.content)
    assert Registration.objects.count() == 1


def test_who_keeps_the_list_reads_it_by_state_date_and_words_without_a_personal_link(page):
    rows = people(page, 3)
    protocol = api("protocol", "read")
    said = protocol.get(path_of(page)).json()
    assert said["items_total"] == 3
    assert (said["counts"]["confirmed"], said["counts"]["waiting"]) == (2, 1)
    first = said["items"][0]
    assert (first["@type"], first["UID"], first["title"]) == ("Registration", rows[0].uid.hex, rows[0].name)
    assert first["occurrence"] == rows[0].occurrence.uid.hex
    assert [one["UID"] for one in protocol.get(path_of(page), state="waiting").json()["items"]] == [
        rows[2].uid.hex
    ]
    assert protocol.get(path_of(page), SearchableText=rows[1].email).json()["items_total"] == 1
    assert protocol.get(path_of(page), occurrence=first["occurrence"]).json()["items_total"] == 3
    for asked in ({"occurrence": "0" * 32}, {"category": "0" * 32}, {"state": "gone"}, {"date": "1"}):
        assert protocol.get(path_of(page), **asked).status_code == 400, asked
    whole = protocol.get(path_of(page), fullobjects="1")
    assert "answers" in whole.json()["items"][0]
    assert whole.headers["Cache-Control"] == "private, no-store"
    for row in rows:
        assert queries.key_of(row) not in whole.content.decode()


def test_somebody_is_added_once_however_often_it_is_asked_and_waits_where_the_hall_is_full(page):
    people(page, 1)
    protocol, sent = api("protocol"), {"name": "Awa Diarra", "email": "awa@example.org"}
    answers = [protocol.call("POST", path_of(page), sent) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["UID"] == answers[1].json()["UID"]
    assert (answers[0].json()["review_state"], answers[0].json()["confirmed_channel"]) == (
        "confirmed",
        "staff",
    )
    late = protocol.call(
        "POST", path_of(page), {"name": "Oumar Keïta", "phone": "76 12 34 56", "channel": "phone"}
    )
    assert (late.json()["review_state"], late.json()["phone"]) == ("waiting", "+22376123456")
    assert Registration.objects.count() == 3
    assert api("protocol", "read").call("POST", path_of(page), sent).status_code == 403, "a token that reads"
    assert api("protocol", "write").get(path_of(page)).status_code == 403, "a token that writes"
    for caller, verb in ((Api("kun_" + "x" * 43), "GET"), (Api("kun_" + "x" * 43), "POST")):
        assert caller.call(verb, path_of(page), sent if verb == "POST" else None).status_code == 401


def test_somebody_without_an_address_is_added_once_under_the_callers_key(page):
    protocol, sent = api("protocol"), {"name": "Awa Diarra", "channel": "letter"}
    keyed = [
        protocol.call("POST", path_of(page), {**sent, "key": str(UUID(int=7))}).json() for _twice in range(2)
    ]
    assert keyed[0] == keyed[1]
    assert Registration.objects.count() == 1
    other = protocol.call("POST", path_of(page), {**sent, "key": str(UUID(int=8))}).json()
    assert other["UID"] != keyed[0]["UID"], "another key is another person"
    protocol.call("POST", path_of(page), sent)
    protocol.call("POST", path_of(page), sent)
    assert Registration.objects.count() == 4, "the control: without a key a retry is somebody else"


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": "Awa\nDiarra"}, "name"),
        ({"name": "Awa", "email": "a@x.org, b@y.org"}, "email"),
        ({"name": "Awa", "phone": "12"}, "phone"),
        ({"name": "Awa", "channel": "phone"}, "phone"),
        ({"name": "Awa", "occurrence": "0" * 32}, "occurrence"),
        ({"name": "Awa", "category": "0" * 32}, "category"),
        ({"name": "Awa", "channel": "link"}, "channel"),
        ({"name": "Awa", "state": "confirmed"}, "state"),
        ({"name": "Awa", "approved_at": "2026-01-01"}, "approved_at"),
    ],
)
def test_what_the_form_refuses_is_a_400_that_names_the_field_and_nothing_is_kept(page, sent, field):
    answer = api("protocol").call("POST", path_of(page), sent)
    assert answer.status_code == 400
    assert field in str(answer.json()["errors"])
    assert Registration.objects.count() == 0


def test_nobody_is_added_to_a_date_that_is_cancelled_or_over(page):
    now = timezone.now()
    row = page.event.occurrences.get()
    over = announce(2, days=-30)
    protocol = api("protocol")
    sent = {"name": "Awa Diarra", "occurrence": row.uid.hex}
    assert protocol.call("POST", path_of(page), {**sent, "name": "Oumar"}).status_code == 201, "the control"
    actions.cancel_occurrence(occurrence=row, reason="", user=None, now=now + timedelta(minutes=1))
    assert protocol.call("POST", path_of(page), sent).status_code == 400
    assert protocol.call("POST", path_of(over), {"name": "Awa Diarra"}).status_code == 400


def test_thirty_people_cost_as_many_queries_as_one(page):
    protocol = api("protocol", "read")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            assert protocol.get(path_of(page), b_size="50", fullobjects="1").status_code == 200
        return len(found)

    people(page, 1)
    asked()
    few = asked()
    row: Any = page.event.occurrences.get()
    for number in range(1, 30):
        make_registration(row, number, now=timezone.now())
    assert asked() == few
