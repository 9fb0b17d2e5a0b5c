"""The release itself: one row, whatever the languages it is told in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import Orderable

from cms.core.models import Audience, Thing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class ReleaseKind(models.TextChoices):
    """What a text is to the press that receives it. The codes stay; they stand in exports and JSON."""

    RELEASE = "release", _("Press release")
    INVITATION = "invitation", _("Press invitation")
    COVERAGE_REQUEST = "coverage_request", _("Request for coverage")
    NOTE = "note", _("Information note")
    SPEECH = "speech", _("Speech")
    FACT_SHEET = "fact_sheet", _("Fact sheet")
    ERRATUM = "erratum", _("Erratum")
    REPLY = "reply", _("Right of reply")


# The letters before a number, as the ministry's registry writes them: not translated, they are part of a name.
PREFIXES = {
    ReleaseKind.RELEASE: "CP",
    ReleaseKind.INVITATION: "IP",
    ReleaseKind.COVERAGE_REQUEST: "DCM",
    ReleaseKind.NOTE: "NI",
    ReleaseKind.SPEECH: "DISC",
    ReleaseKind.FACT_SHEET: "FT",
    ReleaseKind.ERRATUM: "RECT",
    ReleaseKind.REPLY: "DR",
}


class NumberSeries(models.Model):
    """The registry of one year: its row is the lock under which a number is taken."""

    year = models.PositiveSmallIntegerField(primary_key=True)

    def __str__(self) -> str:
        return str(self.year)


class Release(ClusterableModel, Thing):
    """A text for the press, with its place in the year's registry ("CP n° 2026/014").

    A number is taken once, under the lock of its year, and there is no gap below it. A release without one
    takes it when it is first published.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=ReleaseKind, default=ReleaseKind.RELEASE)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(1990), MaxValueValidator(2200)]
    )
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    reference = models.CharField(
        _("reference"), max_length=80, blank=True, help_text=_("The reference of the signed letter, if any.")
    )
    signatory_name = models.CharField(_("signatory"), max_length=160, blank=True)
    signatory_function = models.CharField(_("signatory's function"), max_length=200, blank=True)
    kit = models.ForeignKey(
        "press.Kit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="releases",
        verbose_name=_("press kit"),
    )
    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("activity of the plan"),
    )
    signed_scan = models.ForeignKey(
        "media_library.Asset",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        limit_choices_to={"kind": "document"},
        verbose_name=_("signed document"),
        help_text=_("The signed letter, scanned as PDF: it is the official text, offered beside ours."),
    )
    audiences = models.ManyToManyField(
        "contacts.Audience",
        blank=True,
        related_name="+",
        verbose_name=_("audiences"),
        help_text=_("To whom it is meant to be sent: proposed when you send it."),
    )
    corrected_at = models.DateTimeField(null=True, blank=True, editable=False)
    # names one sending of the telephone's form: on a bad line the same one comes twice
    idempotency_key = models.UUIDField(null=True, blank=True, editable=False)

    class Meta(Thing.Meta):
        abstract = False
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = [
            *Thing.Meta.constraints,
            models.UniqueConstraint(
                fields=["year", "number"], name="press_release_number_is_unique_in_its_year"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, year__isnull=True) | Q(number__gte=1, year__isnull=False),
                name="press_release_number_has_its_year",
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"], name="press_release_is_written_once_however_often_it_is_sent"
            ),
            models.CheckConstraint(
                condition=~Q(audience=Audience.LINK), name="press_release_is_never_for_a_link"
            ),
        ]
        permissions = [
            ("lift_embargo", _("Set, delay or lift an embargo")),
            ("withdraw_release", _("Withdraw a release")),
            ("correct_release", _("Correct a published release")),
            ("number_release", _("Change a release's number")),
            ("send_release", _("Send a release to an audience")),
        ]

    def __str__(self) -> str:
        return self.label or str(self.kind_label)

    @property
    def label(self) -> str:
        """ "CP n° 2026/014", or nothing while no number is taken."""
        if self.number is None:
            return ""
        return f"{PREFIXES[ReleaseKind(self.kind)]} n° {self.year}/{self.number:03d}"

    @property
    def kind_label(self) -> str | _StrPromise:
        return ReleaseKind(self.kind).label


class Attachment(Orderable):
    """A file that goes with a release, whatever the language: annex, list, programme."""

    release = ParentalKey(Release, on_delete=models.CASCADE, related_name="attachments")
    asset = models.ForeignKey(
        "media_library.Asset", on_delete=models.PROTECT, related_name="+", verbose_name=_("library item")
    )
    label = models.CharField(
        _("words of the link"), max_length=160, blank=True, help_text=_("Left empty, the title of the file.")
    )

    class Meta(Orderable.Meta):
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(
                fields=["release", "asset"], name="press_attachment_asset_stands_once_in_a_release"
            )
        ]

    def __str__(self) -> str:
        return self.label or str(self.asset)


class Wording(models.Model):
    """The plain text that a publication gave a release in one language: what a correction is compared with.

    Kept at each publication that changes it, under the release's lock, and never changed afterwards.
    """

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=12)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["release", "language", "at"], name="press_wording_of_a_release")]
        verbose_name = _("published wording")
        verbose_name_plural = _("published wordings")

    def __str__(self) -> str:
        return f"{self.release} {self.language} {self.at:%Y-%m-%d %H:%M}"


class Said(NamedTuple):
    """A sentence, and the language it is in."""

    words: str
    language: str


class Correction(models.Model):
    """One line of the public history of what was changed in a text or a kit after its publication.

    `translations` holds the same sentence by language. `files` are those that were wrong in a kit: who has one of
    them is concerned; without any (the fault lies elsewhere), all who have the kit.
    """

    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    kit = models.ForeignKey(
        "press.Kit", null=True, blank=True, on_delete=models.PROTECT, related_name="corrections"
    )
    note = models.TextField(_("what was changed"))
    language = models.CharField(_("language"), max_length=12, default="fr")
    translations = models.JSONField(default=dict, blank=True)
    files = models.ManyToManyField("press.OfferedFile", blank=True, related_name="corrections")
    at = models.DateTimeField()
    # the words that were published when it was said, by language: which mails it concerns follows from them
    words = models.JSONField(default=dict, blank=True, editable=False)
    shows_words = models.BooleanField(
        _("show the former words beside the new ones"),
        default=True,
        help_text=_(
            "Leave it out where the former words must not be read any more (a private number, a slander)."
        ),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        constraints = [
            models.CheckConstraint(
                condition=Q(release__isnull=False, kit__isnull=True)
                | Q(release__isnull=True, kit__isnull=False),
                name="press_correction_is_of_a_release_or_of_a_kit",
            )
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} {self.note[:60]}"

    @property
    def thing(self) -> Any:
        """The release or kit that was corrected."""
        return self.release if self.release_id else self.kit

    def said_in(self, language: str) -> Said:
        """The sentence for who reads `language`: in it, else as it was written first."""
        words = str(self.translations.get(language, ""))
        return Said(words, language) if words else Said(self.note, self.language)
