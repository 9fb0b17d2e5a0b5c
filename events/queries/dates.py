"""The dates of one event, for those who keep it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from events.models import Event, Invitation, InvitationState, Occurrence, Registration
from events.querysets import OccurrenceQuerySet
from events.validators import expand

_WALL = "%Y%m%dT%H%M%S"
#: Guests invited who have not answered: they are told where their date goes. Who comes is registered.
TOLD_OF_CHANGES = (InvitationState.SENT, InvitationState.EXPIRED)


def dates_of_event(event: Event, *, past: bool, now: datetime) -> OccurrenceQuerySet:
    """The dates to come, soonest first, or those that are over, latest first."""
    rows: OccurrenceQuerySet = event.occurrences.select_related("event")
    return rows.over(now) if past else rows.coming(now)


COUNTS = ("taken", "confirmed_count", "waiting_count", "pending_count", "requested_count")


def with_counts(rows: Iterable[Occurrence], *, now: datetime) -> list[Occurrence]:
    """The dates that are shown, with what `counted` says of each (one query).

    Lists are cut to their page first and counted afterwards: counting what nobody looks at takes seconds.
    """
    found = list(rows)
    counted = Occurrence.objects.filter(pk__in=[row.pk for row in found]).counted(now)
    by_key = {row.pk: row for row in counted}
    for row in found:
        for name in COUNTS:
            setattr(row, name, getattr(by_key.get(row.pk), name, 0))
    return found


@dataclass(frozen=True)
class Concerned:
    """How many people a change of one date concerns, of it and those after it, of all to come; `in_series`: whether
    the event's rule gives the date, so that others may change with it."""

    in_series: bool
    one: int
    following: int
    every: int


def people_concerned(row: Occurrence, *, now: datetime) -> Concerned:
    """Whom a change of a date would be told to, by what it is meant for (three queries).

    People registered, and guests who were invited and have not answered. All means all that the present rule gives.
    """
    event = row.event
    first = event.starts.strftime(_WALL) if event.starts else ""
    coming = Q(occurrence__event=event, occurrence__starts_at__gte=now)
    silent = Invitation.objects.filter(state__in=TOLD_OF_CHANGES)
    counted = [
        rows.filter(coming).aggregate(
            one=Count("pk", filter=Q(occurrence=row)),
            following=Count("pk", filter=Q(occurrence__recurrence_id__gte=row.recurrence_id)),
            every=Count("pk", filter=Q(occurrence__recurrence_id__gte=first)),
        )
        for rows in (Registration.objects.active(), silent)
    ]
    told = {name: sum(one[name] for one in counted) for name in counted[0]}
    return Concerned(in_series=_is_given(event, row), **told)


def _is_given(event: Event, row: Occurrence) -> bool:
    if event.rule is None or not event.rule.rrules or event.starts is None:
        return False
    wall = datetime.strptime(row.recurrence_id, _WALL)
    return wall >= event.starts and wall in expand(event.rule, event.starts, since=wall, until=wall, limit=1)
