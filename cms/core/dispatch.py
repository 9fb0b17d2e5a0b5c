"""The one door of the public site: path → page → view, for HTML and JSON alike."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from wagtail import hooks

from cms.core import clock, registry
from cms.core.negotiation import wants_json
from cms.core.queries import Resolution, resolve
from cms.core.reader import BadToken, Reader, reader_for
from cms.core.registry import Context, View, page_type_of

if TYPE_CHECKING:
    from django.http import HttpRequest

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


def gates() -> tuple[type, ...]:
    """The page models that guard their whole branch (the intranet)."""
    return tuple(kind.model for kind in registry.page_types if kind.gate is not None)


def _api() -> Any:
    """The API kernel, which reads what the apps put into the registry and so is imported when they have."""
    from cms.core import api

    return api


def dispatch(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer any public address. Raises Http404 alike for what is absent and for what may not be seen."""
    try:
        reader, now = reader_for(request), clock.now()
    except BadToken:
        return _api().error_response(request, 401)
    if "/@" in f"/{path}" and wants_json(request):
        return _api().respond(request, path, writes=False)
    # Empty parts lead nowhere: a page has one address, which caches and search engines know it by.
    found = None if "//" in request.path else resolve(path, reader=reader, now=now, gates=gates())
    if found is None:
        raise Http404
    language = found.language
    ctx = Context(reader=reader, now=now, language=language, fallback=found.fallback)
    request.LANGUAGE_CODE = language  # type: ignore[attr-defined]
    with translation.override(language):
        response = _answer(request, path, found, ctx)
        if isinstance(response, TemplateResponse) and not response.is_rendered:
            response.render()
    return _finish(request, response, found, reader, language)


def _answer(request: HttpRequest, path: str, found: Resolution, ctx: Context) -> HttpResponse:
    kind = page_type_of(found.page)
    json = wants_json(request)
    if found.gate is not None and kind.gate is not None:
        status = 401 if ctx.reader.user is None else 403
        return _api().error_response(request, status) if json else kind.gate(request, found.page, ctx)
    if found.withdrawn:
        if found.rest:
            raise Http404
        return _tombstone(request, found.page, ctx, json=json)
    view = _view(kind, found.rest)
    if json and not found.rest:
        return _api().item_response(request, found.page, ctx)
    methods = getattr(view, "methods", SAFE_METHODS)
    if request.method not in methods:
        return HttpResponseNotAllowed(methods)
    if not path.endswith("/") and path and not found.rest and request.method in SAFE_METHODS:
        query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
        return HttpResponseRedirect(request.path + "/" + query, status=301)
    for hook in hooks.get_hooks("before_serve_page"):
        answer = hook(found.page, request, [], {})
        if isinstance(answer, HttpResponse):
            return answer
    return view(request, found.page, ctx)


def _view(kind: registry.PageType, rest: tuple[str, ...]) -> View:
    if not rest:
        return kind.view
    view = kind.subpaths.get("/".join(rest))
    if view is None:
        raise Http404
    return view


def _tombstone(request: HttpRequest, page: Any, ctx: Context, *, json: bool) -> HttpResponse:
    """A withdrawn page says that it was withdrawn and why, with 410 (RFC 9110, section 15.5.11)."""
    if json:
        return _api().gone_response(request, page, ctx)
    context = {"page": page, "thing": page.thing, "ctx": ctx}
    return TemplateResponse(request, "pages/tombstone.html", context, status=410)


def _finish(
    request: HttpRequest, response: HttpResponse, found: Resolution, reader: Reader, language: str
) -> HttpResponse:
    """Set language, caching and validators: public bytes revalidate, the rest is never stored."""
    shown = found.page.locale.language_code if found.page.locale_id else language
    response.headers.setdefault("Content-Language", shown)
    patch_vary_headers(response, ["Accept"])
    if not reader.is_anonymous:
        response.headers["Cache-Control"] = "private, no-store"
        return response
    response.headers.setdefault("Cache-Control", "public, no-cache")
    conditional = (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and not response.streaming
        and "no-store" not in response.headers["Cache-Control"]
    )
    if not conditional:
        return response
    if not response.has_header("ETag"):
        digest = sha256(response.content + shown.encode()).hexdigest()[:32]
        response.headers["ETag"] = quote_etag(digest)
    return _not_modified(request, response)


def _not_modified(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Answer 304 where If-None-Match names the ETag, by weak comparison (RFC 9110, section 13.1.2)."""
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    plain = [tag.removeprefix("W/") for tag in asked]
    if "*" not in plain and response.headers["ETag"].removeprefix("W/") not in plain:
        return response
    answer = HttpResponse(status=304)
    for name in ("ETag", "Cache-Control", "Vary", "Content-Language"):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def absolute(path: str) -> str:
    """The address of a path under the configured public address, whatever host was asked."""
    return f"{settings.PUBLIC_URL}{path}"
