"""One date of an event."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.core import formats
from events.models.events import Event
from events.querysets import OPEN_END_LASTS, OccurrenceQuerySet
from events.validators import ZONES, in_words, local


class OccurrenceState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    CANCELLED = "cancelled", _("Cancelled")


class Occurrence(models.Model):
    """A date as a row: what people register for, and what holds the lock on the seats.

    `recurrence_id` is the wall time that the rule gave ("20260205T090000"), whatever the date was moved to since:
    it identifies the date for ever (RECURRENCE-ID of RFC 5545). `starts_at` and `ends_at` are instants; `ends_at`
    is empty where no end is announced. `capacity` overrides the event's where it is set.
    """

    # Set by queries and views on rows that are shown.
    page: Any
    desk: Any
    desk_class: str
    taken: int
    confirmed_count: int
    waiting_count: int
    pending_count: int
    requested_count: int
    silent: int

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="occurrences", verbose_name=_("event")
    )
    recurrence_id = models.CharField(max_length=15, editable=False)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    capacity = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    place_name = models.CharField(_("place of this date"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=OccurrenceState, default=OccurrenceState.PLANNED
    )
    is_moved = models.BooleanField(_("moved by hand"), default=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # By which identity the calendars of its people know it, from before the event became a series or ceased to be one.
    told_as = models.UUIDField(null=True, blank=True, editable=False)
    door_generation = models.PositiveIntegerField(default=0, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("date")
        verbose_name_plural = _("dates")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["starts_at", "event"], name="events_occurrence_by_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "recurrence_id"], name="events_occurrence_is_one_per_wall_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="events_occurrence_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.recurrence_id}"

    @property
    def seats(self) -> int | None:
        """How many people may come; None for no limit."""
        return self.capacity if self.capacity is not None else self.event.capacity

    @property
    def identity(self) -> uuid.UUID:
        """What this date alone is called in its people's calendars: the same as long as it exists."""
        return self.told_as or (self.uid if self.event.repeats else self.event.uid)

    @property
    def left(self) -> int:
        """Seats left, on a row that was `counted()`; 0 where there is no limit to count from."""
        return max((self.seats or 0) - getattr(self, "taken", 0), 0)

    @property
    def rule_words(self) -> str:
        """The event's rule in the active language."""
        starts = self.event.starts
        return in_words(self.event.rule, starts) if starts else ""

    @property
    def anniversary(self) -> int | None:
        """Which anniversary this date keeps: one more each year where the event comes back."""
        first, event = self.event.anniversary, self.event
        if first is None or event.start_date is None or not event.repeats:
            return first
        return first + self.local_start.year - event.start_date.year

    @property
    def edition(self) -> int | None:
        """Which edition this date is: where the event comes back, one more for each date that was held before it."""
        first, event = self.event.edition, self.event
        if first is None or not event.repeats:
            return first
        return first + event.occurrences.planned().filter(starts_at__lt=self.starts_at).count()

    @property
    def is_cancelled(self) -> bool:
        return self.state == OccurrenceState.CANCELLED or self.event.is_cancelled

    @property
    def local_start(self) -> datetime:
        """The start as aware time of the event's zone."""
        return local(self.starts_at, self.event.zone)

    @property
    def local_end(self) -> datetime | None:
        """The end as aware time of the event's zone; for whole days the midnight after."""
        return local(self.ends_at, self.event.zone) if self.ends_at else None

    @property
    def last_day(self) -> date:
        """The last day on which it takes place, in the event's zone."""
        end = self.local_end
        if end is None:
            return self.local_start.date()
        return (end - timedelta(seconds=1)).date() if end > self.local_start else end.date()

    @property
    def place(self) -> str:
        return self.place_name or self.event.place_name

    @property
    def address(self) -> str:
        """The street address of its place; "" where it takes place elsewhere than the event, whose address that is."""
        return self.event.address if self.place == self.event.place_name else ""

    @property
    def map_url(self) -> str:
        return self.event.map_url if self.place == self.event.place_name else ""

    @property
    def where(self) -> str:
        """Its place and address in one line."""
        return ", ".join(part for part in (self.place, self.address) if part)

    def when(self, language: str | None = None) -> str:
        """When, in one sentence and the zone's own hours; the zone is named where it is not Bamako's hour."""
        start, end = self.local_start, self.local_end
        french = formats.language_of(language) == "fr"
        first, last = formats.day(start.date(), language), formats.day(self.last_day, language)
        if self.event.whole_day:
            if first == last:
                return first
            return f"du {first} au {last}" if french else f"{first} to {last}"
        at = formats.clock_time(start.time(), language)
        if end is None:
            words = f"{first} à {at}" if french else f"{first} at {at}"
        elif first == last:
            until = formats.clock_time(end.time(), language)
            words = f"{first}, de {at} à {until}" if french else f"{first}, {at} to {until}"
        else:
            until = formats.clock_time(end.time(), language)
            words = f"du {first} à {at} au {last} à {until}" if french else f"{first} {at} to {last} {until}"
        return f"{words} ({self.zone_words})" if self.zone_words else words

    @property
    def zone_words(self) -> str:
        """Whose hours these are, where they are not those of Bamako."""
        if self.event.whole_day or not self.local_start.utcoffset():
            return ""
        names = dict(ZONES)
        return gettext("time of %(place)s") % {"place": names.get(self.event.zone, self.event.zone)}

    @property
    def over_at(self) -> datetime:
        """When it is over. Without an announced end it lasts some hours: who comes late still holds a ticket."""
        return self.ends_at or self.starts_at + OPEN_END_LASTS

    def is_past(self, now: datetime) -> bool:
        return self.over_at < now
