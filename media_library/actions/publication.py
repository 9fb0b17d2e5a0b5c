"""A page's publication opens the files that it shows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from cms.core.models import Audience
from media_library import policies, queries
from media_library.actions.rights import hold, is_releasable, release

if TYPE_CHECKING:
    from cms.core.models import SitePage


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
