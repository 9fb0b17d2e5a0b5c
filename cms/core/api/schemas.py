"""Exact pydantic models of page types and of every block in their bodies, for reading and for writing."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Literal, Union

from django.db import models
from pydantic import BaseModel, ConfigDict, Field, create_model
from wagtail import blocks
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.core import registry
from cms.core.api.protocol import Params
from cms.core.api.references import target_of
from cms.core.models import SitePage

HTML = Field(json_schema_extra={"contentMediaType": "text/html"})
UID = re.compile(r"^[0-9a-f]{32}$")


class PageLink(BaseModel):
    """A page pointed at, in short."""

    model_config = ConfigDict(extra="allow")

    id_: str = Field(alias="@id", json_schema_extra={"format": "uri"})
    type_: str = Field(alias="@type")
    UID: str
    title: str


class Scale(BaseModel):
    """A picture in one size and format; its bytes are null until it has been rendered."""

    download: str
    width: int
    height: int
    content_type: Annotated[str, Field(alias="content-type")]
    size: int | None


class AssetWords(BaseModel):
    """What is said of a library item in one language."""

    alt: str
    description: str


class Asset(BaseModel):
    """A picture, document, sound or film of the library, with the addresses of what may be had of it.

    A picture has `scales` by name ("web-720", "web-720.webp", "press"), every item `texts` by language.
    """

    model_config = ConfigDict(extra="allow")

    scales: dict[str, Scale] = Field(default_factory=dict)
    texts: dict[str, AssetWords] = Field(default_factory=dict)


class Target(Params):
    """What a written value points at, by its `UID` (32 hexadecimal digits)."""

    UID: str = Field(pattern=UID.pattern)


def _text(block: Any) -> Any:
    limits: dict[str, Any] = {}
    field = getattr(block, "field", None)
    if getattr(field, "max_length", None):
        limits["max_length"] = field.max_length  # type: ignore[union-attr]
    if block.required:
        limits["min_length"] = 1
    return Annotated[str, Field(**limits)]


def _name(block: Any, writing: bool) -> str:
    stem = type(block).__name__.removesuffix("Block")
    return f"{stem}Input" if writing else stem


_models: dict[tuple[type, bool], Any] = {}


def block_type(block: Any, *, writing: bool) -> Any:
    """The type of a block's JSON value. Reading says what may be absent; writing says what is asked."""
    if isinstance(block, blocks.StreamBlock):
        found = list[_union(block, writing)]  # type: ignore[misc, valid-type]
        limits = {"min_length": block.meta.min_num, "max_length": block.meta.max_num}
        return Annotated[found, Field(**{key: value for key, value in limits.items() if value})]
    if isinstance(block, blocks.StructBlock):
        return _struct(block, writing)
    if isinstance(block, blocks.ListBlock):
        limits = {"min_length": block.meta.min_num, "max_length": block.meta.max_num} if writing else {}
        inner = block_type(block.child_block, writing=writing)
        return Annotated[list[inner], Field(**{key: value for key, value in limits.items() if value})]  # type: ignore[valid-type]
    if isinstance(block, blocks.ChooserBlock):
        if writing:
            return Target if block.required else Target | None
        return (PageLink if issubclass(target_of(block), Page) else Asset) | None
    if isinstance(block, blocks.RichTextBlock):
        return Annotated[str, HTML]
    if isinstance(block, blocks.BooleanBlock):
        return bool
    if isinstance(block, blocks.IntegerBlock):
        return int if block.required and writing else int | None
    if isinstance(block, blocks.FloatBlock | blocks.DecimalBlock):
        return float if block.required and writing else float | None
    if isinstance(block, blocks.CharBlock | blocks.TextBlock | blocks.URLBlock | blocks.EmailBlock):
        return _text(block) if writing else str
    return Any


def _needed(block: Any) -> bool:
    return bool(getattr(block, "required", True)) and not isinstance(block, blocks.BooleanBlock)


