"""Links that staff hand out for files that are not public."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cms.core import links
from media_library.models.assets import Asset

PURPOSE = "share"


class ShareLink(models.Model):
    """One link (`/s/<token>/`) to some assets, or to a thing (`thing_uid`) with its page and files, until a day or
    until it is closed. Nobody's visits are recorded: only how often its page was opened and how many whole files
    were taken.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thing_uid = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    assets = models.ManyToManyField(Asset, related_name="shares")
    note = models.CharField(_("for whom, what for"), max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("open until"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    opened_count = models.PositiveIntegerField(default=0)
    taken_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("link to files")
        verbose_name_plural = _("links to files")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")),
                name="media_library_sharelink_ends_after_it_began",
            )
        ]

    def __str__(self) -> str:
        return self.note

    @property
    def path(self) -> str:
        """The link's own address on the site."""
        return f"/s/{links.make(PURPOSE, self.uid)}/"

    @property
    def url(self) -> str:
        """The link as it is handed out."""
        return settings.PUBLIC_URL + self.path
