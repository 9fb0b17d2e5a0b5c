"""Receipts for fees paid at the desk: nothing is paid on the site."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.registrations import Registration


class Means(models.TextChoices):
    """How a fee was paid."""

    CASH = "cash", _("Cash")
    CHEQUE = "cheque", _("Cheque")
    TRANSFER = "transfer", _("Bank transfer")
    MOBILE = "mobile", _("Mobile money")


class Receipt(models.Model):
    """One payment received. Numbers follow each other within a year without a gap; one that is wrong is voided.

    `key` is the form's own identity: the same form posted twice is one receipt.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="receipts")
    year = models.PositiveSmallIntegerField(_("year"))
    number = models.PositiveIntegerField(_("number"))
    amount_xof = models.PositiveIntegerField(_("amount in FCFA"))
    means = models.CharField(_("paid by"), max_length=10, choices=Means)
    payer = models.CharField(_("received from"), max_length=200)
    paid_date = models.DateField(_("paid on"))
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(_("why it is void"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        default_permissions = ()
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "number"], name="events_a_receipt_has_a_number_of_its_own"
            ),
            models.CheckConstraint(condition=Q(amount_xof__gt=0), name="events_a_receipt_is_for_something"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as it is quoted: "R-2026-0007"."""
        return f"R-{self.year}-{self.number:04d}"

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None

    def void(self, *, reason: str, now: datetime) -> None:
        """Say that it counts no more; not saved."""
        self.voided_at, self.void_reason = now, reason
