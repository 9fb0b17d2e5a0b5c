"""Events brought in from calendars of others."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event, Kind


class CalendarImport(models.Model):
    """A calendar file, or what an address gave, between its preview and the button that writes its events.

    `text` is kept until then only. `outcome` counts what was done.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("file or address"), max_length=300)
    url = models.URLField(_("address"), max_length=500, blank=True)
    text = models.TextField(blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    outcome = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    created_at = models.DateTimeField(_("read"))
    done_at = models.DateTimeField(_("brought in"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar brought in")
        verbose_name_plural = _("calendars brought in")
        default_permissions = ()
        permissions = [("import_calendar", _("Can bring events in from a calendar"))]
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(text=""), name="events_a_calendar_brought_in_is_not_kept"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Origin(models.Model):
    """Which entry of another calendar an event came from, and its content when it last came."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="origin")
    entry_uid = models.CharField(max_length=255, unique=True)
    digest = models.CharField(max_length=64)
    brought_at = models.DateTimeField()

    class Meta:
        verbose_name = _("origin of an event")
        verbose_name_plural = _("origins of events")
        default_permissions = ()

    def __str__(self) -> str:
        return self.entry_uid
