"""A page's publication opens the files that it shows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.fields import StreamField

from cms.core.blocks import pictures_told
from cms.core.models import Audience
from media_library import policies, queries
from media_library.actions.rights import hold, is_releasable, release
from media_library.models import Asset, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cms.core.models import SitePage


def undescribed(assets: Iterable[Asset], *, language: str) -> list[str]:
    """Sentences on the pictures of which nobody said what they show, nor that they are decorative.

    As the page would say it: in `language`, else in French. No query where `texts__locale` is prefetched.
    """
    sentences = []
    for asset in assets:
        words = asset.text_in(language) if asset.kind == Kind.IMAGE else None
        if asset.kind == Kind.IMAGE and (words is None or not (words.alt or words.decorative)):
            sentences.append(
                _(
                    "“%(title)s” (%(file)s): say in the media library what the picture shows, or tick “Decorative”."
                )
                % {"title": asset.title, "file": asset.filename}
            )
    return sentences


def rule_of_words(page: SitePage, now: datetime) -> list[str]:
    """The rule of publication: a picture in the text is told in words, unless it is decorative there (two queries)."""
    shown = {
        key
        for column in page._meta.get_fields()
        if isinstance(column, StreamField)
        for key in pictures_told(column.stream_block, getattr(page, column.name).raw_data)
    }
    if not shown:
        return []
    rows = Asset.objects.filter(image__pk__in=shown).order_by("pk").prefetch_related("texts__locale")
    return undescribed(rows, language=page.locale.language_code)


@transaction.atomic
def open_files_of(page: SitePage, *, now: datetime) -> int:
    """Release what a page that words no thing shows, for the page's readers; return how many files that opened.

    A page that opens later holds its files until then, and one for an audience keeps them for it. What another
    thing holds stays held until that ends; what is withdrawn, past its last day, or a film without captions stays
    as it is.
    """
    if page.THING is not None or not page.live or page.withdrawn_at:
        return 0
    fresh = [
        asset
        for asset in queries.named_by(page).prefetch_related("holds")
        if is_releasable(asset, now=now) and not policies.is_public(asset, now=now)
    ]
    opens_at = max(page.public_from or now, now)
    if opens_at > now or page.audience != Audience.PUBLIC:
        hold(fresh, until=opens_at, audience=page.audience, source_uid=page.uid, now=now)
    for asset in fresh:
        release(asset, now=now)
    return len(fresh)
