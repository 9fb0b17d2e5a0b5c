"""Stands given, and what happened at ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from cms.core.actions import log_thing
from events.actions.errors import EventsError
from events.models import Event, Stand, StandNote, StandState

STAND_FIELDS = ("exhibitor", "about", "contact_name", "phone", "email", "number", "needs", "state")
NOTE_FIELDS = ("at", "visitors", "leaflets", "adhesions", "personalities", "contacts_met", "remark")


class PlaceTaken(EventsError):
    """Another exhibitor stands at this number."""


def keep_stand(
    *, event: Event, stand: Stand | None = None, values: Mapping[str, Any], user: Any, now: datetime
) -> Stand:
    """Enter a stand, or change it. A number makes it given; one that is not given has none. Raises PlaceTaken."""
    row = stand or Stand(event=event, asked_at=now)
    for name in STAND_FIELDS:
        if name in values:
            setattr(row, name, values[name])
    if row.state == StandState.REFUSED:
        row.number = ""
    elif row.number:
        row.state = StandState.GIVEN
    try:
        with transaction.atomic():
            row.save()
            log_thing(event, action="stand.kept", user=user, now=now, changes={"exhibitor": row.exhibitor})
    except IntegrityError as error:
        raise PlaceTaken from error
    return row


@transaction.atomic
def note_stand(
    *, event: Event, values: Mapping[str, Any], key: UUID | None = None, user: Any, now: datetime
) -> StandNote:
    """Write down what happened at our stand. The same form sent twice is one note."""
    said = {name: values[name] for name in NOTE_FIELDS if name in values}
    said |= {"event": event, "by": user if user is not None and user.pk else None}
    said["at"] = said.get("at") or now
    if key is None:
        return StandNote.objects.create(**said)
    row, _made = StandNote.objects.get_or_create(key=key, defaults=said)
    return row


@transaction.atomic
def change_note(*, note: StandNote, values: Mapping[str, Any], user: Any, now: datetime) -> StandNote:
    """Put a note of our stand right: the plan counts what it says from now on. Who wrote it stays."""
    row = StandNote.objects.select_for_update(of=("self",)).select_related("event").get(pk=note.pk)
    before = {name: getattr(row, name) for name in ("visitors", "leaflets", "adhesions")}
    for name in NOTE_FIELDS:
        if name in values and (name != "at" or values[name]):
            setattr(row, name, values[name])
    row.save()
    changes = {name: [was, getattr(row, name)] for name, was in before.items() if was != getattr(row, name)}
    log_thing(row.event, action="stand.note_changed", user=user, now=now, changes=changes)
    return row
