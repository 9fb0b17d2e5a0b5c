"""« Diffusions »: what is broadcast or printed because it was paid for or negotiated."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column

from cms.core import formats
from press.models import Diffusion, SpokenLanguage, Support, Terms
from press.validators import duration_words, hours_words, parse_hours
from press.viewsets.rows import LengthField, RowFilters, RowForm, RowIndexView, RowViewSet, source_title

PROOF = (("yes", _("Attested")), ("no", _("Attestation awaited")))


class DiffusionForm(RowForm):
    duration_seconds = LengthField(label=_("Length of one passage"))

    def clean_hours(self) -> str:
        return hours_words(parse_hours(self.cleaned_data["hours"]))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        first, last = cleaned.get("first_date"), cleaned.get("last_date")
        if first and last and last < first:
            self.add_error("last_date", _("The last day comes before the first."))
        if cleaned.get("terms") == Terms.NEGOTIATED and cleaned.get("cost_xof"):
            self.add_error(
                "cost_xof", _("What was negotiated free of charge costs nothing: write 0, or say paid.")
            )
        if cleaned.get("passages_done") is not None and not cleaned.get("proof"):
            self.add_error("proof", _("Passages are attested by the outlet's paper: choose its scan."))
        return cleaned


class DiffusionFilters(RowFilters):
    support = django_filters.MultipleChoiceFilter(
        label=_("Support"), choices=Support.choices, widget=forms.CheckboxSelectMultiple
    )
    terms = django_filters.ChoiceFilter(label=_("Terms"), choices=Terms.choices)
    language = django_filters.ChoiceFilter(label=_("Language"), choices=SpokenLanguage.choices)
    attested = django_filters.ChoiceFilter(label=_("Attestation"), choices=PROOF, method="with_proof")
    year = django_filters.NumberFilter(label=_("Year"), field_name="first_date", lookup_expr="year")

    class Meta:
        model = Diffusion
        fields = ["support", "terms", "language", "attested", "year", "shelf", "thing"]

    def with_proof(self, queryset: Any, name: str, value: str) -> Any:
        return queryset.filter(proof__isnull=value == "no")


class DiffusionIndexView(RowIndexView):
    add_item_label = _("New order")
    empty_text = _(
        "Spots, magazine programmes, reports, insertions and announcements that you pay for or negotiate are kept "
        "here with their passages, their cost and the outlet's attestation."
    )
    exports = (
        (_("first day"), "first_date"),
        (_("last day"), "last_date"),
        (_("hours"), "hours"),
        (_("outlet"), "outlet"),
        (_("programme or place"), "programme"),
        (_("support"), "get_support_display"),
        (_("subject"), "title"),
        (_("language"), "get_language_display"),
        (_("passages ordered"), "passages"),
        (_("passages attested"), "passages_done"),
        (_("length of one passage"), lambda row: duration_words(row.duration_seconds)),
        (_("terms"), "get_terms_display"),
        (_("cost of the order (FCFA)"), "cost_xof"),
        (_("activity of the plan"), "activity"),
        (_("attestation"), lambda row: _("yes") if row.proof_id else _("no")),
        (_("release or event"), source_title),
    )

    def get_base_queryset(self) -> Any:
        return Diffusion.objects.select_related("activity")


def when(row: Diffusion) -> str:
    """The days of an order, in words."""
    first = formats.day(row.first_date, weekday=False)
    last = formats.day(row.last_date, weekday=False)
    return first if row.first_date == row.last_date else f"{first} – {last}"


def passages(row: Diffusion) -> str:
    """« 12 / 15 »: attested of ordered."""
    return f"{'–' if row.passages_done is None else row.passages_done} / {row.passages}"


class DiffusionViewSet(RowViewSet):
    model = Diffusion
    icon = "media"
    menu_label = _("Paid broadcasts")
    menu_order = 310
    index_view_class = DiffusionIndexView
    filterset_class = DiffusionFilters
    search_fields = ["outlet", "programme", "title"]
    list_display = [
        Column("order", label=_("Order of broadcasts"), accessor=str, sort_key="outlet"),
        Column("support", label=_("Support"), accessor="get_support_display", sort_key="support"),
        Column("when", label=_("When"), accessor=when, sort_key="first_date"),
        Column("passages", label=_("Attested / ordered"), accessor=passages, sort_key="passages"),
        Column("cost", label=_("Cost"), accessor=lambda row: formats.fcfa(row.cost_xof), sort_key="cost_xof"),
        Column("source", label=_("Release or event"), accessor=source_title),
    ]
    ordering = "-first_date"
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("outlet"), FieldPanel("support")]),
                    FieldPanel("title"),
                    FieldRowPanel([FieldPanel("programme"), FieldPanel("language")]),
                    FieldPanel("source_page", heading=_("Release or event it serves")),
                    FieldPanel("activity"),
                ],
                heading=_("What is ordered"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel([FieldPanel("first_date"), FieldPanel("last_date")]),
                    FieldPanel("hours"),
                    FieldRowPanel([FieldPanel("passages"), FieldPanel("duration_seconds")]),
                    FieldRowPanel([FieldPanel("terms"), FieldPanel("cost_xof")]),
                ],
                heading=_("When, how often, at what cost"),
            ),
            MultiFieldPanel(
                [FieldPanel("proof"), FieldPanel("passages_done"), FieldPanel("note")],
                heading=_("Proof of broadcast"),
            ),
        ],
        base_form_class=DiffusionForm,
    )
