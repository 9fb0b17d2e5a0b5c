"""The running order of a date: hours that follow one another, arranged by several at once, copied, printed."""

from __future__ import annotations

import uuid
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.accounts.models import User
from cms.core import formats
from events import actions, queries
from events.actions import roads, running
from events.actions.road_plans import ROADS
from events.documents.running import running_html
from events.models import Event, Kind, Occurrence, RunningItem
from events.views.tools import tools_of
from tests.factories.core import NOON
from tests.factories.events import make_event

pytestmark = pytest.mark.django_db

DAY = date(2027, 2, 5)
WHO: dict[str, Any] = {"user": None, "now": NOON}
SECRET = "Zorglubien Touré"


@pytest.fixture
def row() -> Occurrence:
    event = make_event(
        kind=Kind.ANNIVERSARY,
        start_date=DAY,
        start_time=time(9),
        end_time=time(11),
        zone="Africa/Bamako",
    )
    return event.occurrences.select_related("event").get()


def add(row: Occurrence, title: str, minutes: int = 10, **values: Any) -> RunningItem:
    place = {name: values.pop(name) for name in ("after", "key") if name in values}
    said = {"title": title, "minutes": minutes, **values}
    return running.add_point(occurrence=row, values=said, **place, **WHO)


def titles(row: Occurrence) -> list[str]:
    return [one.item.title for one in queries.running_order_of(row).slots]


def hours(row: Occurrence) -> list[str]:
    return [f"{one.starts:%H:%M}-{one.ends:%H:%M}" for one in queries.running_order_of(row).slots]


def stand_twice(row: Occurrence) -> None:
    RunningItem.objects.create(occurrence=row, order=0, title="B", minutes=5)
    connection.check_constraints()


def signed_in(role: str) -> Client:
    user = User.objects.create_user(username=role, password="secret")
    user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    return client


def test_a_point_begins_when_what_precedes_it_ends_unless_it_has_an_hour(row: Occurrence) -> None:
    add(row, "Accueil", 20, starts_after=-30)
    add(row, "Hymne", 5, starts_after=0)
    add(row, "Bienvenue", 10)
    assert hours(row) == ["08:30-08:50", "09:00-09:05", "09:05-09:15"]
    told = queries.running_order_of(row)
    assert [one.free for one in told.slots] == [0, 10, 0]
    assert (told.minutes, told.over, told.warnings) == (45, 0, 0)


def test_two_things_at_once_and_a_late_end_are_said(row: Occurrence) -> None:
    add(row, "Discours", 60)
    add(row, "Duo", 30, starts_after=45)
    add(row, "Cocktail", 60)
    told = queries.running_order_of(row)
    assert [(one.overlap, one.free) for one in told.slots] == [(0, 0), (15, 0), (0, 0)]
    assert (told.warnings, told.over) == (1, 15)


def test_hours_follow_the_date_when_it_is_moved(row: Occurrence) -> None:
    add(row, "Hymne", 5)
    values = {"start_date": DAY + timedelta(days=2), "start_time": time(15), "end_time": time(18)}
    actions.change_when(event=row.event, values=values, **WHO)
    row = Occurrence.objects.select_related("event").get(event=row.event)
    assert hours(row) == ["15:00-15:05"]


def test_points_are_put_in_between_moved_and_taken_off_without_a_gap(row: Occurrence) -> None:
    first = add(row, "A")
    add(row, "C")
    add(row, "B", after=first.pk)
    add(row, "0", after=0)
    assert titles(row) == ["0", "A", "B", "C"]
    first.refresh_from_db()
    running.move_point(item=first, by=1, seen=1, **WHO)
    assert titles(row) == ["0", "B", "A", "C"]
    running.remove_point(item=RunningItem.objects.get(title="0"), **WHO)
    assert list(RunningItem.objects.values_list("title", "order")) == [("B", 0), ("A", 1), ("C", 2)]
    running.move_point(item=RunningItem.objects.get(title="C"), by=1, seen=2, **WHO)
    assert titles(row) == ["B", "A", "C"]


def test_a_form_sent_twice_adds_one_point_and_a_move_sent_twice_moves_once(row: Occurrence) -> None:
    key = uuid.uuid4()
    assert add(row, "A", key=key) == add(row, "A", key=key)
    add(row, "B")
    add(row, "C")
    last = RunningItem.objects.get(title="C")
    running.move_point(item=last, by=-1, seen=2, **WHO)
    with pytest.raises(running.OrderChanged):
        running.move_point(item=last, by=-1, seen=2, **WHO)
    assert titles(row) == ["A", "C", "B"]
    running.remove_point(item=last, **WHO)
    for act in (running.remove_point, running.change_point):
        said = {"values": {"title": "D"}} if act is running.change_point else {}
        with pytest.raises(running.OrderChanged):
            act(item=last, **said, **WHO)


