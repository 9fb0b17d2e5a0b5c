"""What goes out by itself, and when."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Revision

from cms.core.models import SitePage
from press.models import KitPage, ReleasePage

if TYPE_CHECKING:
    from collections.abc import Iterator


def scheduled_pages(*, limit: int = 10) -> Iterator[tuple[SitePage, datetime]]:
    """The pages of releases and kits with words that wait for their hour, soonest first (two queries)."""
    kinds = ContentType.objects.get_for_models(ReleasePage, KitPage).values()
    rows = Revision.objects.filter(approved_go_live_at__isnull=False, content_type__in=list(kinds))
    due = dict(rows.order_by("approved_go_live_at").values_list("object_id", "approved_go_live_at")[:limit])
    pages = SitePage.objects.in_bulk([int(key) for key in due])
    for key, at in due.items():
        if int(key) in pages and at is not None:
            yield pages[int(key)], at
