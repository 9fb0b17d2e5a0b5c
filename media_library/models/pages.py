"""The médiathèque in the page tree."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.core.blocks import body_blocks
from cms.core.models import SitePage


class MediaLibraryPage(SitePage):
    """Pictures, documents, sounds and films for everyone: /fr/mediatheque/; one asset below it by its uid."""

    is_creatable = True
    parent_page_types = ["pages.HomePage", "pages.SectionPage"]
    subpage_types: list[str] = []

    body = StreamField(body_blocks(), blank=True, verbose_name=_("introduction"))

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("media library page")
        verbose_name_plural = _("media library pages")
