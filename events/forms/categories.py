"""The officer's form of a category, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CategoryForm(forms.Form):
    """One category of an event's people. `ways` and `colours` are the choices, as (code, words)."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("As people choose it: “Press”, “Exhibitor”, “Participant”."),
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    access = forms.ChoiceField(label=_("Who may register"))
    quota = forms.IntegerField(
        label=_("Seats for this category"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("For each date, out of the seats of the hall. Empty: as many as the hall has."),
    )
    amount_xof = forms.IntegerField(
        label=_("Fee in FCFA"),
        min_value=0,
        max_value=100_000_000,
        required=False,
        help_text=_(
            "Only told, and paid to you against a receipt: nothing is paid on the site. Empty: free."
        ),
    )
    colour = forms.ChoiceField(label=_("Colour on badges and lists"))
    order = forms.IntegerField(
        label=_("Place in the list"),
        min_value=0,
        max_value=999,
        required=False,
        help_text=_("The smallest first."),
    )

    def __init__(
        self, *args: Any, ways: list[tuple[str, Any]], colours: list[tuple[str, Any]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access"].choices = ways  # type: ignore[attr-defined]
        self.fields["colour"].choices = colours  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_name_en(self) -> str:
        return " ".join(self.cleaned_data["name_en"].split())

    def clean_amount_xof(self) -> int:
        return self.cleaned_data["amount_xof"] or 0


class CategoryChoiceForm(forms.Form):
    """Into which category somebody is put. `categories` are (uid, words)."""

    category = forms.ChoiceField(label=_("Category"), required=False)

    def __init__(self, *args: Any, categories: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("No category")), *categories]  # type: ignore[attr-defined]


def offer_categories(form: forms.Form, categories: Iterable[tuple[str, str]], *, empty: Any) -> None:
    """Let the field `category` of a form be one of these (uid, words); it goes where the event has none."""
    choices = list(categories)
    if choices:
        form.fields["category"].choices = [("", empty), *choices]  # type: ignore[attr-defined]
    else:
        del form.fields["category"]
