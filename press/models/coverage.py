"""What the media said (retombées): one row for each article, broadcast or post, and the lists they come in by."""

from __future__ import annotations

import uuid
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.contacts.validators import name_key


class Medium(models.TextChoices):
    """Where something was said. The codes stay; they stand in exports."""

    PRINT = "print", _("Newspaper or magazine")
    RADIO = "radio", _("Radio")
    TELEVISION = "television", _("Television")
    ONLINE = "online", _("Website")
    SOCIAL = "social", _("Social networks")
    AGENCY = "agency", _("News agency")


class SpokenLanguage(models.TextChoices):
    """What is heard and read in Mali, and what its diaspora reads; ISO 639 codes."""

    FRENCH = "fr", _("French")
    ENGLISH = "en", _("English")
    BAMBARA = "bm", _("Bambara")
    FULFULDE = "ff", _("Fulfulde")
    SONINKE = "snk", _("Soninke")
    SONGHAY = "ses", _("Songhay")
    TAMASHEQ = "taq", _("Tamasheq")
    DOGON = "dts", _("Dogon")
    BOMU = "bmq", _("Bomu")
    SENUFO = "myk", _("Senufo")
    ARABIC = "ar", _("Arabic")
    OTHER = "mis", _("Another language")


class Tone(models.TextChoices):
    """How it speaks of us, as the officer judges it."""

    FAVOURABLE = "favourable", _("Favourable")
    NEUTRAL = "neutral", _("Neutral")
    CRITICAL = "critical", _("Critical")


class InTheMedia(models.Model):
    """What coverage and paid broadcasts have in common: where, in what language, of which thing, who entered it.

    `thing_uid` is the release's or the event's that it comes from or serves, where known. What was counted in a
    report is put aside, not deleted: `trashed_at`.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    outlet = models.CharField(_("outlet"), max_length=160)
    language = models.CharField(
        _("language"), max_length=3, choices=SpokenLanguage, default=SpokenLanguage.FRENCH
    )
    thing_uid = models.UUIDField(null=True, blank=True, editable=False, db_index=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    trashed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True


class Coverage(InTheMedia):
    """One thing said in the media.

    `fingerprint` says what makes it the same: outlet, day and hour, programme, title, page and address, each folded,
    and where it comes from. So a list brought in twice, or by two at once, is in once.
    """

    medium = models.CharField(_("medium"), max_length=12, choices=Medium)
    programme = models.CharField(
        _("programme or column"),
        max_length=160,
        blank=True,
        help_text=_("The evening news, the society pages…"),
    )
    title = models.CharField(_("title"), max_length=255, blank=True)
    said_date = models.DateField(_("date"))
    said_time = models.TimeField(
        _("hour"), null=True, blank=True, help_text=_("Tells two broadcasts of one day apart.")
    )
    duration_seconds = models.PositiveIntegerField(_("length"), null=True, blank=True)
    page = models.CharField(_("page"), max_length=30, blank=True)
    extract = models.TextField(_("extract"), max_length=5000, blank=True)
    address = models.URLField(
        _("address"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )
    scan = models.ForeignKey(
        "media_library.Asset",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("cutting or recording"),
        help_text=_("Scanned, kept in the media library. It belongs to the outlet: leave it closed."),
    )
    tone = models.CharField(_("tone"), max_length=12, choices=Tone, blank=True)
    reach = models.PositiveBigIntegerField(
        _("people reached"),
        null=True,
        blank=True,
        help_text=_("As the outlet or a survey says; never a guess."),
    )
    fingerprint = models.CharField(max_length=64, editable=False)

    class Meta:
        ordering = ["-said_date", "-pk"]
        verbose_name = _("media coverage")
        verbose_name_plural = _("media coverage")
        permissions = [("import_coverage", _("Bring lists of media coverage in"))]
        indexes = [models.Index(fields=["-said_date"], name="press_coverage_newest_first")]
        constraints = [
            models.UniqueConstraint(fields=["fingerprint"], name="press_coverage_is_told_once"),
            models.CheckConstraint(condition=~Q(outlet=""), name="press_coverage_names_its_outlet"),
            models.CheckConstraint(
                condition=Q(duration_seconds__isnull=True) | Q(duration_seconds__gte=1),
                name="press_coverage_lasts_a_second_at_least",
            ),
        ]

    def __str__(self) -> str:
        said = self.title or self.programme
        return f"{self.outlet} – {said}" if said else f"{self.outlet}, {self.said_date:%d/%m/%Y}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the fingerprint of what the row says."""
        self.fingerprint = self.print_of()
        super().save(*args, **kwargs)

    def print_of(self) -> str:
        """The fingerprint of what the row says now."""
        parts = (
            name_key(self.outlet),
            self.medium,
            self.said_date.isoformat(),
            self.said_time.isoformat("minutes") if self.said_time else "",
            name_key(self.programme),
            name_key(self.title),
            name_key(self.page),
            self.address.strip(),
            str(self.thing_uid or ""),
        )
        return sha256("\x1f".join(parts).encode()).hexdigest()


class OutletState(models.TextChoices):
    """Where we are with a newsroom of which nothing has appeared. The codes stay; they stand in exports."""

    TO_ASK = "to_ask", _("To be asked")
    ASKED = "asked", _("Asked once more")
    PROMISED = "promised", _("Announced it")
    NOTHING = "nothing", _("Will publish nothing")


class OutletFollowUp(models.Model):
    """What we know of a newsroom's coverage to come of one thing: an event, a release, a kit (`thing_uid`).

    One row for a newsroom, by its name without case and accents; the last word holds.
    """

    thing_uid = models.UUIDField()
    outlet = models.CharField(_("outlet"), max_length=200)
    outlet_key = models.CharField(max_length=200, editable=False)
    state = models.CharField(_("follow-up"), max_length=12, choices=OutletState)
    note = models.CharField(_("note"), max_length=200, blank=True)
    changed_at = models.DateTimeField(_("last changed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["changed_at", "pk"]
        verbose_name = _("follow-up of a newsroom")
        verbose_name_plural = _("follow-ups of newsrooms")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["thing_uid", "outlet_key"], name="press_a_newsroom_is_followed_once_for_a_thing"
            ),
            models.CheckConstraint(condition=~Q(outlet_key=""), name="press_a_follow_up_names_its_newsroom"),
        ]

    def __str__(self) -> str:
        return f"{self.outlet} – {self.get_state_display()}"


class CoverageImport(models.Model):
    """A list read from a file, of which nothing is coverage until somebody confirms what the preview showed.

    `columns` names what each column holds (a key of `press.imports.COLUMNS`, or nothing); `lines` are [line as a
    spreadsheet numbers it, cells]. `thing_uid` is where lines come from that do not say it themselves.
    """

    filename = models.CharField(_("file"), max_length=200)
    form = models.CharField(max_length=60)
    headings = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    thing_uid = models.UUIDField(null=True, blank=True)
    created = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("list of media coverage")
        verbose_name_plural = _("lists of media coverage")
        default_permissions = ()

    def __str__(self) -> str:
        return self.filename
