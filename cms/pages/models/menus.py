"""Menus: in the masthead and in the foot, one set a language."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.models import Orderable, TranslatableMixin


class MenuPlace(models.TextChoices):
    """Where a menu stands."""

    MAIN = "main", _("At the top")
    FOOT = "foot", _("At the foot")


class Menu(TranslatableMixin, ClusterableModel):
    """A titled list of links; several may stand at the foot, in order."""

    place = models.CharField(_("place"), max_length=10, choices=MenuPlace, default=MenuPlace.MAIN)
    title = models.CharField(_("title"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    panels = [
        FieldPanel("title"),
        FieldPanel("place"),
        FieldPanel("order"),
        InlinePanel("items", label=_("link"), heading=_("Links")),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("menu")
        verbose_name_plural = _("menus")
        ordering = ["place", "order"]

    def __str__(self) -> str:
        return self.title


class MenuItem(Orderable):
    """A link to a page (shown only to those who may see the page) or to an address of the site."""

    menu = ParentalKey(Menu, on_delete=models.CASCADE, related_name="items")
    page = models.ForeignKey(
        "core.SitePage",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("page"),
    )
    address = models.CharField(
        _("or an address"), max_length=300, blank=True, help_text=_("For example /fr/intranet/ or https://…")
    )
    label = models.CharField(
        _("words of the link"), max_length=60, blank=True, help_text=_("Left empty: the page's title.")
    )

    panels = [FieldPanel("page"), FieldPanel("address"), FieldPanel("label")]

    class Meta(Orderable.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(page__isnull=False, address="") | (Q(page__isnull=True) & ~Q(address="")),
                name="pages_menuitem_leads_to_a_page_or_an_address",
            )
        ]

    def __str__(self) -> str:
        return self.label or self.address or str(self.page_id)

    def clean(self) -> None:
        """A link leads somewhere, to one place, over a scheme a browser may follow."""
        if bool(self.page_id) == bool(self.address):
            raise ValidationError(_("Choose a page or give an address, one of the two."))
        if self.address and not self.address.startswith(("/", "https://", "http://")):
            raise ValidationError({"address": _("An address starts with / or https://.")})
        if self.address and not self.label:
            raise ValidationError({"label": _("Say what the address is.")})
