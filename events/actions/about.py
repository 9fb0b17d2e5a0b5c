"""What an event is told with, changed as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from cms.contacts.models import Contact
from cms.core.actions import change_thing
from events.models import Event, EventContact, EventFile, EventReading, Partner

FACTS = ("kind", "role", "anniversary", "edition", "attendance")
# The rows of each list, and the column that says what stands in them.
LISTS: dict[str, tuple[Any, str]] = {
    "partners": (Partner, "organisation"),
    "contacts": (EventContact, "contact"),
    "readings": (EventReading, "page"),
    "files": (EventFile, "asset"),
}


@transaction.atomic
def set_about(
    *,
    event: Event,
    facts: dict[str, Any],
    lists: Mapping[str, Sequence[dict[str, Any]]],
    user: Any,
    now: datetime,
) -> Event:
    """Say an event's kind, our part in it, its figures, partners, contacts, pages to read and files, in their order.

    `lists` holds rows as {column: value}; what stands twice in one is kept once. Nothing leaves by mail.
    """
    changes = {name: facts[name] for name in FACTS if name in facts}
    row = change_thing(event, action="event.about", changes=changes, user=user, now=now)
    for name, (model, column) in LISTS.items():
        if name not in lists:
            continue
        model.objects.filter(event=row).delete()
        kept = {one[column].pk: one for one in lists[name] if one.get(column) is not None}
        model.objects.bulk_create(
            model(event=row, sort_order=place, **one) for place, one in enumerate(kept.values())
        )
    return row


def move_named(*, source: Contact, target: Contact, user: Any, now: datetime) -> None:
    """Let events that name `source` name `target`, once each, inside the transaction that merges the two."""
    named = EventContact.objects.filter(contact=target).values("event")
    EventContact.objects.filter(contact=source, event__in=named).delete()
    EventContact.objects.filter(contact=source).update(contact=target)
