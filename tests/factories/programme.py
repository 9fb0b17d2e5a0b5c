"""Programmes to test with."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

from events.actions import programme as actions
from events.models import Event, Kind, Session
from tests.factories.core import NOON
from tests.factories.events import TOMORROW, make_event


def make_forum(**values: Any) -> Event:
    """A forum of two days, tomorrow and the day after."""
    defaults = {
        "name": "Forum",
        "kind": Kind.FORUM,
        "end_date": TOMORROW + timedelta(days=1),
        "end_time": time(18),
    }
    return make_event(**{**defaults, **values})


def make_row(event: Event, kind: str, name: str, **values: Any) -> Any:
    """A room, a track or a speaker."""
    return actions.save_row(event=event, kind=kind, values={"name": name, **values}, user=None, now=NOON)


def make_session(
    event: Event, title: str = "Ouverture", hours: str = "09:00-10:00", *, people: Any = (), **values: Any
) -> Session:
    """A session of the first day. `people` are (speaker, part) or (speaker, part, subject)."""
    start, end = (time.fromisoformat(one) for one in hours.split("-"))
    return actions.save_session(
        event=event,
        values={"title": title, "day": 1, "start_time": start, "end_time": end, **values},
        people=[
            {"speaker": one[0], "part": one[1], "subject": one[2] if len(one) > 2 else "", "subject_en": ""}
            for one in people
        ],
        user=None,
        now=NOON,
    )


def change_session(session: Session, **values: Any) -> Session:
    """The session with other values and the same people."""
    people = [
        {"speaker": one.speaker, "part": one.part, "subject": one.subject, "subject_en": one.subject_en}
        for one in session.appearances.select_related("speaker")
    ]
    return actions.save_session(
        event=session.event, session=session, values=values, people=people, user=None, now=NOON
    )


def publish(event: Event, **values: Any) -> Any:
    """The programme as it stands, published."""
    return actions.publish_programme(event=event, user=None, now=values.pop("now", NOON), **values)
