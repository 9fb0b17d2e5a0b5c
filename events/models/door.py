"""Who was let in, by which door, and what a telephone said that turned out otherwise."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from events.models.occurrences import Occurrence
from events.models.registrations import Registration


class Outcome(models.TextChoices):
    """What became of a try to come in."""

    ADMITTED = "admitted", _("Came in")
    ALREADY = "already", _("Inside already")
    NOT_CONFIRMED = "not_confirmed", _("Has no confirmed seat")
    UNKNOWN = "unknown", _("Not known for this date")
    FULL = "full", _("No seat left")
    CLOSED = "closed", _("Outside the hours of the door")
    UNDONE = "undone", _("Entry taken back")


class Way(models.TextChoices):
    CODE = "code", _("By the code")
    NAME = "name", _("By the name")
    SHEET = "sheet", _("By the attendance sheet")
    WALK_IN = "walk_in", _("Came without registering")


class CheckIn(models.Model):
    """One try to come in, sent by a telephone at a door, at once or hours later.

    `client_uid` is the telephone's own identity of the try: sent twice it is one. `let_in` says that the telephone,
    without network or before it heard from us, let the person in: where `outcome` is another, that is a conflict.
    `scanned_at` is corrected by the telephone's clock, and `day` is the day of the date that it falls on: at a forum of
    three days people come in three times. A forged code leaves a row without a registration.
    """

    client_uid = models.UUIDField(unique=True, editable=False)
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.PROTECT, related_name="check_ins", verbose_name=_("date")
    )
    registration = models.ForeignKey(
        Registration,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="check_ins",
        verbose_name=_("registration"),
    )
    way = models.CharField(_("way"), max_length=20, choices=Way)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    let_in = models.BooleanField(_("let in by the telephone"), default=False)
    door = models.CharField(_("door"), max_length=60, blank=True)
    device = models.UUIDField(null=True, blank=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    day = models.DateField(_("day"), editable=False)
    scanned_at = models.DateTimeField(_("at the door"))
    received_at = models.DateTimeField(_("received"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["-scanned_at", "-pk"]
        permissions = [("keep_door", _("Can let people in at the door"))]
        indexes = [
            models.Index(fields=["occurrence", "outcome"], name="events_check_in_by_outcome"),
            models.Index(fields=["occurrence", "-scanned_at"], name="events_check_in_by_hour"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "day"],
                condition=Q(outcome="admitted"),
                name="events_a_person_is_let_in_once_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(outcome="admitted") | Q(registration__isnull=False),
                name="events_who_is_let_in_is_registered",
            ),
            models.CheckConstraint(
                condition=Q(scanned_at__lte=F("received_at")),
                name="events_a_check_in_is_received_after_it_was_made",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration or '?'} {self.outcome}"

    @property
    def is_conflict(self) -> bool:
        """Whether somebody stands inside of whom we know better."""
        return self.let_in and self.outcome not in (Outcome.ADMITTED, Outcome.UNDONE)
