"""Parts of a series that are closed: the rule that was, kept beside the rule that is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.actions.errors import NotTaken
from events.actions.occurrences import WALL
from events.models import Event, Occurrence, Period, Registration
from events.validators import cut


def close_period(event: Event, *, before: datetime, now: datetime) -> Period:
    """Keep the event's present rule for its dates before `before`, a date of it; under the event's lock.

    The caller gives the event its new rule and a `series_uid` of its own.
    """
    if event.rule is None or event.starts is None or event.start_date is None:
        raise NotTaken
    kept, _after = cut(event.rule, event.starts, before)
    return Period.objects.create(
        event=event,
        uid=event.series,
        zone=event.zone,
        start_date=event.start_date,
        start_time=event.start_time,
        length=event.length,
        whole_day=event.whole_day,
        rule=kept,
        place_name=event.place_name,
        ended_before=before.strftime(WALL),
        sequence=event.sequence + 1,
        closed_at=now,
    )


def reopened(event: Event) -> dict[str, Any] | None:
    """The event's columns as they were in the part before its present one, which is taken up again; None without."""
    period = event.periods.last()
    if period is None:
        return None
    found: dict[str, Any] = {
        name: getattr(period, name) for name in ("zone", "start_date", "start_time", "whole_day", "rule")
    }
    ends = period.starts + period.length if period.length is not None else None
    found |= {"end_time": None, "end_date": None, "open_end": ends is None and not period.whole_day}
    if ends is not None:
        last = (ends - timedelta(days=1)).date() if period.whole_day else ends.date()
        found["end_date"] = last if last != period.start_date else None
        found["end_time"] = None if period.whole_day else ends.time()
    if event.anniversary is not None:
        found["anniversary"] = anniversary_in(event, period.start_date.year)
    period.delete()
    return {**found, "series_uid": period.uid if period.uid != event.uid else None}


def anniversary_in(event: Event, year: int) -> int | None:
    """The event's anniversary as counted from a first date in `year`: of a series it is that of its first date."""
    if event.anniversary is None or event.start_date is None or not event.repeats:
        return event.anniversary
    return event.anniversary + year - event.start_date.year


def freeze(dates: list[Occurrence], event: Event, names: set[str], *, now: datetime) -> None:
    """Let `dates` keep the place and the seats (`names`) that the event is about to change. Raises ValidationError.

    A date without a limit of its own follows the event, so seats cannot be limited for the later dates only.
    """
    for row in dates:
        if "place_name" in names and not row.place_name:
            row.place_name = event.place_name
        if "capacity" in names and row.capacity is None:
            row.capacity = event.capacity
    if "capacity" in names and event.capacity is None:
        coming = [row for row in dates if row.starts_at >= now and row.capacity is None]
        if Registration.objects.active().filter(occurrence__in=coming).exists():
            raise ValidationError(
                _("The dates before have no limit of seats: limit this date only, or all the dates to come.")
            )
    Occurrence.objects.bulk_update(dates, ["place_name", "capacity"])
