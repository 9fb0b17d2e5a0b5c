"""How long what people wrote into an event's forms is kept."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event

#: Of an event for which nobody said otherwise.
MONTHS, PASSPORT_DAYS = 12, 30
MOST_MONTHS, MOST_DAYS = 120, 366


class Retention(models.Model):
    """After how many months from a date's end the personal data of its forms is erased; passports after some days.

    An event without a row is kept for MONTHS and PASSPORT_DAYS. What is erased stays as a row that counts.
    """

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, related_name="retention", verbose_name=_("event")
    )
    months = models.PositiveSmallIntegerField(
        _("months"), default=MONTHS, validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)]
    )
    passport_days = models.PositiveSmallIntegerField(
        _("days for passports"), default=PASSPORT_DAYS, validators=[MaxValueValidator(MOST_DAYS)]
    )

    class Meta:
        verbose_name = _("time of keeping")
        verbose_name_plural = _("times of keeping")
        default_permissions = ()
        permissions = [
            ("manage_personal_data", _("Can hand over and erase what is kept of a person of an event")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=MOST_MONTHS, passport_days__lte=MOST_DAYS),
                name="events_personal_data_is_kept_for_a_bounded_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event}: {self.months} / {self.passport_days}"
