"""Beginning an event by the road of its kind; what is to be done."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput


class BeginForm(forms.Form):
    """What a road needs to know; the rest is prepared and may be changed in the editor."""

    kind = forms.ChoiceField(label=gettext_lazy("What you prepare"), widget=forms.RadioSelect)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=255,
        help_text=gettext_lazy("As the public will read it, in French."),
    )
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=AdminDateInput)
    start_time = forms.TimeField(
        label=gettext_lazy("Starts at"),
        required=False,
        widget=AdminTimeInput,
        help_text=gettext_lazy("Empty: the usual hour of its kind."),
    )
    end_time = forms.TimeField(label=gettext_lazy("Ends at"), required=False, widget=AdminTimeInput)
    place_name = forms.CharField(label=gettext_lazy("Place"), max_length=200, required=False)
    capacity = forms.IntegerField(
        label=gettext_lazy("Seats"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("Empty: no limit, or the usual one of its kind."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class TaskForm(forms.Form):
    """Something more to do, by a date or by days from the event."""

    title = forms.CharField(label=gettext_lazy("What"), max_length=200)
    note = forms.CharField(label=gettext_lazy("How"), max_length=500, required=False)
    days = forms.IntegerField(
        label=gettext_lazy("Days from the event"),
        required=False,
        min_value=-1000,
        max_value=1000,
        help_text=gettext_lazy(
            "−7: a week before; 3: three days after. It goes along when the event is moved."
        ),
    )
    fixed_date = forms.DateField(label=gettext_lazy("Or on this date"), required=False, widget=AdminDateInput)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("days") is not None and said.get("fixed_date"):
            self.add_error("fixed_date", _("Give days or a date, not both."))
        return said


class TextForm(forms.Form):
    """A ready text, changed for one event."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=150)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=gettext_lazy("[titre], [date] and [lieu] are filled in where it is shown."),
    )
