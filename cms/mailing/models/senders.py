"""Who a mail comes from, and how hard its server may be pushed."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def one_line(value: str) -> None:
    """Refuse control characters: a header must stay one header (RFC 5322, 2.2)."""
    if _UNPRINTABLE.search(value):
        raise ValidationError(_("Write this on a single line."), code="line_break")


class Sender(models.Model):
    """An address that mails come from.

    `connections`: how many SMTP connections all workers together hold for it. `rate_per_minute`: how many mails
    they hand over per minute, 0 for no limit. `held_until` and `held_reason` say that its server is not answering
    and when it is tried again; every mailing of this sender waits with it.
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
        _("simultaneous connections"), default=2, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    rate_per_minute = models.PositiveIntegerField(
        _("mails per minute"), default=0, help_text=_("0: as fast as the server takes them.")
    )
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
