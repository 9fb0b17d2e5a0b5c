"""One mail to one person, and what became of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.mailing.models.mailings import Mailing

#: States in which a delivery still waits for the engine.
OPEN_STATES = ("queued", "deferred", "sending")


class Delivery(models.Model):
    """A row of the outbox.

    Everything its bytes depend on is stored before the first attempt (values, template version, Message-ID,
    boundary, Date), so that a second attempt sends the same mail and not another. `claim_token` and `lease_until`
    say which worker holds it; `handed_at` that the worker began to hand it over: such a row is in doubt if its
    worker dies. `reason` is a code of `Reason`, `smtp_text` what the server said.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        DEFERRED = "deferred", _("Will be tried again")
        FAILED = "failed", _("Failed")
        BOUNCED = "bounced", _("Came back")
        SUPPRESSED = "suppressed", _("Not to be written to")
        UNKNOWN = "unknown", _("In doubt")
        CANCELLED = "cancelled", _("Cancelled")

    class Reason(models.TextChoices):
        NONE = "", _("None")
        NO_SUCH_BOX = "no_such_box", _("The address does not exist")
        BOX_CLOSED = "box_closed", _("The mailbox is closed or disabled")
        BOX_FULL = "box_full", _("The mailbox is full")
        TOO_BIG = "too_big", _("The mail is too big for this mailbox")
        NO_SUCH_DOMAIN = "no_such_domain", _("The domain of the address does not answer")
        POLICY = "policy", _("Refused by the rules of the receiving server")
        REFUSED = "refused", _("Refused by the server")
        GREYLISTED = "greylisted", _("The server asks to try again later")
        TOO_LONG = "too_long", _("Tried for two days without success")
        CONNECTION = "connection", _("The connection broke")
        NO_ANSWER = "no_answer", _("The server took the mail and did not answer")
        WORKER_LOST = "worker_lost", _("The sending stopped at this very mail")
        SUPPRESSED = "suppressed", _("On the list of addresses not to write to")
        NO_CONSENT = "no_consent", _("Has not agreed to these mails")
        DECLINED = "declined", _("Does not want these mails")
        OTHER_TOPICS = "other_topics", _("Chose other topics")
        TOO_OFTEN = "too_often", _("Asked for fewer mails, and has just had one")
        BY_OFFICER = "by_officer", _("Decided by an officer")
        RENDERING = "rendering", _("The text of the mail could not be made")
        DELAYED = "delayed", _("The receiving server holds it up and goes on trying")
        DELIVERED = "delivered", _("Delivered, says the receiving server")
        COMPLAINT = "complaint", _("Marked as unwanted by its recipient")
        AUTO_REPLY = "auto_reply", _("Answered by a machine (absence, receipt)")
        REPLY = "reply", _("Somebody answered to the address of returns")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    generation = models.PositiveIntegerField(default=1, editable=False)
    # no index of its own: several begin with it, and each one is written anew with every change of state
    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    recipient_key = models.CharField(max_length=320)
    contact = models.ForeignKey(
        "contacts.Contact", null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    address = models.CharField(_("address"), max_length=320)
    language = models.CharField(_("language"), max_length=12)
    values = models.JSONField(default=dict)
    template_version = models.PositiveIntegerField(default=1)
    message_id = models.CharField(max_length=255)
    boundary = models.CharField(max_length=70)
    dated_at = models.DateTimeField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    claim_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    resends = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    smtp_code = models.PositiveSmallIntegerField(null=True)
    smtp_text = models.CharField(max_length=500, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason, blank=True, default=Reason.NONE)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["mailing", "next_attempt_at", "id"],
                condition=Q(state__in=["queued", "deferred"]),
                name="mailing_delivery_to_be_claimed",
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="sending"), name="mailing_delivery_being_sent"
            ),
            models.Index(fields=["mailing", "state"], name="mailing_delivery_by_state"),
            models.Index(fields=["address"], name="mailing_delivery_by_address"),
            models.Index(
                fields=["mailing", "sent_at"],
                condition=Q(sent_at__isnull=False),
                name="mailing_delivery_taken_when",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "recipient_key"], name="mailing_delivery_one_mail_per_recipient"
            ),
            models.UniqueConstraint(fields=["message_id"], name="mailing_delivery_message_id_is_its_own"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "queued",
                        "sending",
                        "sent",
                        "deferred",
                        "failed",
                        "bounced",
                        "suppressed",
                        "unknown",
                        "cancelled",
                    ]
                ),
                name="mailing_delivery_has_a_known_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claim_token__isnull=False, lease_until__isnull=False),
                name="mailing_delivery_sending_is_claimed_and_leased",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "bounced"], sent_at__isnull=False)
                | (~Q(state__in=["sent", "bounced"]) & Q(sent_at__isnull=True)),
                name="mailing_delivery_sent_at_goes_with_sent",
            ),
            models.CheckConstraint(
                condition=Q(handed_at__isnull=True) | Q(dated_at__isnull=False),
                name="mailing_delivery_is_dated_before_it_is_handed_over",
            ),
            models.CheckConstraint(condition=~Q(address=""), name="mailing_delivery_has_an_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} ({self.state})"


class DeliveryEvent(models.Model):
    """Something that befell a delivery beyond queued and sent, which the row itself dates."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=Delivery.State)
    reason = models.CharField(max_length=20, choices=Delivery.Reason, blank=True, default="")
    detail = models.CharField(max_length=500, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("event of a delivery")
        verbose_name_plural = _("events of deliveries")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.state}"
