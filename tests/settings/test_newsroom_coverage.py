"""What newsrooms made of an event: who came, what appeared, who is still to be asked; for who sees both sides."""

from __future__ import annotations

import csv
import io
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.contacts.models import MediaProfile, Organisation
from events.models import EventPage, EventReading, Kind, Registration
from events.views.tools import tools_of
from press.models import Coverage, Kit, OutletFollowUp, OutletState
from settings.newsroom import coverage
from tests.factories.accounts import make_user
from tests.factories.events import make_event, make_event_page, make_registration
from tests.factories.press import Room, make_kit

pytestmark = pytest.mark.django_db
NAMES = ("Radio Kledu", "ORTM", "L’Essor")


@pytest.fixture
def page(laid_room: Room, db: None) -> EventPage:
    """A press conference in a week: one of each of three newsrooms, the first of whom came in already."""
    room, now = deepcopy(laid_room), timezone.now()
    found = make_event_page(make_event(start_date=(now + timedelta(days=7)).date(), now=now))
    for number, name in enumerate(NAMES):
        person(found, number, name)
    Registration.objects.filter(organisation=NAMES[0]).update(attended_at=now)
    kit = make_kit(room)
    EventReading.objects.create(event=found.event, page=kit.sitepage_ptr)
    return found


def person(page: EventPage, number: int, outlet: str, **values: Any) -> Registration:
    row, now = page.event.occurrences.get(), timezone.now()
    return make_registration(
        row, number, name=f"Journaliste {number}", organisation=outlet, now=now, **values
    )


def said(outlet: str, thing: Any, title: str = "Le bilan") -> Coverage:
    return Coverage.objects.create(
        outlet=outlet, medium="radio", title=title, said_date=timezone.now().date(), thing_uid=thing.uid
    )


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def here(page: EventPage, end: str = "") -> str:
    return f"/admin/agenda/{page.event_id}/coverage/{end}"


def lines_of(page: EventPage) -> dict[str, coverage.Line]:
    found = coverage.follow_up(page.event, now=timezone.now())
    return {line.outlet: line for line in found.lines}


def test_what_appeared_of_the_event_and_of_its_kit_stands_beside_the_newsroom_and_who_is_silent_comes_first(
    page: EventPage,
) -> None:
    kit = page.event.readings.get().page.specific.kit
    said("radio kledu", page.event)
    said("Studio Tamani", kit)
    said("ORTM", make_event(now=timezone.now()))  # of another event
    Coverage.objects.create(
        outlet="ORTM",
        medium="radio",
        said_date=timezone.now().date(),
        thing_uid=kit.uid,
        trashed_at=timezone.now(),
    )
    found = coverage.follow_up(page.event, now=timezone.now())
    assert [(line.outlet, len(line.people), len(line.said), line.is_silent) for line in found.lines] == [
        ("L’Essor", 1, 0, True),
        ("ORTM", 1, 0, True),
        ("Radio Kledu", 1, 1, False),
        ("Studio Tamani", 0, 1, False),
    ]
    assert (found.expected, found.came, found.outlets, found.outlets_came) == (3, 1, 3, 1)
    assert (found.articles, found.outlets_said, found.silent) == (2, 2, 2)


def test_two_ways_of_writing_a_newsroom_are_one(page: EventPage) -> None:
    said("O.R.T.M.", page.event)
    assert [len(line.said) for line in lines_of(page).values() if line.key == "ortm"] == [1]
    assert "O.R.T.M." not in lines_of(page)


def test_what_is_under_embargo_is_shown_and_an_hour_that_is_not_the_beginning_is_said(
    page: EventPage,
) -> None:
    kit, start = page.event.readings.get().page.specific.kit, page.event.occurrences.get().starts_at
    client, odd = signed_in("officer"), "pas l’heure à laquelle l’événement commence"
    assert coverage.held_back(page.event, now=timezone.now()) == []
    for until, is_said in ((start, False), (start + timedelta(hours=1), True)):
        Kit.objects.filter(pk=kit.pk).update(embargo_until=until)
        shown = client.get(here(page)).content.decode()
        assert (f"/admin/press/kit/{kit.pk}/early/" in shown, odd in shown) == (True, is_said)


def test_a_journalists_card_says_whose_they_are_and_each_person_counts_once(page: EventPage) -> None:
    outlet = Organisation.objects.get(name="Radio Kledu")  # made by the first registration
    freelance = person(page, 7, "")
    assert freelance.contact is not None
    MediaProfile.objects.create(contact=freelance.contact, kind="radio", outlet=outlet)
    person(page, 8, "", confirm=False)  # address not confirmed
    person(page, 9, "")
    lines = lines_of(page)
    assert len(lines["Radio Kledu"].people) == 2
    assert [one.name for one in lines[""].people] == ["Journaliste 9"]
    assert not lines[""].is_silent


