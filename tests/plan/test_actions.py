import pytest
from wagtail.models import Locale

from cms.core.models import Sector
from cms.plan import actions, queries
from cms.plan.models import (
    Activity,
    BudgetLine,
    ChannelRow,
    CommunicationPlan,
    Indicator,
    MediaPlanRow,
    Objective,
    SectorResult,
    Side,
    StrategyTool,
    Target,
    TargetGroup,
)

pytestmark = pytest.mark.django_db
ALL = (
    Target,
    StrategyTool,
    MediaPlanRow,
    ChannelRow,
    Objective,
    Activity,
    Indicator,
    BudgetLine,
    SectorResult,
)


@pytest.fixture
def plan() -> CommunicationPlan:
    Locale.objects.get_or_create(language_code="en")
    return actions.load_reference()


def test_the_plan_has_its_rows_and_no_other(plan: CommunicationPlan) -> None:
    counts = {model.__name__: model.objects.count() for model in ALL}
    assert counts == {
        "Target": 23,
        "StrategyTool": 10,
        "MediaPlanRow": 24,
        "ChannelRow": 13,
        "Objective": 9,
        "Activity": 13,
        "Indicator": 15,
        "BudgetLine": 18,
        "SectorResult": 5,
    }


def test_loading_again_adds_nothing_and_undoes_no_correction(plan: CommunicationPlan) -> None:
    before = [model.objects.count() for model in ALL]
    BudgetLine.objects.filter(support="Flyers").update(amount_xof=350_000)
    assert actions.load_reference() == plan
    assert [model.objects.count() for model in ALL] == before
    assert BudgetLine.objects.get(support="Flyers").amount_xof == 350_000


def test_the_printed_total_is_kept_beside_the_sum_of_the_legible_lines(plan: CommunicationPlan) -> None:
    found = queries.budget(plan)
    assert (found.sum_xof, found.printed_xof, found.gap_xof) == (55_200_000, 55_700_000, 500_000)


def test_no_tick_of_the_media_calendar_is_invented(plan: CommunicationPlan) -> None:
    assert all(row.months == [] for row in MediaPlanRow.objects.all())


def test_a_target_keeps_its_three_classifications(plan: CommunicationPlan) -> None:
    target = Target.objects.get(slug="structures-beneficiaires")
    assert (target.chapter_seven, target.chapter_eight, target.chapter_ten) == (
        Side.EXTERNAL,
        TargetGroup.DIRECT_EXTERNAL,
        Side.INTERNAL,
    )


def test_chapter_ten_has_seven_internal_rows_then_six_external(plan: CommunicationPlan) -> None:
    sides = [row.target.chapter_ten for row in ChannelRow.objects.select_related("target")]
    assert sides == ["internal"] * 7 + ["external"] * 6


def test_sectors_are_named_in_both_languages_once(plan: CommunicationPlan) -> None:
    assert Sector.objects.filter(locale__language_code="fr").count() == 5
    actions.load_reference()
    assert Sector.objects.filter(locale__language_code="en").count() == 5
