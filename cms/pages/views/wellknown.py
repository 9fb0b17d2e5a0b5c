"""Addresses of the whole site: sitemaps, robots.txt, security.txt."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from cms.core import clock
from cms.pages import queries
from cms.pages.models import Organisation

if TYPE_CHECKING:
    from django.http import HttpRequest

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS_WITHIN = timedelta(days=2)


def _xml(lines: list[str]) -> HttpResponse:
    body = '<?xml version="1.0" encoding="UTF-8"?>\n' + "\n".join(lines) + "\n"
    response = HttpResponse(body, content_type="application/xml; charset=utf-8")
    response.headers["Cache-Control"] = "public, no-cache"
    return response


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page a visitor may read now, with its versions in other languages (sitemaps.org, one query)."""
    lines = [f'<urlset xmlns="{NAMESPACE}" xmlns:xhtml="http://www.w3.org/1999/xhtml">']
    for entry in queries.sitemap(now=clock.now()):
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(address)}/>'
            for code, address in entry.alternates
        )
        lines.append(
            f"<url><loc>{escape(entry.address)}</loc>"
            f"<lastmod>{entry.changed_at.isoformat(timespec='seconds')}</lastmod>{alternates}</url>"
        )
    return _xml([*lines, "</urlset>"])


@require_safe
def sitemap_news(request: HttpRequest) -> HttpResponse:
    """What the press published in the last two days, for news search engines."""
    own = Organisation.for_request(request)
    now = clock.now()
    lines = [f'<urlset xmlns="{NAMESPACE}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">']
    for entry in queries.news(now=now, since=now - NEWS_WITHIN):
        lines.append(
            f"<url><loc>{escape(entry.url)}</loc><news:news><news:publication>"
            f"<news:name>{escape(own.name)}</news:name><news:language>{escape(entry.language)}</news:language>"
            f"</news:publication><news:publication_date>{entry.published_at.isoformat(timespec='seconds')}"
            f"</news:publication_date><news:title>{escape(entry.title)}</news:title></news:news></url>"
        )
    return _xml([*lines, "</urlset>"])


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where machines may go (RFC 9309)."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /fr/recherche/",
        "Disallow: /en/search/",
        "",
        f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml",
        f"Sitemap: {settings.PUBLIC_URL}/sitemap-news.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness (RFC 9116); valid for half a year from today."""
    own = Organisation.for_request(request)
    contact = f"mailto:{own.email}" if own.email else f"{settings.PUBLIC_URL}/fr/"
    until = (clock.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {contact}",
        f"Expires: {until.strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
