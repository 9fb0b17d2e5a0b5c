"""Which files a published kit offers, and offered: who was sent it or read it early has those of that time."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from cms.core.queries import SOURCE_LANGUAGE
from press.models import Kit, KitItem, OfferedFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from media_library.models import Asset


def _digest(asset: Asset) -> str:
    """What tells a file and what must be said with it from another: its bytes, credit, rights and caption."""
    words = asset.text_in(SOURCE_LANGUAGE)
    said = (
        asset.blob.sha256,
        asset.credit,
        asset.copyright,
        asset.licence,
        asset.restriction,
        words.caption if words else "",
    )
    return hashlib.sha256("\x1f".join(str(value) for value in said).encode()).hexdigest()


def offered_now(kit: Kit, *, now: datetime) -> dict[UUID, tuple[str, str]]:
    """The files of a kit by their uid: digest and title (three queries).

    One that is withdrawn, or whose people agree no longer, is offered no more. One whose last day of use has passed
    counts still: it was right for who took it.
    """
    rows = (
        KitItem.objects.filter(kit=kit).select_related("asset__blob").prefetch_related("asset__texts__locale")
    )
    standing = (
        row.asset
        for row in rows
        if row.asset.withdrawn_at is None
        and (row.asset.consent_ends_at is None or row.asset.consent_ends_at > now)
    )
    return {asset.uid: (_digest(asset), asset.title) for asset in standing}


def left_at(kit: Kit, *, now: datetime) -> QuerySet[OfferedFile]:
    """The files that left a kit, or became others, at this very instant."""
    return OfferedFile.objects.filter(kit=kit, until=now)


def unsaid(kit: Kit) -> QuerySet[OfferedFile]:
    """The files that left a kit, or became others, and of which no correction speaks; not those that came back."""
    again = OfferedFile.objects.filter(
        kit=kit, asset_uid=OuterRef("asset_uid"), digest=OuterRef("digest"), until__isnull=True
    )
    left = OfferedFile.objects.filter(kit=kit, until__isnull=False, corrections__isnull=True)
    return left.filter(~Exists(again)).order_by("-until", "pk")


def within(files: Iterable[OfferedFile], field: str) -> Q:
    """The rows whose instant `field` lies in the span in which one of these files was offered."""
    found = Q(pk__in=[])
    for one in files:
        if one.until is not None:
            found |= Q(**{f"{field}__gte": one.since, f"{field}__lt": one.until})
    return found
