"""« Retombées »: what the media said."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django import forms
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.admin.widgets.button import Button, HeaderButton

from cms.core import formats
from press.models import Coverage, Medium, SpokenLanguage, Tone
from press.validators import duration_words, past_day
from press.viewsets.rows import LengthField, RowFilters, RowForm, RowIndexView, RowViewSet, source_title


class CoverageForm(RowForm):
    duration_seconds = LengthField(label=_("Length"))

    def clean_said_date(self) -> date:
        return past_day(self.cleaned_data["said_date"])

    def _post_clean(self) -> None:
        super()._post_clean()
        row = self.instance
        if self.errors or not (row.outlet and row.said_date):
            return
        twin = Coverage.objects.filter(fingerprint=row.print_of()).exclude(pk=row.pk).first()
        if twin is not None:
            aside = _("This is in already, set aside: take it back from the list.")
            self.add_error(
                None, aside if twin.trashed_at else _("This is in already. Nothing was entered twice.")
            )


class CoverageFilters(RowFilters):
    medium = django_filters.MultipleChoiceFilter(
        label=_("Medium"), choices=Medium.choices, widget=forms.CheckboxSelectMultiple
    )
    tone = django_filters.ChoiceFilter(label=_("Tone"), choices=Tone.choices)
    language = django_filters.ChoiceFilter(label=_("Language"), choices=SpokenLanguage.choices)
    year = django_filters.NumberFilter(label=_("Year"), field_name="said_date", lookup_expr="year")

    class Meta:
        model = Coverage
        fields = ["medium", "tone", "language", "year", "shelf", "thing"]


class CoverageIndexView(RowIndexView):
    add_item_label = _("New coverage")
    empty_text = _(
        "What newspapers, radios, televisions and websites say of your releases and events is kept here: enter it, "
        "or bring a list in. The yearly report is made of it."
    )
    exports = (
        (_("date"), "said_date"),
        (_("hour"), "said_time"),
        (_("outlet"), "outlet"),
        (_("medium"), "get_medium_display"),
        (_("programme or column"), "programme"),
        (_("title"), "title"),
        (_("language"), "get_language_display"),
        (_("length"), lambda row: duration_words(row.duration_seconds)),
        (_("page"), "page"),
        (_("extract"), "extract"),
        (_("address"), "address"),
        (_("tone"), "get_tone_display"),
        (_("people reached"), "reach"),
        (_("release or event"), source_title),
    )

    def get_base_queryset(self) -> Any:
        return Coverage.objects.all()

    @cached_property
    def header_more_buttons(self) -> list[Any]:
        buttons = list(super().header_more_buttons)
        if self.request.user.has_perm("press.import_coverage"):
            buttons.append(
                Button(
                    _("Bring a list in"),
                    url=reverse("press_coverage_imports"),
                    icon_name="upload",
                    priority=20,
                )
            )
        return buttons

    @cached_property
    def header_buttons(self) -> list[Any]:
        report = HeaderButton(_("Report"), url=reverse("press_coverage_report"), icon_name="doc-full")
        return [*super().header_buttons, report]


class CoverageViewSet(RowViewSet):
    model = Coverage
    icon = "openquote"
    menu_label = _("Media coverage")
    menu_order = 300
    index_view_class = CoverageIndexView
    filterset_class = CoverageFilters
    search_fields = ["outlet", "programme", "title", "extract"]
    list_display = [
        Column("said", label=_("Coverage"), accessor=str, sort_key="outlet"),
        Column(
            "said_date",
            label=_("Date"),
            accessor=lambda row: formats.day(row.said_date),
            sort_key="said_date",
        ),
        Column("medium", label=_("Medium"), accessor="get_medium_display", sort_key="medium"),
        Column("length", label=_("Length"), accessor=lambda row: duration_words(row.duration_seconds)),
        Column("tone", label=_("Tone"), accessor="get_tone_display", sort_key="tone"),
        Column("source", label=_("Release or event"), accessor=source_title),
    ]
    ordering = "-said_date"
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("outlet"), FieldPanel("medium")]),
                    FieldRowPanel([FieldPanel("said_date"), FieldPanel("said_time")]),
                    FieldRowPanel([FieldPanel("programme"), FieldPanel("language")]),
                    FieldPanel("source_page"),
                ],
                heading=_("Who said it, and when"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("title"),
                    FieldPanel("extract"),
                    FieldRowPanel([FieldPanel("duration_seconds"), FieldPanel("page")]),
                    FieldRowPanel([FieldPanel("tone"), FieldPanel("reach")]),
                ],
                heading=_("What was said"),
            ),
            MultiFieldPanel([FieldPanel("address"), FieldPanel("scan")], heading=_("Where it can be found")),
        ],
        base_form_class=CoverageForm,
    )
