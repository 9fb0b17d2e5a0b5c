"""What was planned, done and spent."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.db.models import QuerySet, Sum

from cms.core import registry
from cms.core.models import Sector
from cms.plan.models import Activity, BudgetLine, CommunicationPlan, Indicator, SectorResult


@dataclass(frozen=True)
class ResultRow:
    """One line of the table of results: a sector (or the total), missions planned and done, people trained."""

    name: str
    slug: str
    planned: int
    done: int
    trained: int

    @property
    def rate(self) -> float | None:
        """Done over planned in percent, to two places as the evaluation prints it; None if nothing was planned."""
        return round(100 * self.done / self.planned, 2) if self.planned else None


def periods() -> list[tuple[int, int]]:
    """The periods that have results, latest first."""
    found = SectorResult.objects.order_by("-last_year", "-first_year").values_list("first_year", "last_year")
    return list(found.distinct())


def results(*, first_year: int, last_year: int) -> QuerySet[SectorResult]:
    """The results of a period, in the order of the evaluation, each with its sector."""
    return (
        SectorResult.objects.filter(first_year=first_year, last_year=last_year)
        .select_related("sector")
        .order_by("order", "pk")
    )


def results_table(
    *, first_year: int, last_year: int, language: str = "fr"
) -> tuple[list[ResultRow], ResultRow]:
    """The rows of a period with the sectors' names in `language` (French where untranslated), and their total.

    The total's name is empty: it is the caller's word.
    """
    found = list(results(first_year=first_year, last_year=last_year))
    names = dict(
        Sector.objects.filter(
            translation_key__in=[row.sector.translation_key for row in found], locale__language_code=language
        ).values_list("translation_key", "name")
    )
    rows = [
        ResultRow(
            name=names.get(row.sector.translation_key, row.sector.name),
            slug=row.sector.slug,
            planned=row.planned,
            done=row.done,
            trained=row.trained,
        )
        for row in found
    ]
    total = ResultRow(
        name="",
        slug="",
        planned=sum(row.planned for row in rows),
        done=sum(row.done for row in rows),
        trained=sum(row.trained for row in rows),
    )
    return rows, total


@dataclass(frozen=True)
class Budget:
    """The budget's sum beside what the document prints; `gap_xof` is printed minus sum."""

    sum_xof: int
    printed_xof: int
    spent_xof: int

    @property
    def gap_xof(self) -> int:
        return self.printed_xof - self.sum_xof


def budget(plan: CommunicationPlan) -> Budget:
    """Add up a plan's budget; never a row to make the sum come right."""
    sums = BudgetLine.objects.filter(plan=plan).aggregate(total=Sum("amount_xof"), spent=Sum("spent_xof"))
    return Budget(
        sum_xof=sums["total"] or 0, printed_xof=plan.printed_total_xof, spent_xof=sums["spent"] or 0
    )


def current_plan() -> CommunicationPlan | None:
    """The latest plan, or None before `load_reference`."""
    return CommunicationPlan.objects.order_by("-starts_date").first()


def activities(plan: CommunicationPlan) -> QuerySet[Activity]:
    """The activities of a plan in its order, with objectives and indicators."""
    return (
        Activity.objects.filter(objective__plan=plan)
        .select_related("objective")
        .prefetch_related("indicators")
        .order_by("number")
    )


def indicator_value(indicator: Indicator) -> int | None:
    """An indicator's figure: counted by its measure over the activity's period, else the one entered by hand.

    None while nobody knows. Load `activity` with the indicator.
    """
    measure = registry.measures.get(indicator.measure) if indicator.measure else None
    activity = indicator.activity
    if measure is None or activity.starts_date is None or activity.ends_date is None:
        return indicator.reported_value
    start = datetime.combine(activity.starts_date, time.min, UTC)
    end = datetime.combine(activity.ends_date + timedelta(days=1), time.min, UTC)
    return measure.count(start, end)
