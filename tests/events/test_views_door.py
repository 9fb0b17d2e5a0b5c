"""The door's addresses: for staff alone, of their event alone, the same whatever is sent twice."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.accounts.models import User
from events import actions, queries
from events.models import EventPage, Occurrence, Registration
from tests.factories.events import make_event, make_event_page, make_registration

pytestmark = pytest.mark.django_db


def signed_in(role: str) -> Client:
    user = User.objects.create_user(username=role, password="secret")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def row(laid_agendas: None) -> Occurrence:
    """A date of which the doors are open: it begins in some hours."""
    soon = timezone.localtime(timezone.now() + timedelta(hours=3))
    event = make_event(
        start_date=soon.date(),
        start_time=soon.time().replace(microsecond=0),
        end_time=None,
        open_end=True,
        capacity=5,
        now=timezone.now(),
    )
    make_event_page(event, slug="porte")
    return event.occurrences.get()


@pytest.fixture
def person(row: Occurrence) -> Registration:
    return make_registration(row, now=timezone.now())


def home(row: Occurrence) -> str:
    return f"/door/{row.event.uid.hex}/"


def post(client: Client, row: Occurrence, *scans: dict[str, Any], **values: Any) -> Any:
    now = int(timezone.now().timestamp() * 1000)
    sent = [{"id": uuid4().hex, "at": now, **scan} for scan in scans]
    body = {
        "date": row.recurrence_id,
        "generation": row.door_generation,
        "door": "Porte A",
        "device": uuid4().hex,
        "after": 0,
        "sent_at": now,
        "scans": sent,
        **values,
    }
    return client.post(f"{home(row)}sync", json.dumps(body), content_type="application/json")


def test_the_page_asks_strangers_to_sign_in_and_refuses_who_may_not_keep_a_door(row: Occurrence) -> None:
    for address in (home(row), f"/door/{uuid4().hex}/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"] == f"/admin/login/?{urlencode({'next': address})}"
    reader = signed_in("coordinator")
    assert [reader.get(f"{home(row)}{rest}").status_code for rest in ("", "list.json")] == [403, 403]
    assert post(reader, row).status_code == 403
    assert (Client().get(f"{home(row)}list.json").status_code, post(Client(), row).status_code) == (401, 401)


def test_the_page_holds_no_name_of_anybody_and_no_script_of_its_own(
    person: Registration, row: Occurrence
) -> None:
    response = signed_in("protocol").get(home(row))
    html = response.content.decode()
    assert response["Cache-Control"] == "private, no-store"
    assert person.name not in html
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", html)
    assert "Conférence de presse" in html


def test_the_worker_is_script_of_the_scope_of_the_door() -> None:
    response = Client().get("/door/worker.js")
    assert response["Content-Type"] == "text/javascript"
    assert "default-src 'self'" in response["Content-Security-Policy"]


def test_the_list_comes_with_its_key_and_the_hour_at_which_it_goes(
    person: Registration, row: Occurrence
) -> None:
    told = signed_in("protocol").get(f"{home(row)}list.json").json()
    assert told["key"] == queries.key_of_door(row)
    assert [line[2] for line in told["people"]] == [person.name]
    assert told["wipe_at"] > told["now"]
    assert told["counts"] == {"expected": 1, "inside": 0, "walk_ins": 0, "conflicts": 0, "seats": 5}


def test_a_list_costs_as_many_queries_for_thirty_people_as_for_one(row: Occurrence) -> None:
    row.event.capacity = None
    row.event.save()
    client = signed_in("protocol")
    client.get(f"{home(row)}list.json")
    counted = []
    for start, number in ((0, 1), (1, 29)):
        for n in range(start, start + number):
            make_registration(row, n, now=timezone.now())
        with CaptureQueriesContext(connection) as made:
            client.get(f"{home(row)}list.json")
        counted.append(len(made))
    assert counted[0] == counted[1]


def test_a_post_lets_in_tells_the_other_doors_and_repeats_without_effect(
    person: Registration, row: Occurrence
) -> None:
    client = signed_in("protocol")
    one = {"id": uuid4().hex, "code": f"/r/{queries.key_of(person)}"}
    for _again in range(2):
        told = post(client, row, one).json()
        assert told["results"][one["id"]]["outcome"] == "admitted"
    assert told["counts"]["inside"] == 1
    other = post(client, row, {"person": person.uid.hex, "id": uuid4().hex}).json()
    assert [line[0] for line in other["entered"]] == [person.uid.hex]
    [again] = other["results"].values()
    assert (again["outcome"], again["door"]) == ("already", "Porte A")
    assert post(client, row, after=other["last"]).json()["entered"] == []


def test_staff_at_the_door_of_one_event_reach_nobody_of_another(
    person: Registration, row: Occurrence
) -> None:
    client = signed_in("protocol")
    soon = timezone.localtime(timezone.now() + timedelta(hours=2))
    other = make_event(
        name="Autre",
        start_date=soon.date(),
        start_time=soon.time(),
        end_time=None,
        open_end=True,
        now=timezone.now(),
    ).occurrences.get()
    for scan in (
        {"person": person.uid.hex},
        {"code": queries.key_of(person)},
        {"code": queries.door_code(person)},
    ):
        [told] = post(client, other, scan).json()["results"].values()
        assert (told["outcome"], told["name"]) == ("unknown", "")
    assert post(client, row, date="20010101T090000").status_code == 404
    assert client.get(f"{home(row)}list.json?date=20010101T090000").status_code == 404


@pytest.mark.parametrize(
    "body",
    ["", "[]", "nonsense", '{"scans": 1}', '{"scans": [], "sent_at": "x"}', '{"scans": [], "sent_at": 1e99}',
     '{"scans": [], "date": 5}', json.dumps({"scans": [{}] * 201})],
)  # fmt: skip
def test_a_post_that_is_none_is_refused(row: Occurrence, body: str) -> None:
    client = signed_in("protocol")
    response = client.post(f"{home(row)}sync", body, content_type="application/json")
    assert (response.status_code, response.json()) == (400, {"code": "bad-request"})


def test_one_spoilt_try_does_not_hold_the_others_back(person: Registration, row: Occurrence) -> None:
    spoilt, good = uuid4().hex, uuid4().hex
    told = post(
        signed_in("protocol"),
        row,
        {"id": spoilt},
        {"id": "x"},
        {"id": good, "person": person.uid.hex, "at": None},
    ).json()
    assert told["spoilt"] == [spoilt, "x"]
    assert told["results"][good]["outcome"] == "admitted"


def test_a_telephone_whose_clock_is_a_day_behind_tells_the_right_hour(
    person: Registration, row: Occurrence
) -> None:
    behind = int((timezone.now() - timedelta(days=1)).timestamp() * 1000)
    scan = {"id": uuid4().hex, "person": person.uid.hex, "at": behind - 60_000, "let_in": True}
    post(signed_in("protocol"), row, scan, sent_at=behind)
    person.refresh_from_db()
    assert person.attended_at is not None
    assert abs(timezone.now() - timedelta(minutes=1) - person.attended_at) < timedelta(seconds=20)


def test_after_its_hours_a_door_gives_no_list_but_takes_what_was_done_in_them(
    person: Registration, row: Occurrence
) -> None:
    client = signed_in("protocol")
    Occurrence.objects.filter(pk=row.pk).update(
        starts_at=timezone.now() - timedelta(days=3), ends_at=timezone.now() - timedelta(days=2)
    )
    gone = client.get(f"{home(row)}list.json?generation=0")
    assert (gone.status_code, gone.json()["wipe"]) == (410, True)
    assert gone.json()["former_key"] == queries.key_of_door(row), "what is not sent yet lies under it"
    then = int((timezone.now() - timedelta(days=2, hours=1)).timestamp() * 1000)
    told = post(client, row, {"id": "0" * 32, "person": person.uid.hex, "at": then, "let_in": True}).json()
    assert told["wipe"] is True
    assert told["results"]["0" * 32]["outcome"] == "admitted"


def test_a_changed_key_wipes_the_telephones_that_hold_the_former(row: Occurrence) -> None:
    client = signed_in("protocol")
    assert post(client, row).json()["wipe"] is False
    actions.change_door_key(occurrence=row, user=None, now=timezone.now())
    assert post(client, row).json()["wipe"] is True


def test_a_post_without_the_token_of_the_session_is_refused(row: Occurrence) -> None:
    user = User.objects.create_user(username="keeper", password="secret")
    user.groups.add(Group.objects.get(name="protocol"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert post(client, row).status_code == 403
    token = client.get(f"{home(row)}list.json").json()["csrf"]
    body = json.dumps({"scans": [], "date": row.recurrence_id, "generation": 0})
    sent = client.post(
        f"{home(row)}sync", body, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert sent.status_code == 200


def test_the_script_has_a_word_for_all_it_says(page: EventPage) -> None:
    from events.views.door_words import words

    script = (Path(settings.BASE_DIR) / "events/static/events/door.js").read_text()
    used = set(re.findall(r"said\.(\w+)", script))
    assert used <= set(words())
