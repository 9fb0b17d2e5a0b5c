from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class CommunicationPlan(models.Model):
    """The communication plan of a period, with what is printed in it and cannot be derived from its rows."""

    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=200)
    starts_date = models.DateField(_("first month"))
    ends_date = models.DateField(_("last month"))
    printed_total_xof = models.PositiveBigIntegerField(
        _("printed total of the budget (FCFA)"),
        help_text=_("As the document prints it, even where its lines do not add up to it."),
    )

    class Meta:
        verbose_name = _("communication plan")
        verbose_name_plural = _("communication plans")
        ordering = ["-starts_date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_date__gte=F("starts_date")), name="a_plan_ends_after_it_starts"
            )
        ]

    def __str__(self) -> str:
        return self.title
