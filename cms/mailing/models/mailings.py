"""A mailing: one text to many people, or the standing queue of one kind of owed mail."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.mailing.models.senders import Sender, one_line


class Mailing(models.Model):
    """What is sent, to whom, and how far it got. Changed by actions only.

    `renderer` is a key of `registry.mailing_renderers`; `source_uid` names the thing it renders. The mailing of
    kind `owed` is standing: one per renderer, always sending, its deliveries are confirmations and tickets.
    How many deliveries are in which state is never stored: see `queries.counts`. `send_at` is the hour an officer
    asked for; `hold_until` and `reason` say that the renderer refuses until then (an embargo): the sweep asks again.
    `swept_at` is when the engine last looked after a mailing being sent: one left alone for hours asks first.
    """

    class Kind(models.TextChoices):
        PRESS = "press", _("Press mailing")
        INVITATION = "invitation", _("Invitation")
        NEWSLETTER = "newsletter", _("Newsletter")
        NOTICE = "notice", _("Notice")
        OWED = "owed", _("Confirmations and tickets")

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SCHEDULED = "scheduled", _("Scheduled")
        SENDING = "sending", _("Sending")
        PAUSED = "paused", _("Paused")
        SENT = "sent", _("Sent")
        CANCELLED = "cancelled", _("Cancelled")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.NOTICE)
    renderer = models.CharField(max_length=80, editable=False)
    source_uid = models.UUIDField(null=True, blank=True, editable=False)
    title = models.CharField(_("title"), max_length=255, validators=[one_line])
    audiences = models.ManyToManyField(
        "contacts.Audience", blank=True, related_name="mailings", verbose_name=_("audiences")
    )
    left_out = models.ManyToManyField(
        "contacts.Audience", blank=True, related_name="mailings_without", verbose_name=_("but nobody in")
    )
    contacts = models.ManyToManyField(
        "contacts.Contact", blank=True, related_name="mailings", verbose_name=_("contacts besides")
    )
    sender = models.ForeignKey(
        Sender,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mailings",
        verbose_name=_("sender"),
    )
    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="mailings",
        verbose_name=_("activity of the plan"),
    )
    counts_clicks = models.BooleanField(
        _("count clicks"),
        default=False,
        help_text=_(
            "How often each link is opened, for all together and never by whom; the mail says so. "
            "Nothing is counted for fewer than ten recipients."
        ),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    reason = models.CharField(max_length=500, blank=True, editable=False)
    send_at = models.DateTimeField(_("send at"), null=True, blank=True)
    at_any_hour = models.BooleanField(
        _("also in the sender's quiet hours"),
        default=False,
        help_text=_("For what cannot wait until the morning."),
    )
    swept_at = models.DateTimeField(null=True, editable=False)
    hold_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    launched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    launched_at = models.DateTimeField(_("launched at"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("send_mailing", _("May send to an audience")),
            ("approve_mailing", _("May approve what is sent to many")),
        ]
        indexes = [
            models.Index(
                fields=["send_at"], condition=Q(state="scheduled"), name="mailing_mailing_due_at_an_hour"
            ),
            models.Index(fields=["id"], condition=Q(state="sending"), name="mailing_mailing_being_sent"),
            models.Index(fields=["source_uid"], name="mailing_mailing_of_a_thing"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["renderer"],
                condition=Q(kind="owed"),
                name="mailing_mailing_one_standing_queue_per_renderer",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "scheduled", "sending", "paused", "sent", "cancelled"]),
                name="mailing_mailing_has_a_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | Q(send_at__isnull=False),
                name="mailing_mailing_scheduled_has_an_hour",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sending", "paused", "sent"]) | Q(launched_at__isnull=False),
                name="mailing_mailing_sending_was_launched",
            ),
            models.CheckConstraint(
                condition=~Q(kind="owed") | Q(state="sending"),
                name="mailing_mailing_standing_queue_never_closes",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def leaves_at(self) -> datetime | None:
        """When a scheduled mailing leaves: at the hour asked for, or when what it announces may be read, if later."""
        hours = [at for at in (self.send_at, self.hold_until) if at is not None]
        return max(hours, default=None)

    @property
    def is_standing(self) -> bool:
        return self.kind == self.Kind.OWED


class Letter(models.Model):
    """The words of a mailing in one language, frozen when it was launched: what people really received.

    `subject`, `text` and `html` are complete and hold placeholders of the closed list. `attachments` are
    ``[filename, content type, base64]``. A delivery names the `version` it was made from.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="letters")
    language = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=1)
    subject = models.CharField(max_length=500)
    text = models.TextField()
    html = models.TextField()
    headers = models.JSONField(default=dict)
    attachments = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("text of a mailing")
        verbose_name_plural = _("texts of mailings")
        ordering = ["mailing", "language", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "language", "version"],
                name="mailing_letter_one_text_per_language_and_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.language})"
