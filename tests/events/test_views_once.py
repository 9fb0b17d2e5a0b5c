"""Forms of the team that make something: two clicks, or a post that a bad line repeats, make one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cms.accounts.actions.roles import grant_page_permissions
from cms.core.queries import site_root
from events import actions
from events.models import (
    Category,
    EventPage,
    OfficePost,
    OfficialAudience,
    Question,
    Registration,
    Session,
    Speaker,
    Stand,
    Task,
)
from tests.events.test_oversell import at_once
from tests.events.test_views_admin import signed_in
from tests.factories.events import make_agendas, make_event, make_event_page

pytestmark = pytest.mark.django_db(transaction=True)

LINES = {"choices-TOTAL_FORMS": "0", "choices-INITIAL_FORMS": "0"}
PEOPLE = {"people-TOTAL_FORMS": "0", "people-INITIAL_FORMS": "0"}
SOON = f"{timezone.now() + timedelta(days=30):%Y-%m-%d}"
#: Address below the event, what makes one more, and what is counted.
FORMS: list[tuple[str, dict[str, str], Callable[[], int]]] = [
    ("add/", {"name": "Awa", "channel": "letter", "language": "fr"}, Registration.objects.count),
    ("categories/add/", {"name": "Presse", "access": "open", "colour": "leaf"}, Category.objects.count),
    ("questions/add/", {"label": "Repas ?", "kind": "line", **LINES}, Question.objects.count),
    ("stands/add/", {"exhibitor": "IER", "state": "asked"}, Stand.objects.count),
    (
        "audiences/add/",
        {"requester": "coordination", "host": "prime_minister", "state": "requested"},
        OfficialAudience.objects.count,
    ),
    ("road/", {"do": "add", "title": "Fleurs", "days": "-1"}, Task.objects.count),
    ("programme/speaker/add/", {"name": "Fanta Sy"}, Speaker.objects.count),
    (
        "programme/session/",
        {"kind": "panel", "title": "Eau", "day": "1", "start_time": "10:00", "end_time": "11:00", **PEOPLE},
        Session.objects.count,
    ),
    ("../begin/", {"kind": "forum", "title": "Forum", "first_day": SOON}, EventPage.objects.count),
]


@pytest.fixture
def page() -> EventPage:
    make_agendas()
    grant_page_permissions(site_root())
    start = (timezone.now() + timedelta(days=7)).date()
    return make_event_page(make_event(start_date=start, now=timezone.now()))


def filled_in(client: Client, address: str, values: dict[str, str]) -> dict[str, Any]:
    """The form as it was shown, with its token, and what is typed into it."""
    html = client.get(address).content.decode()
    found = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    first = re.search(r'<select name="date".*?<option value="(\w+)"', html, re.S) or re.search(
        r'name="date" value="(\w+)"', html
    )
    return {**values, "csrfmiddlewaretoken": found[-1]} | ({"date": first[1]} if first else {})


def test_what_is_posted_twice_is_made_once_and_what_is_written_anew_once_more(page: EventPage) -> None:
    client = signed_in("admin")
    found = {}
    for rest, values, count in FORMS:
        address = f"/admin/agenda/{page.event.pk}/{rest}".replace(f"{page.event.pk}/../", "")
        said, before = filled_in(client, address, values), count()
        answers = [client.post(address, said) for _time in range(3)]
        led = {(one.status_code, one.get("Location")) for one in answers}
        once = count() - before
        words = {
            name: f"{said[name]} bis" for name in ("name", "label", "title", "exhibitor") if name in said
        }
        client.post(address, {**said, **words, "subject": "Autre"})
        found[rest] = [status for status, _where in led], once, count() - before
    assert found == {rest: ([302], 1, 2) for rest, _values, _count in FORMS}, "statuses, made once, made anew"


def test_six_clicks_at_once_make_one_and_a_form_with_errors_may_be_sent_again(page: EventPage) -> None:
    client = signed_in("admin")
    address = f"/admin/agenda/{page.event.pk}/add/"
    said = filled_in(client, address, {"name": "", "channel": "letter", "language": "fr"})
    assert [client.post(address, said).status_code for _time in range(2)] == [422, 422]
    clients = [Client() for _number in range(6)]
    for one in clients:
        one.cookies = client.cookies
    answers = at_once(lambda number: clients[number].post(address, {**said, "name": "Awa"}).status_code, 6)
    assert answers == [302] * 6
    assert Registration.objects.count() == 1
    actions.sweep_registrations(now=timezone.now() + timedelta(days=2))
    assert not OfficePost.objects.exists()


def test_control_without_the_token_each_post_makes_one(page: EventPage) -> None:
    client = signed_in("admin")
    address = f"/admin/agenda/{page.event.pk}/add/"
    said = filled_in(client, address, {"name": "Awa", "channel": "letter", "language": "fr"})
    del said["csrfmiddlewaretoken"]
    for _time in range(2):
        client.post(address, said)
    assert Registration.objects.count() == 2
