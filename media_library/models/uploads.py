"""Files on their way in, piece by piece."""

from __future__ import annotations

import os
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media_library.models.assets import Asset, Kind
from media_library.storage import uploads


class Upload(models.Model):
    """A resumable upload (tus 1.0) of one member of the staff. What has arrived is the size of its part on disk.

    It ends as an asset, or with `refused`, the sentence why not; either way its part is removed. `words` holds
    what was said of it when it began: {"title", "credit", "place", …}.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    filename = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    words = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    asset = models.ForeignKey(Asset, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    refused = models.TextField(blank=True)

    class Meta:
        verbose_name = _("file on its way")
        verbose_name_plural = _("files on their way")
        indexes = [models.Index(fields=["user", "-created_at"], name="media_library_uploads_of_one")]
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="media_library_upload_brings_bytes"),
            models.CheckConstraint(
                condition=Q(asset__isnull=True) | Q(refused=""),
                name="media_library_upload_is_taken_or_refused",
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def path(self) -> str:
        """Where what has arrived lies."""
        return uploads().path(f"{self.uid.hex}.part")

    @property
    def offset(self) -> int:
        """The number of bytes that have arrived; all of them once it is over."""
        if self.finished_at is not None:
            return self.size
        try:
            return os.path.getsize(self.path)
        except OSError:
            return 0
