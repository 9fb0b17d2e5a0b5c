"""What the badges of an event look like, and which were printed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from events.models.events import Event
from events.models.registrations import Registration


class BadgeSize(models.TextChoices):
    """The formats that badge holders are sold for, width by height in millimetres."""

    SMALL = "90x55", _("90 × 55 mm, ten on a sheet")
    MEDIUM = "100x70", _("100 × 70 mm, eight on a sheet")
    A6 = "105x148", _("A6 (105 × 148 mm), four on a sheet")


class BadgeTemplate(models.Model):
    """The words and the size of an event's badges. `lines` and the rest hold fields (`validators.papers`), no code."""

    event = models.OneToOneField(Event, on_delete=models.CASCADE, related_name="badge_template")
    size = models.CharField(_("format"), max_length=10, choices=BadgeSize, default=BadgeSize.SMALL)
    heading = models.CharField(_("above the name"), max_length=120, blank=True)
    lines = models.TextField(_("below the name"), max_length=400, blank=True)
    foot = models.CharField(_("in the band of colour"), max_length=80, blank=True)
    # in English, for those whose language it is; empty: as in French
    heading_en = models.CharField(_("above the name, in English"), max_length=120, blank=True)
    lines_en = models.TextField(_("below the name, in English"), max_length=400, blank=True)
    foot_en = models.CharField(_("in the band of colour, in English"), max_length=80, blank=True)
    shows_code = models.BooleanField(_("with the square code for the door"), default=True)

    class Meta:
        verbose_name = _("model of badges")
        verbose_name_plural = _("models of badges")
        permissions = [("print_badge", "Can print the badges of an event")]

    def __str__(self) -> str:
        return f"{self.event} {self.size}"

    def words(self, name: str, language: str) -> str:
        """`heading`, `lines` or `foot` in a language, else in French."""
        own: str = getattr(self, f"{name}_en") if language == "en" else ""
        return own or str(getattr(self, name))


class BadgePrint(models.Model):
    """That somebody's badge was printed, so that those who register later are printed alone."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, related_name="badge_print")
    printed_at = models.DateTimeField(_("printed"))

    class Meta:
        verbose_name = _("printed badge")
        verbose_name_plural = _("printed badges")

    def __str__(self) -> str:
        return f"{self.registration} {self.printed_at:%Y-%m-%d %H:%M}"
