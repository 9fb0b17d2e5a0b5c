"""Targets and what reaches them. Chapters VII, VIII and X class the same people in three ways: all are kept."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.search import index

from cms.contacts.models import Audience
from cms.plan.models.documents import CommunicationPlan


class Side(models.TextChoices):
    """Chapters VII and X: within the programme or outside it."""

    INTERNAL = "internal", _("Internal")
    EXTERNAL = "external", _("External")


class TargetGroup(models.TextChoices):
    """Chapter VIII: the four columns of the table of objectives and targets."""

    DIRECT_INTERNAL = "direct_internal", _("Direct internal targets")
    DIRECT_EXTERNAL = "direct_external", _("Direct external targets")
    GENERAL_AUTHORITIES = "general_authorities", _("General targets: authorities, agencies, media")
    GENERAL_PUBLIC = "general_public", _("General targets: the public")


class Target(index.Indexed, models.Model):
    """Those whom the plan wants to reach; the people themselves are the target's audience."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=150)
    chapter_seven = models.CharField(_("chapter VII"), max_length=20, choices=Side, blank=True)
    chapter_eight = models.CharField(_("chapter VIII"), max_length=20, choices=TargetGroup, blank=True)
    chapter_ten = models.CharField(_("chapter X"), max_length=20, choices=Side, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("How the plan words it, where that differs."))
    audience = models.ForeignKey(
        Audience,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="targets",
        verbose_name=pgettext_lazy("people", "audience"),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    search_fields = [index.SearchField("name"), index.AutocompleteField("name")]

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class StrategyTool(models.Model):
    """A cell of chapter VIII: by which tools an aim reaches a group of targets."""

    plan = models.ForeignKey(CommunicationPlan, on_delete=models.CASCADE, related_name="strategy_tools")
    aim = models.CharField(_("aim"), max_length=150)
    group = models.CharField(_("group of targets"), max_length=20, choices=TargetGroup)
    tools = models.TextField(_("tools"), help_text=_("One to a line."))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("tool of the strategy")
        verbose_name_plural = _("tools of the strategy")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "aim", "group"], name="one_cell_per_aim_and_group_of_targets"
            )
        ]

    def __str__(self) -> str:
        return f"{self.aim} · {self.get_group_display()}"


class ChannelRow(models.Model):
    """A row of chapter X: by what a target is reached, and what it is told."""

    plan = models.ForeignKey(CommunicationPlan, on_delete=models.CASCADE, related_name="channel_rows")
    target = models.ForeignKey(
        Target, on_delete=models.PROTECT, related_name="channel_rows", verbose_name=_("target")
    )
    supports = models.TextField(_("supports"), help_text=_("One to a line."))
    messages = models.TextField(_("messages"), help_text=_("One to a line."))
    advice = models.TextField(_("advice"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("channels and messages of a target")
        verbose_name_plural = _("channels and messages")
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "target"], name="one_row_of_channels_per_target")
        ]

    def __str__(self) -> str:
        return str(self.target)
