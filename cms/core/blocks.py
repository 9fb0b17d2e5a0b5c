"""The one block set of every body. Names are English snake_case, kept for ever: stored content names them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import linebreaks
from django.utils.translation import gettext_lazy as _
from draftjs_exporter.error import ExporterException
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.rich_text import RichText
from wagtailmedia.blocks import AudioChooserBlock, VideoChooserBlock

INLINE = ["bold", "italic", "superscript", "link"]
PARAGRAPH = ["h3", *INLINE, "ol", "ul", "document-link"]

#: What the editor's reader raises of what is not its own JSON.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, ExporterException)

_TAG = re.compile(r"(<[^>]*>)")
_EMPTY = re.compile(r"<(p|h3)\b[^>]*>[\s\u00a0]*</\1>")
_RUN = re.compile(r"[ \u00a0]{2,}")
_AT_START = re.compile(r"(<(?:p|h3|li)\b[^>]*>)[\s\u00a0]+")
_AT_END = re.compile(r"[\s\u00a0]+(</(?:p|h3|li)>)")


def without_blanks(source: str) -> str:
    """Stored rich text without what Word makes room with: empty paragraphs, blanks at either end, runs of blanks.

    A single no-break space stays: French sets one before « : ». Text that is nothing but blanks stays as it is.
    """
    words = "".join(part if part[:1] == "<" else _RUN.sub(" ", part) for part in _TAG.split(source))
    words = _EMPTY.sub("", _AT_END.sub(r"\1", _AT_START.sub(r"\1", words)))
    return words or source


class HeadingBlock(blocks.CharBlock):
    class Meta:
        icon = "title"
        label = _("Heading")
        template = "pages/blocks/heading.html"


class Untold(str):
    """Rich text that came in another shape than the editor's: its words as paragraphs, to be looked at first."""

    __slots__ = ()


class EditedTextBlock(blocks.RichTextBlock):
    """Rich text that loses no word where a post is not the editor's own: an error, with the words in the editor."""

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        try:
            return super().value_from_datadict(data, files, prefix)
        except UNREADABLE:
            return RichText(Untold(linebreaks(data.get(prefix, ""), autoescape=True)))

    def clean(self, value: Any) -> Any:
        if isinstance(value.source, Untold):
            raise ValidationError(
                _("These words came in another form than the editor's. Look through them, then save again.")
            )
        return super().clean(value)

    def deconstruct(self) -> Any:
        """As Wagtail's own, which is what is stored: the schema of no page changes by how a post is read."""
        path, args, kwargs = super().deconstruct()
        return ("wagtail.blocks.RichTextBlock" if type(self) is EditedTextBlock else path), args, kwargs


class ParagraphBlock(EditedTextBlock):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("features", PARAGRAPH)
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """What the editor let through is clean markup already; the blanks of a pasted text go here."""
        cleaned = super().clean(value)
        return RichText(without_blanks(cleaned.source))

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "pages/blocks/paragraph.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(label=_("Words spoken"))
    speaker = blocks.CharBlock(label=_("Who says it"), max_length=160)
    function = blocks.CharBlock(label=_("Function"), max_length=200, required=False)

    class Meta:
        icon = "openquote"
        label = _("Quote")
        template = "pages/blocks/quote.html"


class ImageBlock(blocks.StructBlock):
    image = ImageChooserBlock(label=_("Picture"))
    caption = blocks.CharBlock(label=_("Caption"), max_length=300, required=False)
    decorative = blocks.BooleanBlock(
        label=_("Decorative"), required=False, help_text=_("It tells nothing that the text does not.")
    )

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "pages/blocks/image.html"


class GalleryBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=160, required=False)
    images = blocks.ListBlock(ImageBlock(), label=_("Pictures"), min_num=2, max_num=24)

    class Meta:
        icon = "image"
        label = _("Gallery")
        template = "pages/blocks/gallery.html"


class FigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(label=_("Figure"), max_length=40)
    label = blocks.CharBlock(label=_("What it counts"), max_length=120)

    class Meta:
        icon = "order"
        label = _("Figure")


class FiguresBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=160, required=False)
    figures = blocks.ListBlock(FigureBlock(), label=_("Figures"), min_num=1, max_num=8)
    source = blocks.CharBlock(label=_("Source"), max_length=200, required=False)

    class Meta:
        icon = "order"
        label = _("Key figures")
        template = "pages/blocks/figures.html"


class TableBlock(blocks.StructBlock):
    """A plain table: cells as text, so that nothing of a pasted sheet can be markup."""

    caption = blocks.CharBlock(label=_("Caption"), max_length=200)
    header = blocks.ListBlock(
        blocks.CharBlock(label=_("Column"), max_length=120), label=_("Columns"), min_num=1
    )
    rows = blocks.ListBlock(
        blocks.ListBlock(blocks.CharBlock(label=_("Cell"), max_length=300, required=False)),
        label=_("Rows"),
        min_num=1,
        max_num=200,
    )

    class Meta:
        icon = "table"
        label = _("Table")
        template = "pages/blocks/table.html"


class TimelineItemBlock(blocks.StructBlock):
    date = blocks.CharBlock(label=_("Date or time"), max_length=60)
    text = blocks.TextBlock(label=_("What happened"))

    class Meta:
        icon = "history"
        label = _("Step")


class TimelineBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=160, required=False)
    items = blocks.ListBlock(TimelineItemBlock(), label=_("Steps"), min_num=1, max_num=60)

    class Meta:
        icon = "history"
        label = _("Timeline")
        template = "pages/blocks/timeline.html"


class CalloutBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Title"), max_length=160, required=False)
    text = EditedTextBlock(label=_("Text"), features=[*INLINE, "ul"])

    class Meta:
        icon = "info-circle"
        label = _("Box")
        template = "pages/blocks/callout.html"


class DocumentBlock(blocks.StructBlock):
    document = DocumentChooserBlock(label=_("Document"))
    label = blocks.CharBlock(label=_("Words of the link"), max_length=160, required=False)

    class Meta:
        icon = "doc-full"
        label = _("Document to download")
        template = "pages/blocks/document.html"


class AudioBlock(blocks.StructBlock):
    audio = AudioChooserBlock(label=_("Sound"))
    speaker = blocks.CharBlock(label=_("Who is heard"), max_length=160, required=False)
    transcript = blocks.TextBlock(label=_("What is said"), required=False)

    class Meta:
        icon = "media"
        label = _("Sound")
        template = "pages/blocks/audio.html"


class VideoBlock(blocks.StructBlock):
    video = VideoChooserBlock(label=_("Film"))
    caption = blocks.CharBlock(label=_("Caption"), max_length=300, required=False)
    transcript = blocks.TextBlock(label=_("What is said and shown"), required=False)

    class Meta:
        icon = "media"
        label = _("Film")
        template = "pages/blocks/video.html"


class BodyBlock(blocks.StreamBlock):
    """A body: the blocks an officer may put into any page."""

    heading = HeadingBlock(max_length=160)
    paragraph = ParagraphBlock()
    quote = QuoteBlock()
    image = ImageBlock()
    gallery = GalleryBlock()
    figures = FiguresBlock()
    table = TableBlock()
    timeline = TimelineBlock()
    callout = CalloutBlock()
    document = DocumentBlock()
    audio = AudioBlock()
    video = VideoBlock()


def body_blocks() -> BodyBlock:
    """Return the block set, for `StreamField(body_blocks())`."""
    return BodyBlock(required=False)


def pictures_told(block: Any, raw: Any) -> Iterator[int]:
    """The keys of the pictures in a block's stored value that must be told in words; decorative ones need none."""
    if isinstance(block, blocks.StreamBlock):
        for child in raw or ():
            yield from pictures_told(block.child_blocks.get(child["type"]), child["value"])
    elif isinstance(block, blocks.ListBlock):
        for item in raw or ():
            # an item is stored with its name and key; in older content it stands bare
            value = item["value"] if isinstance(item, dict) and item.get("type") == "item" else item
            yield from pictures_told(block.child_block, value)
    elif isinstance(block, ImageBlock):
        if raw and isinstance(raw.get("image"), int) and not raw.get("decorative"):
            yield raw["image"]
    elif isinstance(block, blocks.StructBlock):
        for name, child_block in block.child_blocks.items():
            yield from pictures_told(child_block, (raw or {}).get(name))
