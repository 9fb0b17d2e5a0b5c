"""The API kernel: plone.restapi's protocol over our pages.

Upper apps need: `Service`, `Operation`, `Call`, `Params` and `Problem` to register services of their own in
`registry.services`; `stream`, `rich_text` and `asset` to say parts of a page in `PageType.serialize`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from cms.core.api.dispatcher import error_response, gone_response, item_response, respond
from cms.core.api.items import batched, full, item, moment, summary
from cms.core.api.problems import Problem, not_found, problem_response
from cms.core.api.protocol import Batch, Call, Flag, NoParams, Operation, Params, Service
from cms.core.api.references import address, current
from cms.core.api.streams import rich_text, stream

if TYPE_CHECKING:
    from cms.core.registry import Context

T = TypeVar("T")

__all__ = [
    "Batch",
    "Call",
    "Flag",
    "NoParams",
    "Operation",
    "Params",
    "Problem",
    "Service",
    "address",
    "asset",
    "batched",
    "error_response",
    "full",
    "gone_response",
    "item",
    "item_response",
    "moment",
    "not_found",
    "once",
    "page_link",
    "problem_response",
    "respond",
    "rich_text",
    "served",
    "stream",
    "summary",
]


def asset(row: Any, name: str, ctx: Context) -> dict[str, Any] | None:
    """Say the picture, document or sound that `row`'s foreign key `name` points at, or None where it may not be had.

    No query of its own for a page being served: its keys were gathered with the others.
    """
    column = row._meta.get_field(name)
    refs = current(ctx)
    key = getattr(row, column.attname)
    if (column.related_model, key) not in refs.assets:
        refs.want(column.related_model, key)
        refs.resolve()
    return refs.asset(column.related_model, key)


def once(ctx: Context, key: Any, read: Callable[[], T]) -> T:
    """What `read` returns, asked once for all the pages of the answer being made, however many need it."""
    memory = current(ctx).memory
    if key not in memory:
        memory[key] = read()
    found: T = memory[key]
    return found


def served(ctx: Context) -> list[Any]:
    """The pages of the answer being made, for a serializer that reads something for all of them at once."""
    return current(ctx).served


def page_link(pk: int | None, ctx: Context) -> dict[str, Any] | None:
    """Say in short the page with this key, or None where the reader may not see it: titles never leak."""
    from wagtail.models import Page

    refs = current(ctx)
    if pk is not None and pk not in refs.pages:
        refs.want(Page, pk)
        refs.resolve()
    found = refs.page(pk)
    return found.as_dict() if found else None
