"""Load the rows of the communication plan 2017-2019, once or again, without undoing what people changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.text import slugify
from wagtail.models import Locale

from cms.core.models import Sector
from cms.plan.imports import reference
from cms.plan.models import (
    Activity,
    BudgetLine,
    ChannelRow,
    CommunicationPlan,
    Indicator,
    MediaPlanRow,
    Objective,
    SectorResult,
    StrategyTool,
    Target,
)

Row = Mapping[str, Any]


@transaction.atomic
def load_reference() -> CommunicationPlan:
    """Enter the plan's own rows (chapters IV and VII to XII) where they are missing; return the plan.

    A row that exists is left as it is: somebody may have corrected it. Nothing is ever removed.
    """
    rows = reference()
    head = dict(rows["plan"])
    plan, _ = CommunicationPlan.objects.get_or_create(slug=head.pop("slug"), defaults=head)
    _targets(rows["targets"])
    _strategy(plan, rows["strategy"])
    MediaPlanRow.objects.bulk_create(
        (MediaPlanRow(plan=plan, order=order, **row) for order, row in enumerate(rows["media"], start=1)),
        ignore_conflicts=True,
    )
    _channels(plan, rows["channels"])
    _operational_plan(plan, rows["objectives"])
    BudgetLine.objects.bulk_create(
        (BudgetLine(plan=plan, order=order, **row) for order, row in enumerate(rows["budget"], start=1)),
        ignore_conflicts=True,
    )
    _results(rows["results"])
    return plan


def report_value(indicator: Indicator, *, value: int, on: date) -> Indicator:
    """Enter an indicator's figure by hand, as known on a day."""
    indicator.reported_value, indicator.reported_date = value, on
    indicator.save(update_fields=["reported_value", "reported_date"])
    return indicator


def _targets(rows: list[Row]) -> None:
    Target.objects.bulk_create(
        (Target(order=order, **row) for order, row in enumerate(rows, start=1)), ignore_conflicts=True
    )


def _strategy(plan: CommunicationPlan, rows: list[Row]) -> None:
    cells = [(row["aim"], group, "\n".join(row["tools"])) for row in rows for group in row["groups"]]
    StrategyTool.objects.bulk_create(
        (
            StrategyTool(plan=plan, aim=aim, group=group, tools=tools, order=order)
            for order, (aim, group, tools) in enumerate(cells, start=1)
        ),
        ignore_conflicts=True,
    )


def _channels(plan: CommunicationPlan, rows: list[Row]) -> None:
    targets = {target.slug: target for target in Target.objects.all()}
    ChannelRow.objects.bulk_create(
        (
            ChannelRow(
                plan=plan,
                target=targets[row["target"]],
                supports="\n".join(row["supports"]),
                messages="\n".join(row["messages"]),
                advice=row.get("advice", ""),
                order=order,
            )
            for order, row in enumerate(rows, start=1)
        ),
        ignore_conflicts=True,
    )


def _operational_plan(plan: CommunicationPlan, rows: list[Row]) -> None:
    number = 0
    for order, row in enumerate(rows, start=1):
        objective, _ = Objective.objects.get_or_create(
            plan=plan,
            slug=slugify(row["title"])[:80],
            defaults={"section": row.get("section", ""), "title": row["title"], "order": order},
        )
        for given in row["activities"]:
            number += 1
            _activity(plan, objective, number, dict(given))


def _activity(plan: CommunicationPlan, objective: Objective, number: int, row: dict[str, Any]) -> None:
    indicators = row.pop("indicators")
    dates = {"starts_date": plan.starts_date, "ends_date": plan.ends_date}
    activity, created = Activity.objects.get_or_create(
        slug=row.pop("slug"), defaults={"objective": objective, "number": number, **dates, **row}
    )
    if created:
        Indicator.objects.bulk_create(
            Indicator(activity=activity, title=title, order=order)
            for order, title in enumerate(indicators, start=1)
        )


def _results(results: Row) -> None:
    french = Locale.objects.get_or_create(language_code="fr")[0]
    english = Locale.objects.filter(language_code="en").first()
    for order, row in enumerate(results["rows"], start=1):
        sector, _ = Sector.objects.get_or_create(
            locale=french, slug=row["slug"], defaults={"name": row["name"]}
        )
        if english is not None:
            Sector.objects.get_or_create(
                locale=english,
                translation_key=sector.translation_key,
                defaults={"slug": row["slug_english"], "name": row["name_english"]},
            )
        SectorResult.objects.get_or_create(
            sector=sector,
            first_year=results["first_year"],
            last_year=results["last_year"],
            defaults={
                "planned": row["planned"],
                "done": row["done"],
                "trained": row["trained"],
                "source": results["source"],
                "order": order,
            },
        )
