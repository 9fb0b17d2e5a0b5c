"""Tries at public forms."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Attempt(models.Model):
    """A try at a public form, by the keyed hash of whom or what it came from: no address is kept.

    The limit of tries stands in the database, so that it holds with Redis gone.
    """

    bucket = models.CharField(max_length=64)
    at = models.DateTimeField()
    forget_at = models.DateTimeField()

    class Meta:
        verbose_name = _("try at a form")
        verbose_name_plural = _("tries at a form")
        default_permissions = ()
        indexes = [
            models.Index(fields=["bucket", "at"], name="core_attempt_by_bucket"),
            models.Index(fields=["forget_at"], name="core_attempt_to_be_forgotten"),
        ]

    def __str__(self) -> str:
        return f"{self.bucket[:8]} {self.at:%Y-%m-%d %H:%M:%S}"
