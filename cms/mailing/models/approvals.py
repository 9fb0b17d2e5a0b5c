"""The second person's word on a mailing to many."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.mailing.models.mailings import Mailing


class MailingApproval(models.Model):
    """One request that a mailing may leave, and what a second person said.

    `number` is how many were to get it when it was asked. What was given is given to `words` (a digest of sender,
    texts and files in each language) and to `people` (keys of contacts): a launch compares both.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Asked")
        GIVEN = "given", _("Given")
        REFUSED = "refused", _("Refused")
        TAKEN_BACK = "taken_back", _("Taken back")

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="approvals")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked on"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    number = models.PositiveIntegerField(_("recipients"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided on"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    words = models.CharField(max_length=64, blank=True)
    people = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("approval of a mailing")
        verbose_name_plural = _("approvals of mailings")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing"],
                condition=Q(state="asked"),
                name="mailing_approval_is_asked_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "given", "refused", "taken_back"]),
                name="mailing_approval_has_a_known_state",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(state="asked") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="mailing_approval_decided_says_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="given", decided_by=F("asked_by")) | ~Q(reason=""),
                name="mailing_approval_of_ones_own_request_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="mailing_approval_refused_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="given") | ~Q(words=""), name="mailing_approval_given_names_its_words"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing} ({self.state})"
