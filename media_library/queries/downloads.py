"""How often files are taken, day by day and size by size."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from media_library.models import AssetDownload

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from media_library.models import Asset

#: How many days a chart shows.
DAYS = 30


@dataclass(frozen=True)
class Day:
    """How often something was taken in a day, by size or tier."""

    day: date
    taken: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.taken.values())


@dataclass(frozen=True)
class Taken:
    """How often something was taken: lately (the days of the chart) and ever."""

    lately: int = 0
    ever: int = 0


@dataclass
class Counts:
    """What is counted of one file: by size ("" for a document), and by day and size of the chart's days."""

    sizes: dict[str, Taken] = field(default_factory=dict)
    found: dict[date, dict[str, int]] = field(default_factory=dict)

    @property
    def taken(self) -> Taken:
        """All sizes together."""
        rows = self.sizes.values()
        return Taken(sum(row.lately for row in rows), sum(row.ever for row in rows))

    def called(self, names: Mapping[str, str]) -> Counts:
        """The same with sizes under other names, in the order of `names`; what goes under one name is added up.

        Raises KeyError for a size that `names` lacks.
        """
        new = Counts()
        for size in (size for size in names if size in self.sizes):
            one, before = self.sizes[size], new.sizes.get(names[size], Taken())
            new.sizes[names[size]] = Taken(before.lately + one.lately, before.ever + one.ever)
        for day, taken in self.found.items():
            for size, count in taken.items():
                row = new.found.setdefault(day, {})
                row[names[size]] = row.get(names[size], 0) + count
        return new

    def days(self, today: date) -> list[Day]:
        """Each of the last DAYS days, the sizes in the order of `sizes`."""
        return every_day(self.found, list(self.sizes), today=today)


def first_day(today: date) -> date:
    """The first day of a chart that ends with `today`."""
    return today - timedelta(days=DAYS - 1)


def every_day(found: Mapping[date, Mapping[str, int]], kinds: Collection[str], *, today: date) -> list[Day]:
    """The last DAYS days up to `today`, each of them and each of `kinds`, whether anything was taken or not."""
    first = first_day(today)
    return [
        Day(day, {kind: found.get(day, {}).get(kind, 0) for kind in kinds})
        for day in (first + timedelta(days=number) for number in range(DAYS))
    ]


def counts_of(assets: Collection[Asset | int], *, today: date) -> dict[int, Counts]:
    """What is counted of each of these files (objects or keys), by key; of what nobody took nothing is in it.

    Two queries, however many files.
    """
    first, counted = first_day(today), AssetDownload.objects.filter(asset__in=assets)
    found: dict[int, Counts] = {}
    sizes = counted.values("asset", "variant").annotate(
        ever=Sum("count"), lately=Sum("count", filter=Q(day__range=(first, today)))
    )
    for row in sizes.order_by("asset", "variant"):
        counts = found.setdefault(row["asset"], Counts())
        counts.sizes[row["variant"]] = Taken(row["lately"] or 0, row["ever"])
    for one in counted.filter(day__range=(first, today)):
        # one more may have been counted between the two
        found.setdefault(one.asset_id, Counts()).found.setdefault(one.day, {})[one.variant] = one.count
    return found
