"""Answers for what is not there, and the door of the intranet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import translation

from cms.core import api, clock
from cms.core.api import problems
from cms.core.api.problems import problem_response
from cms.core.health import will_pass
from cms.core.negotiation import wants_json
from cms.core.reader import ANONYMOUS
from cms.core.registry import Context

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.pages.models import IntranetPage


#: Characters of a form that an error page hands back.
MOST_TYPED = 60_000


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
    """Something failed: a page without any query, in both languages. 503 for what is better in a moment."""
    passing = will_pass(sys.exc_info()[1])
    if wants_json(request):
        return api.error_response(request, 503 if passing else 500)
    if not passing:
        return HttpResponse(render_to_string("500.html"), status=500)
    context = {"posted": request.method == "POST", "typed": _typed(request), "path": request.get_full_path()}
    response = HttpResponse(render_to_string("503.html", context), status=503)
    response.headers["Retry-After"] = "5"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed in a form, to be sent again: the page that held it is not stored, and lost by going back.

    Nothing where a page cannot send it again (files), or should not hold it (passwords).
    """
    if request.method != "POST":
        return []
    try:
        rows = [(name, value) for name, values in request.POST.lists() for value in values]
        has_files = bool(request.FILES)
    except (OSError, MultiPartParserError, SuspiciousOperation):  # it never arrived whole
        return []
    if has_files or any("password" in name for name, _value in rows):
        return []
    return rows if sum(len(name) + len(str(value)) for name, value in rows) <= MOST_TYPED else []


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
