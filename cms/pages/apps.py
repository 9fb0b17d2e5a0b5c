from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """The site's own pages and the frame of every public page."""

    name = "cms.pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from cms.core import registry
        from cms.core.registry import PageType, StorySource
        from cms.pages import api, models, queries, views

        for kind in (
            PageType(models.SiteRoot, "Site", views.root, api.site),
            PageType(models.HomePage, "HomePage", views.home, api.home),
            PageType(models.SectionPage, "SectionPage", views.section, api.section),
            PageType(models.ArticlePage, "ArticlePage", views.article, api.article),
            PageType(models.DocumentIndexPage, "DocumentIndexPage", views.document_index, api.document_index),
            PageType(models.DocumentPage, "DocumentPage", views.document, api.document, label=_("Document")),
            PageType(models.ResultsPage, "ResultsPage", views.results, api.results),
            PageType(models.SearchPage, "SearchPage", views.search, api.search),
            PageType(models.IntranetPage, "IntranetPage", views.intranet, api.intranet, gate=views.gate),
        ):
            registry.page_types.register(kind)
        registry.story_sources.register(
            StorySource(models.ArticlePage, lambda pages, **when: {}, queries.articles_since, order=40)
        )
