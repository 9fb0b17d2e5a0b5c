"""The one door of the API: `/++api++/<path>[/@service[/tail]]`, every method."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from cms.core import actions, clock, queries, registry
from cms.core.api.bodies import read_body, read_query
from cms.core.api.conditions import etag, not_modified, require_state
from cms.core.api.problems import (
    Problem,
    forbidden,
    method_not_allowed,
    not_found,
    problem_response,
    unauthorised,
)
from cms.core.api.protocol import READ, SAFE, WRITE, Call, Operation, Service, allowed
from cms.core.health import will_pass
from cms.core.reader import BadToken, Reader, reader_for
from cms.core.registry import Context

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

logger = logging.getLogger(__name__)

VARY = ("Accept", "Authorization", "Cookie")
BAD_TOKEN = "This bearer token is unknown, expired or revoked."  # noqa: S105
CONTENT = ""  # the registry key of what an object's own address answers
#: What a browser elsewhere may see: anonymous reading, never anything that a cookie or token opened.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Allow, Content-Language",
}
PREFLIGHT = {
    **CORS,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "3600",
}


# Doors -----------------------------------------------------------------------------------------------------------
def respond(request: HttpRequest, path: str = "", *, writes: bool = True) -> HttpResponse:
    """Answer any method at ``/++api++/<path>``. Never redirects, never raises.

    `writes` is off for services asked at public addresses, where `@id` points: reading only.
    """
    return _guarded(request, lambda: _dispatch(request, path, may_write=writes))


def item_response(request: HttpRequest, page: Any, ctx: Context) -> HttpResponse:
    """Answer ``Accept: application/json`` at the page's own address: the same object as the API gives.

    Reading only (writes go to /++api++/ alone); parameters that are not ours are left alone, as pages do.
    """

    def answer() -> HttpResponse:
        _refuse_other_schemes(request)
        if request.method not in SAFE:
            raise method_not_allowed(SAFE)
        if request.method == "OPTIONS":
            return _options(SAFE)
        _require_scope(ctx.reader, READ)
        service = _service(CONTENT)
        operation = service.operations["GET"]
        params = read_query(request.GET, operation.params, ignore_unknown=True)
        return _say(request, operation, Call(request, page, ctx, params))

    return _guarded(request, answer)


def gone_response(request: HttpRequest, page: Any, ctx: Context) -> HttpResponse:
    """A withdrawn page: 410 with the reason that was published with the withdrawal."""
    problem = _withdrawn(page)
    return _finish(request, problem_response(problem), anonymous=ctx.reader.is_anonymous)


def error_response(request: HttpRequest, status: int) -> HttpResponse:
    """The negotiated twin of an error page, for the site's 400, 403, 404, 500 and 503 answers."""
    problems: dict[int, Callable[[], Problem]] = {
        400: lambda: Problem(400, "bad-request", "The request cannot be understood."),
        401: lambda: (
            unauthorised(BAD_TOKEN, "invalid-token") if "Authorization" in request.headers else unauthorised()
        ),
        403: forbidden,
        404: not_found,
        500: _internal,
        503: _unavailable,
    }
    return _finish(request, problem_response(problems.get(status, _internal)()), anonymous=False)


def _internal() -> Problem:
    return Problem(500, "internal-error", "Something went wrong on our side. Nothing was changed.")


def _unavailable() -> Problem:
    words = "The site is busy or restarting. Nothing was changed; ask again in a moment."
    return Problem(503, "unavailable", words, headers={"Retry-After": "5"})


def _guarded(request: HttpRequest, answer: Callable[[], HttpResponse]) -> HttpResponse:
    """Run an answer; whatever it raises becomes a problem document, and is logged where it is our fault."""
    anonymous = False
    try:
        response = answer()
        anonymous = _is_anonymous(request)
    except Problem as problem:
        response = problem_response(problem)
    except BadToken:
        response = problem_response(unauthorised(BAD_TOKEN, "invalid-token"))
    except Exception as fault:
        logger.exception("api: %s %s failed", request.method, request.path)
        response = problem_response(_unavailable() if will_pass(fault) else _internal())
    return _finish(request, response, anonymous=anonymous)


