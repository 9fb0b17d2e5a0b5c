"""Documents to download, each with words of its own, and their index."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.core.blocks import body_blocks
from cms.core.models import SitePage


class DocumentKind(models.TextChoices):
    """What a document is, as the plan names them."""

    PLAN = "plan", _("Plan or framework")
    REPORT = "report", _("Report")
    EVALUATION = "evaluation", _("Evaluation")
    BULLETIN = "bulletin", _("Bulletin")
    LEAFLET = "leaflet", _("Leaflet")
    GUIDE = "guide", _("Guide or form")
    OTHER = "other", _("Other document")


class DocumentIndexPage(SitePage):
    """The list of documents: /fr/documents/."""

    is_creatable = True
    parent_page_types = ["pages.HomePage", "pages.SectionPage"]
    subpage_types = ["pages.DocumentPage"]

    body = StreamField(body_blocks(), blank=True, verbose_name=_("introduction"))

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("list of documents")
        verbose_name_plural = _("lists of documents")


class DocumentPage(SitePage):
    """One document: what it is, its date, and the file with its size."""

    is_creatable = True
    parent_page_types = ["pages.DocumentIndexPage"]
    subpage_types: list[str] = []

    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind, default=DocumentKind.OTHER)
    published_date = models.DateField(_("date of the document"), null=True, blank=True)
    document = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("file"),
    )
    body = StreamField(body_blocks(), blank=True, verbose_name=_("text"))

    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("activity of the plan"),
    )

    content_panels = [
        *SitePage.content_panels,
        FieldPanel("kind"),
        FieldPanel("published_date"),
        FieldPanel("document"),
        FieldPanel("body"),
        FieldPanel("activity"),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("body"), index.FilterField("kind")]

    class Meta:
        verbose_name = _("document page")
        verbose_name_plural = _("document pages")
