"""The two forms of bringing a list in: the file, and what its columns hold."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.contacts import imports, queries
from cms.contacts.models import AudienceKind, ContactImport, Purpose
from cms.contacts.viewsets import words


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx), 10,000 lines and 5 MB at most. The first line holds the headings."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > imports.MOST_BYTES:
            # Before a byte of it is read.
            raise forms.ValidationError(
                _("This file is too big: 5 MB at most. Cut the list into several files.")
            )
        return file


class ColumnsForm(forms.Form):
    """What each column holds, and what all lines share."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of who has none in the file"), choices=words.LANGUAGES
    )
    country = forms.ChoiceField(
        label=gettext_lazy("Country of who has none in the file"), choices=words.country_choices
    )
    audience = forms.ModelChoiceField(
        label=gettext_lazy("Put everybody on this list"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("On no list"),
    )
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("What these people agreed to"),
        choices=Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Tick only what they agreed to themselves. Who asked to be left alone stays left alone, whatever is "
            "ticked here."
        ),
    )
    evidence = forms.CharField(
        label=gettext_lazy("How we know"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("For example: attendance sheet of the forum of 12 March, signed."),
    )

    def __init__(self, *args: Any, listing: ContactImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].queryset = queries.audiences().filter(kind=AudienceKind.LIST)  # type: ignore[attr-defined]
        choices = [("", _("Leave out")), *((one.key, capfirst(str(one.label))) for one in imports.COLUMNS)]
        for place, heading in enumerate(listing.headings):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=heading or _("Column %d") % (place + 1), choices=choices, required=False
            )
            self.initial.setdefault(f"column-{place}", listing.columns[place])
        self.size = len(listing.headings)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("purposes") and not (data.get("evidence") or "").strip():
            self.add_error("evidence", _("Say how we know that they agreed."))
        return data

    @property
    def columns(self) -> list[str]:
        return [self.cleaned_data[f"column-{place}"] for place in range(self.size)]

    def rows(self, sample: list[list[str]]) -> list[dict[str, Any]]:
        """The columns as the page shows them: heading, some cells, choice."""
        return [
            {
                "field": self[f"column-{place}"],
                "cells": [cells[place] for cells in sample if place < len(cells) and cells[place]],
            }
            for place in range(self.size)
        ]
