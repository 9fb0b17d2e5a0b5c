"""What is printed for guests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from cms.contacts.validators import tidy


class PaperForm(forms.Form):
    """Whom something is printed for, and how."""

    who = forms.ChoiceField(label=gettext_lazy("For whom"))
    part = forms.TypedChoiceField(label=gettext_lazy("Which of them"), coerce=int, required=False)
    dated = forms.DateField(label=gettext_lazy("Date of the letters"), widget=AdminDateInput)
    sheet = forms.ChoiceField(label=gettext_lazy("Sheets of labels"))
    start = forms.IntegerField(
        label=gettext_lazy("First free label of the sheet"),
        min_value=1,
        initial=1,
        required=False,
        help_text=gettext_lazy("Counted line by line, from the top left. 1: a new sheet."),
    )

    def __init__(
        self,
        *args: Any,
        who: list[tuple[str, str]],
        sheets: dict[str, Any],
        number: int,
        at_once: int,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.sheets = sheets
        fields: Any = self.fields
        fields["who"].choices = who
        fields["sheet"].choices = [(key, one.label) for key, one in sheets.items()]
        fields["part"].choices = [
            (first // at_once, f"{first + 1} – {min(first + at_once, number)}")
            for first in range(0, max(number, 1), at_once)
        ]
        if number <= at_once:
            del fields["part"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["start"] = values.get("start") or 1
        sheet = self.sheets.get(values.get("sheet", ""))
        if sheet is not None and values["start"] > sheet.places:
            self.add_error("start", _("This sheet has %d labels only.") % sheet.places)
        return values


class HandedForm(forms.Form):
    """To whom a letter was given, and when."""

    handed_at = forms.DateTimeField(label=gettext_lazy("Handed over on"), widget=AdminDateTimeInput)
    received_by = forms.CharField(
        label=gettext_lazy("Received by"),
        max_length=200,
        help_text=gettext_lazy("The name in the transmission book, and the function or the service."),
    )

    def clean_received_by(self) -> str:
        return tidy(self.cleaned_data["received_by"])
