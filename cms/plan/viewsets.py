"""The communication plan in the admin: read by many, kept by the coordinator."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column

from cms.core import registry
from cms.core.viewsets import OfficeIndexView, OfficeViewSet
from cms.plan import queries
from cms.plan.models import (
    Activity,
    BudgetLine,
    ChannelRow,
    Indicator,
    MediaPlanRow,
    Objective,
    SectorResult,
    StrategyTool,
    Target,
)

NOT_LOADED = _(
    "The rows of the communication plan are not loaded yet: the command « make setup » does it. You can also "
    "enter them here one by one."
)


def xof(amount: int | None) -> str:
    """An amount in FCFA, with narrow spaces between thousands."""
    return "" if amount is None else f"{amount:,}".replace(",", "\u202f")


class PlanIndexView(OfficeIndexView):
    empty_text = NOT_LOADED


class TargetIndexView(PlanIndexView):
    exports = (
        (_("name"), "name"),
        (_("chapter VII"), "get_chapter_seven_display"),
        (_("chapter VIII"), "get_chapter_eight_display"),
        (_("chapter X"), "get_chapter_ten_display"),
        (_("audience"), "audience"),
    )

    def get_base_queryset(self) -> Any:
        return Target.objects.select_related("audience")


class TargetViewSet(OfficeViewSet):
    model = Target
    icon = "group"
    menu_label = _("Targets")
    menu_order = 20
    index_view_class = TargetIndexView
    search_fields = ["name"]
    list_filter = ["chapter_seven", "chapter_eight", "chapter_ten"]
    list_display = [
        "name",
        Column("chapter_seven", label=_("Chapter VII"), accessor="get_chapter_seven_display"),
        Column("chapter_eight", label=_("Chapter VIII"), accessor="get_chapter_eight_display"),
        Column("chapter_ten", label=_("Chapter X"), accessor="get_chapter_ten_display"),
        Column("audience", label=_("Audience"), accessor="audience", sort_key="audience__name"),
    ]
    ordering = "order"
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldRowPanel(
            [FieldPanel("chapter_seven"), FieldPanel("chapter_eight"), FieldPanel("chapter_ten")],
            heading=_("Classifications of the plan"),
        ),
        FieldPanel("audience"),
        FieldPanel("note"),
        FieldPanel("order"),
    ]


class ObjectiveViewSet(OfficeViewSet):
    model = Objective
    icon = "list-ul"
    menu_label = _("Objectives")
    menu_order = 30
    index_view_class = PlanIndexView
    list_filter = ["plan"]
    list_display = ["title", "section"]
    ordering = "order"
    panels = [FieldPanel(name) for name in ("plan", "section", "title", "slug", "order")]


class ActivityIndexView(PlanIndexView):
    exports = (
        (_("number"), "number"),
        (_("objective"), "objective"),
        (_("activity"), "title"),
        (_("responsible"), "responsible"),
        (_("period"), "period"),
    )

    def get_base_queryset(self) -> Any:
        return Activity.objects.select_related("objective")


class ActivityViewSet(OfficeViewSet):
    model = Activity
    icon = "tasks"
    menu_label = _("Activities")
    menu_order = 40
    index_view_class = ActivityIndexView
    search_fields = ["title", "detail", "responsible"]
    list_filter = ["objective"]
    list_display = [
        "title",
        Column("number", label=_("Number"), accessor="number", sort_key="number"),
        Column("objective", label=_("Objective"), accessor="objective"),
        "responsible",
        "period",
    ]
    ordering = "number"
    panels = [
        FieldPanel("objective"),
        FieldRowPanel([FieldPanel("number"), FieldPanel("slug")]),
        FieldPanel("title"),
        FieldPanel("detail"),
        FieldPanel("responsible"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("period"), FieldPanel("times_per_year")]),
                FieldRowPanel([FieldPanel("starts_date"), FieldPanel("ends_date")]),
            ],
            heading=_("When"),
        ),
    ]


def measure_choices() -> list[tuple[str, Any]]:
    """By hand, or one of the measures that the installed apps offer."""
    return [("", _("entered by hand")), *((measure.key, measure.label) for measure in registry.measures)]


class IndicatorForm(WagtailAdminModelForm):
    measure = forms.ChoiceField(label=_("Measure"), choices=measure_choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("measure")
        known = {key for key, _label in field.choices} if field else set()
        if field and self.instance.measure and self.instance.measure not in known:
            # Of an app that is not installed for the moment; saving must not lose it.
            field.choices = [*field.choices, (self.instance.measure, self.instance.measure)]


class IndicatorIndexView(PlanIndexView):
    exports = (
        (_("activity"), "activity"),
        (_("indicator"), "title"),
        (_("goal"), "goal"),
        (_("figure"), "figure"),
    )

    def get_base_queryset(self) -> Any:
        return Indicator.objects.select_related("activity")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        self._figures(context["object_list"])
        return context

    def _figures(self, indicators: Any) -> None:
        for indicator in indicators:
            value = queries.indicator_value(indicator)
            indicator.figure = _("not known yet") if value is None else value

    def _rows(self, queryset: Any) -> Any:
        rows = list(queryset)
        self._figures(rows)
        return super()._rows(rows)  # type: ignore[arg-type]


class IndicatorViewSet(OfficeViewSet):
    model = Indicator
    icon = "check"
    menu_label = _("Indicators")
    menu_order = 50
    index_view_class = IndicatorIndexView
    list_filter = ["activity"]
    list_display = [
        "title",
        Column("activity", label=_("Activity"), accessor="activity"),
        Column("goal", label=_("Goal"), accessor="goal"),
        Column("figure", label=_("Figure"), accessor="figure"),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("activity"),
            FieldPanel("title"),
            FieldRowPanel([FieldPanel("measure"), FieldPanel("goal")]),
            FieldRowPanel([FieldPanel("reported_value"), FieldPanel("reported_date")]),
            FieldPanel("order"),
        ],
        base_form_class=IndicatorForm,
    )


class MediaPlanViewSet(OfficeViewSet):
    model = MediaPlanRow
    icon = "calendar"
    menu_label = _("Media calendar")
    menu_order = 60
    index_view_class = PlanIndexView
    list_filter = ["plan"]
    list_per_page = 50
    list_display = [
        "title",
        "detail",
        Column(
            "months",
            label=_("Months"),
            accessor=lambda row: ", ".join(f"{month:%m/%Y}" for month in row.months) or _("not known"),
        ),
    ]
    ordering = "order"
    panels = [
        FieldPanel("plan"),
        FieldPanel("title"),
        FieldPanel("detail"),
        FieldPanel("months", help_text=_("First days of months, with commas: 2018-02-01, 2018-03-01.")),
        FieldPanel("order"),
    ]


class ChannelIndexView(PlanIndexView):
    def get_base_queryset(self) -> Any:
        return ChannelRow.objects.select_related("target")


class ChannelViewSet(OfficeViewSet):
    model = ChannelRow
    icon = "comment"
    menu_label = _("Channels and messages")
    menu_order = 70
    index_view_class = ChannelIndexView
    list_display = [
        Column("target", label=_("Target"), accessor="target"),
        Column("supports", label=_("Supports"), accessor=lambda row: ", ".join(row.supports.splitlines())),
        Column("messages", label=_("Messages"), accessor=lambda row: ", ".join(row.messages.splitlines())),
    ]
    ordering = "order"
    panels = [FieldPanel(name) for name in ("plan", "target", "supports", "messages", "advice", "order")]


class ToolViewSet(OfficeViewSet):
    model = StrategyTool
    icon = "cogs"
    menu_label = _("Tools of the strategy")
    menu_order = 75
    index_view_class = PlanIndexView
    list_filter = ["group"]
    list_display = [
        "aim",
        Column("group", label=_("Group of targets"), accessor="get_group_display"),
        Column("tools", label=_("Tools"), accessor=lambda row: ", ".join(row.tools.splitlines())),
    ]
    ordering = "order"
    panels = [FieldPanel(name) for name in ("plan", "aim", "group", "tools", "order")]


class BudgetIndexView(PlanIndexView):
    results_template_name = "plan/admin/budget_results.html"
    exports = (
        (_("channel"), "channel"),
        (_("support"), "support"),
        (_("period"), "period"),
        (_("date"), "date_words"),
        (_("frequency"), "frequency"),
        (_("duration"), "duration"),
        (_("cost (FCFA)"), "amount_xof"),
        (_("spent (FCFA)"), "spent_xof"),
        (_("targets"), "targets_words"),
        (_("objective"), "objective_words"),
    )

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        plan = queries.current_plan()
        found = queries.budget(plan) if plan else None
        words = None
        if found is not None:
            words = {
                "sum": xof(found.sum_xof),
                "printed": xof(found.printed_xof),
                "gap": xof(found.gap_xof) if found.gap_xof else "",
                "spent": xof(found.spent_xof),
            }
        return {**super().get_context_data(*args, **kwargs), "budget": words}


class BudgetViewSet(OfficeViewSet):
    model = BudgetLine
    icon = "table"
    menu_label = _("Budget")
    menu_order = 80
    index_view_class = BudgetIndexView
    list_filter = ["channel", "plan"]
    list_per_page = 50
    list_display = [
        "support",
        Column("channel", label=_("Channel"), accessor="channel", sort_key="channel"),
        Column("period", label=_("Period"), accessor="period"),
        Column(
            "amount_xof",
            label=_("Cost (FCFA)"),
            accessor=lambda row: xof(row.amount_xof),
            sort_key="amount_xof",
        ),
        Column(
            "spent_xof",
            label=_("Spent (FCFA)"),
            accessor=lambda row: xof(row.spent_xof),
            sort_key="spent_xof",
        ),
        Column("targets", label=_("Targets"), accessor="targets_words"),
    ]
    ordering = "order"
    panels = [
        FieldPanel("plan"),
        FieldRowPanel([FieldPanel("channel"), FieldPanel("support")]),
        FieldRowPanel([FieldPanel("amount_xof"), FieldPanel("spent_xof")]),
        FieldRowPanel([FieldPanel("period"), FieldPanel("date_words")]),
        FieldRowPanel([FieldPanel("frequency"), FieldPanel("duration")]),
        FieldRowPanel([FieldPanel("targets_words"), FieldPanel("objective_words")]),
        FieldPanel("activity"),
        FieldPanel("order"),
    ]


class ResultIndexView(PlanIndexView):
    exports = (
        (_("sector"), "sector"),
        (_("from (year)"), "first_year"),
        (_("to (year)"), "last_year"),
        (_("missions planned"), "planned"),
        (_("missions done"), "done"),
        (_("rate (%)"), "rate"),
        (_("people trained"), "trained"),
        (_("source"), "source"),
    )

    def get_base_queryset(self) -> Any:
        return SectorResult.objects.select_related("sector")


def rate_words(row: SectorResult) -> str:
    return "" if row.rate is None else f"{row.rate:.2f}".replace(".", ",") + "\u00a0%"


class ResultForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "sector" in self.fields:
            # One row per sector, whatever the languages it is named in.
            self.fields["sector"].queryset = self.fields["sector"].queryset.filter(locale__language_code="fr")


class ResultViewSet(OfficeViewSet):
    model = SectorResult
    icon = "order"
    menu_label = _("Results by sector")
    menu_order = 10
    index_view_class = ResultIndexView
    list_filter = ["first_year", "last_year"]
    list_display = [
        Column("sector", label=_("Sector"), accessor="sector", sort_key="sector__name"),
        Column("period", label=_("Period"), accessor=lambda row: f"{row.first_year}-{row.last_year}"),
        Column("planned", label=_("Planned"), accessor="planned", sort_key="planned"),
        Column("done", label=_("Done"), accessor="done", sort_key="done"),
        Column("rate", label=_("Rate"), accessor=rate_words),
        Column(
            "trained", label=_("People trained"), accessor=lambda row: xof(row.trained), sort_key="trained"
        ),
    ]
    edit_handler = ObjectList(
        [
            FieldPanel("sector"),
            FieldRowPanel([FieldPanel("first_year"), FieldPanel("last_year")]),
            FieldRowPanel([FieldPanel("planned"), FieldPanel("done"), FieldPanel("trained")]),
            FieldPanel("source"),
            FieldPanel("order"),
        ],
        base_form_class=ResultForm,
    )
