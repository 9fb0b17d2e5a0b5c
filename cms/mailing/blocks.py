"""What an issue of a newsletter is made of. Names are English snake_case, kept for ever: stored issues name them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from cms.core import blocks as core


class StoryBlock(blocks.StructBlock):
    """A page told in a few lines: its title, summary and picture come from the page, as it is when the mail leaves."""

    page = blocks.PageChooserBlock(target_model="core.SitePage", label=_("Page"))
    text = blocks.TextBlock(
        label=_("Other words than the page's summary"),
        required=False,
        max_length=600,
        help_text=_("Left empty: the summary of the page."),
    )
    picture = blocks.BooleanBlock(label=_("With its picture"), required=False, default=True)

    class Meta:
        icon = "doc-full"
        label = _("Release, event, article…")


class ButtonBlock(blocks.StructBlock):
    """One thing to do, as a button: to a page of the site or to an address."""

    label = blocks.CharBlock(label=_("Words on the button"), max_length=60)
    page = blocks.PageChooserBlock(target_model="core.SitePage", label=_("Page"), required=False)
    url = blocks.URLBlock(label=_("or an address"), required=False)

    class Meta:
        icon = "link"
        label = _("Button")

    def clean(self, value: Any) -> Any:
        """It leads to one place."""
        cleaned = super().clean(value)
        if bool(cleaned["page"]) == bool(cleaned["url"]):
            raise blocks.StructBlockValidationError(
                {"url": ValidationError(_("Choose a page or give an address, one of the two."))}
            )
        return cleaned


class IssueBlock(blocks.StreamBlock):
    """The blocks an officer may put into an issue."""

    story = StoryBlock()
    heading = core.HeadingBlock(max_length=160)
    paragraph = core.ParagraphBlock()
    figures = core.FiguresBlock()
    image = core.ImageBlock()
    quote = core.QuoteBlock()
    callout = core.CalloutBlock()
    table = core.TableBlock()
    button = ButtonBlock()
