"""The agenda and an event's page: HTML, JSON, calendar, home."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cms.core.actions import place_page
from events import actions
from events.models import EventPage, Kind
from events.validators import parse_rule
from tests.factories.core import NOON, locale
from tests.factories.events import make_agendas, make_event, make_event_page, make_registration

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


def soon(days: int = 7) -> Any:
    return (timezone.now() + timedelta(days=days)).date()


def announce(number: int, **values: Any) -> EventPage:
    event = make_event(now=timezone.now(), **{"start_date": soon(3 + number), **values})
    return make_event_page(event, title=f"Rencontre {number}", slug=f"rencontre-{number}")


def test_the_agenda_lists_what_is_to_come_soonest_first_and_a_series_once(client: Client) -> None:
    announce(2)
    announce(1, rule=parse_rule("RRULE:FREQ=DAILY"))
    announce(3, start_date=soon(-30))
    agenda, _english = make_agendas()
    html = client.get(agenda.public_path).content.decode()
    assert html.index("Rencontre 1") < html.index("Rencontre 2")
    assert html.count("Rencontre 1<") == 1
    assert "Rencontre 3" not in html
    past = client.get(agenda.public_path + "?mode=past").content.decode()
    assert "Rencontre 3" in past
    assert "Rencontre 2" not in past


def test_month_and_week_show_each_date_without_a_script(client: Client) -> None:
    announce(1, start_date=datetime(2031, 3, 3).date(), rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=4"))
    agenda, _english = make_agendas()
    month = client.get(agenda.public_path + "?mode=month&month=2031-03").content.decode()
    assert "Mars 2031" in month
    assert month.count("Rencontre 1<") == 4
    week = client.get(agenda.public_path + "?mode=week&month=2031-03-12").content.decode()
    assert week.count("Rencontre 1<") == 1
    for nonsense in ("9999-99", "0001-01", "x", "2031-03-12-1", "%00"):
        assert client.get(agenda.public_path + f"?mode=month&month={nonsense}").status_code == 200


def test_the_way_to_other_days_names_the_months_or_weeks_beside(client: Client) -> None:
    agenda, _english = make_agendas()
    month = client.get(agenda.public_path + "?mode=month&month=2031-01").content.decode()
    assert 'month=2030-12">← Décembre 2030</a>' in month
    assert 'month=2031-02">Février 2031 →</a>' in month
    week = client.get(agenda.public_path + "?mode=week&month=2031-03-12").content.decode()
    assert 'month=2031-03-03">← Semaine du' in week
    assert 'month=2031-03-17">Semaine du' in week


def test_kinds_narrow_the_agenda_and_unknown_ones_do_not(client: Client) -> None:
    announce(1, kind=Kind.FORUM)
    announce(2, kind=Kind.DEBATE)
    agenda, _english = make_agendas()
    forums = client.get(agenda.public_path + "?kind=forum&utm_source=x").content.decode()
    assert "Rencontre 1<" in forums
    assert "Rencontre 2<" not in forums
    assert "Rencontre 2<" in client.get(agenda.public_path + "?kind=nonsense").content.decode()


def test_the_agenda_costs_the_same_queries_for_one_event_and_for_twenty(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    agenda, _english = make_agendas()
    counts = []
    for numbers in ((1,), range(2, 21)):
        for number in numbers:
            announce(number)
        client.get(agenda.public_path)
        with CaptureQueriesContext(
            connection,
        ) as found:
            client.get(agenda.public_path)
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_english_agenda_shows_the_translation_or_else_the_french_page(client: Client) -> None:
    page = announce(1)
    announce(2)
    _french, agenda = make_agendas()
    english = EventPage(
        title="Meeting one",
        slug="meeting",
        locale=locale("en"),
        translation_key=page.translation_key,
        event=page.event,
    )
    place_page(agenda, english, user=None, now=NOON)
    html = client.get(agenda.public_path).content.decode()
    assert "Meeting one" in html
    assert "Rencontre 1<" not in html
    assert "Rencontre 2<" in html


def test_one_action_says_where_registration_stands(client: Client) -> None:
    page = announce(1, capacity=1)
    assert "S’inscrire" in client.get(page.public_path).content.decode()
    make_registration(page.event.occurrences.get(), now=timezone.now())
    assert "S’inscrire sur la liste d’attente" in client.get(page.public_path).content.decode()
    actions.change_window(event=page.event, values={"has_waiting_list": False}, user=None, now=timezone.now())
    html = client.get(page.public_path).content.decode()
    assert "Complet" in html
    assert "/inscription/" not in html
    actions.cancel_event(event=page.event, user=None, now=timezone.now())
    assert "Cet événement est annulé" in client.get(page.public_path).content.decode()


def test_the_public_page_sets_no_cookie_and_holds_no_token(client: Client) -> None:
    page = announce(1)
    answer = client.get(page.public_path)
    assert not answer.cookies
    assert b"csrf" not in answer.content
    assert b"<script" not in answer.content


def test_an_event_answers_json_with_plones_keys_and_ours(client: Client) -> None:
    page = announce(1, capacity=3, zone="Europe/Paris", rule=parse_rule("RRULE:FREQ=WEEKLY;COUNT=2"))
    make_registration(page.event.occurrences.order_by("starts_at")[0], now=timezone.now())
    said = client.get(page.public_path, headers={"accept": "application/json"}).json()
    assert said["@type"] == "Event"
    assert said["timezone"] == "Europe/Paris"
    assert said["recurrence"] == "RRULE:FREQ=WEEKLY;COUNT=2"
    assert (said["whole_day"], said["open_end"]) == (False, False)
    assert said["start"][:16] == f"{page.event.start_date}T10:00"
    assert (said["capacity"], said["seats_left"], said["registration_state"]) == (3, 2, "open")
    assert len(said["occurrences"]) == 2
    assert said["sync_uid"] == f"{page.event.uid}@kunnafoni"
    assert "example.org" not in str(said)


def test_the_home_page_shows_the_next_event(client: Client) -> None:
    page = announce(1)
    html = client.get("/fr/").content.decode()
    assert page.title in html


def test_the_link_to_take_part_from_afar_is_for_those_who_registered(client: Client) -> None:
    from events import queries

    page = announce(1, online_url="https://salle.example.org/canari")
    person = make_registration(page.event.occurrences.get(), now=timezone.now())
    for address in (page.public_path, page.public_path + "event.ics"):
        assert "canari" not in client.get(address).content.decode()
    said = client.get(page.public_path, headers={"accept": "application/json"}).content.decode()
    assert "canari" not in said
    assert "canari" in client.get(f"/r/{queries.key_of(person)}").content.decode()


def test_place_and_period_narrow_the_agenda_without_a_script(client: Client) -> None:
    rule = parse_rule("RRULE:FREQ=WEEKLY;COUNT=8")
    series = announce(1, start_date=datetime(2031, 3, 3).date(), rule=rule, place_name="Kayes")
    announce(2, start_date=datetime(2031, 3, 12).date(), place_name="Ségou")
    row = series.event.occurrences.order_by("starts_at")[1]
    starts = datetime(2031, 3, 10, 10)
    actions.move_occurrence(
        occurrence=row, starts=starts, ends=None, place_name="Mopti", user=None, now=timezone.now()
    )
    agenda, _english = make_agendas()

    def shown(query: str) -> tuple[int, int]:
        html = client.get(f"{agenda.public_path}?{query}").content.decode()
        return html.count("Rencontre 1<"), html.count("Rencontre 2<")

    assert shown("place=Kayes") == (1, 0)
    assert shown("place=S%C3%A9gou") == (0, 1)
    assert shown("place=Mopti&mode=month&month=2031-03") == (1, 0)
    assert shown("from=2031-03-08&until=2031-03-18") == (2, 1)
    assert shown("from=2031-03-08&until=2031-03-18&place=Kayes") == (1, 0)
    assert shown("until=2031-03-10&kind=press_conference") == (2, 0)
    assert shown("from=2031-03-12&until=2031-03-12") == (0, 1)
    assert shown("from=nonsense&until=9999-99-99&place=%00") == (1, 1)
    html = client.get(f"{agenda.public_path}?place=Kayes&kind=press_conference").content.decode()
    assert "<option selected>Kayes</option>" in html
    assert html.count("Mopti</option>") == 1
    assert "place=Kayes" in html  # the links beside keep it


def test_a_day_with_many_events_shows_some_and_leads_to_all_of_them(client: Client) -> None:
    for number in range(15):
        announce(number, start_date=datetime(2031, 3, 5).date())
    agenda, _english = make_agendas()
    month = client.get(agenda.public_path + "?mode=month&month=2031-03").content.decode()
    assert month.count('class="item"') == 12
    assert "15 événements" in month
    assert "3 autres ce jour-là" in month
    day = client.get(agenda.public_path + "?from=2031-03-05&until=2031-03-05").content.decode()
    assert day.count('class="item"') == 15


def test_the_month_costs_the_same_queries_for_one_date_and_for_many(client: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    agenda, _english = make_agendas()
    address = agenda.public_path + "?mode=month&month=2031-03"
    counts = []
    for numbers in ((1,), range(2, 9)):
        for number in numbers:
            rule = parse_rule("RRULE:FREQ=DAILY;COUNT=30")
            announce(number, start_date=datetime(2031, 3, 1).date(), rule=rule)
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            client.get(address)
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_a_person_has_all_dates_in_one_calendar_without_any_link(client: Client) -> None:
    from events import queries

    first, second, third = (announce(number) for number in (1, 2, 3))
    people = [
        make_registration(page.event.occurrences.get(), 1, confirm=number < 2, now=timezone.now())
        for number, page in enumerate((first, second, third))
    ]
    make_registration(first.event.occurrences.get(), 9, now=timezone.now())
    token = queries.key_of(people[0])
    answer = client.get(f"/r/{token}/calendar.ics")
    text = answer.content.decode().replace("\r\n ", "")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert [text.count(f"SUMMARY:Rencontre {number}\r\n") for number in (1, 2, 3)] == [1, 1, 1]
    assert text.count("STATUS:CONFIRMED") == 2
    assert text.count("STATUS:TENTATIVE") == 1
    assert f"UID:{first.event.uid}@kunnafoni" in text
    assert "/r/" not in text
    actions.cancel(registration=people[1], now=timezone.now())
    assert "Rencontre 2" not in client.get(f"/r/{token}/calendar.ics").content.decode()
    # An address that nobody confirmed opens no calendar.
    assert client.get(f"/r/{queries.key_of(people[2])}/calendar.ics").status_code == 404
    assert client.get(f"/r/{token[:-2]}xx/calendar.ics").status_code == 404
