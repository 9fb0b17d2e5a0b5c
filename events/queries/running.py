"""The running order of a date with its hours, and where it has holes or two things at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, QuerySet

from events.models import Occurrence, RunningItem

#: Dates from which a running order may be copied.
SOURCES = 30


@dataclass(frozen=True)
class Slot:
    """A point with its hours (aware, in the event's zone). `free`: minutes with nothing before it; `overlap`: minutes
    for which those before it go on; `day`: the first point of another day than the one before.
    """

    item: RunningItem
    starts: datetime
    ends: datetime
    free: int = 0
    overlap: int = 0
    is_new_day: bool = False


@dataclass(frozen=True)
class RunningOrder:
    """All points of a date. `over` is for how many minutes it goes on after the date's announced end."""

    slots: list[Slot] = field(default_factory=list)
    over: int = 0

    @property
    def starts(self) -> datetime | None:
        return min((one.starts for one in self.slots), default=None)

    @property
    def ends(self) -> datetime | None:
        return max((one.ends for one in self.slots), default=None)

    @property
    def minutes(self) -> int:
        """From the first minute to the last."""
        return _minutes(self.ends - self.starts) if self.starts and self.ends else 0

    @property
    def warnings(self) -> int:
        """How many points begin before others have ended."""
        return sum(1 for one in self.slots if one.overlap)


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds()) // 60


def start_of(item: RunningItem, row: Occurrence) -> datetime | None:
    """When a point begins that has an hour of its own, by the clock on the wall (aware)."""
    if item.starts_after is None:
        return None
    return row.local_start + timedelta(minutes=item.starts_after)


def running_order_of(row: Occurrence) -> RunningOrder:
    """The running order of a date, in its order, its hours by the clock on the wall (one query)."""
    until: datetime | None = None
    slots: list[Slot] = []
    for item in RunningItem.objects.filter(occurrence=row).order_by("order"):
        starts = start_of(item, row) or (slots[-1].ends if slots else row.local_start)
        apart = _minutes(starts - until) if until is not None else 0
        new_day = bool(slots) and starts.date() != slots[-1].starts.date()
        ends = starts + timedelta(minutes=item.minutes)
        slots.append(Slot(item, starts, ends, free=max(apart, 0), overlap=max(-apart, 0), is_new_day=new_day))
        until = max(until, ends) if until is not None else ends
    end = row.local_end
    over = _minutes(until - end) if until is not None and end is not None and until > end else 0
    return RunningOrder(slots, over=over)


def running_sources(row: Occurrence) -> QuerySet[Occurrence]:
    """Dates of events of its kind that have a running order, the latest first, with `points`: last year's to copy."""
    found = Occurrence.objects.filter(event__kind=row.event.kind).exclude(pk=row.pk)
    counted = found.select_related("event").annotate(points=Count("running")).filter(points__gt=0)
    return counted.order_by("-starts_at")[:SOURCES]
