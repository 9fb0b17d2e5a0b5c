"""The site's own pages, its menus and what it says about itself."""

from cms.pages.models.documents import DocumentIndexPage, DocumentPage
from cms.pages.models.menus import Menu, MenuItem
from cms.pages.models.organisation import Organisation
from cms.pages.models.results import ResultsPage
from cms.pages.models.site import (
    ArticlePage,
    HomePage,
    IntranetPage,
    KeyFigure,
    SearchPage,
    SectionPage,
    SiteRoot,
)

__all__ = [
    "ArticlePage",
    "DocumentIndexPage",
    "DocumentPage",
    "HomePage",
    "IntranetPage",
    "KeyFigure",
    "Menu",
    "MenuItem",
    "Organisation",
    "ResultsPage",
    "SearchPage",
    "SectionPage",
    "SiteRoot",
]
