"""The plan's entry in the admin's menu."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from cms.plan import viewsets


class PlanGroup(ViewSetGroup):
    menu_name = "plan"
    menu_label = _("Plan")
    menu_icon = "clipboard-list"
    items = (
        viewsets.ResultViewSet("plan_results"),
        viewsets.TargetViewSet("plan_targets"),
        viewsets.ObjectiveViewSet("plan_objectives"),
        viewsets.ActivityViewSet("plan_activities"),
        viewsets.IndicatorViewSet("plan_indicators"),
        viewsets.MediaPlanViewSet("plan_media"),
        viewsets.ChannelViewSet("plan_channels"),
        viewsets.ToolViewSet("plan_tools"),
        viewsets.BudgetViewSet("plan_budget"),
    )


@hooks.register("register_admin_viewset")
def plan_group() -> Any:
    return PlanGroup()
