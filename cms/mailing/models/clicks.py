"""How often the links of a mailing were opened, where an officer wants to know and the mail says so."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.mailing.models.mailings import Mailing


class CountedLink(models.Model):
    """An address that a mailing leads to, the same for everybody, and a number: nothing of who or when.

    `uid` makes the signed address `/c/…` that stands in the mail; `url` is where that leads, and nothing else does.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="counted_links")
    url = models.TextField()
    clicks = models.PositiveBigIntegerField(_("clicks"), default=0)

    class Meta:
        verbose_name = _("counted link")
        verbose_name_plural = _("counted links")
        ordering = ["-clicks", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mailing", "url"], name="mailing_counted_link_once_for_an_address"
            )
        ]

    def __str__(self) -> str:
        return self.url