def test_at_other_events_the_journalists_alone_are_followed(page: EventPage) -> None:
    journalist = Registration.objects.get(organisation="ORTM")
    assert journalist.contact is not None
    MediaProfile.objects.create(contact=journalist.contact, kind="television")
    page.event.kind = Kind.FORUM
    assert not coverage.has_press(page.event)
    said("ORTM", page.event)
    assert coverage.has_press(page.event)
    assert list(lines_of(page)) == ["ORTM"]


def test_where_we_are_with_a_newsroom_is_written_on_the_screen_and_the_last_word_holds(
    page: EventPage,
) -> None:
    client = signed_in("officer")
    key = lines_of(page)["ORTM"].key
    for state in ("asked", "promised"):
        answer = client.post(here(page), {"outlet": key, "state": state, "note": " au  journal de 20 h"})
        assert answer.status_code == 302
    row = OutletFollowUp.objects.get()
    assert (row.outlet, row.state, row.note) == ("ORTM", OutletState.PROMISED, "au journal de 20 h")
    shown = client.get(f"{here(page)}?show=silent").content.decode()
    assert 'value="promised" selected' in shown
    assert f"source={page.pk}&amp;outlet=ORTM" in shown
    assert client.post(here(page), {"outlet": "nobody", "state": "asked"}).status_code == 404
    assert client.post(here(page), {"outlet": key, "state": "lost"}).status_code == 302
    assert OutletFollowUp.objects.get().state == OutletState.PROMISED


def test_an_article_begins_with_the_event_and_the_newsroom(page: EventPage) -> None:
    asked = {"source": page.pk, "outlet": "L’Essor"}
    shown = signed_in("officer").get("/admin/press_coverage/new/", asked)
    form = shown.context["form"]
    assert (form["outlet"].value(), form["source_page"].value()) == ("L’Essor", page.pk)


def test_who_sees_one_side_alone_finds_no_screen_and_who_reads_writes_nothing(page: EventPage) -> None:
    found = {
        role: any(one["url"] == here(page) for one in tools_of(page.event, make_user(role)))
        for role in ("officer", "coordinator", "protocol", "author")
    }
    assert found == {"officer": True, "coordinator": True, "protocol": False, "author": False}
    for end in ("", "list.csv", "list.xlsx", "report.pdf"):
        assert signed_in("protocol").get(here(page, end)).status_code == 302, end
    reader, key = signed_in("coordinator"), lines_of(page)["ORTM"].key
    assert "<select" not in reader.get(here(page)).content.decode()
    assert reader.post(here(page), {"outlet": key, "state": "asked"}).status_code == 302
    assert not OutletFollowUp.objects.exists()
    assert signed_in("officer").post(here(page), {"outlet": key, "state": "asked"}).status_code == 302
    assert OutletFollowUp.objects.exists()  # the control


def test_the_list_goes_away_as_text_and_the_report_says_the_figures(page: EventPage) -> None:
    said(NAMES[0], page.event, title="=cmd()")
    client = signed_in("officer")
    answer: Any = client.get(here(page, "list.csv"))
    table = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table), delimiter=";"))
    assert rows[0][:4] == [
        "Rédaction",
        "Journalistes attendus",
        "Journalistes venus",
        "Articles et émissions",
    ]
    assert [row[:4] for row in rows[1:]] == [
        ["L’Essor", "Journaliste 2", "0", "0"],
        ["ORTM", "Journaliste 1", "0", "0"],
        ["Radio Kledu", "Journaliste 0", "1", "1"],
    ]
    said(NAMES[1], page.event)
    assert client.get(here(page, "list.xlsx")).content.startswith(b"PK")
    found = coverage.follow_up(page.event, now=timezone.now())
    paper = coverage.report_html(page.event, found, now=timezone.now())
    assert "<b>1</b> / 3" in paper
    assert "(2 rédactions)" in paper
    assert "Journaliste 2 (absence)" in paper
    assert client.get(here(page, "report.pdf")).content.startswith(b"%PDF")


def test_thirty_newsrooms_cost_as_many_queries_as_three(page: EventPage) -> None:
    client = signed_in("officer")
    counts = []
    for more in (0, 27):
        for number in range(more):
            person(page, 100 + number, f"Radio {number}")
            said(f"Radio {number}", page.event)
        client.get(here(page))
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert client.get(here(page)).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
