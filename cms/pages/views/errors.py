"""Answers for what is not there, and the door of the intranet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import translation

from cms.core import api, clock
from cms.core.api import problems
from cms.core.api.problems import problem_response
from cms.core.negotiation import wants_json
from cms.core.reader import ANONYMOUS
from cms.core.registry import Context

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.pages.models import IntranetPage


def language_of_path(path: str) -> str:
    """The language a path begins with, else the site's."""
    first = path.strip("/").split("/")[0]
    return first if first in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _answer(request: HttpRequest, template: str, status: int) -> HttpResponse:
    """A page of the frame that tells nothing of the request but its language; a problem document for JSON."""
    if wants_json(request):
        return api.error_response(request, status)
    language = language_of_path(request.path)
    with translation.override(language):
        ctx = Context(reader=ANONYMOUS, now=clock.now(), language=language)
        body = render_to_string(template, {"ctx": ctx, "page": None}, request=request)
    response = HttpResponse(body, status=status)
    response.headers["Content-Language"] = language
    response.headers["Cache-Control"] = "no-store" if status in (403, 500) else "public, no-cache"
    response.headers["Vary"] = "Accept"
    return response


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """The one 404: absent, embargoed, expired and revoked answer with the same bytes."""
    if wants_json(request):
        return problem_response(problems.not_found())
    return _answer(request, "404.html", 404)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """A request that cannot be read."""
    if wants_json(request):
        return api.error_response(request, 400)
    return HttpResponse(render_to_string("400.html"), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something failed: a page without any query, in both languages."""
    if wants_json(request):
        return api.error_response(request, 500)
    return HttpResponse(render_to_string("500.html"), status=500)


def gate(request: HttpRequest, page: IntranetPage, ctx: Context) -> HttpResponse:
    """The sign-in notice of the intranet: the same bytes for every address below it, there or not."""
    if wants_json(request):
        response = problem_response(problems.unauthorised())
        response.headers["Cache-Control"] = "no-store"
        return response
    context = {"ctx": Context(reader=ANONYMOUS, now=ctx.now, language=ctx.language), "page": None}
    response = TemplateResponse(request, "pages/sign_in.html", context, status=403)
    response.headers["Cache-Control"] = "no-store"
    return response
