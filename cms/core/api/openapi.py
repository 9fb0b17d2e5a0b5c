"""OpenAPI 3.1, written from the registry: each service a path of its own, every body and block typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from cms.core import registry
from cms.core.api import components
from cms.core.api.problems import CODES, CONTENT_TYPE
from cms.core.api.schemas import create_model_below, item_model, parents, patch_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cms.core.api.protocol import Call, Operation, Service

PREFIX = "/++api++"
REF = "#/components/schemas/{model}"
PATH_PARAMETER = {
    "name": "path",
    "in": "path",
    "required": True,
    "description": "The object's path, as in fr/presse/communiques; its slashes may be sent as %2F.",
    "schema": {"type": "string", "minLength": 1, "pattern": "^[^@?#]+$"},
    "example": "fr",
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457, with Plone's `type` and `message`.",
    "required": ["type", "title", "status", "code", "detail", "message"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "enum": list(CODES)},
        "detail": {"type": "string"},
        "message": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["loc", "msg", "code"],
                "properties": {
                    "loc": {"type": "array", "items": {"type": ["string", "integer"]}},
                    "msg": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
READ_ERRORS = {
    400: "A parameter is unknown or wrong",
    401: "The credentials are wrong, or missing where they are needed",
    403: "The token lacks the scope",
    404: "No such object, or none that you may see; or no such service here",
    410: "Withdrawn after it was published",
}
WRITE_ERRORS = {
    **READ_ERRORS,
    403: "Your account, session or token may not do this",
    405: "This object does not answer this verb",
    409: "Somebody's draft is in the way",
    412: "The object has changed since you read it",
    413: "The body is too large",
    415: "The body is not JSON",
    423: "Somebody has locked the object",
}


def document(call: Call) -> dict[str, Any]:
    """The whole description, from what is registered."""
    return build()


def build() -> dict[str, Any]:
    schemas = _Schemas()
    paths: dict[str, Any] = {}
    for service in registry.services:
        for template, in_path, operations in _templates(service):
            paths[template] = {
                method.lower(): _operation(service, method, operation, in_path, template, schemas)
                for method, operation in operations.items()
                if not (template == f"{PREFIX}/" and operation.returns_object)
            }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": str(settings.WAGTAIL_SITE_NAME),
            "version": "1",
            "summary": "The site's content, read and written in the shapes of plone.restapi.",
            "description": "Errors are application/problem+json with a stable `code`. Every object also answers "
            "`Accept: application/json` at its own address.",
        },
        "servers": [{"url": settings.PUBLIC_URL}],
        "paths": paths,
        "components": {
            "schemas": {**schemas.definitions(), "Problem": PROBLEM},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            },
        },
    }


class _Schemas:
    """Collects pydantic models, then writes their definitions once, under one set of names."""

    def __init__(self) -> None:
        self.wanted: dict[tuple[Any, str], None] = {}
        self.types = [kind.model for kind in registry.page_types]
        for model in self.types:
            self.want(item_model(model), "serialization")  # type: ignore[arg-type]
            self.want(patch_model(model), "validation")  # type: ignore[arg-type]
        for model in parents():
            self.want(create_model_below(model), "validation")  # type: ignore[arg-type]
        self._keys: dict[Any, Any] = {}
        self._definitions: dict[str, Any] = {}
        for service in registry.services:
            for operation in service.every():
                if isinstance(operation.answer, type):
                    self.want(operation.answer, "serialization")
                if isinstance(operation.body, type):
                    self.want(operation.body, "validation")
        keys, schema = models_json_schema(list(self.wanted), ref_template=REF)  # type: ignore[arg-type]
        self._keys, self._definitions = keys, schema.get("$defs", {})

    def want(self, model: Any, mode: str) -> None:
        self.wanted[model, mode] = None

    def ref(self, model: Any, mode: str) -> dict[str, Any]:
        return dict(self._keys[model, mode])

    def definitions(self) -> dict[str, Any]:
        return self._definitions

    def items(self) -> dict[str, Any]:
        refs = [self.ref(item_model(model), "serialization") for model in self.types]  # type: ignore[arg-type]
        return {"anyOf": refs} if refs else {"type": "object"}

    def patches(self) -> dict[str, Any]:
        refs = [self.ref(patch_model(model), "validation") for model in self.types]  # type: ignore[arg-type]
        return {"anyOf": refs} if refs else {"type": "object"}

    def creations(self) -> dict[str, Any]:
        refs = [self.ref(create_model_below(model), "validation") for model in parents()]  # type: ignore[arg-type]
        return {"anyOf": refs} if refs else {"type": "object"}


Template = tuple[str, list[dict[str, Any]], "Mapping[str, Operation]"]


def _templates(service: Service) -> Iterator[Template]:
    """The path templates of a service, each with its path parameters and verbs."""
    stems: list[tuple[str, list[dict[str, Any]]]] = []
    if not isinstance(service.on, tuple) and service.on in ("any", "site"):
        stems.append((f"{PREFIX}/", []))
    if service.on != "site":
        stems.append((f"{PREFIX}/{{path}}", [PATH_PARAMETER]))
    for stem, parameters in stems:
        if not service.name:
            # A verb of some kinds of page alone is none of the root's.
            everywhere = {verb: one for verb, one in service.operations.items() if one.models is None}
            yield stem, parameters, service.operations if parameters else everywhere
            continue
        address = f"{stem.rstrip('/')}/@{service.name}"
        if not service.tail_required:
            yield address, parameters, service.operations
        if service.tail:
            tail = _step(service.tail, service.tail_values)
            yield f"{address}/{{{service.tail}}}", [*parameters, tail], service.operations
        for name, operations in service.below.items():
            address, parameters = f"{address}/{{{name}}}", [*parameters, _step(name)]
            yield address, parameters, operations


def _step(name: str, values: Callable[[], list[str]] | None = None) -> dict[str, Any]:
    """The parameter of one step of a path."""
    schema: dict[str, Any] = {"type": "string", "minLength": 1, "pattern": "^[^/?#]+$"}
    if values is not None:
        schema["enum"] = values()
    return {"name": name, "in": "path", "required": True, "schema": schema}


def parameters_of(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Query parameters of a pydantic model, under their aliases."""
    schema = model.model_json_schema(by_alias=True)
    found = []
    for name, said in schema.get("properties", {}).items():
        said = {key: value for key, value in said.items() if key not in ("title",)}
        description = said.pop("description", None)
        said = _bounds(said)
        if "anyOf" in said:  # "or null" has no meaning in a query string
            members = [member for member in said.pop("anyOf") if member.get("type") != "null"]
            said = {**members[0], **said} if len(members) == 1 else {"anyOf": members, **said}
            said.pop("default", None) if said.get("default", "") is None else None
        if "enum" in said and said.get("default") in (True, False):
            said["default"] = "1" if said["default"] else "0"
        if said.get("type") == "string" and not {"enum", "pattern", "anyOf"} & said.keys():
            said["pattern"] = "^[^\\u0000]*$"  # the one character that no text may hold
        parameter: dict[str, Any] = {"name": name, "in": "query", "schema": said}
        if said.get("type") == "array":
            parameter |= {"style": "form", "explode": True}
            inner = dict(said.get("items", {}))
            if name == "expand":
                inner["enum"] = sorted(components.names())
            elif not {"enum", "pattern", "anyOf"} & inner.keys():
                inner |= {"minLength": 1, "pattern": "^[^\\u0000]+$"}
            said["items"] = inner
        if name in schema.get("required", []):
            parameter["required"] = True
        if description:
            parameter["description"] = description
        found.append(parameter)
    return found


