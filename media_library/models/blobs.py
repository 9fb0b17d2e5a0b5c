"""The owner of bytes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Blob(models.Model):
    """Bytes that were uploaded, once, whatever the number of rows that use them.

    `name` is their place in `storage.originals()`. A blob that nothing uses any more is marked by the sweep and
    removed 30 days later, file and row. `checked_at`: when a virus scanner looked at it, `finding` what it found.
    `cleaned`: of a document that was sent, the bytes that were made of it and leave in its place, while it stays
    private; of those, they themselves.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=120)
    name = models.CharField(max_length=160)
    created_at = models.DateTimeField(auto_now_add=True)
    unused_since = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    finding = models.CharField(max_length=120, blank=True)

    cleaned = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="sources"
    )

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="media_library_blob_holds_bytes"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="media_library_blob_is_named_by_sha256"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]
