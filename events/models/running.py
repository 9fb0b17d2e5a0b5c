"""The running order of a date: what happens minute by minute, for the team alone."""

from __future__ import annotations

from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _

from events.models.occurrences import Occurrence

#: Of a point, in minutes: ten hours is a day of the team's work.
LONGEST = 600
#: From the start of the date, in minutes: the day before, and two weeks.
EARLIEST, LATEST = -1440, 20160


class RunningItem(models.Model):
    """One point of a date's running order. It is on no page, and no public list, feed or API shows it.

    `order` counts from 0 without a gap. `starts_after` is when it begins, in minutes from the date's start (-30: half
    an hour before), so that the running order goes along when the date is moved; empty: when the point before it
    ends. `minutes` is how long it takes. `key` is that of the form that added it.
    """

    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.CASCADE, related_name="running", verbose_name=_("date")
    )
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    order = models.PositiveSmallIntegerField(_("order"))
    starts_after = models.SmallIntegerField(_("begins, in minutes from the start"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    title = models.CharField(_("what"), max_length=200)
    who = models.CharField(_("who"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    note = models.CharField(_("note for the team"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("point of a running order")
        verbose_name_plural = _("points of a running order")
        default_permissions = ("view",)
        permissions = [("keep_runningitem", _("Can keep the running order of an event"))]
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "order"],
                name="events_one_point_comes_after_another",
                deferrable=Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=LONGEST),
                name="events_a_point_takes_from_a_minute_to_ten_hours",
            ),
            models.CheckConstraint(
                condition=Q(starts_after__isnull=True)
                | Q(starts_after__gte=EARLIEST, starts_after__lte=LATEST),
                name="events_a_point_begins_about_its_date",
            ),
        ]

    def __str__(self) -> str:
        return self.title
