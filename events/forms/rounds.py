"""Planning what is written to the people of a date together."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminTimeInput


class RoundForm(forms.Form):
    """A kind of mail, and when it leaves."""

    kind = forms.ChoiceField(label=gettext_lazy("What is written"), widget=forms.RadioSelect)
    days = forms.IntegerField(
        label=gettext_lazy("How many days before the date"),
        required=False,
        min_value=0,
        max_value=365,
        help_text=gettext_lazy(
            "7 and 1 are usual for reminders. For thanks: how many days after. Empty: you send it yourself, "
            "from the next screen. A date that moves takes its reminders along."
        ),
    )
    at = forms.TimeField(
        label=gettext_lazy("At what time"), initial=time(9), widget=AdminTimeInput, required=False
    )
    words_fr = forms.CharField(
        label=gettext_lazy("To add, in French"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "The greeting, the date, the place and the personal link are in the mail anyway."
        ),
    )
    words_en = forms.CharField(
        label=gettext_lazy("To add, in English"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        values["at"] = values.get("at") or time(9)
        if values.get("kind") == "thanks" and values.get("days") is not None:
            values["days"] = -values["days"]
        if values.get("kind") == "remind" and values.get("days") == 0 and not self.data.get("at"):
            self.add_error("at", _("Say at what time of the day itself."))
        return values
