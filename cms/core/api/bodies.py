"""Reading what a client sent, within bounds: JSON bodies and query strings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

from django.core.exceptions import RequestDataTooBig
from django.http import UnreadablePostError
from pydantic import BaseModel, ValidationError

from cms.core.api.problems import Problem, from_validation

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

M = TypeVar("M", bound=BaseModel)

MAX_BYTES = 2_000_000  # the longest text of a page is a hundredth of it; files do not travel in JSON
MAX_DEPTH = 40
MAX_PARAMETERS = 100
JSON_TYPES = ("application/json", "application/merge-patch+json")


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _storable(text: str) -> bool:
    """Whether PostgreSQL can keep this text: no NUL, no half of a surrogate pair."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _inspect(value: Any) -> None:
    """Walk a decoded body without recursion; refuse depth and text that could not be kept."""
    pending = [(value, 1)]
    while pending:
        item, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise Problem(400, "too-deep", f"The body nests deeper than {MAX_DEPTH} levels.")
        if isinstance(item, str):
            if not _storable(item):
                raise Problem(400, "malformed-json", "The body holds a character that no text may hold.")
        elif isinstance(item, dict):
            pending += [(key, depth) for key in item]
            pending += [(child, depth + 1) for child in item.values()]
        elif isinstance(item, list):
            pending += [(child, depth + 1) for child in item]


def _bytes(request: HttpRequest) -> bytes:
    too_large = Problem(413, "too-large", f"The body may hold {MAX_BYTES} bytes at most.")
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        announced = 0
    if announced > MAX_BYTES:
        raise too_large
    try:
        raw = request.body
    except RequestDataTooBig as error:
        raise too_large from error
    except UnreadablePostError as error:
        raise Problem(400, "bad-request", "The body broke off before its end.") from error
    if len(raw) > MAX_BYTES:
        raise too_large
    return raw


def read_json(request: HttpRequest) -> Any:
    """Return the decoded body. Raises Problem: 413 too large, 415 not JSON, 400 malformed or too deep."""
    content_type = (request.content_type or "").lower()
    raw = _bytes(request)
    if not raw:
        raise Problem(400, "malformed-json", "The body is empty.")
    if content_type not in JSON_TYPES:
        raise Problem(415, "unsupported-media-type", "Send the body as application/json.")
    try:
        value = json.loads(raw, parse_constant=_constant, object_pairs_hook=_pairs)
    except RecursionError as error:
        raise Problem(400, "too-deep", f"The body nests deeper than {MAX_DEPTH} levels.") from error
    except ValueError as error:
        raise Problem(400, "malformed-json", "The body is not well-formed JSON.") from error
    _inspect(value)
    return value


def read_body(request: HttpRequest, model: type[M]) -> M:
    """Return the body as `model`. Raises Problem (400) naming each field that is wrong or not known."""
    value = read_json(request)
    if not isinstance(value, dict):
        raise Problem(400, "invalid-field", "The body must be a JSON object.")
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise from_validation(error, where="body") from error


def _unreadable(name: str, why: str) -> Problem:
    error = {"loc": ["query", name], "msg": why, "code": "invalid-parameter"}
    return Problem(400, "invalid-parameter", f"{name}: {why}", errors=[error])


def _may_be_joined(name: str, field: Any) -> bool:
    """Whether values of a list may stand between commas: names of a closed set, which hold none themselves.

    plone.restapi reads `expand=breadcrumbs,navigation`; a value of any other list may hold a comma.
    """
    return name == "expand" or all(get_origin(one) is Literal for one in get_args(field.annotation))


def read_query(query: QueryDict, model: type[M], *, ignore_unknown: bool = False) -> M:
    """Return the query string as `model`: a list repeats its name, the rest stands once.

    Raises Problem (400) naming the parameter. `ignore_unknown` is for public pages, which leave `utm_*` alone and
    the empty choice that an HTML form sends.
    """
    fields = {(field.alias or name): field for name, field in model.model_fields.items()}
    if len(query) > MAX_PARAMETERS or sum(len(values) for values in query.lists()) > MAX_PARAMETERS:
        raise Problem(400, "invalid-parameter", f"At most {MAX_PARAMETERS} parameters are read.")
    given: dict[str, Any] = {}
    for name, values in query.lists():
        if not all(_storable(text) for text in (name, *values)):
            raise Problem(400, "invalid-parameter", "A parameter holds a character that no text may hold.")
        field = fields.get(name)
        if field is None:
            if ignore_unknown:
                continue
            given[name] = values[0]
        elif get_origin(field.annotation) is list:
            joined = _may_be_joined(name, field)
            parts = [part for value in values for part in (value.split(",") if joined else [value])]
            if not ignore_unknown and not all(parts):
                raise _unreadable(name, "One of its values is empty.")
            given[name] = [part for part in parts if part]
        elif len(values) > 1:
            raise _unreadable(name, f"Given {len(values)} times, read once.")
        else:
            given[name] = values[0]
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise from_validation(error, where="query") from error
