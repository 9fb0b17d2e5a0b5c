from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.plan.models.documents import CommunicationPlan


def validate_month(value: date) -> None:
    if value.day != 1:
        raise ValidationError(_("A month is written by its first day."), code="invalid")


class MediaPlanRow(models.Model):
    """A row of chapter IX. The document reached us without its ticks: `months` is empty until somebody knows."""

    plan = models.ForeignKey(CommunicationPlan, on_delete=models.CASCADE, related_name="media_rows")
    title = models.CharField(_("title"), max_length=150)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    months = ArrayField(
        models.DateField(validators=[validate_month]), default=list, blank=True, verbose_name=_("months")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("row of the media calendar")
        verbose_name_plural = _("media calendar")
        ordering = ["order", "pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "title"], name="one_media_row_per_title")]

    def __str__(self) -> str:
        return self.title
