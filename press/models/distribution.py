"""What was sent of the press room: the row that points at the mail."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Distribution(models.Model):
    """The sending of a release: one mailing, and the state of the text that it carried."""

    mailing = models.OneToOneField("mailing.Mailing", on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(
        "press.Release", null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
    kit = models.ForeignKey(
        "press.Kit", null=True, blank=True, on_delete=models.PROTECT, related_name="distributions"
    )
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
            )
        ]

    def __str__(self) -> str:
        return f"{self.release or self.kit} → {self.mailing}"
