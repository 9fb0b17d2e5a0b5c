"""The rules that an event had before its present one."""

from __future__ import annotations

import uuid
from datetime import datetime, time

import recurrence
from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.fields import WallRecurrenceField
from events.validators import validate_zone


class Scope(models.TextChoices):
    """What a change of one date of a series is meant for."""

    ONE = "one", _("This date only")
    FOLLOWING = "following", _("This date and those after it")
    ALL = "all", _("All the dates to come")


class Period(models.Model):
    """A part of a series that is closed: the rule by which an event took place before its present one.

    Written when the rule changes from some date on, never changed afterwards: what has taken place stays in
    calendars as it was. `uid` is the series' identity in calendar files, `ended_before` the wall time
    ("20261207T090000") from which the next part begins; the dates before it and after the period before are its own.
    """

    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="periods", verbose_name=_("event")
    )
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    zone = models.CharField(max_length=60, validators=[validate_zone])
    start_date = models.DateField()
    start_time = models.TimeField(null=True, blank=True)
    length = models.DurationField(null=True, blank=True)
    whole_day = models.BooleanField(default=False)
    rule = WallRecurrenceField()
    place_name = models.CharField(max_length=200, blank=True)
    ended_before = models.CharField(max_length=15)
    sequence = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("former repetition")
        verbose_name_plural = _("former repetitions")
        default_permissions = ()
        ordering = ["ended_before", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "ended_before"], name="events_a_part_of_a_series_ends_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.event} < {self.ended_before}"

    @property
    def starts(self) -> datetime:
        """The wall time of its first date; midnight for whole days."""
        return datetime.combine(self.start_date, time(0) if self.whole_day else self.start_time or time(0))

    @property
    def rules(self) -> list[recurrence.Rule]:
        return list(self.rule.rrules) if self.rule is not None else []
