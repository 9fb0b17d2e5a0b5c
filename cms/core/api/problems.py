"""Errors as `application/problem+json` (RFC 9457), with Plone's `type` and `message` beside a stable `code`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from pydantic import ValidationError

CONTENT_TYPE = "application/problem+json"

# Plone names its errors by the exception; clients written for it switch on `type`.
PLONE_TYPES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    409: "Conflict",
    410: "Gone",
    412: "PreconditionFailed",
    413: "PayloadTooLarge",
    415: "UnsupportedMediaType",
    423: "Locked",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}

#: The codes a client may switch on. They never change; new ones may be added.
CODES = (
    "bad-request",
    "malformed-json",
    "too-deep",
    "unknown-parameter",
    "invalid-parameter",
    "invalid-field",
    "unknown-field",
    "sign-in",
    "invalid-token",
    "csrf-failed",
    "insufficient-scope",
    "forbidden",
    "not-found",
    "unknown-service",
    "method-not-allowed",
    "draft-pending",
    "gone",
    "precondition-failed",
    "too-large",
    "unsupported-media-type",
    "locked",
    "internal-error",
    "unavailable",
)


class Problem(Exception):
    """An answer that is an error. `errors` are {"loc": [...], "msg": …, "code": …}, one per wrong value."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.errors = [dict(error) for error in errors]
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def as_dict(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": PLONE_TYPES.get(self.status, "Error"),
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "code": self.code,
            "detail": self.message,
            "message": self.message,
            **self.extra,
        }
        if self.errors:
            body["errors"] = self.errors
        return body


def not_found() -> Problem:
    """The one 404: what is absent and what may not be seen answer with the same bytes."""
    return Problem(404, "not-found", "Resource not found.")


def unauthorised(message: str = "Sign in, or send a bearer token.", code: str = "sign-in") -> Problem:
    challenge = 'Bearer realm="api"'
    if code == "invalid-token":
        challenge += ', error="invalid_token"'
    return Problem(401, code, message, headers={"WWW-Authenticate": challenge})


def forbidden(message: str = "You may not do this.", code: str = "forbidden") -> Problem:
    return Problem(403, code, message)


def method_not_allowed(allow: Iterable[str]) -> Problem:
    allowed = ", ".join(allow)
    return Problem(405, "method-not-allowed", f"This address answers {allowed}.", headers={"Allow": allowed})


def from_validation(error: ValidationError, *, where: str) -> Problem:
    """Turn pydantic's refusal of `where` ("query" or "body") into one 400 that names each culprit."""
    noun = "parameter" if where == "query" else "field"
    found = []
    for item in error.errors(include_url=False, include_context=False, include_input=False):
        unknown = item["type"] == "extra_forbidden"
        found.append(
            {
                "loc": [where, *(str(part) for part in item["loc"])],
                "msg": f"Unknown {noun}." if unknown else item["msg"],
                "code": f"unknown-{noun}" if unknown else f"invalid-{noun}",
            }
        )
    first = found[0]
    name = ".".join(first["loc"][1:]) or where
    return Problem(400, first["code"], f"{name}: {first['msg']}", errors=found)  # type: ignore[arg-type]


def problem_response(problem: Problem) -> HttpResponse:
    """Say a Problem in HTTP; never stored, so that nothing outlives its cause (an embargo that lifts)."""
    response = HttpResponse(
        json.dumps(problem.as_dict(), ensure_ascii=False),
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )
    response.headers["Cache-Control"] = "no-store"
    return response
