"""The kinds of people who register for an event: each with its quota, its colour and its way in."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.models.events import Event


class Access(models.TextChoices):
    """Who may register in a category."""

    OPEN = "open", _("Open to everybody")
    APPROVAL = "approval", _("Open, and we approve each registration")
    INVITED = "invited", _("By invitation, or entered by us")
    CLOSED = "closed", _("Closed: nobody registers in it")


class Colour(models.TextChoices):
    """The house's colours, as badges and lists show them."""

    INDIGO = "indigo", _("Indigo")
    OCHRE = "ochre", _("Ochre")
    LEAF = "leaf", _("Green")
    BRICK = "brick", _("Brick red")
    MUD = "mud", _("Brown")
    INK = "ink", _("Black")


#: As written on paper and screens, #rrggbb; white reads on each (4.5:1).
COLOURS = {
    Colour.INDIGO: "#1d3f72",
    Colour.OCHRE: "#955a0c",
    Colour.LEAF: "#1a6640",
    Colour.BRICK: "#9b2c1f",
    Colour.MUD: "#5a4433",
    Colour.INK: "#1b1713",
}


class Category(models.Model):
    """A category of an event's people. `quota` is that of each date (empty: as many as the hall holds).

    A seat of a category is a seat of the hall too: both are counted under the lock of the date, which whoever
    changes a quota holds as well. `amount_xof` is only stated: it is paid at the desk, against a receipt.
    """

    # Set by views on rows that are shown.
    is_full: bool

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="categories", verbose_name=_("event")
    )
    name = models.CharField(_("name"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80, blank=True)
    colour = models.CharField(_("colour"), max_length=10, choices=Colour, default=Colour.INDIGO)
    quota = models.PositiveIntegerField(_("quota"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    access = models.CharField(_("who may register"), max_length=10, choices=Access, default=Access.OPEN)
    amount_xof = models.PositiveIntegerField(_("fee in FCFA"), default=0)

    class Meta:
        verbose_name = _("category of registrations")
        verbose_name_plural = _("categories of registrations")
        default_permissions = ()
        ordering = ["order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "name"], name="events_a_category_has_a_name_of_its_own"),
            models.CheckConstraint(
                condition=Q(quota__isnull=True) | Q(quota__gt=0), name="events_a_quota_leaves_a_seat"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def title(self, language: str) -> str:
        """The name in `language`, else in French."""
        return self.name_en if language == "en" and self.name_en else self.name

    @property
    def needs_approval(self) -> bool:
        return self.access == Access.APPROVAL

    @property
    def is_public(self) -> bool:
        """Whether anybody may ask for it in the public form."""
        return self.access in (Access.OPEN, Access.APPROVAL)

    @property
    def hex(self) -> str:
        """The colour as #rrggbb."""
        return COLOURS[Colour(self.colour)]
