"""What is to be done for events, and when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate

from events.models import Event, Task
from events.queries.letters import title_of

SOON = timedelta(days=7)


def tasks_of(event: Event) -> QuerySet[Task]:
    """An event's things to do, soonest first, each with `due`."""
    return Task.objects.filter(event=event).select_related("event", "done_by").dated()


def tasks_due(*, now: datetime) -> QuerySet[Task]:
    """What is late or due within a week, of events that take place, soonest first."""
    return Task.objects.select_related("event").due_by(localdate(now) + SOON)


def filled(body: str, event: Event, *, signatory: str = "") -> str:
    """A ready text with the event's title, date and place in it, in French; what is not known stays as it stands."""
    row = event.occurrences.select_related("event").order_by("starts_at").first()
    facts: dict[str, Any] = {
        "[titre]": title_of(event, language="fr")[0],
        "[date]": f"le {row.when('fr')}" if row is not None else "",
        "[lieu]": event.place_name,
        "[signataire]": signatory,
    }
    for name, value in facts.items():
        if value:
            body = body.replace(name, str(value))
    return body