def _bounds(said: dict[str, Any]) -> dict[str, Any]:
    """Name pydantic's bounds of a value that a validator of ours has read as JSON Schema does."""
    keywords = {"ge": "minimum", "le": "maximum"}
    said = {keywords.get(key, key): value for key, value in said.items()}
    if "anyOf" in said:
        said["anyOf"] = [_bounds(member) for member in said["anyOf"]]
    return said


def _operation(
    service: Service,
    method: str,
    operation: Operation,
    in_path: list[dict[str, Any]],
    template: str,
    schemas: _Schemas,
) -> dict[str, Any]:
    writes = method != "GET"
    said: dict[str, Any] = {
        "operationId": _identifier(method, template),
        "summary": str(operation.summary),
        "tags": list(service.tags) or ["objects" if not service.name else f"@{service.name}"],
        "parameters": [*in_path, *parameters_of(operation.params)],
        "responses": _responses(service, operation, schemas, writes=writes),
        "security": [{"token": []}, {"session": []}]
        if writes or operation.signed_in
        else [{}, {"token": []}],
    }
    if writes:
        said["parameters"].append(
            {
                "name": "If-Match",
                "in": "header",
                "description": "The ETag you read; a change made since is then a 412, not a loss.",
                "schema": {"type": "string"},
            }
        )
        if operation.returns_object:
            said["parameters"].append(
                {
                    "name": "Prefer",
                    "in": "header",
                    "schema": {"type": "string", "examples": ["return=representation"]},
                }
            )
    if operation.body is not None:
        if isinstance(operation.body, type):
            schema = schemas.ref(operation.body, "validation")
        else:
            schema = schemas.creations() if method == "POST" else schemas.patches()
        said["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return said


def _identifier(method: str, template: str) -> str:
    words = template.removeprefix(PREFIX).replace("@", "").replace("{", "by_").replace("}", "")
    return "_".join([method.lower(), *(part for part in words.split("/") if part)]) or method.lower()


def _responses(service: Service, operation: Operation, schemas: _Schemas, *, writes: bool) -> dict[str, Any]:
    if not service.name:
        schema: Any = schemas.items()
    elif isinstance(operation.answer, type):
        schema = schemas.ref(operation.answer, "serialization")
    else:
        schema = dict(operation.answer) if operation.answer is not None else None
    headers = {"ETag": {"schema": {"type": "string"}, "description": "“state.representation”"}}
    answers: dict[str, Any] = {}
    if schema is None:
        answers["204"] = {"description": "Done"}
    else:
        content = {operation.media_type: {"schema": schema}}
        answers[str(operation.status)] = {"description": "Said", "content": content, "headers": headers}
    if operation.returns_object:
        answers["204"] = {"description": "Changed", "headers": headers}
    if not writes:
        answers["304"] = {"description": "As you have it (If-None-Match)"}
    problem = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status, description in (WRITE_ERRORS if writes else READ_ERRORS).items():
        answers[str(status)] = {"description": description, "content": problem}
    answers["default"] = {"description": "A problem", "content": problem}
    return answers
