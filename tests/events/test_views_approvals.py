"""The approval board: many decided at once, after reading the mails; twice and by two officers changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from cms.mailing.models import Delivery
from events import actions
from events.models import EventPage, Registration
from tests.events.test_actions_form_answers import registered
from tests.events.test_views_admin import address, signed_in
from tests.factories.events import make_event
from tests.factories.forms import make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(page: EventPage) -> list[Registration]:
    """Three who ask for the two seats; the last has a telephone only."""
    page.event.needs_approval = True
    page.event.save()
    now = timezone.now()
    found = [registered(page.event, number, now=now) for number in range(2)]
    called = registered(page.event, 2, email="", phone="+22376001122", confirm=False, now=now)
    actions.confirm_by_phone(registration=called, number="+22376001122", user=None, now=now)
    return [*found, called]


def ticked(people: list[Registration], **said: Any) -> dict[str, Any]:
    return {"who": [str(one.uid) for one in people], "decision": "accept", "reason": "", **said}


def states(people: list[Registration]) -> list[str]:
    for one in people:
        one.refresh_from_db()
    return [one.state for one in people]


def mails(renderer: str) -> int:
    return Delivery.objects.filter(mailing__renderer=f"events.{renderer}").count()


def test_the_preview_says_what_each_gets_and_changes_nothing(
    page: EventPage, asking: list[Registration]
) -> None:
    client = signed_in("protocol")
    html = client.post(address(page.event, "board/"), ticked(asking)).content.decode()
    assert "Confirmée : 2" in html or "Confirmé : 2" in html
    assert "Inscription confirmée" in html
    assert "+22376001122" in html
    assert "[[name]]" not in html
    assert states(asking) == ["requested"] * 3
    assert mails("confirmed") == 0


def test_all_those_of_a_page_are_ticked_by_a_link_without_script_and_still_seen_first(
    page: EventPage, asking: list[Registration]
) -> None:
    client = signed_in("protocol")
    html = client.get(address(page.event, "board/") + "?q=Invit&category=").content.decode()
    assert ("?q=Invit&amp;category=&amp;ticked=" in html, html.count(" checked>")) == (True, 1)
    html = client.get(address(page.event, "board/") + "?q=Invit&category=&ticked=").content.decode()
    assert html.count(f'value="{asking[0].uid}" checked') == 1
    assert html.count(" checked>") == 1 + len(asking)
    assert 'href="?q=Invit&amp;category="' in html
    assert states(asking) == ["requested"] * 3


def test_those_accepted_get_the_seats_in_the_order_in_which_they_asked_once(
    page: EventPage, asking: list[Registration]
) -> None:
    client = signed_in("protocol")
    for _time in range(2):
        client.post(address(page.event, "board/"), ticked([*reversed(asking)], step="decide"))
    assert states(asking) == ["confirmed", "confirmed", "waiting"]
    assert mails("confirmed") == 2


def test_a_refusal_tells_its_reason_in_the_preview_and_in_the_mail(
    page: EventPage, asking: list[Registration]
) -> None:
    client = signed_in("protocol")
    said = ticked(asking[:1], decision="refuse", reason="La salle est réservée aux délégations.")
    assert "réservée aux délégations" in client.post(address(page.event, "board/"), said).content.decode()
    client.post(address(page.event, "board/"), {**said, "step": "decide"})
    assert states(asking) == ["refused", "requested", "requested"]
    assert Delivery.objects.get(mailing__renderer="events.refused").values["reason"] == said["reason"]


def test_the_board_is_for_who_keeps_registrations_and_decides_on_those_of_its_event_alone(
    page: EventPage, asking: list[Registration]
) -> None:
    assert signed_in("coordinator").get(address(page.event, "board/")).status_code == 302
    other = make_event(needs_approval=True, now=timezone.now())
    client = signed_in("protocol")
    client.post(address(other, "board/"), ticked(asking, step="decide"))
    assert states(asking) == ["requested"] * 3
    assert client.post(address(page.event, "board/"), {"decision": "accept"}).status_code == 422
    assert client.post(address(page.event, "board/"), ticked([], who=["x"])).status_code == 422


def test_the_board_asks_as_often_for_one_as_for_thirty(page: EventPage) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    page.event.needs_approval = True
    page.event.save()
    question = make_question(page.event, "Média ?")
    client, now, counts = signed_in("protocol"), timezone.now(), []
    for people in (range(1), range(1, 30)):
        for number in people:
            registered(page.event, number, actions.Said(question, text="Radio"), now=now)
        with CaptureQueriesContext(connection) as found:
            html = client.get(address(page.event, "board/")).content.decode()
        counts.append(len(found))
    assert (counts[0], html.count("Média ? : Radio")) == (counts[1], 30)
