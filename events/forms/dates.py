"""One date of a series: what it becomes, and for which dates that is meant."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

# As `models.Scope` names them; forms lie below models.
ONE, FOLLOWING, ALL = "one", "following", "all"


class ScopeForm(forms.Form):
    """For which dates a change is meant, and what their people are told."""

    scope = forms.ChoiceField(label=_("For which dates"), widget=forms.RadioSelect, initial=ONE)
    reason = forms.CharField(
        label=_("What people are told"),
        max_length=300,
        required=False,
        help_text=_("One sentence in the mail to those who registered."),
    )

    def __init__(self, *args: Any, scopes: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["scope"]
        field.choices = scopes
        if len(scopes) == 1:
            field.widget, field.required = forms.HiddenInput(), False

    def clean_scope(self) -> str:
        return self.cleaned_data["scope"] or ONE


class DateForm(ScopeForm):
    """New hours, place and seats of a date, in the wall time of its event's zone."""

    start_date = forms.DateField(label=_("First day"), widget=AdminDateInput)
    start_time = forms.TimeField(label=_("Starts at"), widget=AdminTimeInput)
    end_date = forms.DateField(
        label=_("Last day"), required=False, widget=AdminDateInput, help_text=_("Empty: the same day.")
    )
    end_time = forms.TimeField(
        label=_("Ends at"), required=False, widget=AdminTimeInput, help_text=_("Empty: no end is announced.")
    )
    place_name = forms.CharField(
        label=_("Place"),
        max_length=200,
        required=False,
        help_text=_("Elsewhere than usual, the event's address and map are not shown for it."),
    )
    capacity = forms.IntegerField(
        label=_("Seats"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("Empty: as for the event; for several dates, no limit."),
    )

    field_order = [
        "start_date",
        "start_time",
        "end_date",
        "end_time",
        "place_name",
        "capacity",
        "scope",
        "reason",
    ]

    def __init__(self, *args: Any, whole_day: bool = False, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.whole_day, self.today = whole_day, today
        if whole_day:
            del self.fields["start_time"], self.fields["end_time"]

    def clean_start_date(self) -> date:
        day: date = self.cleaned_data["start_date"]
        # One that has begun may still change its end or its place.
        if day < self.today and day != self.initial.get("start_date"):
            raise forms.ValidationError(_("That day is over."))
        if day.year > self.today.year + 20:
            raise forms.ValidationError(_("That day is too far away."))
        return day

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        first, at = values.get("start_date"), values.get("start_time")
        if first is None or (at is None and not self.whole_day):
            return values
        last, until = values.get("end_date") or first, values.get("end_time")
        values["starts"] = datetime.combine(first, at or time(0))
        if self.whole_day:
            values["ends"] = datetime.combine(last + timedelta(days=1), time(0))
        else:
            values["ends"] = datetime.combine(last, until) if until else None
        if last < first or (values["ends"] is not None and values["ends"] <= values["starts"]):
            self.add_error(
                "end_date", _("It ends before it starts: correct the hours, or give the last day.")
            )
        return values
