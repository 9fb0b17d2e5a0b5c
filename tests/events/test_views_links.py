"""Every address of events that is somebody's link, walked from the URL table: a new one is asked for here too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg import sql

from cms.contacts.models import Contact
from cms.core import links
from cms.core.models import ThingLog
from cms.mailing.models import Delivery
from events import actions, queries
from events.actions import abstracts, certificates, reviews
from events.models import EventPage, Registration
from events.queries.papers import certificate_token
from settings.logs import without_secrets
from settings.urls import urlpatterns
from tests.events.test_actions_categories import make_category
from tests.events.test_actions_certificates import WORDS
from tests.factories.contacts import make_contact
from tests.factories.events import (
    make_agendas,
    make_delegation,
    make_event,
    make_event_page,
    make_registration,
)
from tests.factories.events import name_somebody as name_member
from tests.factories.guests import make_guest
from tests.support.shared import laid

pytestmark = pytest.mark.django_db

PAPER = abstracts.Paper(
    title_fr="Sols", abstract_fr="Mesures.", authors=[abstracts.Name("Awa", "IER")], presents=0
)
#: Pages that hold nothing of anybody, and those for signed-in staff (tests/events/test_views_door.py).
OPEN = {"i/", "verify/"}
STAFF = {"door/worker.js"}


class World:
    """One event with somebody behind each kind of link; `links` gives by its prefix the token of the one."""

    def __init__(self) -> None:
        now = timezone.now()
        day = (now + timedelta(days=7)).date()
        self.page: EventPage = make_event_page(make_event(start_date=day, capacity=20, now=now))
        event, self.date = self.page.event, self.page.event.occurrences.get()
        exhibitor = make_category(event, "Exposant", amount_xof=25_000)
        self.person = make_registration(self.date, category=exhibitor, now=now)
        Registration.objects.filter(pk=self.person.pk).update(attended_at=now)
        certificates.change_model(
            event=event, role="attendee", language="fr", values=WORDS, user=None, now=now
        )
        (self.certificate,) = certificates.issue_certificates(
            event=event, role="attendee", people=[self.person], user=None, now=now
        )
        self.receipt = actions.take_payment(
            registration=self.person,
            amount_xof=5000,
            means="cash",
            payer="Awa",
            paid_date=date(2026, 1, 5),
            key=uuid4(),
            user=None,
            now=now,
        )
        until = now + timedelta(days=3)
        self.delegation = make_delegation(self.date, names_until=until, now=now)
        self.member = name_member(self.delegation, now=now)
        self.guest = make_guest(self.date, contact=make_contact(name="Awa Keïta"), now=now)
        values = {"opens_at": now - timedelta(days=1), "closes_at": until, "themes": "Sols", "wanted": 1}
        call = reviews.keep_call(event=event, values={**values, "blind": False}, user=None, now=now)
        self.paper = abstracts.submit_paper(
            call=call, paper=PAPER, name="Awa", email="awa@example.org", language="fr", now=now
        )
        self.paper = abstracts.confirm_paper(submission=self.paper, now=now)
        self.reviewer = reviews.name_reviewer(
            call=call, name="Oumou Sy", email="oumou@example.org", user=None, now=now
        )
        reviews.assign(submission=self.paper, reviewer=self.reviewer, now=now)
        self.links = {
            "r": queries.key_of(self.person),
            "d": queries.head_token(self.delegation),
            "i": queries.guest_key(self.guest),
            "a": queries.paper_token(self.paper),
            "e": queries.reviewer_token(self.reviewer),
        }

    def addresses(self) -> Iterator[tuple[str, str, str]]:
        """Every route of events that holds a link, as (route, address, its token)."""
        for route in routes():
            kind = route.partition("/")[0]
            token = self.certificate.code if kind == "verify" else self.links[kind]
            if route == "r/<str:token>/journey/":
                token = queries.key_of(self.member)
            if route == "verify/<str:token>/certificate.pdf":
                token = certificate_token(self.certificate.uid)
            address = re.sub("<str:(token|code)>", token, f"/{route}")
            address = address.replace("certificate/<uuid:uid>", f"certificate/{self.certificate.uid}")
            address = address.replace("receipt-<uuid:uid>", f"receipt-{self.receipt.uid}")
            address = address.replace("<uuid:uid>", str(self.member.uid))
            yield route, address.replace("<int:number>", str(self.paper.number)), token


def routes() -> list[str]:
    """The routes of the URL table that views of events answer and that hold a token or a code."""
    found = [
        str(one.pattern)
        for one in urlpatterns
        if getattr(getattr(one, "callback", None), "__module__", "").startswith("events.")
        or "events.views" in getattr(getattr(one, "callback", None), "__qualname__", "")
    ]
    kept = [one for one in found if "<str:" in one]
    assert not {one for one in found if "<str:" not in one and not one.startswith("^door/")} - OPEN - STAFF
    return kept


@pytest.fixture(scope="module")
def laid_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with laid(django_db_blocker):
        make_agendas()
        yield World()


@pytest.fixture
def world(laid_world: World, db: None) -> World:
    return deepcopy(laid_world)


def state() -> dict[str, str]:
    """What every table that a link could touch holds, but for counted tries."""
    models = [*apps.get_app_config("events").get_models(), Delivery, Contact, ThingLog]
    found = {}
    with connection.cursor() as cursor:
        for table in sorted({one._meta.db_table for one in models} - {"events_attempt"}):
            whole = sql.SQL("SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t")
            cursor.execute(whole.format(sql.Identifier(table)).as_string(None))
            found[table] = cursor.fetchone()[0]
    return found


def test_no_get_of_any_link_changes_anything_and_nobody_on_the_way_keeps_its_answer(world: World) -> None:
    before, tried = state(), set()
    client = Client()
    acts = "?do=confirm&do=cancel&state=declined&verdict=accept"
    for route, address, _token in world.addresses():
        for query in ("",) if route.endswith(".pdf") else ("", acts, "?cancel&change&remove&code"):
            answer = client.get(address + query)
            assert answer.status_code in (200, 404 if route.endswith("/file") else 200), (route, query)
            if answer.status_code == 200:
                assert "no-store" in answer["Cache-Control"], route
                assert answer["X-Robots-Tag"] == "noindex", route
                assert answer["Referrer-Policy"] in ("same-origin", "strict-origin-when-cross-origin"), route
        assert client.head(address + acts).status_code in (200, 404), route
        tried.add(route.partition("/")[0])
    assert tried == {"r", "d", "i", "a", "e", "verify"}
    assert state() == before
    client.post(f"/r/{world.links['r']}", {"do": "cancel"})
    assert state() != before, "what is compared would show a change"


def test_no_link_of_one_kind_or_person_opens_anything_of_another(world: World) -> None:
    client = Client()
    absent = client.get("/r/" + "x" * 43).content
    stranger = links.make("registration", uuid4(), 0)
    for route, address, token in world.addresses():
        kind = route.partition("/")[0]
        other = next(one for name, one in world.links.items() if name != kind)
        for wrong in (stranger, other, str(world.person.pk), token[:-1]):
            answer = client.get(address.replace(token, wrong))
            assert (answer.status_code, answer.content) == (404, absent), (route, wrong)
        assert client.post(address.replace(token, other)).status_code in (404, 405), route
    assert client.get(f"/r/{world.links['r']}").status_code == 200


def test_every_link_has_a_key_of_128_bits_or_a_code_of_80_and_none_stands_in_the_database(
    world: World,
) -> None:
    assert {len(token) for token in world.links.values()} == {43}
    whole = "\n".join(
        str(row)
        for model in apps.get_app_config("events").get_models()
        for row in model.objects.values_list()
    )
    assert not [kind for kind, token in world.links.items() if token in whole]
    assert world.certificate.code in whole, "a certificate's code is no secret: it is printed to be shown"


def test_no_link_reaches_the_log(world: World) -> None:
    for route, address, token in world.addresses():
        assert token not in without_secrets(f"GET {address} 200"), route
