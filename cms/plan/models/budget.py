from django.db import models
from django.utils.translation import gettext_lazy as _

from cms.plan.models.activities import Activity
from cms.plan.models.documents import CommunicationPlan


class BudgetLine(models.Model):
    """A line of chapter XII, in whole FCFA."""

    plan = models.ForeignKey(
        CommunicationPlan, on_delete=models.PROTECT, related_name="budget_lines", verbose_name=_("plan")
    )
    channel = models.CharField(_("channel"), max_length=100, blank=True)
    support = models.CharField(_("support"), max_length=150)
    period = models.CharField(_("period"), max_length=100, blank=True)
    date_words = models.CharField(_("date"), max_length=100, blank=True)
    frequency = models.CharField(_("frequency"), max_length=100, blank=True)
    duration = models.CharField(_("duration"), max_length=100, blank=True)
    amount_xof = models.PositiveBigIntegerField(_("cost (FCFA)"))
    spent_xof = models.PositiveBigIntegerField(_("spent (FCFA)"), null=True, blank=True)
    targets_words = models.CharField(_("targets"), max_length=200, blank=True)
    objective_words = models.CharField(_("objective"), max_length=200, blank=True)
    activity = models.ForeignKey(
        Activity,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="budget_lines",
        verbose_name=_("activity"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "support"], name="one_budget_line_per_support"),
        ]

    def __str__(self) -> str:
        return self.support
