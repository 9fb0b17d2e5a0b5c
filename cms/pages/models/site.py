"""The tree's own pages: the root, the language homes, sections, articles, search, intranet."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Orderable
from wagtail.search import index

from cms.core.blocks import body_blocks
from cms.core.models import Audience, SitePage


class SiteRoot(SitePage):
    """The page at "/": it holds the language homes and sends each reader to one of them."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["pages.HomePage"]
    max_count = 1

    class Meta:
        verbose_name = _("site root")
        verbose_name_plural = _("site roots")


class HomePage(SitePage):
    """A language home (address /fr/ or /en/): news line, key figures, and what the apps put below."""

    is_creatable = True
    parent_page_types = ["pages.SiteRoot"]

    welcome = models.CharField(
        _("one sentence about the programme"),
        max_length=220,
        blank=True,
    )
    news_line = models.CharField(
        _("news line"),
        max_length=160,
        blank=True,
        help_text=_("Left empty, the latest press release stands here."),
    )
    news_page = models.ForeignKey(
        "core.SitePage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("page of the news line"),
    )
    figures_source = models.CharField(_("source of the figures"), max_length=200, blank=True)
    body = StreamField(body_blocks(), blank=True, verbose_name=_("text below"))

    content_panels = [
        *SitePage.content_panels,
        FieldPanel("welcome"),
        MultiFieldPanel([FieldPanel("news_line"), FieldPanel("news_page")], _("News line")),
        InlinePanel("key_figures", label=_("key figure"), max_num=6, heading=_("Key figures")),
        FieldPanel("figures_source"),
        FieldPanel("body"),
    ]
    search_fields = [*SitePage.search_fields, index.SearchField("welcome"), index.SearchField("body")]

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")


class KeyFigure(Orderable):
    """One large number of the home page and what it counts."""

    page = ParentalKey(HomePage, on_delete=models.CASCADE, related_name="key_figures")
    value = models.PositiveBigIntegerField(_("figure"))
    label = models.CharField(_("what it counts"), max_length=120)

    panels = [FieldPanel("value"), FieldPanel("label")]

    def __str__(self) -> str:
        return f"{self.value} {self.label}"


class SectionPage(SitePage):
    """A page that opens a part of the site: its words, then the pages below it as a list."""

    is_creatable = True

    body = StreamField(body_blocks(), blank=True, verbose_name=_("text"))
    lists_children = models.BooleanField(_("list the pages below"), default=True)

    content_panels = [*SitePage.content_panels, FieldPanel("body"), FieldPanel("lists_children")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")


class ArticlePage(SitePage):
    """A text: what the programme is, a portrait, a legal notice."""

    is_creatable = True
    parent_page_types = ["pages.HomePage", "pages.SectionPage", "pages.ArticlePage"]

    body = StreamField(body_blocks(), blank=True, verbose_name=_("text"))

    activity = models.ForeignKey(
        "plan.Activity",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("activity of the plan"),
    )

    content_panels = [*SitePage.content_panels, FieldPanel("body"), FieldPanel("activity")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")


class SearchPage(SitePage):
    """Where the site is searched: /fr/recherche/."""

    is_creatable = True
    parent_page_types = ["pages.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("search page")
        verbose_name_plural = _("search pages")


class IntranetPage(SitePage):
    """A page of the intranet: members of the network only; everything below is guarded at its door."""

    is_creatable = True
    parent_page_types = ["pages.HomePage", "pages.IntranetPage"]
    subpage_types = ["pages.IntranetPage"]

    body = StreamField(body_blocks(), blank=True, verbose_name=_("text"))

    content_panels = [*SitePage.content_panels, FieldPanel("body")]
    search_fields = [*SitePage.search_fields, index.SearchField("body")]

    class Meta:
        verbose_name = _("intranet page")
        verbose_name_plural = _("intranet pages")

    def take_schedule(self) -> None:
        """As any page, for members: no draft or API write can open it wider."""
        super().take_schedule()
        self.audience = Audience.MEMBERS
