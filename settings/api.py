"""The one NinjaAPI: every method of every address below /++api++/ goes to the kernel's dispatcher."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from cms.core.api import Problem, problem_response, respond
from cms.core.api.bodies import read_json

METHODS = [
    *(
        "GET",
        "HEAD",
        "OPTIONS",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "TRACE",
        "CONNECT",
        "QUERY",
        "LINK",
        "UNLINK",
    ),
    *("PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE", "LOCK", "UNLOCK", "SEARCH", "REPORT", "PURGE"),
]


class BoundedParser(Parser):
    """Bodies within the kernel's bounds of size and depth."""

    def parse_body(self, request: HttpRequest) -> Any:
        return read_json(request)


class JSON(BaseRenderer):
    """The kernel has rendered already; this is for answers ninja makes itself."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        import json

        return json.dumps(data, ensure_ascii=False, default=str).encode()


api = NinjaAPI(
    title="Kunnafoni",
    version="1",
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=BoundedParser(),
    renderer=JSON(),
)


@api.exception_handler(Problem)
def problem(request: HttpRequest, error: Problem) -> HttpResponse:
    return problem_response(error)


@api.exception_handler(AuthenticationError)
@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    status = getattr(error, "status_code", 401)
    return problem_response(Problem(status, "bad-request", str(error)))


@api.api_operation(METHODS, "{path:path}", include_in_schema=False)
def below(request: HttpRequest, path: str) -> HttpResponse:
    return respond(request, path)


@api.api_operation(METHODS, "", include_in_schema=False)
def root(request: HttpRequest) -> HttpResponse:
    return respond(request)


@csrf_exempt  # the kernel asks sessions for their token itself
def beside(request: HttpRequest, path: str | None = None) -> HttpResponse:
    """What ninja's pattern leaves out: the root without its slash, and paths that hold a line break."""
    return respond(request, path or "")
