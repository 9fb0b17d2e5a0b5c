"""Official audiences: asked for, granted, held. Nothing of them leaves the secretariat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from cms.core.actions import log_thing
from events.actions.errors import EventsError
from events.models import AudiencePerson, AudienceState, Event, OfficialAudience

FIELDS = (
    "requester",
    "host",
    "state",
    "reference",
    "asked_on",
    "starts_at",
    "ends_at",
    "place",
    "subject",
    "outcome",
)


class HourMissing(EventsError):
    """An audience that is granted or held has an hour."""


@transaction.atomic
def keep_audience(
    *,
    event: Event,
    audience: OfficialAudience | None = None,
    values: Mapping[str, Any],
    people: Sequence[Mapping[str, str]] | None = None,
    user: Any,
    now: datetime,
) -> OfficialAudience:
    """Enter an audience, or change it. `people` (name, function, received_as), in the order in which they enter, take
    the place of those named before; None leaves them. Raises HourMissing."""
    row = audience or OfficialAudience(event=event)
    for name in FIELDS:
        if name in values:
            setattr(row, name, values[name])
    if row.state in (AudienceState.GRANTED, AudienceState.HELD) and row.starts_at is None:
        raise HourMissing
    row.save()
    if people is not None:
        row.people.all().delete()
        AudiencePerson.objects.bulk_create(
            AudiencePerson(audience=row, order=place, **one) for place, one in enumerate(people)
        )
    changes = {"host": row.host, "state": row.state}
    log_thing(event, action="audience.kept", user=user, now=now, changes=changes)
    return row
