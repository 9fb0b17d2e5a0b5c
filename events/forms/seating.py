"""The rows of a hall."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from events.validators.rows import parse_rows


class RowsForm(forms.Form):
    """Rows from the front, one to a line."""

    rows = forms.CharField(
        label=_("Rows, from the front"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "placeholder": "Tribune : 8\nRang 1 : 12\nRang 2 : 12"}),
        help_text=_("One to a line: a name, a colon, the number of chairs."),
    )

    def clean_rows(self) -> str:
        rows: str = self.cleaned_data["rows"]
        parse_rows(rows)
        return rows
