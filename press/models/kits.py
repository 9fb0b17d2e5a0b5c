"""The press kit: ordered assets, and the archives built of them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from cms.core.models import Thing


class Tier(models.TextChoices):
    """How heavy an archive is: for a phone, for a newsroom, for a printer."""

    LIGHT = "light", _("Light")
    PRESS = "press", _("Press")
    PRINT = "print", _("Print")


class Kit(ClusterableModel, Thing):
    """What a newsroom needs to tell a story: documents, pictures, sound, film, releases."""

    name = models.CharField(
        _("name"), max_length=160, help_text=_("For the team; visitors read the page's title.")
    )
    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("activity of the plan"),
    )
    assets = models.ManyToManyField("media_library.Asset", through="press.KitItem", related_name="+")

    class Meta(Thing.Meta):
        abstract = False
        verbose_name = _("press kit")
        verbose_name_plural = _("press kits")
        permissions = [
            ("withdraw_kit", _("Withdraw a press kit")),
            ("fill_kit", _("Choose what a press kit holds")),
        ]

    def __str__(self) -> str:
        return self.name


class KitItem(Orderable):
    """One asset in a kit, in its section and place."""

    class Section(models.TextChoices):
        """Where an asset stands in a kit, in the order of the page and of the archive's folders."""

        DOCUMENTS = "documents", _("Documents")
        PHOTOS = "photos", _("Photographs")
        SOUND = "sound", _("Sound")
        VIDEO = "video", _("Video")
        LOGOS = "logos", _("Logos")

    kit = ParentalKey(Kit, on_delete=models.CASCADE, related_name="items")
    asset = models.ForeignKey(
        "media_library.Asset", on_delete=models.PROTECT, related_name="+", verbose_name=_("library item")
    )
    section = models.CharField(
        _("section"),
        max_length=20,
        choices=Section,
        blank=True,
        help_text=_("Left empty, it follows from the kind of file."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("item of a press kit")
        constraints = [
            models.UniqueConstraint(fields=["kit", "asset"], name="press_kititem_asset_stands_once_in_a_kit")
        ]

    def __str__(self) -> str:
        return f"{self.kit} · {self.asset}"


class KitArchive(models.Model):
    """The archive of one tier of a kit as it is now; an older one answers 410 at its own address.

    `state` says what the page may promise: an archive is offered once it is ready. `wanted` names the content
    it should be built of (a hash of assets and order), `built` that of the archive it has.
    """

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="archives")
    tier = models.CharField(max_length=10, choices=Tier)
    archive = models.ForeignKey(
        "media_library.Archive", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wanted = models.CharField(max_length=64, blank=True)
    built = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["kit", "tier"], name="press_kitarchive_one_of_each_tier")
        ]

    def __str__(self) -> str:
        return f"{self.kit} · {self.tier}"

    @property
    def is_ready(self) -> bool:
        """Whether the archive holds what the kit holds now."""
        return bool(self.archive_id and self.built and self.built == self.wanted)
