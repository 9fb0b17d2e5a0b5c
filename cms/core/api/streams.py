"""Bodies as JSON: every block {"type", "id", "value"}, typed exactly as its block is declared."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

from wagtail import blocks
from wagtail.models import Page

from cms.core.api.references import (
    _ATTRIBUTE,
    _LINK,
    References,
    current,
    document_model,
    list_values,
    target_of,
)

if TYPE_CHECKING:
    from cms.core.registry import Context

_TAG = re.compile(rf"</a>|{_LINK.pattern}", re.IGNORECASE)
_EMBED = re.compile(r"<embed\b[^>]*>", re.IGNORECASE)  # bodies have blocks for media


def stream(value: Any, ctx: Context) -> list[dict[str, Any]]:
    """Say a StreamField's value, with pages and assets that this reader may see."""
    refs = current(ctx)
    raw = list(value.raw_data)
    refs.gather_block(value.stream_block, raw)
    refs.resolve()
    said: list[dict[str, Any]] = say(value.stream_block, raw, refs)
    return said


def rich_text(source: str, ctx: Context) -> str:
    """Say stored rich text as HTML, with links that this reader may follow."""
    refs = current(ctx)
    refs.gather_html(source)
    refs.resolve()
    return say_html(source, refs)


def say(block: Any, raw: Any, refs: References) -> Any:
    """Say one block's raw value."""
    if isinstance(block, blocks.StreamBlock):
        return [
            {
                "type": child["type"],
                "id": child.get("id"),
                "value": say(block.child_blocks[child["type"]], child["value"], refs),
            }
            for child in raw or ()
            if child["type"] in block.child_blocks
        ]
    if isinstance(block, blocks.StructBlock):
        raw = raw or {}
        return {name: say(child, raw.get(name), refs) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        return [say(block.child_block, value, refs) for value in list_values(raw or ())]
    if isinstance(block, blocks.ChooserBlock):
        if issubclass(target_of(block), Page):
            page = refs.page(raw)
            return page.as_dict() if page else None
        return refs.asset(target_of(block), raw)
    if isinstance(block, blocks.RichTextBlock):
        return say_html(raw or "", refs)
    if raw is None:
        return False if isinstance(block, blocks.BooleanBlock) else "" if _is_text(block) else None
    return raw


def _is_text(block: Any) -> bool:
    return isinstance(block, blocks.CharBlock | blocks.TextBlock | blocks.URLBlock | blocks.EmailBlock)


def say_html(source: str, refs: References) -> str:
    """Replace database links by addresses; a link to what may not be seen loses its tag and keeps its words."""
    pieces: list[str] = []
    open_links: list[bool] = []
    position = 0
    for match in _TAG.finditer(source):
        pieces.append(source[position : match.start()])
        position = match.end()
        tag = match.group()
        if tag.lower() == "</a>":
            if not open_links or open_links.pop():
                pieces.append(tag)
        else:
            said = _say_link(tag, refs)
            open_links.append(bool(said))
            pieces.append(said)
    pieces.append(source[position:])
    return _EMBED.sub("", "".join(pieces))


def _say_link(tag: str, refs: References) -> str:
    attributes = dict(_ATTRIBUTE.findall(tag))
    kind, key = attributes.get("linktype"), attributes.get("id", "")
    if kind is None:
        return tag
    url: str | None = None
    if key.isdigit() and kind == "page":
        page = refs.page(int(key))
        url = page.url if page else None
    elif key.isdigit() and kind == "document":
        document = refs.asset(document_model(), int(key))
        url = document.get("download") if document else None
    return f'<a href="{html.escape(url)}">' if url else ""