def _default(block: Any) -> Any:
    if isinstance(block, blocks.BooleanBlock):
        return False
    if isinstance(block, blocks.ListBlock | blocks.StreamBlock):
        return []
    if isinstance(block, blocks.ChooserBlock | blocks.IntegerBlock | blocks.FloatBlock | blocks.DecimalBlock):
        return None
    return ""


def _struct(block: Any, writing: bool) -> Any:
    key = (type(block), writing)
    if key not in _models:
        fields: dict[str, Any] = {}
        for name, child in block.child_blocks.items():
            kind = block_type(child, writing=writing)
            needed = not writing or _needed(child)
            fields[name] = (kind, ... if needed else _default(child))
        base = Params if writing else BaseModel
        _models[key] = create_model(_name(block, writing), __base__=base, __doc__=_doc(block), **fields)
    return _models[key]


def _doc(block: Any) -> str | None:
    text = type(block).__doc__
    return text if text and not text.startswith("A subclass of Block") else None


def _union(block: Any, writing: bool) -> Any:
    key = (type(block), writing)
    if key not in _models:
        members = []
        base = Params if writing else BaseModel
        for name, child in block.child_blocks.items():
            title = "".join(part.title() for part in name.split("_")) + ("BlockInput" if writing else "Block")
            members.append(
                create_model(
                    title,
                    __base__=base,
                    type=(Literal[name], ...),  # type: ignore[arg-type]
                    id=(Annotated[str | None, Field(max_length=100)], None) if writing else (str | None, ...),
                    value=(block_type(child, writing=writing), ...),
                )
            )
        if len(members) == 1:
            _models[key] = members[0]
        else:
            _models[key] = Annotated[Union[tuple(members)], Field(discriminator="type")]  # noqa: UP007
    return _models[key]


# Page types ----------------------------------------------------------------------------------------------------
def own_fields(model: Any) -> list[Any]:
    """The columns a page model adds to SitePage and an editor may write."""
    inherited = {column.name for column in SitePage._meta.get_fields()}
    return [
        column
        for column in model._meta.get_fields()
        if column.name not in inherited
        and isinstance(column, models.Field)
        and not isinstance(column, models.ForeignKey | models.OneToOneField | models.ManyToManyField)
        and column.editable
    ]


def _column_type(column: Any, *, writing: bool) -> Any:
    if isinstance(column, StreamField):
        return block_type(column.stream_block, writing=writing)
    if isinstance(column, RichTextField):
        return Annotated[str, HTML]
    if column.choices:
        values = tuple(value for value, _label in column.flatchoices)
        return Literal[values]  # type: ignore[valid-type]
    simple = {
        models.BooleanField: bool,
        models.IntegerField: int,
        models.FloatField: float,
    }
    for kind, found in simple.items():
        if isinstance(column, kind):
            return found | None if column.null else found
    if isinstance(column, models.CharField | models.TextField):
        limits = {"max_length": column.max_length} if column.max_length else {}
        if not column.blank:
            limits["min_length"] = 1
        return Annotated[str, Field(**limits)]  # type: ignore[call-overload]
    return None


def body_names(model: Any) -> list[str]:
    """The names of the model's own bodies of blocks."""
    return [column.name for column in own_fields(model) if isinstance(column, StreamField)]


@cache
def patch_model(model: Any) -> type[BaseModel]:
    """What PATCH takes for this page model: the type's own schema with its bodies, or all the words of the model."""
    kind = registry.page_types.get(model)
    if kind is not None and kind.patch_schema is not None:
        bodies: dict[str, Any] = {
            name: (_column_type(model._meta.get_field(name), writing=True), None)
            for name in body_names(model)
        }
        base = kind.patch_schema
        return create_model(base.__name__, __base__=base, __doc__=base.__doc__, **bodies)
    fields: dict[str, Any] = {
        "title": (Annotated[str, Field(min_length=1, max_length=255)], None),
        "description": (Annotated[str, Field(max_length=600)], None),
    }
    for column in own_fields(model):
        found = _column_type(column, writing=True)
        if found is not None:
            fields[column.name] = (found, None)
    name = kind.type_name if kind else model.__name__
    return create_model(f"{name}Patch", __base__=Params, __doc__=f"Words of a {name} to change.", **fields)


