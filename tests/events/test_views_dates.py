"""The screens of an event's dates: who may, what is asked, and that nothing happens before it is."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.models import Event, Invitation, Occurrence
from events.validators import parse_rule
from tests.events.test_views_admin import address, signed_in
from tests.factories.events import make_event, make_event_page, make_registration
from tests.factories.guests import make_guest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("laid_agendas")]


def series(**values: Any) -> tuple[Event, list[Occurrence]]:
    start = (timezone.now() + timedelta(days=3)).date()
    said = {"start_date": start, "rule": parse_rule("RRULE:FREQ=WEEKLY;COUNT=6"), "now": timezone.now()}
    event = make_event(**{**said, **values})
    return event, list(event.occurrences.order_by("starts_at"))


def posted(row: Occurrence, **values: Any) -> dict[str, Any]:
    start = row.local_start
    said = {"start_date": start.date(), "start_time": "10:00", "end_time": "10:45", "place_name": row.place}
    return {**said, "scope": "one", **values}


def test_the_dates_are_listed_with_their_seats_and_past_ones_apart() -> None:
    event, rows = series(capacity=12)
    make_registration(rows[1], now=timezone.now())
    client = signed_in("protocol")
    html = client.get(address(event, "dates/")).content.decode()
    assert html.count("Changer la date") >= 6
    assert "1 / 12" in html
    assert "Chaque" in html
    assert "Aucune date" in client.get(address(event, "dates/?past")).content.decode()


def test_who_only_reads_sees_the_dates_and_is_offered_no_change() -> None:
    event, rows = series()
    reader = signed_in("coordinator")
    html = reader.get(address(event, "dates/")).content.decode()
    assert f"dates/{rows[0].uid}/" not in html
    for rest in ("", "cancel/"):
        assert reader.post(address(event, f"dates/{rows[0].uid}/{rest}"), posted(rows[0])).status_code != 200
    assert signed_in("author").get(address(event, "dates/")).status_code in (302, 403)
    assert not Occurrence.objects.filter(state="cancelled").exists()


def test_the_screen_asks_for_which_dates_and_says_how_many_people_that_is() -> None:
    event, rows = series()
    for number, row in enumerate((rows[0], rows[2], rows[2], rows[4])):
        make_registration(row, number, now=timezone.now())
    # A guest who was invited and has not answered is told too; who is not written to yet is not.
    make_guest(rows[2], now=timezone.now())
    Invitation.objects.update(state="sent")
    make_guest(rows[2], now=timezone.now())
    client = signed_in("officer")
    html = client.get(address(event, f"dates/{rows[2].uid}/")).content.decode()
    for words in (
        "Cette date seulement (3 ",
        "Cette date et les suivantes (4 ",
        "Toutes les dates à venir (5 ",
    ):
        assert words in html, words
    assert not Event.objects.get(pk=event.pk).sequence
    single = make_event(start_date=date(2031, 1, 1))
    alone = client.get(address(single, f"dates/{single.occurrences.get().uid}/")).content.decode()
    assert "Toutes les dates à venir" not in alone


def test_a_date_changes_alone_or_with_those_after_it() -> None:
    event, rows = series()
    client = signed_in("officer")
    one = posted(rows[1], start_time="15:00", end_time="16:00", place_name="Salle B", capacity="9")
    assert client.post(address(event, f"dates/{rows[1].uid}/"), one).status_code == 302
    rows[1].refresh_from_db()
    assert (rows[1].local_start.time(), rows[1].place_name, rows[1].capacity) == (time(15), "Salle B", 9)
    following = posted(rows[3], start_time="8:00", end_time="9:00", scope="following")
    client.post(address(event, f"dates/{rows[3].uid}/"), following)
    hours = [row.local_start.hour for row in event.occurrences.select_related("event").order_by("starts_at")]
    assert hours == [10, 15, 10, 8, 8, 8]
    html = client.get(address(event, "dates/")).content.decode()
    assert "ancienne répétition" in html


def test_what_is_impossible_is_said_at_the_field() -> None:
    event, rows = series()
    client = signed_in("officer")
    where = address(event, f"dates/{rows[2].uid}/")
    wrong = (
        posted(rows[2], start_time="12:00"),
        posted(rows[2], start_date="2020-01-01"),
        posted(rows[2], start_date=str(rows[0].local_start.date()), scope="following"),
        posted(rows[2], scope="never"),
    )
    for said in wrong:
        assert client.post(where, said).status_code == 422, said
    rows[2].refresh_from_db()
    assert rows[2].local_start.hour == 10


def test_who_has_a_telephone_alone_is_called_when_their_date_moves() -> None:
    event, rows = series()
    make_registration(rows[2], 1, phone="+22376000001", now=timezone.now())
    for number, row in ((2, rows[2]), (3, rows[4])):
        called = {"email": "", "phone": f"+2237600000{number}", "confirm": False}
        make_registration(row, number, now=timezone.now(), **called)
    client = signed_in("officer")
    where = address(event, f"dates/{rows[2].uid}/")
    html = client.post(
        where, posted(rows[2], start_time="15:00", end_time="16:00"), follow=True
    ).content.decode()
    assert "n’atteint 1 personne" in html
    listed = address(event, f"phones.csv?moved&amp;date={rows[2].recurrence_id}")
    assert listed in html
    text = b"".join(client.get(listed.replace("&amp;", "&")).streaming_content).decode()
    assert [number in text for number in ("+22376000001", "+22376000002", "+22376000003")] == [
        False,
        True,
        False,
    ]
    assert "15\u00a0h\u00a000" in text
    html = client.post(address(event, "change/place/"), {"place_name": "CICB"}, follow=True).content.decode()
    assert "n’atteint 2 personnes" in html
    assert address(event, "phones.csv?moved") in html


def test_a_date_that_the_present_repetition_does_not_give_says_that_it_changes_alone() -> None:
    event, rows = series()
    client = signed_in("officer")
    words = "change seule"
    assert words not in client.get(address(event, f"dates/{rows[0].uid}/")).content.decode()
    said = posted(rows[2], start_time="11:00", end_time="11:45", scope="following")
    assert client.post(address(event, f"dates/{rows[2].uid}/"), said).status_code == 302
    assert words in client.get(address(event, f"dates/{rows[0].uid}/")).content.decode()


def test_a_date_that_has_begun_may_still_change_its_place_and_its_end() -> None:
    today = timezone.now().date()
    first = today - timedelta(days=1)
    event = make_event(start_date=first, end_date=today + timedelta(days=1), now=timezone.now())
    row = event.occurrences.get()
    said = posted(row, end_date=today + timedelta(days=2), place_name="CICB")
    client = signed_in("officer")
    assert client.post(address(event, f"dates/{row.uid}/"), said).status_code == 302
    row = Occurrence.objects.get(event=event)
    assert (row.place, row.local_start.date(), row.last_day) == ("CICB", first, today + timedelta(days=2))
    said["start_date"] = first - timedelta(days=1)
    assert client.post(address(event, f"dates/{row.uid}/"), said).status_code == 422


def test_dates_are_cancelled_after_asking_and_a_date_of_another_event_is_not_found() -> None:
    event, rows = series()
    other, _rows = series()
    client = signed_in("officer")
    assert client.get(address(other, f"dates/{rows[0].uid}/cancel/")).status_code == 404
    assert client.get(address(event, f"dates/{rows[4].uid}/cancel/")).status_code == 200
    client.post(address(event, f"dates/{rows[0].uid}/cancel/"), {"scope": "one", "reason": "Pluie"})
    client.post(address(event, f"dates/{rows[4].uid}/cancel/"), {"scope": "following", "reason": ""})
    states = list(event.occurrences.order_by("starts_at").values_list("state", flat=True))
    assert states == ["cancelled", "planned", "planned", "planned"]
    assert client.get(address(event, f"dates/{rows[0].uid}/")).status_code == 404


def test_the_list_of_dates_costs_the_same_queries_for_one_and_for_thirty() -> None:
    client = signed_in("officer")
    counts = []
    for number in (1, 30):
        event, _rows = series(rule=parse_rule(f"RRULE:FREQ=DAILY;COUNT={number}"))
        with CaptureQueriesContext(connection) as found:
            client.get(address(event, "dates/"))
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_an_event_for_some_is_found_by_them_only_and_by_everybody_again_when_it_is_for_all(
    client: Any,
) -> None:
    event, _rows = series()
    page = make_event_page(event, title="Canari", slug="canari")
    agenda = page.get_parent().specific
    lists = (agenda.public_path, agenda.public_path + "events.ics", agenda.public_path + "atom.xml")
    officer = signed_in("officer")
    for audience, found in (("staff", False), ("public", True)):
        officer.post(address(event, "change/audience/"), {"audience": audience})
        for path in (*lists, page.public_path):
            answer = client.get(path)
            assert (answer.status_code == 200 and "Canari" in answer.content.decode()) is found, path
    assert officer.post(address(event, "change/audience/"), {"audience": "link"}).status_code == 422
