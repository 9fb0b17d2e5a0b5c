"""Results by sector, shown from the plan's own rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.core.blocks import body_blocks
from cms.core.models import SitePage


class ResultsPage(SitePage):
    """The results of a period: table and chart come from the plan, the words around them from here."""

    is_creatable = True
    parent_page_types = ["pages.HomePage", "pages.SectionPage"]
    subpage_types: list[str] = []

    body = StreamField(body_blocks(), blank=True, verbose_name=_("text"))
    source = models.CharField(_("source of the figures"), max_length=200, blank=True)

    content_panels = [*SitePage.content_panels, FieldPanel("body"), FieldPanel("source")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("results page")
        verbose_name_plural = _("results pages")
