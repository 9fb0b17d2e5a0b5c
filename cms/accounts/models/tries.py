from django.db import models
from django.utils.translation import gettext_lazy as _


class ResetRequest(models.Model):
    """A new password asked for, whether or not the address has an account; gone once the outbox has looked."""

    email = models.CharField(max_length=254)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("new password to be mailed")
        verbose_name_plural = _("new passwords to be mailed")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.pk} {self.at:%Y-%m-%d %H:%M:%S}"


class ResetTry(models.Model):
    """A password asked anew, by the keyed hash of the address given or asked from; kept for a day."""

    bucket = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("password asked anew")
        verbose_name_plural = _("passwords asked anew")
        default_permissions = ()
        indexes = [models.Index(fields=["bucket", "at"], name="accounts_reset_by_bucket")]

    def __str__(self) -> str:
        return f"{self.bucket[:8]} {self.at:%Y-%m-%d %H:%M:%S}"
