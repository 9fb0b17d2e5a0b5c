"""What was sent of the press room: the row that points at the mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """What a mailing says of a release or kit."""

    RELEASE = "release", _("The text itself")
    CORRECTION = "correction", _("Correction")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    FOLLOW_UP = "follow_up", _("Reminder")


class Distribution(models.Model):
    """The sending of a release: one mailing, and the state of the text that it carried.

    A corrective mailing names its `correction`; `given_up`: it was cancelled, and another may be prepared.
    """

    mailing = models.OneToOneField("mailing.Mailing", on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(
        "press.Release", null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    kit = models.ForeignKey(
        "press.Kit", null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.RELEASE)
    correction = models.ForeignKey(
        "press.Correction", null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    given_up = models.BooleanField(default=False)
    release_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("sending of a release")
        verbose_name_plural = _("sendings of releases")
        constraints = [
            models.CheckConstraint(
                condition=Q(release__isnull=False) | Q(kit__isnull=False),
                name="press_distribution_sends_a_release_or_a_kit",
            ),
            models.CheckConstraint(
                condition=Q(purpose="correction", correction__isnull=False)
                | (~Q(purpose="correction") & Q(correction__isnull=True)),
                name="press_distribution_of_a_correction_names_it",
            ),
            models.UniqueConstraint(
                fields=["correction"],
                condition=Q(given_up=False),
                name="press_distribution_one_mailing_per_correction",
            ),
            models.UniqueConstraint(
                fields=["release"],
                condition=Q(purpose="withdrawal", given_up=False),
                name="press_distribution_one_mailing_per_withdrawal",
            ),
            models.UniqueConstraint(
                fields=["kit"],
                condition=Q(purpose="withdrawal", given_up=False),
                name="press_distribution_one_mailing_per_withdrawal_of_a_kit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release or self.kit} → {self.mailing}"
