"""Chapter XI: objectives, activities and the indicators that tell whether they were reached."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from cms.plan.models.documents import CommunicationPlan


class Objective(models.Model):
    """What activities are for."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(
        CommunicationPlan, on_delete=models.PROTECT, related_name="objectives", verbose_name=_("plan")
    )
    slug = models.SlugField(_("short name"), max_length=80)
    section = models.CharField(_("section"), max_length=200, blank=True)
    title = models.CharField(_("title"), max_length=250)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "slug"], name="one_objective_per_slug_in_a_plan")
        ]

    def __str__(self) -> str:
        return self.title


class Activity(index.Indexed, models.Model):
    """What is to be done; releases, kits, events, mailings and documents say which activity they serve."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    objective = models.ForeignKey(
        Objective, on_delete=models.PROTECT, related_name="activities", verbose_name=_("objective")
    )
    number = models.PositiveSmallIntegerField(_("number"), help_text=_("Its place in the operational plan."))
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=250)
    detail = models.TextField(_("detail"), blank=True)
    responsible = models.CharField(_("responsible"), max_length=200, blank=True)
    period = models.CharField(_("period"), max_length=100, blank=True, help_text=_("As the plan words it."))
    times_per_year = models.PositiveSmallIntegerField(
        _("times a year, at least"), null=True, blank=True, help_text=_("Where the plan gives a number.")
    )
    starts_date = models.DateField(_("starts on"), null=True, blank=True)
    ends_date = models.DateField(_("ends on"), null=True, blank=True)

    search_fields = [
        index.SearchField("title", boost=2),
        index.AutocompleteField("title"),
        index.SearchField("detail"),
        index.FilterField("objective_id"),
    ]

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["number", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_date=None) | Q(ends_date=None) | Q(ends_date__gte=F("starts_date")),
                name="an_activity_ends_after_it_starts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class Indicator(models.Model):
    """How an activity is counted: by a measure that an app registers, or by hand."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    activity = models.ForeignKey(
        Activity, on_delete=models.CASCADE, related_name="indicators", verbose_name=_("activity")
    )
    title = models.CharField(_("title"), max_length=200)
    measure = models.CharField(
        _("measure"),
        max_length=60,
        blank=True,
        help_text=_("What the site counts by itself; empty if the figure is entered by hand."),
    )
    goal = models.PositiveIntegerField(_("goal"), null=True, blank=True)
    reported_value = models.PositiveIntegerField(_("figure entered by hand"), null=True, blank=True)
    reported_date = models.DateField(_("figure of the"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["activity__number", "order", "pk"]

    def __str__(self) -> str:
        return self.title
