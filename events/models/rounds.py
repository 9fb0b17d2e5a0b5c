"""What is written to the people of a date together: save-the-date, invitation, reminders, thanks."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.occurrences import Occurrence
from events.validators import to_utc


class RoundKind(models.TextChoices):
    SAVE_THE_DATE = "save_the_date", _("Save the date")
    INVITATION = "invitation", _("Invitation")
    ASK_AGAIN = "ask_again", _("Reminder to who has not answered")
    REMIND = "remind", _("Reminder to who comes")
    THANKS = "thanks", _("Thanks to who came")


class RoundState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DONE = "done", _("Written")
    MISSED = "missed", _("Too late, not written")
    CANCELLED = "cancelled", _("Cancelled")


class InvitationRound(models.Model):
    """One mail to all of a date who should have it, each with their own link.

    It leaves `days` before the day of the date (negative: after) at `at`, wall time of the event's zone: a date that
    moves takes its reminders along. Without `days` an officer sends it. Who gets it is decided when it leaves.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    occurrence = models.ForeignKey(
        Occurrence, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("date")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=RoundKind)
    days = models.SmallIntegerField(_("days before"), null=True, blank=True)
    at = models.TimeField(_("at"), default=time(9))
    words_fr = models.TextField(_("words in French"), max_length=2000, blank=True)
    words_en = models.TextField(_("words in English"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=RoundState, default=RoundState.PLANNED)
    done_at = models.DateTimeField(_("written"), null=True, blank=True)
    people = models.PositiveIntegerField(_("people"), default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()

    # Set by views on rows that are shown.
    number: int

    class Meta:
        verbose_name = _("round of mails")
        verbose_name_plural = _("rounds of mails")
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "kind", "days"],
                condition=Q(state="planned", days__isnull=False),
                name="events_a_round_is_planned_once_for_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False),
                name="events_a_round_written_has_its_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurrence_id}"

    @property
    def is_planned(self) -> bool:
        return self.state == RoundState.PLANNED

    @property
    def due_at(self) -> datetime | None:
        """When it leaves by itself; None where an officer sends it. Load `occurrence__event` with it."""
        if self.days is None:
            return None
        day = self.occurrence.local_start.date() - timedelta(days=self.days)
        return to_utc(datetime.combine(day, self.at), self.occurrence.event.zone)
