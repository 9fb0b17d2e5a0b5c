"""The médiathèque in the page tree."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.search import index

from cms.core.blocks import body_blocks
from cms.core.models import SitePage
from media_library.models.assets import Kind


class MediaLibraryPage(SitePage):
    """Pictures, documents, sounds and films for everyone: /fr/mediatheque/; one asset below it by its uid."""

    is_creatable = True
    parent_page_types = ["pages.HomePage", "pages.SectionPage"]
    subpage_types = ["media_library.MediaSectionPage"]

    body = StreamField(body_blocks(), blank=True, verbose_name=_("introduction"))

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("media library page")
        verbose_name_plural = _("media library pages")


class MediaSectionPage(SitePage):
    """One kind of the médiathèque at an address of its own: photographs, films (« Web TV »), sounds, documents."""

    is_creatable = True
    parent_page_types = ["media_library.MediaLibraryPage"]
    subpage_types: list[str] = []

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    body = StreamField(body_blocks(), blank=True, verbose_name=_("introduction"))

    content_panels = [*SitePage.content_panels, FieldPanel("kind"), FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("media library section")
        verbose_name_plural = _("media library sections")
