"""What words point at (pages, pictures, documents), resolved for many pages at once and for one reader.

Reading a body takes a constant number of queries whatever the number of blocks and pages: first all keys are
gathered from the raw values, then each kind of target is read once. A page the reader may not see stays
unresolved: neither its title nor its address is told (abuse case 3).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import ForeignKey, OneToOneField
from wagtail import blocks
from wagtail.coreutils import resolve_model_string
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from cms.core import registry
from cms.core.models import SitePage
from cms.core.policies import visible

if TYPE_CHECKING:
    from cms.core.registry import Context

_LINK = re.compile(r"<a\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"', re.IGNORECASE)


@dataclass(frozen=True)
class PageRef:
    """A page that the reader may see."""

    url: str
    uid: str
    title: str
    type_name: str

    def as_dict(self) -> dict[str, Any]:
        return {"@id": self.url, "@type": self.type_name, "UID": self.uid, "title": self.title}


@dataclass
class References:
    """Targets by model and key; `resolve` fills them, `page` and `asset` read them."""

    ctx: Context
    wanted: dict[type, set[int]] = field(default_factory=lambda: defaultdict(set))
    pages: dict[int, PageRef] = field(default_factory=dict)
    assets: dict[tuple[type, int], dict[str, Any] | None] = field(default_factory=dict)
    served: list[Any] = field(default_factory=list)
    memory: dict[Any, Any] = field(default_factory=dict)

    # Gathering -------------------------------------------------------------------------------------------
    def want(self, model: type, pk: Any) -> None:
        if isinstance(pk, int):
            self.wanted[Page if issubclass(model, Page) else model].add(pk)

    def gather_page(self, page: Any) -> None:
        """Note all that the page's own fields point at."""
        self.served.append(page)
        assets = asset_models()
        for column in page._meta.get_fields():
            if isinstance(column, StreamField):
                self.gather_block(column.stream_block, list(getattr(page, column.name).raw_data))
            elif isinstance(column, RichTextField):
                self.gather_html(getattr(page, column.name) or "")
            elif isinstance(column, OneToOneField):
                continue  # the rows that the page itself is made of
            elif isinstance(column, ForeignKey) and (
                column.related_model in assets or issubclass(column.related_model, Page)
            ):
                self.want(column.related_model, getattr(page, column.attname))

    def gather_block(self, block: Any, raw: Any) -> None:
        """Note all that a block's raw value points at."""
        if raw is None:
            return
        if isinstance(block, blocks.StreamBlock):
            for child in raw:
                if child["type"] in block.child_blocks:
                    self.gather_block(block.child_blocks[child["type"]], child["value"])
        elif isinstance(block, blocks.StructBlock):
            for name, child_block in block.child_blocks.items():
                self.gather_block(child_block, raw.get(name))
        elif isinstance(block, blocks.ListBlock):
            for value in list_values(raw):
                self.gather_block(block.child_block, value)
        elif isinstance(block, blocks.ChooserBlock):
            self.want(target_of(block), raw)
        elif isinstance(block, blocks.RichTextBlock):
            self.gather_html(raw)

    def gather_html(self, html: str) -> None:
        for tag in _LINK.findall(html):
            attributes = dict(_ATTRIBUTE.findall(tag))
            target = {"page": Page, "document": document_model()}.get(attributes.get("linktype", ""))
            if target is not None and attributes.get("id", "").isdigit():
                self.want(target, int(attributes["id"]))

    # Resolving -------------------------------------------------------------------------------------------
    def resolve(self) -> None:
        """Read everything noted: one query for pages, and the registered serializer's few for each asset model."""
        for model, keys in self.wanted.items():
            if model is Page:
                self._resolve_pages(keys)
            else:
                self._resolve_assets(model, keys)
        self.wanted.clear()

    def _resolve_pages(self, keys: set[int]) -> None:
        missing = keys - self.pages.keys()
        if not missing:
            return
        found = visible(
            SitePage.objects.filter(pk__in=missing), reader=self.ctx.reader, now=self.ctx.now
        ).select_related("content_type")
        for page in found:
            self.pages[page.pk] = PageRef(address(page), page.uid.hex, page.title, type_name(page))

    def _resolve_assets(self, model: Any, keys: set[int]) -> None:
        missing = {key for key in keys if (model, key) not in self.assets}
        if not missing:
            return
        for key in missing:
            self.assets[model, key] = None
        serialize = registry.asset_serializers.get(model)
        if serialize is None:
            return
        prepare = getattr(serialize, "prepare", None)
        found = model._default_manager.filter(pk__in=missing)
        for row in prepare(found) if prepare else found:
            self.assets[model, row.pk] = serialize(row, self.ctx)

    # Reading ---------------------------------------------------------------------------------------------
    def page(self, pk: Any) -> PageRef | None:
        return self.pages.get(pk)

    def asset(self, model: type, pk: Any) -> dict[str, Any] | None:
        return self.assets.get((model, pk))


def address(page: Any) -> str:
    """The `@id` of a page: its public address without a trailing slash."""
    return str(page.public_url).rstrip("/")


def type_name(page: Any) -> str:
    """The `@type` of a page, specific or not, without a query where its content type is loaded."""
    model = page.cached_content_type.model_class() or type(page)
    kind = registry.page_types.get(model)
    return kind.type_name if kind else str(model.__name__)


def target_of(block: Any) -> Any:
    """The model a chooser block points at (some name it by a string)."""
    return resolve_model_string(block.target_model)


def list_values(raw: Any) -> list[Any]:
    """The values of a stored ListBlock, which wraps each as {"type": "item", "value": …} or did not (before)."""
    return [
        item["value"] if isinstance(item, dict) and item.get("type") == "item" and "value" in item else item
        for item in raw
    ]


def asset_models() -> set[Any]:
    from wagtail.documents import get_document_model
    from wagtail.images import get_image_model
    from wagtailmedia.models import get_media_model

    return {get_image_model(), get_document_model(), get_media_model()}


def document_model() -> Any:
    from wagtail.documents import get_document_model

    return get_document_model()


_current: ContextVar[References | None] = ContextVar("references", default=None)


@contextmanager
def gathered(pages: Iterable[Any], ctx: Context) -> Iterator[References]:
    """Resolve what `pages` point at, and let serializers read it from `current()` meanwhile."""
    refs = References(ctx)
    for page in pages:
        refs.gather_page(page)
    refs.resolve()
    token = _current.set(refs)
    try:
        yield refs
    finally:
        _current.reset(token)


def current(ctx: Context) -> References:
    """The references being served, or empty ones for a serializer called by itself."""
    refs = _current.get()
    return refs if refs is not None and refs.ctx.reader == ctx.reader else References(ctx)
