"""What a service is, what it is called with, and the parameters that services share."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.reader import Reader
    from cms.core.registry import Context

READ, WRITE = "read", "write"
SAFE = ("GET", "HEAD", "OPTIONS")
B_SIZE, MAX_B_SIZE, MAX_B_START = 25, 100, 100_000


def _digits(value: Any) -> Any:
    """Let nothing but plain digits be a number (int() would also take "1_0", " 1 " and "１")."""
    if isinstance(value, str):
        if not re.fullmatch(r"[0-9]{1,10}", value):
            raise ValueError("should be a whole number, in digits")
        return int(value)
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, str):
        if value not in FLAGS:
            raise ValueError(f"should be one of {', '.join(repr(flag) for flag in FLAGS)}")
        return value in ("", "1", "true")  # Plone reads a bare `fullobjects` as true
    return value


FLAGS = ("1", "0", "true", "false", "")
Whole = Annotated[int, BeforeValidator(_digits)]
Flag = Annotated[
    bool,
    BeforeValidator(_flag),
    WithJsonSchema({"type": "string", "enum": list(FLAGS), "description": "Empty means 1."}),
]


class Params(BaseModel):
    """The base of all parameters and bodies: what is not named is refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=False, frozen=True)


class NoParams(Params):
    """No parameters."""


class Batch(Params):
    """Plone's batching."""

    b_start: Annotated[Whole, Field(ge=0, le=MAX_B_START, description="Leave out this many items.")] = 0
    b_size: Annotated[Whole, Field(ge=0, le=MAX_B_SIZE, description="Items per batch.")] = B_SIZE


SortOn = Literal[
    "getObjPositionInParent", "sortable_title", "effective", "modified", "created", "expires", "id", "path"
]
SortOrder = Literal["ascending", "descending", "reverse"]


@dataclass(frozen=True)
class Call:
    """One request, understood: the object it is about, who asks, and the validated parameters and body."""

    request: HttpRequest
    page: Any
    ctx: Context
    params: Any
    body: Any = None
    tail: str = ""

    @property
    def user(self) -> Any:
        return self.ctx.reader.user

    @property
    def query(self) -> list[tuple[str, str]]:
        """What was asked, without the batch: for the addresses of the batches around this one."""
        lists = self.request.GET.lists()
        return [(name, one) for name, found in lists for one in found if name not in ("b_start", "b_size")]


@dataclass(frozen=True)
class Operation:
    """One verb of a service.

    handle(call) returns something JSON can say (200, or `status`), None (204), or an HttpResponse. It raises
    `Problem` for errors. `body` is the model of what is sent, or a function of the page's model that returns it.
    `models` names the page models whose objects answer this verb; None: all where the service stands.
    `answer` is the pydantic model or JSON Schema of the 200 body. `signed_in` refuses anonymous callers with 401;
    writes always do. `returns_object` is for handlers that return the changed page: the answer is then 204, or
    the object where the client prefers it.
    """

    handle: Callable[[Call], Any]
    summary: str
    params: type[BaseModel] = NoParams
    body: type[BaseModel] | Callable[[type], type[BaseModel]] | None = None
    answer: type[BaseModel] | Mapping[str, Any] | None = None
    signed_in: bool = False
    status: int = 200
    media_type: str = "application/json"
    returns_object: bool = False
    models: Callable[[], tuple[type, ...]] | None = None

    def stands_on(self, page: Any) -> bool:
        return self.models is None or isinstance(page, self.models())


@dataclass(frozen=True)
class Service:
    """A named service below any object: ``/++api++/<path>/@<name>[/<tail>]``.

    `on` says where it stands: "site" (the root alone), "page" (anything below the root) or "any"; or the page
    models that have it. `tail` names what may follow the service in the path; `tail_required` where it must.
    `below` names further steps of the path, each with its own verbs: {"mailing": {"GET": …}} is what answers at
    ``@mailings/<mailing>``; `call.tail` has the steps joined by "/". `component(page, ctx, params)` makes it
    expandable (``?expand=<name>``). `opened(reader)` says for whom it exists: everybody else is told that there
    is no such service, whatever they ask of it.
    """

    name: str
    operations: Mapping[str, Operation]
    on: str | tuple[type, ...] = "any"
    tail: str = ""
    tail_required: bool = False
    tail_values: Callable[[], list[str]] | None = None
    component: Callable[..., Any] | None = None
    order: int = 50
    tags: tuple[str, ...] = field(default=())
    below: Mapping[str, Mapping[str, Operation]] = field(default_factory=dict)
    opened: Callable[[Reader], bool] | None = None

    def stands_on(self, page: Any) -> bool:
        if isinstance(self.on, tuple):
            return isinstance(page, self.on)
        if self.on == "site":
            return bool(page.depth == SITE_DEPTH)
        return self.on == "any" or page.depth > SITE_DEPTH

    def at(self, tail: str) -> Mapping[str, Operation] | None:
        """The verbs that answer with this tail, or None where the service has nothing there."""
        if self.below and tail:
            steps = tail.split("/")
            return list(self.below.values())[len(steps) - 1] if len(steps) <= len(self.below) else None
        if bool(tail) > bool(self.tail) or (self.tail_required and not tail):
            return None
        return self.operations

    def every(self) -> Iterator[Operation]:
        """All operations, at the service's own address and below it."""
        for operations in (self.operations, *self.below.values()):
            yield from operations.values()


def allowed(operations: Mapping[str, Operation]) -> tuple[str, ...]:
    """The verbs for `Allow`."""
    verbs = list(operations)
    if "GET" in verbs:
        verbs.insert(verbs.index("GET") + 1, "HEAD")
    return (*verbs, "OPTIONS")


SITE_DEPTH = 2  # the tree: Wagtail's root (1), the site (2), the language homes (3)
