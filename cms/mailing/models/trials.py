"""A mail sent to somebody of the team, or whom they name, to see how it arrives."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.mailing.models.mailings import Mailing


class Trial(models.Model):
    """One mail of a trial: no delivery, counted nowhere, kept to bound how many an account sends.

    Written before the mail is handed over; `outcome` says what came of it, `said` what the server answered.
    """

    class Outcome(models.TextChoices):
        BEGUN = "begun", _("Not tried")
        TAKEN = "taken", _("Taken by the mail server")
        REFUSED = "refused", _("Refused")
        DOUBT = "doubt", _("In doubt")

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="trials")
    address = models.CharField(_("address"), max_length=320)
    contact = models.ForeignKey("contacts.Contact", null=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(_("language"), max_length=12)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.BEGUN)
    said = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("trial of a mailing")
        verbose_name_plural = _("trials of mailings")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["user", "at"], name="mailing_trial_by_account")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(address=""), name="mailing_trial_has_an_address")
        ]

    def __str__(self) -> str:
        return f"{self.address} ({self.outcome})"
