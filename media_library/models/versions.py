"""What an item was before its file was replaced."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from media_library.models.assets import Asset
from media_library.models.blobs import Blob


class AssetVersion(models.Model):
    """Bytes that an item had until `replaced_at`: never public again, kept as long as the item, for its staff."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="versions")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="versions")
    filename = models.CharField(max_length=160)
    replaced_at = models.DateTimeField(_("replaced on"))
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("former file")
        verbose_name_plural = _("former files")
        ordering = ["-replaced_at", "-pk"]

    def __str__(self) -> str:
        return self.filename
