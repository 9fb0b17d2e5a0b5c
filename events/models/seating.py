"""Who sits where at a ceremony: rows from the front, filled by rank."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.occurrences import Occurrence
from events.models.registrations import Registration


class SeatingPlan(models.Model):
    """The rows of one date, from the front: one to a line, "Tribune : 8"."""

    occurrence = models.OneToOneField(Occurrence, on_delete=models.CASCADE, related_name="seating")
    rows = models.TextField(_("rows"), max_length=2000)

    class Meta:
        verbose_name = _("seating plan")
        verbose_name_plural = _("seating plans")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.occurrence_id}"


class Place(models.Model):
    """One chair. `row` counts from the front (0), `number` from the middle of protocol's own order (1).

    `is_fixed`: somebody was put there by hand, and filling by rank leaves them.
    """

    plan = models.ForeignKey(SeatingPlan, on_delete=models.CASCADE, related_name="places")
    row = models.PositiveSmallIntegerField()
    row_name = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    registration = models.OneToOneField(
        Registration, null=True, blank=True, on_delete=models.PROTECT, related_name="place"
    )
    is_fixed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        default_permissions = ()
        ordering = ["row", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "row", "number"], name="events_a_chair_stands_once"),
            models.CheckConstraint(
                condition=models.Q(is_fixed=False) | models.Q(registration__isnull=False),
                name="events_an_empty_chair_is_nobodys",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row_name} {self.number}"
