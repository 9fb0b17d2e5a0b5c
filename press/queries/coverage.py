"""What the media said and what was ordered of them: figures by medium, tone, month, outlet; for a year or one thing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, QuerySet, Sum, Value, When
from django.db.models.functions import ExtractYear, TruncMonth

from cms.contacts.validators import name_key
from cms.core import formats
from cms.core.models import SitePage
from cms.core.queries import SOURCE_LANGUAGE
from press.models import Coverage, Diffusion, Medium, OutletFollowUp, SpokenLanguage, Support, Tone

BROADCAST = (Medium.RADIO, Medium.TELEVISION)
MOST_OUTLETS = 15


def coverages() -> QuerySet[Coverage]:
    """What the media said, without what was put aside."""
    return Coverage.objects.filter(trashed_at=None)


def diffusions() -> QuerySet[Diffusion]:
    """What was ordered, without what was put aside."""
    return Diffusion.objects.filter(trashed_at=None)


@dataclass(frozen=True)
class Source:
    """The release or event that something comes from: its title (in French where there is one) and its page's key."""

    title: str
    page: int


def sources_of(uids: Iterable[UUID | None]) -> dict[UUID, Source]:
    """The things that these uids name, by uid, for the team: whatever their state (one query, none for nothing)."""
    wanted = {uid for uid in uids if uid}
    if not wanted:
        return {}
    pages = SitePage.objects.filter(thing_uid__in=wanted).annotate(
        behind=Case(
            When(locale__language_code=SOURCE_LANGUAGE, then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
    )
    found: dict[UUID, Source] = {}
    for uid, title, key in pages.order_by("behind", "pk").values_list("thing_uid", "title", "pk"):
        found.setdefault(uid, Source(title, key))
    return found


# Measures of the plan ----------------------------------------------------------------------------------------
def _days(start: datetime, end: datetime) -> tuple[date, date]:
    """The first and the last day of a span whose end is left out."""
    return formats.local(start).date(), formats.local(end - timedelta(microseconds=1)).date()


def count_coverage(start: datetime, end: datetime) -> int:
    """Things said in the media between two instants."""
    return coverages().filter(said_date__range=_days(start, end)).count()


def count_broadcasts(start: datetime, end: datetime) -> int:
    """Things said on the radio and on television."""
    return coverages().filter(said_date__range=_days(start, end), medium__in=BROADCAST).count()


def count_orders(start: datetime, end: datetime) -> int:
    """Orders of paid or negotiated broadcasts, by their first day."""
    return diffusions().filter(first_date__range=_days(start, end)).count()


def count_passages(start: datetime, end: datetime) -> int:
    """Passages that attestations show, of orders by their last day: what is not attested is not counted."""
    found = diffusions().filter(last_date__range=_days(start, end))
    return int(found.aggregate(total=Sum("passages_done"))["total"] or 0)


# The report --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One line of a table: `count` things (or orders), their length in seconds, people reached or FCFA spent."""

    key: str
    label: str
    count: int
    seconds: int = 0
    reach: int = 0
    passages: int = 0
    cost_xof: int = 0


@dataclass(frozen=True)
class Report:
    """A year's or one thing's coverage and orders, counted. Lists are by day; `said` and `ordered` are querysets."""

    year: int | None
    source: Source | None
    said: QuerySet[Coverage]
    ordered: QuerySet[Diffusion]
    total: Line
    media: list[Line]
    tones: list[Line]
    languages: list[Line]
    months: list[Line]
    outlets: list[Line]
    orders: Line
    attested: int
    supports: list[Line]
    activities: list[Line]

    @property
    def is_empty(self) -> bool:
        return not self.total.count and not self.orders.count


def years() -> list[int]:
    """The years that have something to report, the latest first (two queries)."""
    said = coverages().annotate(year=ExtractYear("said_date")).order_by().values_list("year", flat=True)
    ordered = diffusions().annotate(year=ExtractYear("first_date")).order_by().values_list("year", flat=True)
    return sorted({*said.distinct(), *ordered.distinct()}, reverse=True)


def report(*, year: int | None = None, thing_uid: UUID | None = None) -> Report:
    """Count what was said in a year, or of one thing, or both (some ten queries, whatever their number)."""
    said, ordered = coverages(), diffusions()
    if year is not None:
        said, ordered = said.filter(said_date__year=year), ordered.filter(first_date__year=year)
    if thing_uid is not None:
        said, ordered = said.filter(thing_uid=thing_uid), ordered.filter(thing_uid=thing_uid)
    total = said.aggregate(count=Count("pk"), seconds=Sum("duration_seconds"), reach=Sum("reach"))
    orders = ordered.aggregate(
        count=Count("pk"), cost=Sum("cost_xof"), ordered=Sum("passages"), done=Sum("passages_done")
    )
    return Report(
        year=year,
        source=sources_of([thing_uid]).get(thing_uid) if thing_uid else None,
        said=said.order_by("said_date", "said_time", "pk"),
        ordered=ordered.select_related("activity").order_by("first_date", "pk"),
        total=Line("", "", total["count"], total["seconds"] or 0, total["reach"] or 0),
        media=_by(said, "medium", Medium),
        tones=_by(said, "tone", Tone),
        languages=sorted(_by(said, "language", SpokenLanguage), key=lambda line: -line.count),
        months=_months(said, year),
        outlets=_outlets(said),
        orders=Line("", "", orders["count"], passages=orders["ordered"] or 0, cost_xof=orders["cost"] or 0),
        attested=orders["done"] or 0,
        supports=_supports(ordered),
        activities=_activities(ordered),
    )


def _by(said: QuerySet[Coverage], column: str, words: Any) -> list[Line]:
    """What was said, by a column of codes, in the order of the codes; codes that nothing has are left out."""
    rows = said.order_by().values(column)
    found = {
        row[column]: Line(
            row[column],
            str(dict(words.choices).get(row[column], "–")),
            row["count"],
            row["seconds"] or 0,
            row["people"] or 0,
        )
        for row in rows.annotate(count=Count("pk"), seconds=Sum("duration_seconds"), people=Sum("reach"))
    }
    return [found[code] for code in (*words.values, "") if code in found]


def _months(said: QuerySet[Coverage], year: int | None) -> list[Line]:
    """By month: all twelve of a year, else those from the first to the last that have something."""
    rows = said.order_by().annotate(month=TruncMonth("said_date")).values("month").annotate(count=Count("pk"))
    counts: dict[date, int] = {row["month"]: row["count"] for row in rows}
    if year is not None:
        months = [date(year, month, 1) for month in range(1, 13)]
    elif counts:
        months = _between(min(counts), max(counts))
    else:
        months = []
    return [Line(f"{day:%Y-%m}", f"{day:%m/%Y}", counts.get(day, 0)) for day in months]


def _between(first: date, last: date) -> list[date]:
    """The first days of months from one to another, sixty at most: the latest."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = last.year * 12 + last.month - min(count, 60)
    return [date((start + step) // 12, (start + step) % 12 + 1, 1) for step in range(min(count, 60))]


def _outlets(said: QuerySet[Coverage]) -> list[Line]:
    """The outlets that spoke most, each under its most frequent spelling: "ORTM" and "Ortm" are one."""
    rows = said.order_by().values("outlet")
    found: dict[str, Line] = {}
    for row in rows.annotate(
        count=Count("pk"), seconds=Sum("duration_seconds"), people=Sum("reach")
    ).order_by("-count", "outlet"):
        key = name_key(row["outlet"])
        before = found.get(key, Line(key, row["outlet"], 0))
        found[key] = Line(
            key,
            before.label,
            before.count + row["count"],
            before.seconds + (row["seconds"] or 0),
            before.reach + (row["people"] or 0),
        )
    return sorted(found.values(), key=lambda line: (-line.count, line.label))[:MOST_OUTLETS]


_ORDERED: Any = {"count": Count("pk"), "ordered": Sum("passages"), "cost": Sum("cost_xof")}


def _supports(ordered: QuerySet[Diffusion]) -> list[Line]:
    rows: Any = ordered.order_by().values("support").annotate(**_ORDERED)
    found = {row["support"]: row for row in rows}
    return [
        Line(
            code,
            str(label),
            found[code]["count"],
            passages=found[code]["ordered"],
            cost_xof=found[code]["cost"],
        )
        for code, label in Support.choices
        if code in found
    ]


def _activities(ordered: QuerySet[Diffusion]) -> list[Line]:
    """By activity of the plan, in the plan's order; what serves none comes last, without a name."""
    rows: Any = ordered.order_by(F("activity__number").asc(nulls_last=True)).values(
        "activity__number", "activity__title"
    )
    return [
        Line(
            str(row["activity__number"] or ""),
            row["activity__title"] or "",
            row["count"],
            passages=row["ordered"],
            cost_xof=row["cost"],
        )
        for row in rows.annotate(**_ORDERED)
    ]


# Of one thing ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Figures:
    """What one release or event gave: things said, on the air, people reached; orders, passages attested, FCFA."""

    said: int
    broadcasts: int
    reach: int
    orders: int
    attested: int
    cost_xof: int


def figures_of(thing_uid: UUID) -> Figures:
    """The figures of one thing (two queries)."""
    said = coverages().filter(thing_uid=thing_uid)
    heard = Count(Case(When(medium__in=BROADCAST, then=1)))
    one = said.aggregate(count=Count("pk"), heard=heard, people=Sum("reach"))
    ordered = diffusions().filter(thing_uid=thing_uid)
    two = ordered.aggregate(count=Count("pk"), done=Sum("passages_done"), cost=Sum("cost_xof"))
    return Figures(
        one["count"], one["heard"], one["people"] or 0, two["count"], two["done"] or 0, two["cost"] or 0
    )


def said_of(uids: Iterable[UUID]) -> QuerySet[Coverage]:
    """What was said of any of these things, the oldest first."""
    return coverages().filter(thing_uid__in=list(uids)).order_by("said_date", "said_time", "pk")


def followed(thing_uid: UUID) -> QuerySet[OutletFollowUp]:
    """Where we are with newsrooms about a thing, the last word last."""
    return OutletFollowUp.objects.filter(thing_uid=thing_uid).select_related("changed_by")


def with_sources(rows: Sequence[Any]) -> Sequence[Any]:
    """Give each row `source`, the thing it comes from or None (one query)."""
    found = sources_of(row.thing_uid for row in rows)
    for row in rows:
        row.source = found.get(row.thing_uid)
    return rows
