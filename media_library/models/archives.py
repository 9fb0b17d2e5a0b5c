"""Archives built once and sent many times."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Archive(models.Model):
    """A ZIP of assets. `manifest` is the SHA-256 of its list of entries, known before it is built; `digest` that
    of its bytes, equal whenever the same manifest is built again. `name` is its place in `storage.archives()`.
    """

    #: Raised when the layout of archives changes: what was built before is then built again.
    LAYOUT = 2

    manifest = models.CharField(max_length=64, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField()
    name = models.CharField(max_length=160)
    entry_count = models.PositiveIntegerField()
    built_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")

    def __str__(self) -> str:
        return self.digest[:12]

    @property
    def path(self) -> str:
        """Where the file lies."""
        from media_library.storage import archives

        return archives().path(self.name)
