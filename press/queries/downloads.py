"""How often a kit and its files are taken, day by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Min, Q, Sum

from media_library.queries.downloads import DAYS, Counts, Day, Taken, counts_of, every_day, first_day
from press.models import Kit, KitDownload, KitItem, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DAYS", "by_day", "counted_since", "of_files", "of_tiers"]


def by_day(kit: Kit, *, today: date) -> list[Day]:
    """The last DAYS days up to `today`, each of them, whether anything was taken or not (one query)."""
    found: dict[date, dict[str, int]] = {}
    for row in KitDownload.objects.filter(kit=kit, day__range=(first_day(today), today)):
        found.setdefault(row.day, {})[row.tier] = row.count
    return every_day(found, Tier.values, today=today)


def of_tiers(kit: Kit, *, today: date) -> dict[str, Taken]:
    """The archives of a kit (one query)."""
    first = first_day(today)
    rows = (
        KitDownload.objects.filter(kit=kit)
        .values("tier")
        .annotate(ever=Sum("count"), lately=Sum("count", filter=Q(day__gte=first)))
    )
    found = {row["tier"]: Taken(row["lately"] or 0, row["ever"]) for row in rows}
    return {tier: found.get(tier, Taken(0, 0)) for tier in Tier.values}


def of_files(kit: Kit, *, today: date) -> Iterator[tuple[KitItem, Counts]]:
    """The single files of a kit, in its order, in any size and from whichever page they were taken (three queries)."""
    items = list(KitItem.objects.filter(kit=kit).select_related("asset").order_by("sort_order", "pk"))
    found = counts_of([item.asset_id for item in items], today=today)
    for item in items:
        yield item, found.get(item.asset_id, Counts())


def counted_since(kit: Kit) -> date | None:
    """The first day on which anything was counted of a kit."""
    found: date | None = KitDownload.objects.filter(kit=kit).aggregate(first=Min("day"))["first"]
    return found
