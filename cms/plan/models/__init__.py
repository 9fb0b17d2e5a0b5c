from cms.plan.models.activities import Activity, Indicator, Objective
from cms.plan.models.budget import BudgetLine
from cms.plan.models.calendar import MediaPlanRow
from cms.plan.models.documents import CommunicationPlan
from cms.plan.models.results import SectorResult
from cms.plan.models.targets import ChannelRow, Side, StrategyTool, Target, TargetGroup

__all__ = [
    "Activity",
    "BudgetLine",
    "ChannelRow",
    "CommunicationPlan",
    "Indicator",
    "MediaPlanRow",
    "Objective",
    "SectorResult",
    "Side",
    "StrategyTool",
    "Target",
    "TargetGroup",
]
