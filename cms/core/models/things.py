"""The thing behind pages: one row, whatever the number of languages it is told in."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who a page is for."""

    PUBLIC = "public", _("Everyone")
    JOURNALISTS = "journalists", _("Accredited journalists")
    MEMBERS = "members", _("Members of the network")
    STAFF = "staff", _("The communication unit")
    EVENT = "event", _("People of the event")
    # Nobody's audience: what is for it opens by a link that was handed out, and stands in no list (press kits only).
    LINK = "link", _("Whoever has its link")


class Thing(models.Model):
    """A release, a kit, an event: never part of a page's revisions, changed only by actions.

    Pages that word it point here with ``related_name="pages"``. `version` is the lock version (If-Match).
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    audience = models.CharField(_("audience"), max_length=20, choices=Audience, default=Audience.PUBLIC)
    embargo_until = models.DateTimeField(_("embargo until"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_reason = models.TextField(_("reason for the withdrawal"), blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True)
                | Q(embargo_until__isnull=True)
                | Q(expires_at__gt=F("embargo_until")),
                name="%(app_label)s_%(class)s_expires_after_its_embargo",
            ),
        ]

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    def is_embargoed(self, now: Any) -> bool:
        """Whether the embargo still holds at `now` (it lifts at its very instant)."""
        return self.embargo_until is not None and self.embargo_until > now


class ThingLog(models.Model):
    """Who changed what of a thing, and when: lifted, delayed, withdrawn, corrected…"""

    thing_uid = models.UUIDField(db_index=True)
    thing_type = models.CharField(max_length=60)
    action = models.CharField(max_length=60)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()
    changes = models.JSONField(default=dict, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["thing_uid", "-at"], name="core_thinglog_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.thing_type} {self.action} {self.at:%Y-%m-%d %H:%M}"


class Heartbeat(models.Model):
    """The last sign of life of a background process."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.beat_at:%Y-%m-%d %H:%M:%S}"
