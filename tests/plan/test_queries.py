from datetime import UTC, date, datetime

import pytest
from wagtail.models import Locale

from cms.core import registry
from cms.core.models import Sector
from cms.core.registry import Measure
from cms.plan import actions, queries
from cms.plan.models import Indicator, SectorResult

pytestmark = pytest.mark.django_db


def test_the_results_are_those_of_the_evaluation() -> None:
    actions.load_reference()
    assert queries.periods() == [(2012, 2016)]
    rows, total = queries.results_table(first_year=2012, last_year=2016)
    assert [(row.name, row.planned, row.done, row.rate, row.trained) for row in rows] == [
        ("Éducation", 172, 149, 86.63, 10_132),
        ("Agriculture", 22, 7, 31.82, 218),
        ("Santé", 20, 14, 70.0, 169),
        ("PME-PMI", 41, 12, 29.27, 332),
        ("Autres administrations et secteurs d’intervention", 15, 13, 86.67, 463),
    ]
    assert (total.planned, total.done, total.rate, total.trained) == (270, 195, 72.22, 11_314)


def test_sectors_are_named_in_the_readers_language_or_in_french() -> None:
    Locale.objects.get_or_create(language_code="en")
    actions.load_reference()
    Sector.objects.filter(locale__language_code="en", slug="health").delete()
    rows, _ = queries.results_table(first_year=2012, last_year=2016, language="en")
    assert [row.name for row in rows][1:4] == ["Agriculture", "Santé", "Small businesses"]


def test_nothing_planned_has_no_rate() -> None:
    rows, total = queries.results_table(first_year=1900, last_year=1901)
    assert rows == []
    assert total.rate is None


@pytest.mark.parametrize("size", [1, 30])
def test_a_table_of_results_costs_two_queries_whatever_its_length(size, django_assert_num_queries) -> None:
    french = Locale.objects.get_or_create(language_code="fr")[0]
    for number in range(size):
        sector = Sector.objects.create(name=f"S{number}", slug=f"s{number}", locale=french)
        SectorResult.objects.create(
            sector=sector, first_year=2012, last_year=2016, planned=10, done=5, trained=number
        )
    with django_assert_num_queries(2):
        rows, _ = queries.results_table(first_year=2012, last_year=2016)
    assert len(rows) == size


def test_activities_come_with_objectives_and_indicators_in_three_queries(django_assert_num_queries) -> None:
    plan = actions.load_reference()
    with django_assert_num_queries(2):
        words = [
            (activity.objective.title, [indicator.title for indicator in activity.indicators.all()])
            for activity in queries.activities(plan)
        ]
    assert len(words) == 13


def test_an_indicator_is_counted_by_its_measure_over_its_activitys_period_else_by_hand() -> None:
    actions.load_reference()
    asked: list[tuple[datetime, datetime]] = []
    key = "tests.sessions"
    if registry.measures.get(key) is None:
        registry.measures.register(
            Measure(key=key, label="x", count=lambda start, end: asked.append((start, end)) or 4)
        )
    indicator = Indicator.objects.select_related("activity").get(activity__slug="comite-de-pilotage")
    assert queries.indicator_value(indicator) is None
    actions.report_value(indicator, value=3, on=date(2018, 1, 1))
    assert queries.indicator_value(indicator) == 3
    indicator.measure = key
    assert queries.indicator_value(indicator) == 4
    assert asked == [(datetime(2017, 9, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC))]
    indicator.measure = "an.app.not.installed"
    assert queries.indicator_value(indicator) == 3