# Dispatching -----------------------------------------------------------------------------------------------------
def split(path: str) -> tuple[str, str, str]:
    """Split a path at its first "/@" into (object's path, service, tail)."""
    before, at, after = f"/{path}".partition("/@")
    if not at:
        return before.strip("/"), "", ""
    name, _slash, tail = after.partition("/")
    return before.strip("/"), name, tail.strip("/")


def gates() -> tuple[type, ...]:
    return tuple(kind.model for kind in registry.page_types if kind.gate is not None)


def _dispatch(request: HttpRequest, path: str, *, may_write: bool = True) -> HttpResponse:
    reader = identify(request)
    now = clock.now()
    where, name, tail = split(path)
    page, ctx = _find(request, where, reader, now)
    with translation.override(ctx.language):
        service = _service(name or CONTENT)
        operations = service.at(tail) if service.stands_on(page) else None
        if operations is None or not (service.opened is None or service.opened(reader)):
            raise _unknown_service()
        operations = {verb: one for verb, one in operations.items() if one.stands_on(page)}
        if request.method == "OPTIONS":
            return _options(allowed(operations))
        method = "GET" if request.method == "HEAD" else str(request.method)
        operation = operations.get(method)
        if operation is None:
            raise method_not_allowed(allowed(operations))
        writes = method not in SAFE
        if writes and not may_write:
            raise method_not_allowed(SAFE)
        _authorise(request, reader, operation, writes=writes)
        params = read_query(request.GET, operation.params)
        if not writes:
            return _say(request, operation, Call(request, page, ctx, params, tail=tail))
        return _write(request, operation, page, ctx, params, tail)


def identify(request: HttpRequest) -> Reader:
    """Who asks. Raises Problem or BadToken: a wrong or unknown credential is never an anonymous answer."""
    _refuse_other_schemes(request)
    return reader_for(request)


def _refuse_other_schemes(request: HttpRequest) -> None:
    header = request.headers.get("Authorization")
    if header is not None and header.partition(" ")[0].lower() != "bearer":
        raise unauthorised("Only bearer tokens are accepted.", "invalid-token")


def _is_anonymous(request: HttpRequest) -> bool:
    known: Reader | None = getattr(request, "_kunnafoni_reader", None)
    return known is not None and known.is_anonymous


def _find(request: HttpRequest, path: str, reader: Reader, now: Any) -> tuple[Any, Context]:
    """The visible page at a path. Raises Problem: 404 for all that may not be seen, 410 for tombstones."""
    if "\x00" in path:
        raise not_found()
    found = queries.resolve(path, reader=reader, now=now, gates=gates())
    if found is None:
        raise not_found()
    if found.gate is not None:
        # Alike for every address of the branch, whether or not it exists.
        raise unauthorised() if reader.user is None else forbidden()
    if found.rest:
        raise not_found()
    ctx = Context(reader=reader, now=now, language=found.language, fallback=found.fallback)
    if found.withdrawn:
        raise _withdrawn(found.page)
    return found.page, ctx


def _withdrawn(page: Any) -> Problem:
    extra: dict[str, Any] = {"@id": page.public_url.rstrip("/"), "UID": page.uid.hex}
    if page.withdrawn_at:
        extra["withdrawn"] = page.withdrawn_at.isoformat(timespec="seconds")
    reason = getattr(page.thing, "withdrawn_reason", "") or ""
    return Problem(410, "gone", reason or "This was withdrawn.", extra=extra)


def _service(name: str) -> Service:
    service = registry.services.get(name)
    if service is None:
        raise _unknown_service()
    return service  # type: ignore[no-any-return]


def _unknown_service() -> Problem:
    return Problem(404, "unknown-service", "There is no such service here.")


def _authorise(request: HttpRequest, reader: Reader, operation: Operation, *, writes: bool) -> None:
    if (writes or operation.signed_in) and reader.user is None:
        raise unauthorised()
    _require_scope(reader, WRITE if writes else READ)
    if writes and request.headers.get("Authorization") is None:
        _require_csrf(request)


