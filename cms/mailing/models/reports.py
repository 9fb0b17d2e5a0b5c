"""What came back about mails that had left: returns, delays, complaints, answers of machines."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.mailing.models.deliveries import Delivery


class Report(models.Model):
    """One statement about one mail, taken once whatever the number of times it arrives.

    `key` names the statement (a hash of the report's own number and the place within it): the same report by two
    ways, or posted again, is one row. A row waits with `applied_at` empty until its effects are written: a report
    may arrive while the worker still holds the mail. `status` is an enhanced code (RFC 3463).
    """

    class Kind(models.TextChoices):
        BOUNCE = "bounce", _("Came back")
        DELAY = "delay", _("Held up on its way")
        DELIVERED = "delivered", _("Delivered")
        COMPLAINT = "complaint", _("Marked as unwanted")
        UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")
        AUTO_REPLY = "auto_reply", _("Automatic answer")
        REPLY = "reply", _("Answer of a person")
        OTHER = "other", _("Not understood")

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE, related_name="reports")
    address = models.CharField(_("address"), max_length=320, blank=True)
    status = models.CharField(max_length=12, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Delivery.Reason, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True)
    source = models.CharField(max_length=40)
    received_at = models.DateTimeField(_("received at"))
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("report on a mail")
        verbose_name_plural = _("reports on mails")
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(applied_at__isnull=True), name="mailing_report_to_be_applied"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status} {self.address}".strip()
