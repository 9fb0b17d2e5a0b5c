"""What is broadcast or printed because it was paid for or negotiated."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from press.models.coverage import InTheMedia
from press.validators import clean_hours


class Support(models.TextChoices):
    """What is put on the air or printed: the plan's own words."""

    SPOT = "spot", _("Spot")
    MAGAZINE = "magazine", _("Magazine programme")
    REPORT = "report", _("Report on the air")
    INSERTION = "insertion", _("Press insertion")
    ANNOUNCEMENT = "announcement", _("Announcement")


class Terms(models.TextChoices):
    """On what terms."""

    PAID = "paid", _("Paid")
    NEGOTIATED = "negotiated", _("Negotiated, free of charge")


class Diffusion(InTheMedia):
    """One order to one outlet: what, when, how many times, at what cost, and the attestation that it was done.

    `cost_xof` is the whole order's in FCFA. `passages` are those ordered, `passages_done` those attested: unknown until
    the attestation is in.
    """

    programme = models.CharField(_("programme or place"), max_length=160, blank=True)
    support = models.CharField(_("support"), max_length=14, choices=Support)
    title = models.CharField(_("subject"), max_length=255)
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    hours = models.CharField(
        _("hours"),
        max_length=200,
        blank=True,
        validators=[clean_hours],
        help_text=_("With commas: 7 h 15, 12 h 45, 19 h 30."),
    )
    passages = models.PositiveIntegerField(
        _("passages ordered"), default=1, validators=[MinValueValidator(1)]
    )
    passages_done = models.PositiveIntegerField(
        _("passages attested"),
        null=True,
        blank=True,
        help_text=_("As the attestation says; empty until it is in."),
    )
    duration_seconds = models.PositiveIntegerField(_("length of one passage"), null=True, blank=True)
    terms = models.CharField(_("terms"), max_length=12, choices=Terms, default=Terms.PAID)
    cost_xof = models.PositiveBigIntegerField(_("cost of the order (FCFA)"), default=0)
    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("activity of the plan"),
    )
    proof = models.ForeignKey(
        "media_library.Asset",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("attestation of broadcast"),
        help_text=_("The outlet's signed paper, scanned, in the media library."),
    )
    note = models.TextField(_("note"), blank=True, max_length=2000)

    class Meta:
        ordering = ["-first_date", "-pk"]
        verbose_name = _("paid or negotiated broadcast")
        verbose_name_plural = _("paid or negotiated broadcasts")
        constraints = [
            models.CheckConstraint(condition=~Q(outlet=""), name="press_diffusion_names_its_outlet"),
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")), name="press_diffusion_ends_after_it_begins"
            ),
            models.CheckConstraint(condition=Q(passages__gte=1), name="press_diffusion_passes_once_at_least"),
            models.CheckConstraint(
                condition=~Q(terms="negotiated") | Q(cost_xof=0),
                name="press_diffusion_negotiated_costs_nothing",
            ),
            models.CheckConstraint(
                condition=Q(passages_done__isnull=True) | Q(proof__isnull=False),
                name="press_diffusion_attested_shows_its_proof",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outlet} – {self.title}"
