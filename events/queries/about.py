"""What an event is told with, as a reader may see it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cms.core.models import SitePage
from cms.core.policies import visible
from events.models import Event, EventPage, Partner
from media_library import queries as library
from media_library.models import Asset

if TYPE_CHECKING:
    from uuid import UUID

    from cms.core.reader import Reader


def readings_of(
    event: Event, page: EventPage, *, reader: Reader, now: datetime, language: str
) -> list[SitePage]:
    """The pages to read with an event that this reader may see, each in `language` where there is a translation.

    The one that the event's words name themselves comes first.
    """
    keys = [row.page.translation_key for row in event.readings.select_related("page")]
    if page.linked_page_id and page.linked_page is not None:
        keys.insert(0, page.linked_page.translation_key)
    found: dict[Any, SitePage] = {}
    pages = visible(SitePage.objects.filter(translation_key__in=keys), reader=reader, now=now)
    for one in pages.select_related("locale"):
        if one.translation_key not in found or one.locale.language_code == language:
            found[one.translation_key] = one
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def things_read_with(event: Event) -> list[UUID]:
    """The uids of what the pages to read with an event word, in their order, whatever their state (two queries)."""
    listed = event.readings.values_list("page__thing_uid", flat=True)
    named = event.pages.values_list("linked_page__thing_uid", flat=True)
    return list(dict.fromkeys(uid for uid in (*named, *listed) if uid and uid != event.uid))


def files_of(event: Event, *, reader: Reader, now: datetime) -> tuple[list[Asset], list[Asset]]:
    """An event's pictures and its other files that this reader may have, in their order."""
    places = dict(event.files.values_list("asset_id", "sort_order"))
    if not places:
        return [], []
    found = library.visible(reader=reader, now=now, assets=Asset.objects.filter(pk__in=places))
    assets = sorted(library.whole(found), key=lambda asset: places[asset.pk])
    return (
        [asset for asset in assets if asset.kind == "image"],
        [asset for asset in assets if asset.kind != "image"],
    )


def partners_of(event_ids: Iterable[int]) -> dict[int, list[Partner]]:
    """The partners of each of these events, in their order (one query)."""
    found: dict[int, list[Partner]] = {pk: [] for pk in event_ids}
    rows = Partner.objects.filter(event_id__in=found).select_related("organisation")
    for row in rows.order_by("part", "sort_order", "pk"):
        found[row.event_id].append(row)
    return found
