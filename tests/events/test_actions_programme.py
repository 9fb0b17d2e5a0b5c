"""A programme is made, published in versions, and never published unseen."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import time, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from cms.core.models import ThingLog
from events.actions import programme as actions
from events.actions.abstracts import withdraw_paper
from events.actions.events import change_when
from events.models import Author, Call, Event, Session, Submission
from events.models.programme import Part, ProgrammeVersion
from events.queries.programme import first_day, published_programme, talks_gone, talks_to_place
from tests.factories.core import NOON
from tests.factories.programme import change_session, make_forum, make_row, make_session, publish
from tests.support.shared import laid

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def laid_forum(django_db_setup: None, django_db_blocker: Any) -> Iterator[Event]:
    with laid(django_db_blocker):
        event = make_forum()
        room, who = make_row(event, "room", "Grande salle"), make_row(event, "speaker", "Awa Traoré")
        make_session(event, "Ouverture", room=room, people=[(who, Part.CHAIR)])
        make_session(event, "Plénière", "10:00-11:00", room=room, people=[(who, Part.SPEAKER, "L’eau")])
        yield event


@pytest.fixture
def forum(laid_forum: Event, db: None) -> Event:
    return deepcopy(laid_forum)


def session(event: Event, title: str) -> Session:
    return event.sessions.get(title=title)


def test_each_publication_is_a_version_that_later_edits_do_not_touch(forum: Event) -> None:
    first = publish(forum)
    change_session(session(forum, "Ouverture"), title="Cérémonie d’ouverture")
    first.refresh_from_db()
    assert [row["title"] for row in first.content["sessions"]] == ["Ouverture", "Plénière"]
    second = publish(forum)
    assert (first.number, second.number) == (1, 2)
    assert published_programme(forum) == second
    assert [(one["what"], one["before"]) for one in second.changes] == [("renamed", "Ouverture")]


def test_what_the_public_reads_already_is_not_published_again(forum: Event) -> None:
    publish(forum)
    with pytest.raises(actions.NothingToPublish):
        publish(forum)
    assert ProgrammeVersion.objects.filter(event=forum).count() == 1


def test_an_empty_programme_is_not_published() -> None:
    with pytest.raises(actions.NothingToPublish):
        publish(make_forum())


def test_other_words_about_a_speaker_are_published_too(forum: Event) -> None:
    publish(forum)
    make_row_again = forum.speakers.get()
    actions.save_row(
        event=forum,
        kind="speaker",
        row=make_row_again,
        values={"biography": "Hydrologue."},
        user=None,
        now=NOON,
    )
    assert publish(forum).content["speakers"][0]["biography"] == "Hydrologue."


def test_the_sequence_of_a_session_rises_with_each_change_of_it_and_of_no_other(forum: Event) -> None:
    publish(forum)
    change_session(session(forum, "Plénière"), start_time=time(10, 30), end_time=time(11, 30))
    publish(forum)
    change_session(session(forum, "Plénière"), room=None)
    found = {row["title"]: row["sequence"] for row in publish(forum).content["sessions"]}
    assert found == {"Ouverture": 0, "Plénière": 2}


def test_a_session_taken_off_stays_known_as_gone(forum: Event) -> None:
    publish(forum)
    actions.remove_session(event=forum, session=session(forum, "Plénière"), user=None, now=NOON)
    version = publish(forum)
    assert [(row["title"], row["sequence"]) for row in version.content["gone"]] == [("Plénière", 1)]
    make_session(forum, "Débat", "14:00-15:00")
    assert [row["title"] for row in publish(forum).content["gone"]] == ["Plénière"]


def test_clashes_hold_a_publication_back_until_somebody_wants_it_so(forum: Event) -> None:
    make_session(forum, "Atelier", "09:30-10:30", room=forum.rooms.get())
    with pytest.raises(actions.ProgrammeClashes) as told:
        publish(forum)
    assert {clash.kind for clash in told.value.clashes} == {"room"}
    assert published_programme(forum) is None
    assert publish(forum, despite_clashes=True).number == 1


def test_who_saves_over_somebody_elses_change_is_told(forum: Event) -> None:
    found = session(forum, "Ouverture")
    values = {"title": "Autre titre"}
    said: dict[str, Any] = {"event": forum, "session": found, "people": [], "user": None, "now": NOON}
    actions.save_session(values=values, version=found.version, **said)
    with pytest.raises(actions.ChangedMeanwhile):
        actions.save_session(values={"title": "Encore un"}, version=found.version, **said)
    assert Session.objects.get(pk=found.pk).title == "Autre titre"


def test_a_session_ends_after_it_starts_by_form_and_by_constraint(forum: Event) -> None:
    with pytest.raises(ValidationError):
        make_session(forum, "À rebours", "11:00-10:00")
    with pytest.raises(IntegrityError, match="events_a_session_ends_after_it_starts"), transaction.atomic():
        forum.sessions.update(end_time=time(8))


def test_two_rooms_of_one_name_are_refused(forum: Event) -> None:
    with pytest.raises(ValidationError):
        make_row(forum, "room", "Grande salle")
    assert make_row(make_forum(), "room", "Grande salle").pk


def test_sessions_stay_when_their_room_is_taken_off(forum: Event) -> None:
    actions.remove_row(event=forum, kind="room", row=forum.rooms.get(), user=None, now=NOON)
    assert [row.room for row in forum.sessions.all()] == [None, None]


def test_the_programme_goes_along_when_the_event_moves(forum: Event) -> None:
    publish(forum)
    before = first_day(forum, now=NOON)
    week = timedelta(days=7)
    values = {"start_date": forum.start_date + week, "end_date": forum.end_date + week}
    moved = change_when(event=forum, values={**values, "rule": None}, user=None, now=NOON)
    assert first_day(moved, now=NOON) == before + week


def kept_talk(event: Event, number: int, name: str = "Fanta Sy") -> Submission:
    """An abstract whose speaker comes."""
    call, _new = Call.objects.get_or_create(event=event, defaults={"opens_at": NOON, "closes_at": NOON + DAY})
    who = {"name": name, "email": f"{name[:5].lower()}@example.org"}
    said = {"title_fr": f"Sujet {number}", "title_en": f"Subject {number}", "abstract_fr": "Mots"}
    times = {"created_at": NOON, "submitted_at": NOON, "decided_at": NOON, "abstract_en": "Words"}
    talk = Submission.objects.create(call=call, number=number, state="confirmed", **who, **said, **times)
    Author.objects.create(submission=talk, order=1, name="Autre", presents=False)
    Author.objects.create(submission=talk, order=2, **who, organisation="IER", presents=True)
    return talk


def test_kept_talks_are_placed_once_with_who_presents_them(forum: Event) -> None:
    talks = [kept_talk(forum, 1), kept_talk(forum, 2), kept_talk(forum, 3, "Bocar Sow")]
    into, said = session(forum, "Plénière"), {"event": forum, "user": None, "now": NOON}
    assert list(talks_to_place(forum)) == talks
    assert len(actions.place_talks(session=into, talks=talks, **said)) == 3
    assert actions.place_talks(session=session(forum, "Ouverture"), talks=talks, **said) == []
    assert not talks_to_place(forum).exists()
    placed = into.appearances.exclude(submission=None)
    assert [(one.speaker.name, one.subject, one.subject_en) for one in placed] == [
        ("Fanta Sy", "Sujet 1", "Subject 1"),
        ("Fanta Sy", "Sujet 2", "Subject 2"),
        ("Bocar Sow", "Sujet 3", "Subject 3"),
    ]
    assert forum.speakers.get(name="Fanta Sy").organisation == "IER"


def test_a_talk_that_its_authors_withdrew_is_told_while_it_stands_in_the_programme(forum: Event) -> None:
    talk, into = kept_talk(forum, 1), session(forum, "Plénière")
    actions.place_talks(event=forum, session=into, talks=[talk], user=None, now=NOON)
    assert not talks_gone(forum).exists()
    withdraw_paper(submission=talk, now=NOON)
    assert [one.speaker.name for one in talks_gone(forum)] == ["Fanta Sy"]


def test_a_session_saved_again_keeps_what_its_talks_were_kept_for(forum: Event) -> None:
    talk, into = kept_talk(forum, 1), session(forum, "Plénière")
    actions.place_talks(event=forum, session=into, talks=[talk], user=None, now=NOON)
    change_session(session(forum, "Plénière"), title="Plénière du matin")
    assert not talks_to_place(forum).exists()
    assert talk.appearances.get().session_id == into.pk


def test_the_log_says_who_did_what(forum: Event) -> None:
    publish(forum, note="Première version")
    lines = ThingLog.objects.filter(thing_uid=forum.uid, action__startswith="programme.")
    assert [lines[0].action, lines[0].reason] == ["programme.published", "Première version"]
    assert {"programme.room", "programme.speaker", "programme.session"} <= {line.action for line in lines}
