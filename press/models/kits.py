"""The press kit: ordered assets, and the archives built of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from cms.core.models import Thing

# Above it a light archive is no longer one for a phone: the team is warned (plan's contract with newsrooms on 3G).
LIGHT_LIMIT = 5_000_000
# How many digits of its SHA-256 stand in an archive's own address.
DIGITS = 16


class Tier(models.TextChoices):
    """How heavy an archive is: for a phone, for a newsroom, for a printer."""

    LIGHT = "light", _("Light")
    PRESS = "press", _("Press")
    PRINT = "print", _("Print")


# From the lightest. An enumeration makes this list anew each time that it is asked for it.
TIERS: tuple[str, ...] = tuple(Tier.values)


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
    corrected_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta(Thing.Meta):
        abstract = False
        verbose_name = _("press kit")
        verbose_name_plural = _("press kits")
        permissions = [
            ("withdraw_kit", _("Withdraw a press kit")),
            ("fill_kit", _("Choose what a press kit holds")),
            ("correct_kit", _("Say what was corrected in a press kit")),
        ]

    def __str__(self) -> str:
        return self.name


class KitItem(Orderable):
    """One asset in a kit, in its section and place."""

    class Section(models.TextChoices):
        """Where an asset stands in a kit, in the order of the page and of the archive's folders."""

        FACT_SHEET = "fact_sheet", _("Fact sheet")
        DOCUMENTS = "documents", _("Documents")
        BIOGRAPHIES = "biographies", _("Biographies")
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
    in_light = models.BooleanField(_("in the light version"), default=True)
    in_press = models.BooleanField(_("in press quality"), default=True)
    in_print = models.BooleanField(_("in print quality"), default=True)

    class Meta(Orderable.Meta):
        verbose_name = _("item of a press kit")
        constraints = [
            models.UniqueConstraint(fields=["kit", "asset"], name="press_kititem_asset_stands_once_in_a_kit")
        ]

    def __str__(self) -> str:
        return f"{self.kit} · {self.asset}"

    @property
    def versions(self) -> list[str]:
        """The tiers in whose quality the file is offered, from the lightest."""
        return [tier for tier in TIERS if getattr(self, f"in_{tier}")]

    def version_in(self, tier: str) -> str | None:
        """The version that the archive of `tier` takes: the best offered that is no heavier; None for none."""
        fit = [version for version in self.versions if TIERS.index(version) <= TIERS.index(tier)]
        return fit[-1] if fit else None


class OfferedFile(models.Model):
    """A file as a published kit offered it, from `since` until it was replaced, removed or withdrawn.

    `digest` names its bytes and what must be said with them (`press.queries.offered`): new ones are another row.
    Who was sent the kit, or read it early, within that span has this file. `title` is for the team.
    """

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="offered_files")
    asset_uid = models.UUIDField()
    title = models.CharField(max_length=255, blank=True)
    digest = models.CharField(max_length=64)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kit", "asset_uid"],
                condition=Q(until__isnull=True),
                name="press_offeredfile_stands_once_in_a_kit",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="press_offeredfile_leaves_after_it_came",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.asset_uid.hex


class KitArchive(models.Model):
    """The archive of one tier of a kit as it is now; an older one answers 410 at its own address (FormerArchive).

    `wanted` names the content it should be built of (a hash of assets and order), `built` that of the archive it
    has; it is offered where they agree. `done` of `total` files are ready for the one being built.
    `papers` are the releases that lie in it as PDF: it is offered as long as each of them may be read in these words
    (`press.queries.papers`). `papers_wanted` and `papers_built` name their content as `wanted` and `built` do.
    """

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="archives")
    tier = models.CharField(max_length=10, choices=Tier)
    archive = models.ForeignKey(
        "media_library.Archive", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wanted = models.CharField(max_length=64, blank=True)
    built = models.CharField(max_length=64, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)
    papers = models.JSONField(default=list, blank=True)
    papers_wanted = models.CharField(max_length=64, blank=True)
    papers_built = models.CharField(max_length=64, blank=True)
    failure = models.TextField(blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

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
        held = bool(self.archive_id and self.built and self.built == self.wanted)
        return held and self.papers_built == self.papers_wanted

    @property
    def own_name(self) -> str:
        """The name of its own address below its kit: of these very bytes, and never of others."""
        return f"archive-{self.tier}-{self.archive.digest[:DIGITS] if self.archive else ''}.zip"

    @property
    def is_too_heavy(self) -> bool:
        """Whether the light archive is too heavy for a phone."""
        return bool(self.tier == Tier.LIGHT and self.archive and self.archive.size > LIGHT_LIMIT)


class FormerArchive(models.Model):
    """An archive that a kit had: its address says that it is gone (410), and is never given to another."""

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="former_archives")
    tier = models.CharField(max_length=10, choices=Tier)
    digest = models.CharField(max_length=64)
    replaced_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kit", "tier", "digest"], name="press_formerarchive_is_remembered_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kit} · {self.tier} · {self.digest[:16]}"


class KitDownload(models.Model):
    """How often a kit's archive of one tier was taken on one day (of the site's time zone), and nothing of by whom."""

    kit = models.ForeignKey(Kit, on_delete=models.CASCADE, related_name="downloads")
    tier = models.CharField(max_length=10, choices=Tier)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("downloads of a press kit in a day")
        verbose_name_plural = _("downloads of press kits by day")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["kit", "tier", "day"], name="press_kitdownload_one_number_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.kit} {self.tier} {self.day} : {self.count}"
