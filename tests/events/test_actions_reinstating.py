"""What was cancelled takes place after all; what calendars call a date stays the same."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import icalendar
import pytest
from django.utils import timezone

from cms.mailing.actions.owe import ensure_sender
from cms.mailing.mail.letters import write_owed
from cms.mailing.models import Delivery
from events import actions, ical
from events.models import Event, EventPage, Occurrence, Registration
from events.validators import parse_rule
from tests.events.test_views_admin import signed_in
from tests.factories.core import NOON
from tests.factories.events import (
    make_delegation,
    make_event,
    make_event_page,
    make_registration,
    name_somebody,
)
from tests.factories.guests import answer, make_guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]

WHO: dict[str, Any] = {"user": None, "now": NOON}


def states(row: Occurrence) -> list[str]:
    return list(Registration.objects.filter(occurrence=row).order_by("pk").values_list("state", flat=True))


def entry_of(purpose: str, email: str) -> Any:
    delivery = Delivery.objects.select_related("mailing__sender").get(
        mailing__renderer=f"events.{purpose}", address=email
    )
    (_name, _type, body), *_more = write_owed(delivery, sender=ensure_sender(), now=NOON).attachments
    return icalendar.Calendar.from_ical(body).walk("VEVENT")[0]


def written(purpose: str) -> int:
    return Delivery.objects.filter(mailing__renderer=f"events.{purpose}").count()


def test_a_cancelled_event_is_confirmed_again_with_everybody_where_they_were() -> None:
    page = make_event_page(make_event(capacity=2))
    row = page.event.occurrences.get()
    people = [make_registration(row, number) for number in range(4)]
    actions.cancel(registration=people[0], now=NOON)
    before = states(row)
    assert before == ["cancelled", "confirmed", "confirmed", "waiting"]
    actions.cancel_event(event=page.event, reason="Deuil", **WHO)
    assert set(states(row)) == {"cancelled"}
    for _ in range(2):
        event = actions.reinstate_event(event=page.event, reason="Report levé", **WHO)
    assert event.state == "confirmed"
    assert states(row) == before
    assert written("reinstated") == 3, "who had cancelled before is not told"
    off, on = entry_of("called_off", "invite1@example.org"), entry_of("reinstated", "invite1@example.org")
    assert str(on["UID"]) == str(off["UID"])
    assert on["SEQUENCE"] > off["SEQUENCE"]
    assert (str(off["STATUS"]), str(on["STATUS"])) == ("CANCELLED", "CONFIRMED")
    fresh = EventPage.objects.get(pk=page.pk)
    file = ical.event_calendar(fresh.event, fresh.event.occurrences.all(), fresh).decode()
    assert "STATUS:CONFIRMED" in file
    actions.cancel(registration=people[1], now=NOON)
    assert states(row)[3] == "confirmed", "the line goes on as if nothing had been"


def test_a_cancelled_date_is_set_up_again_with_its_delegation_and_its_guests() -> None:
    row = make_event(capacity=20).occurrences.get()
    delegation, silent = make_delegation(row, granted=3), make_guest(row, email="awa@example.org")
    actions.write_round(
        planned=actions.plan_round(occurrence=row, kind="invitation", days=None, **WHO), **WHO
    )
    name_somebody(delegation)
    coming = make_guest(row)
    answer(coming)
    actions.cancel_occurrence(occurrence=row, **WHO)
    sequence = Occurrence.objects.get(pk=row.pk).sequence
    for _ in range(2):
        back = actions.reinstate_occurrence(occurrence=row, **WHO)
    assert (back.state, back.sequence) == ("planned", sequence + 1)
    delegation.refresh_from_db()
    assert (delegation.state, delegation.granted) == ("confirmed", 3)
    assert states(row) == ["confirmed", "confirmed"]
    assert (written("delegation_reinstated"), written("guest_reinstated")) == (1, 1)
    called, again = (entry_of(f"guest_{name}", "awa@example.org") for name in ("called_off", "reinstated"))
    assert str(again["UID"]) == str(called["UID"])
    assert again["SEQUENCE"] > called["SEQUENCE"]
    assert silent.contact.primary_email == "awa@example.org"
    for delivery in Delivery.objects.select_related("mailing__sender"):
        assert write_owed(delivery, sender=ensure_sender(), now=NOON).text


def test_what_is_over_or_belongs_to_a_cancelled_event_is_not_set_up_again() -> None:
    event = make_event()
    row = event.occurrences.get()
    actions.cancel_occurrence(occurrence=row, **WHO)
    later = row.starts_at + timedelta(days=2)
    with pytest.raises(actions.AlreadyOver):
        actions.reinstate_occurrence(occurrence=row, user=None, now=later)
    actions.cancel_event(event=event, **WHO)
    with pytest.raises(actions.NotTaken):
        actions.reinstate_occurrence(occurrence=row, **WHO)
    with pytest.raises(actions.AlreadyOver):
        actions.reinstate_event(event=event, user=None, now=later)


def test_the_screens_offer_it_for_what_is_cancelled_alone() -> None:
    now = timezone.now()
    event = make_event(start_date=(now + timedelta(days=9)).date(), now=now)
    row = event.occurrences.get()
    client, here = signed_in("officer"), f"/admin/agenda/{event.pk}/"
    date_of, event_of = f"{here}dates/{row.uid}/reinstate/", f"{here}change/reinstate/"
    assert (client.get(date_of).status_code, client.get(event_of).status_code) == (404, 404)
    called = actions.add_by_hand(
        occurrence=row, name="Awa", phone="+22376000001", channel="phone", user=None, now=now
    )
    actions.cancel_occurrence(occurrence=row, user=None, now=now)
    assert date_of in client.get(f"{here}dates/").content.decode()
    assert client.post(date_of, {"reason": ""}).status_code == 302
    actions.cancel_event(event=event, user=None, now=now)
    assert client.get(date_of).status_code == 404
    after = client.post(event_of, {"reason": "Report levé"}, follow=True).content.decode()
    assert "appelez" in after, "who gave a telephone alone is called"
    called.refresh_from_db()
    assert called.state == "confirmed"
    event.refresh_from_db()
    row.refresh_from_db()
    assert (event.state, row.state) == ("confirmed", "planned")


def uid_of(row: Occurrence) -> str:
    fresh = Occurrence.objects.select_related("event").get(pk=row.pk)
    body = ical.occurrence_calendar(fresh, title="T", url="")
    return str(icalendar.Calendar.from_ical(body).walk("VEVENT")[0]["UID"])


def when(event: Event, rule: str) -> None:
    actions.change_when(event=event, values={"rule": parse_rule(rule) if rule else None}, **WHO)


@pytest.mark.parametrize("rule", ["RRULE:FREQ=WEEKLY;COUNT=3", "RDATE:20270212T090000Z"])
def test_the_first_date_keeps_what_calendars_call_it_when_others_join_it(rule: str) -> None:
    page = make_event_page(make_event(start_date=date(2027, 2, 5)))
    row = page.event.occurrences.get()
    make_registration(row)
    before = uid_of(row)
    assert str(entry_of("confirmed", "invite1@example.org")["UID"]) == before
    when(page.event, rule)
    assert page.event.occurrences.count() > 1
    assert uid_of(row) == before
    others = [uid_of(one) for one in page.event.occurrences.exclude(pk=row.pk)]
    assert before not in others
    assert len(set(others)) == len(others)
    fresh = EventPage.objects.get(pk=page.pk)
    file = ical.event_calendar(fresh.event, fresh.event.occurrences.order_by("starts_at"), fresh).decode()
    assert f"UID:{before}" in file, "who had the page's file has the first date under the same name"


def test_a_date_of_a_series_keeps_what_calendars_call_it_when_it_is_left_alone() -> None:
    page = make_event_page(
        make_event(start_date=date(2027, 2, 5), rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=2"))
    )
    row = page.event.occurrences.order_by("starts_at").first()
    assert row is not None
    before = uid_of(row)
    when(page.event, "")
    assert uid_of(row) == before
