"""`@docs`: the OpenAPI document to read and try, from our own server alone and without inline script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.response import TemplateResponse

if TYPE_CHECKING:
    from django.http import HttpResponse

    from cms.core.api.protocol import Call

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(call: Call) -> HttpResponse:
    """The explorer; everything it needs is a static file of ours, the rest it reads from @openapi."""
    context = {"title": settings.WAGTAIL_SITE_NAME, "description": "/++api++/@openapi"}
    response = TemplateResponse(call.request, "core/api_explorer.html", context).render()
    response.headers["Content-Security-Policy"] = POLICY
    return response
