"""What an invitation to an event needs to know: its public words, and the date to come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from events.models import Event, EventPage, Occurrence

_REGISTER = {"fr": "inscription/", "en": "register/"}


def register_path(page: EventPage) -> str:
    """The path of the public form by which people register for a page's event."""
    return page.public_path + _REGISTER.get(page.locale.language_code, "inscription/")


def event_of_uid(uid: Any) -> Event | None:
    """The event of a mailing's source."""
    return Event.objects.filter(uid=uid).first() if uid is not None else None


def pages_of(event: Event) -> list[EventPage]:
    """All pages of an event, published or not: for the officer's side."""
    return list(EventPage.objects.filter(event=event).select_related("locale").order_by("path"))


def next_date(event: Event, *, now: datetime) -> Occurrence | None:
    """The next date of an event that takes place, if there is one."""
    found: Occurrence | None = (
        event.occurrences.planned().coming(now).select_related("event").filter(starts_at__gt=now).first()
    )
    return found
