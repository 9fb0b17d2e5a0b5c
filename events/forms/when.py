"""The fields that say when, in an officer's words, and the rule they make."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any

import recurrence
from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

from events.validators import ZONES, check_rule, validate_zone

REPEATS = (
    ("", _("Once only")),
    ("daily", _("Every day")),
    ("weekly", _("Every week")),
    ("monthly", _("Every month, on the same day of the month")),
    ("monthly_weekday", _("Every month, on the same weekday (for instance the second Tuesday)")),
    ("yearly", _("Every year, on the same day")),
)
_PERIODS = {
    "daily": recurrence.DAILY,
    "weekly": recurrence.WEEKLY,
    "monthly": recurrence.MONTHLY,
    "monthly_weekday": recurrence.MONTHLY,
    "yearly": recurrence.YEARLY,
}
_DATE = re.compile(r"^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$|^(\d{4})-(\d{2})-(\d{2})$")


def read_days(text: str) -> list[date]:
    """Dates written one a line or separated by commas, as 25/12/2026 or 2026-12-25."""
    days = []
    for piece in re.split(r"[\n,;]+", text):
        if not (piece := piece.strip()):
            continue
        match = _DATE.match(piece)
        try:
            if match is None:
                raise ValueError(piece)
            day, month, year, iso_year, iso_month, iso_day = match.groups()
            days.append(
                date(int(year), int(month), int(day))
                if year
                else date(int(iso_year), int(iso_month), int(iso_day))
            )
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” is not a date: write it as 25/12/2026."), params={"text": piece[:40]}
            ) from error
    return sorted(set(days))


class DaysField(forms.CharField):
    """Several dates in a text box."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[date]:
        return read_days(super().clean(value) or "")

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(day.strftime("%d/%m/%Y") for day in value) if isinstance(value, list) else value


class WhenFields(forms.Form):
    """First and last day, hours, zone."""

    start_date = forms.DateField(label=_("First day"), required=False, widget=AdminDateInput)
    start_time = forms.TimeField(label=_("Starts at"), required=False, widget=AdminTimeInput)
    end_date = forms.DateField(
        label=_("Last day"), required=False, widget=AdminDateInput, help_text=_("Empty: the same day.")
    )
    end_time = forms.TimeField(label=_("Ends at"), required=False, widget=AdminTimeInput)
    whole_day = forms.BooleanField(label=_("Whole days"), required=False)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=ZONES,
        initial="Africa/Bamako",
        required=False,
        help_text=_("The hours are those of the clocks of that place, in summer as in winter."),
    )

    def clean_zone(self) -> str:
        return self.cleaned_data["zone"] or "Africa/Bamako"


class RuleFields(forms.Form):
    """A repetition in plain words."""

    repeat = forms.ChoiceField(label=_("Takes place"), choices=REPEATS, required=False)
    repeat_every = forms.IntegerField(
        label=_("Every how many (days, weeks, months, years)"), min_value=1, max_value=99, required=False
    )
    repeat_days = forms.TypedMultipleChoiceField(
        label=_("On which days of the week"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For a weekly repetition; nothing ticked: the weekday of the first day."),
    )
    repeat_until = forms.DateField(label=_("Until"), required=False, widget=AdminDateInput)
    repeat_count = forms.IntegerField(
        label=_("Or number of dates"), min_value=1, max_value=400, required=False
    )
    left_out = DaysField(
        label=_("Except"), required=False, help_text=_("Dates left out, one a line: 25/12/2026.")
    )


def check_when(values: dict[str, Any], errors: Any) -> None:
    """Check hours and days together; `errors(field, message)` notes what is wrong."""
    first, last = values.get("start_date"), values.get("end_date")
    if first and not values.get("whole_day") and not values.get("start_time"):
        errors("start_time", gettext("Say at what time it starts, or tick “Whole days”."))
    if first and last and last < first:
        errors("end_date", gettext("The last day is before the first."))
    starts, ends = values.get("start_time"), values.get("end_time")
    if starts and ends and (not last or last == first) and ends <= starts:
        errors("end_time", gettext("It ends before it starts: correct the hours, or give the last day."))
    if not first and (starts or last):
        errors("start_date", gettext("Give the first day too."))
    try:
        validate_zone(values.get("zone") or "Africa/Bamako")
    except ValidationError as error:
        errors("zone", error)


def compose_rule(values: dict[str, Any]) -> recurrence.Recurrence | None:
    """The rule that the plain fields say, or None for a single date. Raises ValidationError.

    Checked against the first day, so that what is kept can always be computed and told to a calendar.
    """
    period, first = values.get("repeat"), values.get("start_date")
    if not period or not first:
        return None
    at = time(0) if values.get("whole_day") else values.get("start_time") or time(0)
    starts = datetime.combine(first, at)
    options: dict[str, Any] = {"interval": values.get("repeat_every") or 1}
    if values.get("repeat_until") and values.get("repeat_count"):
        raise ValidationError(_("Give a last date or a number of dates, not both."))
    if until := values.get("repeat_until"):
        options["until"] = datetime.combine(until, at)
    if count := values.get("repeat_count"):
        options["count"] = count
    if period == "weekly" and values.get("repeat_days"):
        options["byday"] = sorted(values["repeat_days"])
    if period == "monthly_weekday":
        place = (first.day - 1) // 7 + 1
        options["byday"] = [recurrence.Weekday(first.weekday(), place if place < 5 else -1)]
    rule = recurrence.Recurrence(
        rrules=[recurrence.Rule(_PERIODS[period], **options)],
        exdates=[datetime.combine(day, at) for day in values.get("left_out") or []],
        include_dtstart=False,
    )
    check_rule(rule, starts)
    return rule


def plain_values(rule: recurrence.Recurrence | None) -> dict[str, Any]:
    """The plain fields' values for a rule that they can say: what a form shows for an event that has one."""
    if rule is None or not rule.rrules:
        return {"repeat": ""}
    one = rule.rrules[0]
    names = {freq: name for name, freq in _PERIODS.items() if name != "monthly_weekday"}
    days = [recurrence.base.to_weekday(day) for day in one.byday]
    return {
        "repeat": "monthly_weekday" if any(day.index for day in days) else names.get(one.freq, ""),
        "repeat_every": one.interval,
        "repeat_days": [day.number for day in days if not day.index],
        "repeat_until": one.until.date() if one.until else None,
        "repeat_count": one.count,
        "left_out": sorted({at.date() for at in rule.exdates}),
    }