def _require_scope(reader: Reader, scope: str) -> None:
    """A token carries its scopes on its account; a session has them all."""
    scopes = getattr(reader.user, "api_scopes", None)
    if scopes is not None and scope not in scopes:
        raise Problem(
            403,
            "insufficient-scope",
            f"This token has no scope “{scope}”.",
            headers={"WWW-Authenticate": f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'},
        )


def _require_csrf(request: HttpRequest) -> None:
    """The API's route is exempt from Django's own check, for the sake of tokens; a session is not."""
    check = CsrfViewMiddleware(lambda request: HttpResponse())
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check.process_request(request)
    if check.process_view(request, lambda: None, (), {}) is not None:  # type: ignore[arg-type, return-value]
        raise forbidden("Send the CSRF token of your session in X-CSRFToken.", "csrf-failed")


def _write(
    request: HttpRequest, operation: Operation, page: Any, ctx: Context, params: Any, tail: str
) -> HttpResponse:
    """Run a changing operation in one transaction, under the page's lock, after If-Match was compared."""
    model = operation.body
    if model is not None and not isinstance(model, type):
        model = model(type(page))
    body = read_body(request, model) if model is not None else None
    with transaction.atomic():
        page = actions.lock_page(page)
        require_state(request, page.version)
        changed = operation.handle(Call(request, page, ctx, params, body=body, tail=tail))
    if isinstance(changed, HttpResponse):
        return changed
    if operation.returns_object:
        return _changed(request, changed, ctx)
    return _say_json(request, operation, changed, state=page.version)


def _changed(request: HttpRequest, page: Any, ctx: Context) -> HttpResponse:
    """204, or the new representation where the client prefers it (RFC 7240)."""
    preferences = [part.strip().lower() for part in request.headers.get("Prefer", "").split(",")]
    fresh = queries.fresh(page)
    get = _service(CONTENT).operations["GET"]
    call = Call(request, fresh, ctx, get.params.model_validate({}))
    body = _encode(get.handle(call))
    if "return=representation" in preferences:
        response = HttpResponse(body, content_type="application/json")
        response.headers["Preference-Applied"] = "return=representation"
        response.headers["Content-Location"] = fresh.public_url.rstrip("/")
    else:
        response = HttpResponse(status=204)
    response.headers["ETag"] = etag(fresh.version, body)
    return response


# Saying ----------------------------------------------------------------------------------------------------------
def _encode(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _say(request: HttpRequest, operation: Operation, call: Call) -> HttpResponse:
    return _say_json(request, operation, operation.handle(call), state=call.page.version, language=call)


def _say_json(
    request: HttpRequest, operation: Operation, data: Any, *, state: int, language: Call | None = None
) -> HttpResponse:
    if isinstance(data, HttpResponse):
        return data
    if data is None:
        return HttpResponse(status=204)
    body = _encode(data)
    response = HttpResponse(body, status=operation.status, content_type=operation.media_type)
    response.headers["ETag"] = etag(state, body)
    if language is not None:
        locale = language.page.locale if language.page.locale_id else None
        response.headers["Content-Language"] = locale.language_code if locale else language.ctx.language
    return response


def _options(allow: tuple[str, ...]) -> HttpResponse:
    response = HttpResponse(status=204)
    response.headers["Allow"] = ", ".join(allow)
    for name, value in PREFLIGHT.items():
        response.headers[name] = value
    return response


def _finish(request: HttpRequest, response: HttpResponse, *, anonymous: bool) -> HttpResponse:
    """Caching, variation, CORS, conditions and HEAD, for every answer alike."""
    patch_vary_headers(response, VARY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Cache-Control", "public, no-cache" if anonymous else "private, no-store")
    if anonymous or (request.method == "OPTIONS" and response.status_code == 204):
        for name, value in CORS.items():
            response.headers.setdefault(name, value)
    tag = response.headers.get("ETag")
    if (
        request.method in ("GET", "HEAD")
        and response.status_code == 200
        and tag
        and not_modified(request, tag)
    ):
        answer = HttpResponse(status=304)
        for name in ("ETag", "Cache-Control", "Vary", "Content-Language", *CORS):
            if name in response.headers:
                answer.headers[name] = response.headers[name]
        del answer.headers["Content-Type"]
        return answer
    if request.method == "HEAD" and response.content:
        response.headers["Content-Length"] = str(len(response.content))
        response.content = b""
    return response
