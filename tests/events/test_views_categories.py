"""Categories on the officer's screen and in the public form."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from events.models import Access, Category, EventPage, Occurrence, Registration
from tests.events.test_actions_categories import make_category
from tests.events.test_views_admin import address, signed_in
from tests.events.test_views_registrations import asked, path
from tests.factories.events import make_event

pytestmark = pytest.mark.django_db


def test_protocol_makes_changes_and_takes_away_a_category(page: EventPage) -> None:
    client = signed_in("protocol")
    said = {"name": "Presse", "access": "approval", "quota": "30", "amount_xof": "", "colour": "ochre"}
    assert client.post(address(page.event, "categories/add/"), said).status_code == 302
    made = Category.objects.get(event=page.event)
    assert (made.quota, made.amount_xof, made.access, made.order) == (30, 0, "approval", 0)
    html = client.get(address(page.event, "categories/")).content.decode()
    assert "Presse" in html
    assert "#955a0c" in html
    assert "style=" not in html.split("<main")[1]
    own = address(page.event, f"categories/{made.uid}/")
    assert client.post(own, {**said, "quota": "", "order": "4"}).status_code == 302
    made.refresh_from_db()
    assert (made.quota, made.order) == (None, 4)
    assert client.post(address(page.event, "categories/add/"), said).status_code == 422
    client.post(own + "remove/")
    assert not Category.objects.exists()


def test_only_who_keeps_registrations_sees_categories_and_only_those_of_the_event(page: EventPage) -> None:
    other = make_category(make_event())
    assert signed_in("coordinator").get(address(page.event, "categories/")).status_code == 302
    client = signed_in("protocol")
    for rest in ("", "remove/"):
        foreign = address(page.event, f"categories/{other.uid}/{rest}")
        assert (client.get(foreign).status_code, client.post(foreign).status_code) == (404, 404)
    assert Category.objects.filter(pk=other.pk).exists()


def test_people_choose_among_the_open_categories_and_are_told_what_each_asks(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    exhibitor = make_category(page.event, "Exposant", amount_xof=25_000)
    press = make_category(page.event, "Presse", access=Access.APPROVAL)
    official = make_category(page.event, "Officiel", access=Access.INVITED)
    html = client.get(path(page)).content.decode()
    assert "25 000 FCFA" in html.replace("\u202f", " ").replace("\xa0", " ")
    assert "sur validation" in html
    assert "Officiel" not in html
    assert client.post(path(page), asked(occurrence)).status_code == 422
    assert client.post(path(page), asked(occurrence, category=official.uid.hex)).status_code == 422
    summary = client.post(path(page), asked(occurrence, category=exhibitor.uid.hex, step="check"))
    assert "Exposant" in summary.content.decode()
    assert "contre un reçu" in summary.content.decode()
    client.post(path(page), asked(occurrence, category=press.uid.hex))
    assert Registration.objects.get().category == press


def test_an_event_whose_categories_are_all_closed_has_no_form(
    client: Client, page: EventPage, occurrence: Occurrence
) -> None:
    make_category(page.event, access=Access.INVITED)
    assert 'name="key"' not in client.get(path(page)).content.decode()
    client.post(path(page), asked(occurrence, category=uuid4().hex))
    assert not Registration.objects.exists()


def test_a_full_category_says_so_before_anybody_types(client: Client, page: EventPage) -> None:
    from tests.events.test_actions_categories import registered

    press = make_category(page.event, quota=1)
    make_category(page.event, "Invités")
    registered(press, 1, now=timezone.now())
    assert "Presse – liste d’attente" in client.get(path(page)).content.decode()


def test_the_list_narrows_to_a_category_and_its_file_names_it(page: EventPage) -> None:
    from tests.events.test_actions_categories import registered

    press, guests = make_category(page.event), make_category(page.event, "Invités")
    registered(press, 1, now=timezone.now())
    registered(guests, 2, now=timezone.now())
    client = signed_in("protocol")
    query = {"category": press.uid.hex}
    html = client.get(address(page.event), query).content.decode()
    assert ("Invité 1" in html, "Invité 2" in html) == (True, False)
    body = b"".join(client.get(address(page.event, "export.csv"), query)).decode()
    assert ("Invité 1" in body, "Invité 2" in body, "Presse" in body) == (True, False, True)
    searched = b"".join(client.get(address(page.event, "export.csv"), {"q": "Invité 2"})).decode()
    assert ("Invité 1" in searched, "Invité 2" in searched) == (False, True)


def test_staff_put_somebody_into_another_category(page: EventPage) -> None:
    from tests.events.test_actions_categories import registered

    press, guests = make_category(page.event, quota=1), make_category(page.event, "Invités")
    person = registered(press, 1, now=timezone.now())
    client = signed_in("protocol")
    own = address(page.event, f"{person.uid}/category/")
    assert "Invités" in client.get(own).content.decode()
    client.post(own, {"category": guests.uid.hex})
    person.refresh_from_db()
    assert person.category == guests
