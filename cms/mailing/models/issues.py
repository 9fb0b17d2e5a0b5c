"""Issues of a newsletter: words composed for a mailing, one row a language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.models import PreviewableMixin, RevisionMixin, TranslatableMixin

from cms.core import registry
from cms.mailing.blocks import IssueBlock
from cms.mailing.models.mailings import Mailing
from cms.mailing.models.senders import one_line


class Series(models.TextChoices):
    """What is published in issues (the plan's chapters VII and X)."""

    TOKTEN_INFO = "tokten_info", _("TOKTEN-info")
    NEWSLETTER = "newsletter", _("Newsletter")


class Issue(PreviewableMixin, TranslatableMixin, RevisionMixin, models.Model):
    """One language of an issue; the rows of one `translation_key` are the issue.

    Series, number, date and activity are the issue's: changed in one language they change in all. A mailing names
    the `translation_key` as its `source_uid`; what people received is kept in its letters, whatever happens here.
    """

    SHARED = ("series", "number", "issue_date", "activity_id")

    series = models.CharField(_("series"), max_length=20, choices=Series, default=Series.TOKTEN_INFO)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    issue_date = models.DateField(_("date"))
    title = models.CharField(
        _("title"), max_length=150, validators=[one_line], help_text=_("It is the subject of the mail.")
    )
    preheader = models.CharField(
        _("line after the subject"),
        max_length=140,
        blank=True,
        validators=[one_line],
        help_text=_("What lists of mails show beside the subject."),
    )
    body = StreamField(IssueBlock(), verbose_name=_("content"))
    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="issues",
        verbose_name=_("activity of the plan"),
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("issue")
        verbose_name_plural = _("newsletters")
        ordering = ["-issue_date", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number", "locale"],
                condition=Q(number__isnull=False),
                name="mailing_issue_number_is_given_once_in_a_series",
                violation_error_message=_("An issue with this number already exists."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.label} – {self.title}"

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the words, and give the other languages what is the issue's."""
        super().save(*args, **kwargs)
        others = Issue.objects.filter(translation_key=self.translation_key).exclude(pk=self.pk)
        others.update(**{name: getattr(self, name) for name in self.SHARED})

    @property
    def label(self) -> str:
        """ "TOKTEN-info n° 12", or the series alone."""
        series = str(Series(self.series).label)
        return (
            _("%(series)s no. %(number)d") % {"series": series, "number": self.number}
            if self.number
            else series
        )

    @property
    def language(self) -> str:
        return self.locale.language_code if self.locale_id else settings.LANGUAGE_CODE

    def clean(self) -> None:
        """A number is one issue's, in whatever language."""
        super().clean()
        taken = Issue.objects.filter(series=self.series, number=self.number)
        if self.number and taken.exclude(translation_key=self.translation_key).exists():
            raise ValidationError({"number": _("An issue with this number already exists.")})

    # Preview -----------------------------------------------------------------------------------------------
    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        return [("", _("Mail")), ("dark", _("Mail, on a dark screen")), ("text", _("Text alone"))]

    def serve_preview(self, request: Any, mode_name: str) -> Any:
        """Show the mail as it would leave, its placeholders filled with samples."""
        show = registry.previews.get(Issue)
        return show(request, self, mode_name) if show is not None else None


class IssueSending(models.Model):
    """Which issue a mailing carries; an issue that was sent, or is about to be, is not deleted."""

    issue = models.ForeignKey(
        Issue, on_delete=models.PROTECT, related_name="sendings", verbose_name=_("issue")
    )
    mailing = models.OneToOneField(
        Mailing, on_delete=models.PROTECT, related_name="issue_sending", verbose_name=_("mailing")
    )
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("sending of an issue")
        verbose_name_plural = _("sendings of issues")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.issue} → {self.mailing}"
