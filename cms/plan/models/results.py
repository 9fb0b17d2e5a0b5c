from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SectorResult(models.Model):
    """What a sector planned and did over a period, as an evaluation counted it."""

    sector = models.ForeignKey(
        "core.Sector", on_delete=models.PROTECT, related_name="results", verbose_name=_("sector")
    )
    first_year = models.PositiveSmallIntegerField(_("from (year)"))
    last_year = models.PositiveSmallIntegerField(_("to (year)"))
    planned = models.PositiveIntegerField(_("missions planned"))
    done = models.PositiveIntegerField(_("missions done"))
    trained = models.PositiveIntegerField(_("people trained"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("result of a sector")
        verbose_name_plural = _("results by sector")
        ordering = ["-last_year", "first_year", "order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["sector", "first_year", "last_year"], name="one_result_per_sector_and_period"
            ),
            models.CheckConstraint(
                condition=Q(last_year__gte=F("first_year")), name="a_period_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sector} {self.first_year}-{self.last_year}"

    @property
    def rate(self) -> float | None:
        """Done over planned, in percent to two places; None where nothing was planned."""
        return round(100 * self.done / self.planned, 2) if self.planned else None