def test_the_database_keeps_the_order_and_the_bounds(row: Occurrence) -> None:
    point = add(row, "A")
    with pytest.raises(IntegrityError), transaction.atomic():
        stand_twice(row)
    for wrong in ({"minutes": 0}, {"minutes": 601}, {"starts_after": -2000}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RunningItem.objects.filter(pk=point.pk).update(**wrong)


def test_last_years_is_taken_over_and_replaces_only_when_told_to(row: Occurrence) -> None:
    last = make_event(kind=Kind.ANNIVERSARY, start_date=date(2026, 2, 5)).occurrences.get()
    add(last, "Hymne", 5, who="Chorale", note="Debout", starts_after=0)
    add(last, "Discours", 20)
    other = make_event(kind=Kind.FORUM).occurrences.get()
    add(other, "Autre")
    assert [(one.pk, one.points) for one in queries.running_sources(row)] == [(last.pk, 2)]
    assert running.copy_order(occurrence=row, source=last, **WHO) == 2
    assert hours(row) == ["09:00-09:05", "09:05-09:25"]
    with pytest.raises(running.OrderWritten):
        running.copy_order(occurrence=row, source=last, **WHO)
    add(row, "Mien")
    assert running.copy_order(occurrence=row, source=last, replace=True, **WHO) == 2
    assert titles(row) == titles(last) == ["Hymne", "Discours"]


def test_the_road_of_5_february_lays_one_and_leaves_what_is_written(row: Occurrence) -> None:
    roads.lay_road(event=row.event, **WHO)
    laid = queries.running_order_of(row)
    assert len(laid.slots) == len(ROADS[Kind.ANNIVERSARY].running) > 8
    assert laid.warnings == 0
    running.remove_point(item=laid.slots[0].item, **WHO)
    roads.lay_road(event=row.event, **WHO)
    assert len(titles(row)) == len(laid.slots) - 1


def test_a_screen_of_thirty_points_asks_no_more_than_one_of_one(row: Occurrence) -> None:
    client, here = signed_in("officer"), f"/admin/agenda/{row.event_id}/running/"
    add(row, "0")
    client.get(here)
    with CaptureQueriesContext(connection) as one:
        client.get(here)
    RunningItem.objects.bulk_create(
        RunningItem(occurrence=row, order=n, title=str(n), minutes=5) for n in range(1, 30)
    )
    with CaptureQueriesContext(connection) as thirty:
        assert client.get(here).content.decode().count('name="seen"') == 30
    assert len(thirty) == len(one)


def test_the_running_order_is_kept_in_the_admin_and_printed(row: Occurrence) -> None:
    client, here = signed_in("protocol"), f"/admin/agenda/{row.event_id}/running/"
    form = {"do": "add", "title": "Accueil", "minutes": "20", "at": "08:30", "who": SECRET}
    assert client.post(here, form | {"minutes": "0"}).status_code == 422
    assert client.post(here, form).status_code == 302
    assert (
        client.post(here, {"do": "add", "title": "Hymne", "minutes": "5", "at": "08:40"}).status_code == 302
    )
    shown = client.get(here).content.decode()
    assert formats.clock_time(time(8, 30), "fr") in shown
    assert "commence 10 minutes avant la fin de ce qui précède" in shown
    last = RunningItem.objects.get(title="Hymne")
    assert 'value="08:40' in client.get(f"{here}{last.pk}/").content.decode()
    changed = {"title": "Hymne national", "minutes": "5", "at": ""}
    assert client.post(f"{here}{last.pk}/", changed).status_code == 302
    assert hours(row) == ["08:30-08:50", "08:50-08:55"]
    move = {"do": "up", "point": last.pk, "seen": "1"}
    for _ in range(2):
        after = client.post(here, move, follow=True)
    assert "Rien n’a été déplacé" in after.content.decode()
    assert titles(row) == ["Hymne national", "Accueil"]
    assert client.post(here, {"do": "nothing"}).status_code == 404
    assert client.get(f"{here}order.pdf").content[:5] == b"%PDF-"
    paper = running_html(row, queries.running_order_of(row))
    assert SECRET in paper
    assert "Réservé à l’équipe" in paper


def test_copying_over_what_is_written_asks_for_a_tick(row: Occurrence) -> None:
    client, here = signed_in("officer"), f"/admin/agenda/{row.event_id}/running/"
    last = make_event(kind=Kind.ANNIVERSARY, start_date=date(2026, 2, 5)).occurrences.get()
    add(last, "Hymne")
    add(row, "Mien")
    asked = {"do": "copy", "source": last.pk}
    refused = client.post(here, asked)
    assert refused.status_code == 422
    assert "cochez la case" in refused.content.decode()
    assert client.post(here, asked | {"replace": "on"}).status_code == 302
    assert titles(row) == ["Hymne"]


def test_who_reads_it_does_not_change_it_and_the_public_never_sees_it(
    row: Occurrence, page: Any, client: Client
) -> None:
    here = f"/admin/agenda/{row.event_id}/running/"
    reader = signed_in("coordinator")
    assert reader.get(here).status_code == 200
    assert reader.post(here, {"do": "add", "title": "A", "minutes": "5"}).status_code in (302, 403)
    assert not RunningItem.objects.exists()
    author = User.objects.create_user(username="author2", password="secret")
    author.groups.add(Group.objects.get(name="author"))
    assert "events_running" not in str(tools_of(row.event, author))
    public = page.event.occurrences.get()
    add(public, SECRET, who=SECRET, note=SECRET)
    event: Event = page.event
    for address in (page.url, f"/++api++{page.url}", f"{page.url}event.ics"):
        assert SECRET not in client.get(address).content.decode(errors="replace")
    assert client.get(f"/admin/agenda/{event.pk}/running/").status_code == 302
