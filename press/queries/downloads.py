"""How often a kit and its files are taken, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Min, Q, Sum

from media_library.models import AssetDownload
from press.models import Kit, KitDownload, KitItem, Tier

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How many days a chart shows.
DAYS = 30


@dataclass(frozen=True)
class Day:
    """How often the archives of a kit were taken in a day, by tier."""

    day: date
    taken: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.taken.values())


@dataclass(frozen=True)
class Taken:
    """How often something was taken: lately (the days of the chart) and ever."""

    lately: int
    ever: int


def by_day(kit: Kit, *, today: date) -> list[Day]:
    """The last DAYS days up to `today`, each of them, whether anything was taken or not (one query)."""
    first = today - timedelta(days=DAYS - 1)
    found: dict[date, dict[str, int]] = {}
    for row in KitDownload.objects.filter(kit=kit, day__range=(first, today)):
        found.setdefault(row.day, {})[row.tier] = row.count
    return [
        Day(day, {tier: found.get(day, {}).get(tier, 0) for tier in Tier.values})
        for day in (first + timedelta(days=number) for number in range(DAYS))
    ]


def of_tiers(kit: Kit, *, today: date) -> dict[str, Taken]:
    """The archives of a kit (one query)."""
    first = today - timedelta(days=DAYS - 1)
    rows = (
        KitDownload.objects.filter(kit=kit)
        .values("tier")
        .annotate(ever=Sum("count"), lately=Sum("count", filter=Q(day__gte=first)))
    )
    found = {row["tier"]: Taken(row["lately"] or 0, row["ever"]) for row in rows}
    return {tier: found.get(tier, Taken(0, 0)) for tier in Tier.values}


def of_files(kit: Kit, *, today: date) -> Iterator[tuple[KitItem, Taken]]:
    """The single files of a kit, in its order, in any size and from whichever page they were taken (two queries)."""
    first = today - timedelta(days=DAYS - 1)
    items = list(KitItem.objects.filter(kit=kit).select_related("asset").order_by("sort_order", "pk"))
    rows = (
        AssetDownload.objects.filter(asset__in=[item.asset_id for item in items])
        .values("asset")
        .annotate(ever=Sum("count"), lately=Sum("count", filter=Q(day__gte=first)))
    )
    found = {row["asset"]: Taken(row["lately"] or 0, row["ever"]) for row in rows}
    for item in items:
        yield item, found.get(item.asset_id, Taken(0, 0))


def counted_since(kit: Kit) -> date | None:
    """The first day on which anything was counted of a kit."""
    found: date | None = KitDownload.objects.filter(kit=kit).aggregate(first=Min("day"))["first"]
    return found