def made_below(parent: Any) -> registry.PageType | None:
    """The type whose pages POST makes below pages of this model, or None. One: a list holds one type of page."""
    for kind in registry.page_types:
        if kind.create_schema is not None and parent in kind.model.allowed_parent_page_models():
            return kind
    return None


@cache
def parents() -> tuple[type, ...]:
    """The page models below which POST makes pages (asked once: types are registered before the first request)."""
    return tuple(kind.model for kind in registry.page_types if made_below(kind.model) is not None)


@cache
def create_model_below(parent: Any) -> type[BaseModel]:
    """What POST takes below a page of this model: the type's own schema, its `@type` and its bodies."""
    kind = made_below(parent)
    if kind is None or kind.create_schema is None:
        raise LookupError(parent)
    base = kind.create_schema
    fields: dict[str, Any] = {
        name: (_column_type(kind.model._meta.get_field(name), writing=True), None)
        for name in body_names(kind.model)
    }
    fields["type_"] = (Literal[kind.type_name], Field(alias="@type"))
    return create_model(base.__name__, __base__=base, __doc__=base.__doc__, **fields)


class Summary(BaseModel):
    """An object in short."""

    model_config = ConfigDict(extra="allow")

    id_: Annotated[str, Field(alias="@id", json_schema_extra={"format": "uri"})]
    type_: Annotated[str, Field(alias="@type")]
    UID: str
    title: str
    description: str
    review_state: str


class Batching(BaseModel):
    """Addresses of the batches around this one."""

    id_: Annotated[str, Field(alias="@id")]
    first: str
    prev: str | None = None
    next: str | None = None
    last: str


class ItemList(BaseModel):
    """A batch of objects, in short or in full."""

    model_config = ConfigDict(extra="allow")

    id_: Annotated[str, Field(alias="@id")]
    items: list[dict[str, Any]]
    items_total: int
    batching: Batching | None = None


class Parent(BaseModel):
    """The object above in short; empty where there is none to be seen."""

    model_config = ConfigDict(extra="allow")


class Item(BaseModel):
    """What every object says of itself."""

    model_config = ConfigDict(extra="allow")

    id_: Annotated[str, Field(alias="@id", json_schema_extra={"format": "uri"})]
    type_: Annotated[str, Field(alias="@type")]
    UID: Annotated[str, Field(pattern=UID.pattern)]
    id: str
    title: str
    description: str
    language: str
    review_state: str
    created: str | None
    modified: str | None
    effective: str | None
    expires: str | None
    is_folderish: bool
    allow_discussion: bool
    preview_image: Asset | None
    parent: Parent
    components: Annotated[dict[str, dict[str, Any]], Field(alias="@components")]
    items: list[Summary] | list[dict[str, Any]] | None = None
    items_total: int | None = None
    batching: Batching | None = None


@cache
def item_model(model: Any) -> type[BaseModel]:
    """What GET gives for this page model: the common fields, its bodies typed, and its type's own schema."""
    kind = registry.page_types.get(model)
    fields: dict[str, Any] = {}
    for column in own_fields(model):
        if isinstance(column, StreamField | RichTextField):
            fields[column.name] = (_column_type(column, writing=False), ...)
    bases: tuple[Any, ...] = (Item,)
    if kind is not None and kind.item_schema is not None:
        bases = (kind.item_schema, Item)
        fields = {name: value for name, value in fields.items() if name not in kind.item_schema.model_fields}
    name = kind.type_name if kind else model.__name__
    fields["type_"] = (Literal[name], Field(alias="@type"))
    return create_model(f"{name}Item" if len(name) < 3 else name, __base__=bases, **fields)
