"""What reached people by another way than e-mail: what was printed, handed to an operator, copied, and by whom."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.mailing.models.mailings import Mailing


class Diffusion(models.Model):
    """One act of the office beside the outbox, kept for the follow-up of the plan.

    Of a mailing (labels, letters, text messages) or of a thing alone (`source`, a key of `registry.shareables`, and
    its `source_uid`: a text copied for WhatsApp). `contacts` are those it was made for, once each; a text copied
    has none, since nobody knows who reads it. `segments` are those of all the text messages together. `options`
    keep what the officer chose, for the next time. One that did not leave after all is `struck_at` and counts no more.
    """

    class Channel(models.TextChoices):
        LABELS = "labels", _("Address labels")
        LETTERS = "letters", _("Letters")
        SMS = "sms", _("Text messages")
        WHATSAPP = "whatsapp", _("WhatsApp")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(_("by"), max_length=10, choices=Channel)
    mailing = models.ForeignKey(
        Mailing, null=True, on_delete=models.PROTECT, related_name="diffusions", verbose_name=_("mailing")
    )
    source = models.CharField(max_length=80, blank=True)
    source_uid = models.UUIDField(null=True)
    title = models.CharField(_("title"), max_length=255)
    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        on_delete=models.PROTECT,
        related_name="diffusions",
        verbose_name=_("activity of the plan"),
    )
    text = models.TextField(_("text"), blank=True)
    contacts = models.ManyToManyField(
        "contacts.Contact", related_name="diffusions", verbose_name=_("contacts")
    )
    people = models.PositiveIntegerField(_("people"), default=0)
    segments = models.PositiveIntegerField(_("segments"), default=0)
    options = models.JSONField(default=dict)
    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by whom"),
    )
    struck_at = models.DateTimeField(_("struck out"), null=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("diffusion beside e-mail")
        verbose_name_plural = _("diffusions beside e-mail")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["channel", "at"], name="mailing_diffusion_by_channel"),
            models.Index(fields=["source_uid"], name="mailing_diffusion_of_a_thing"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["labels", "letters", "sms", "whatsapp"]),
                name="mailing_diffusion_goes_by_a_known_channel",
            ),
            models.CheckConstraint(
                condition=Q(mailing__isnull=False) | Q(source_uid__isnull=False),
                name="mailing_diffusion_is_of_a_mailing_or_a_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.get_channel_display()})"
