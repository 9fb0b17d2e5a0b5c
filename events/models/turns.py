"""Who asks at a press conference, in which order."""

from __future__ import annotations

from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models.occurrences import Occurrence
from events.models.registrations import Registration


class TurnState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("turn", "Waits for the turn")
    ASKED = "asked", pgettext_lazy("turn", "Has asked")
    SKIPPED = "skipped", pgettext_lazy("turn", "Passed over")


class QuestionTurn(models.Model):
    """One person's turn to ask at a date. `order` sorts and need not be without gaps; who has asked may wait again.

    Two turns change places in one statement, so the order is looked at when the transaction ends.
    """

    occurrence = models.ForeignKey(Occurrence, on_delete=models.CASCADE, related_name="turns")
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="turns")
    order = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=TurnState.choices, default=TurnState.WAITING)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("turn to ask")
        verbose_name_plural = _("turns to ask")
        default_permissions = ()
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(
                fields=["occurrence", "order"],
                deferrable=Deferrable.DEFERRED,
                name="events_two_turns_to_ask_have_two_places",
            ),
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(state="waiting"),
                name="events_a_person_waits_for_one_turn_to_ask",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False)),
                name="events_a_turn_that_is_over_says_since_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.registration.name}"
