"""One view per page type, and the addresses that belong to the whole site."""

from cms.pages.views.accounts import SignIn
from cms.pages.views.errors import bad_request, gate, not_found, server_error
from cms.pages.views.pages import article, document, document_index, home, intranet, results, root, section
from cms.pages.views.search import search
from cms.pages.views.short import short
from cms.pages.views.wellknown import robots, security, sitemap, sitemap_news

__all__ = [
    "SignIn",
    "article",
    "bad_request",
    "document",
    "document_index",
    "gate",
    "home",
    "intranet",
    "not_found",
    "results",
    "robots",
    "root",
    "search",
    "section",
    "security",
    "server_error",
    "short",
    "sitemap",
    "sitemap_news",
]
