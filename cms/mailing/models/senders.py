"""Who a mail comes from, and how hard its server may be pushed."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def one_line(value: str) -> None:
    """Refuse control characters: a header must stay one header (RFC 5322, 2.2)."""
    if _UNPRINTABLE.search(value):
        raise ValidationError(_("Write this on a single line."), code="line_break")


class Sender(models.Model):
    """An address that mails come from.

    `connections`: how many SMTP connections all workers together hold for it, and one more for what people are owed.
    `rate_per_minute`: how many mails
    they hand over per minute, 0 for no limit. `daily_quota`: how many in any 24 hours, 0 for no limit.
    `quiet_from` to `quiet_until`, by the installation's clocks: nothing leaves, unless a mailing may at any hour.
    `held_until` and `held_reason` say that its server is not answering and when it is tried again; every mailing of
    this sender waits with it. Mail that a person is owed counts in the quota, but waits neither for it nor for the day.
    """

    name = models.CharField(_("sender name"), max_length=120, validators=[one_line])
    address = models.EmailField(_("e-mail address"), max_length=254)
    reply_to = models.EmailField(
        _("replies go to"),
        max_length=254,
        blank=True,
        help_text=_("A box that somebody reads. Empty: the address above."),
    )
    bounce_address = models.EmailField(
        _("bounces go to"),
        max_length=254,
        blank=True,
        help_text=_(
            "If the server of this address accepts name+anything@domain, each mail comes back under its own "
            "number. Empty: the sender's address."
        ),
    )
    connections = models.PositiveSmallIntegerField(
        _("simultaneous connections"), default=4, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    rate_per_minute = models.PositiveIntegerField(
        _("mails per minute"), default=0, help_text=_("0: as fast as the server takes them.")
    )
    daily_quota = models.PositiveIntegerField(
        _("mails per day"),
        default=0,
        help_text=_(
            "What the mail account allows in 24 hours; a larger mailing goes on the day after. 0: no limit."
        ),
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    is_default = models.BooleanField(_("used when none is chosen"), default=False)
    next_turn_at = models.DateTimeField(null=True, blank=True, editable=False)
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    held_reason = models.CharField(max_length=500, blank=True, editable=False)
    faults = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="mailing_sender_only_one_is_the_default",
            ),
            models.CheckConstraint(
                condition=Q(connections__gte=1, connections__lte=20),
                name="mailing_sender_has_1_to_20_connections",
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="mailing_sender_quiet_hours_begin_and_end",
                violation_error_message=_("Quiet hours need a beginning and another hour for their end."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>"

    @property
    def replies_to(self) -> str:
        """Where answers to its mails arrive: the box that somebody reads, else the address itself."""
        return self.reply_to or self.address

    @property
    def domain(self) -> str:
        """The domain of the address: the right side of each Message-ID and of the List-Id."""
        return self.address.rpartition("@")[2].lower()

    def quiet_end(self, at: datetime) -> datetime | None:
        """When the quiet hours that `at` falls into are over; None outside of them."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        zone = timezone.get_default_timezone()
        local = at.astimezone(zone)
        start, end, hour = self.quiet_from, self.quiet_until, local.time()
        within = start <= hour < end if start < end else hour >= start or hour < end
        if not within:
            return None
        day = local.date() + timedelta(days=1) if hour >= end else local.date()
        return datetime.combine(day, end, tzinfo=zone)


class RecipientDomain(models.Model):
    """A domain that mails go to and that must not be pressed: by our own rule, or since it said so.

    `rate_per_minute` is an administrator's, 0 for none. `gap_ms` and `slowed_until` are the engine's: after a
    refusal for a time (4xx) that concerns more than one box, so long lies between two mails to it, until then.
    Domains without either have no row. Shared by all senders and workers, as the reputation of an address is.
    """

    domain = models.CharField(
        _("domain"), max_length=253, unique=True, help_text=_("What follows the @, such as gmail.com.")
    )
    rate_per_minute = models.PositiveIntegerField(
        _("mails per minute"), default=0, help_text=_("0: as fast as the server takes them.")
    )
    gap_ms = models.PositiveIntegerField(default=0, editable=False)
    slowed_until = models.DateTimeField(_("slowed until"), null=True, editable=False)
    slowed_reason = models.CharField(_("what its server said"), max_length=500, blank=True, editable=False)
    next_turn_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("recipients' domain")
        verbose_name_plural = _("recipients' domains")
        ordering = ["domain"]
        constraints = [
            models.CheckConstraint(
                condition=Q(domain=Lower("domain")) & ~Q(domain__contains="@"),
                name="mailing_recipientdomain_is_written_small",
                violation_error_message=_("Write what follows the @, in small letters."),
            )
        ]

    def __str__(self) -> str:
        return self.domain

    def slowed(self, now: datetime) -> datetime | None:
        """Until when a distance is kept since its server asked for patience; None when that is over."""
        return self.slowed_until if self.slowed_until is not None and self.slowed_until > now else None
