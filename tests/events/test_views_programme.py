"""The programme for the public, and the officer's board."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from copy import deepcopy
from datetime import time, timedelta
from typing import Any

import pypdfium2
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.actions.abstracts import withdraw_paper
from events.models import Event, EventPage
from events.models.programme import Part, ProgrammeVersion
from events.queries.programme import published_programme
from tests.events.test_actions_programme import kept_talk
from tests.events.test_views_admin import signed_in
from tests.factories.events import make_agendas, make_event_page
from tests.factories.programme import change_session, make_forum, make_row, make_session, publish
from tests.support.shared import laid

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def laid_forum(django_db_setup: None, django_db_blocker: Any) -> Iterator[EventPage]:
    with laid(django_db_blocker):
        make_agendas()
        day = (timezone.now() + timedelta(days=20)).date()
        event = make_forum(start_date=day, end_date=day + timedelta(days=1), now=timezone.now())
        page = make_event_page(event, title="Forum de la diaspora", slug="forum")
        room, track = (
            make_row(event, "room", "Grande salle"),
            make_row(event, "track", "Santé", colour="leaf"),
        )
        who = make_row(
            event,
            "speaker",
            "Awa Traoré",
            function="hydrologue",
            biography="Née à Ségou.",
            email="awa@example.org",
        )
        make_session(event, "Ouverture", kind="ceremony", room=room)
        make_session(
            event,
            "L’eau",
            "10:00-11:00",
            room=room,
            track=track,
            people=[(who, Part.SPEAKER, "Du puits au fleuve")],
        )
        make_session(event, "Clôture", day=2)
        yield page


@pytest.fixture
def page(laid_forum: EventPage, db: None) -> EventPage:
    return deepcopy(laid_forum)


def html(path: str, status: int = 200) -> str:
    answer = Client().get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


# The public ------------------------------------------------------------------------------------------------------
def test_nothing_of_a_programme_shows_before_its_publication(page: EventPage) -> None:
    assert "Programme" not in html(page.public_path)
    for rest in ("programme/", "programme.ics", "programme.pdf"):
        html(f"{page.public_path}{rest}", 404)
    said = Client().get(page.public_path, headers={"accept": "application/json"}).json()
    assert said["programme"] is None


def test_the_public_reads_what_was_published_and_not_what_is_being_changed(page: EventPage) -> None:
    publish(page.event, now=timezone.now())
    change_session(page.event.sessions.get(title="L’eau"), title="Un autre titre")
    text = html(f"{page.public_path}programme/")
    assert "Un autre titre" not in text
    for words in (
        "Ouverture",
        "L’eau",
        "Du puits au fleuve",
        "Awa Traoré",
        "Née à Ségou.",
        "Grande salle",
        "Santé",
    ):
        assert words in text, words
    assert "awa@example.org" not in text
    assert "Un autre titre" not in html(page.public_path)
    assert "L’eau" in html(page.public_path)


def test_a_new_version_says_what_changed(page: EventPage) -> None:
    publish(page.event, now=timezone.now())
    change_session(page.event.sessions.get(title="L’eau"), start_time=time(10, 30), end_time=time(11, 30))
    publish(page.event, now=timezone.now(), note="Un vol arrive plus tard.")
    text = html(f"{page.public_path}programme/")
    assert "Un vol arrive plus tard." in text
    assert "« L’eau » est déplacée".replace("« ", "«\u00a0").replace(" »", "\u00a0»") in text
    assert "Version 2, publiée le" in text


def test_a_session_is_taken_along_as_a_calendar_file_and_an_unknown_one_is_not_there(page: EventPage) -> None:
    publish(page.event, now=timezone.now())
    session = page.event.sessions.get(title="L’eau")
    answer = Client().get(f"{page.public_path}programme.ics?session={session.uid.hex}")
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert answer.content.count(b"BEGIN:VEVENT") == 1
    assert Client().get(f"{page.public_path}programme.ics").content.count(b"BEGIN:VEVENT") == 3
    html(f"{page.public_path}programme.ics?session={'0' * 32}", 404)


def test_the_programme_of_an_event_under_embargo_is_not_there(page: EventPage) -> None:
    from cms.core.actions import change_thing

    publish(page.event, now=timezone.now())
    later = timezone.now() + timedelta(hours=1)
    change_thing(page.event, action="x", changes={"embargo_until": later}, user=None, now=timezone.now())
    for rest in ("programme/", "programme.ics", "programme.pdf"):
        html(f"{page.public_path}{rest}", 404)


def test_the_paper_holds_the_days_and_who_speaks_and_is_made_once(page: EventPage) -> None:
    publish(page.event, now=timezone.now())
    first, second = (Client().get(f"{page.public_path}programme.pdf") for _time in range(2))
    assert first.headers["Content-Type"] == "application/pdf"
    assert first.content == second.content
    document = pypdfium2.PdfDocument(first.content)
    text = "".join(sheet.get_textpage().get_text_bounded() for sheet in document)
    for words in ("Forum de la diaspora", "Ouverture", "Du puits au fleuve", "Née à Ségou.", "Version 1"):
        assert words in text, words


def test_the_page_of_sixty_sessions_asks_as_much_as_that_of_three(page: EventPage) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            html(f"{page.public_path}programme/")
        return len(queries)

    publish(page.event, now=timezone.now())
    few = asked()
    speakers = [make_row(page.event, "speaker", f"Intervenant {number}") for number in range(20)]
    for number in range(57):
        people = [(speakers[number % 20], Part.SPEAKER, "Sujet")]
        make_session(
            page.event, f"Séance {number}", f"{8 + number % 10:02}:00-{8 + number % 10:02}:50", people=people
        )
    publish(page.event, now=timezone.now(), despite_clashes=True)
    assert asked() == few
    body = Client().get(f"{page.public_path}programme/").content
    assert len(zlib.compress(body, 6)) < 9_000


def test_the_json_tells_the_programme(page: EventPage) -> None:
    publish(page.event, now=timezone.now())
    said = Client().get(page.public_path, headers={"accept": "application/json"}).json()["programme"]
    assert said["version"] == 1
    assert [(one["title"], one["start"], one["room"]) for one in said["sessions"]] == [
        ("Ouverture", "09:00", "Grande salle"),
        ("L’eau", "10:00", "Grande salle"),
        ("Clôture", "09:00", None),
    ]
    assert said["sessions"][1]["speakers"][0]["subject"] == "Du puits au fleuve"


# The office ----------------------------------------------------------------------------------------------------
def board(event: Event, rest: str = "") -> str:
    return f"/admin/agenda/{event.pk}/programme/{rest}"


def test_protocol_makes_the_programme_and_an_officer_publishes_it(page: EventPage) -> None:
    protocol, officer = signed_in("protocol"), signed_in("officer")
    added = protocol.post(board(page.event, "room/add/"), {"name": "Salle B", "seats": "40", "order": ""})
    assert added.status_code == 302
    room = page.event.rooms.get(name="Salle B")
    speaker = page.event.speakers.get()
    session = {
        "kind": "panel", "title": "Table ronde", "day": "2", "start_time": "10:00", "end_time": "11:30",
        "room": room.uid.hex, "track": "", "people-TOTAL_FORMS": "2", "people-INITIAL_FORMS": "0",
        "people-0-speaker": speaker.uid.hex, "people-0-part": "moderator", "people-0-subject": "",
        "people-1-speaker": "", "people-1-part": "speaker",
    }  # fmt: skip
    assert protocol.post(board(page.event, "session/"), session).status_code == 302
    made = page.event.sessions.get(title="Table ronde")
    assert [(one.speaker, one.part) for one in made.appearances.all()] == [(speaker, Part.MODERATOR)]
    assert protocol.post(board(page.event, "publish/"), {}).status_code in (302, 403)
    assert published_programme(page.event) is None
    assert officer.get(board(page.event, "publish/")).status_code == 200
    assert published_programme(page.event) is None
    assert officer.post(board(page.event, "publish/"), {"note": "Première"}).status_code == 302
    assert published_programme(page.event).content["sessions"][-1]["title"] == "Table ronde"


def test_a_programme_that_somebody_changed_since_it_was_looked_at_is_not_published(page: EventPage) -> None:
    officer, address = signed_in("officer"), board(page.event, "publish/")
    shown = officer.get(address).content.decode()
    seen = re.search(r'name="seen" value="(\w{32})"', shown)
    assert seen is not None
    change_session(page.event.sessions.get(title="L’eau"), title="Le feu")
    assert officer.post(address, {"seen": seen[1]}).headers["Location"] == address
    assert published_programme(page.event) is None
    again = re.search(r'name="seen" value="(\w{32})"', officer.get(address).content.decode())
    assert again is not None
    assert officer.post(address, {"seen": again[1]}).headers["Location"] == board(page.event)
    assert "Le feu" in str(published_programme(page.event).content)


def test_the_board_flags_clashes_and_says_what_is_not_public_yet(page: EventPage) -> None:
    officer = signed_in("officer")
    publish(page.event, now=timezone.now())
    make_session(page.event, "Atelier", "10:30-11:30", room=page.event.rooms.get())
    text = officer.get(board(page.event)).content.decode()
    assert "Grande salle est prise deux fois en même temps" in text
    assert "1 changement n’est pas encore public." in text
    refused = officer.post(board(page.event, "publish/"), {"note": ""})
    assert refused.status_code == 422
    assert ProgrammeVersion.objects.filter(event=page.event).count() == 1
    assert officer.post(board(page.event, "publish/"), {"despite_clashes": "on"}).status_code == 302


def test_a_form_that_was_overtaken_keeps_the_other_ones_words(page: EventPage) -> None:
    officer, session = signed_in("officer"), page.event.sessions.get(title="L’eau")
    address = board(page.event, f"session/{session.uid}/")
    shown = officer.get(address)
    assert "Du puits au fleuve" in shown.content.decode()
    change_session(session, title="L’eau et le vent")
    posted = {
        "version": str(shown.context["form"].initial["version"]), "kind": "session", "title": "L’eau seule",
        "day": "1", "start_time": "10:00", "end_time": "11:00", "people-TOTAL_FORMS": "0", "people-INITIAL_FORMS": "0",
    }  # fmt: skip
    assert officer.post(address, posted).status_code == 422
    session.refresh_from_db()
    assert session.title == "L’eau et le vent"


def test_what_is_taken_off_is_asked_first_and_found_under_its_own_event_only(page: EventPage) -> None:
    officer, room = signed_in("officer"), page.event.rooms.get()
    other = make_forum(now=timezone.now())
    assert officer.post(board(other, f"room/{room.uid}/remove/")).status_code == 404
    assert officer.get(board(page.event, f"room/{room.uid}/remove/")).status_code == 200
    assert page.event.rooms.exists()
    assert officer.post(board(page.event, f"room/{room.uid}/remove/")).status_code == 302
    assert not page.event.rooms.exists()


@pytest.mark.parametrize(
    ("role", "sees", "changes"), [("coordinator", True, False), ("author", False, False)]
)
def test_who_only_reads_changes_nothing(role: str, sees: bool, changes: bool, page: EventPage) -> None:
    client = signed_in(role)
    assert (client.get(board(page.event)).status_code == 200) is sees
    answer = client.post(board(page.event, "room/add/"), {"name": "Salle C", "order": "1"})
    assert "/programme/" not in answer.headers.get("Location", "")
    assert page.event.rooms.filter(name="Salle C").exists() is changes


def test_talks_are_ticked_into_a_session(page: EventPage) -> None:
    officer, talk = signed_in("officer"), kept_talk(page.event, 1)
    assert "1 communication retenue" in officer.get(board(page.event)).content.decode()
    assert "Sujet 1" in officer.get(board(page.event, "talks/")).content.decode()
    session = page.event.sessions.get(title="L’eau")
    posted = {"session": session.uid.hex, "talks": [talk.uid.hex]}
    assert officer.post(board(page.event, "talks/"), posted).headers["Location"] == board(page.event)
    assert talk.appearances.get().session == session
    withdraw_paper(submission=talk, now=timezone.now())
    assert "figure encore dans" in officer.get(board(page.event)).content.decode()
