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

from events.validators import (
    FIRST_YEAR,
    LAST_YEAR,
    MAX_CHARS,
    ZONES,
    check_rule,
    parse_rule,
    same_grid,
    serialise_rule,
    validate_zone,
)

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
_DATE = re.compile(r"^(?:(\d{1,2})[/.](\d{1,2})[/.](\d{4})|(\d{4})-(\d{2})-(\d{2}))$")
_HOUR = re.compile(r"^(.*?)(?:\s+(?:à\s*)?|T)(\d{1,2})\s*(?:h|:)\s*(\d{2})?$")
# A repetition that the plain fields cannot say (brought in from another calendar): it stays until another is chosen.
KEPT = "kept"


def _read_day(text: str) -> date:
    match = _DATE.match(text)
    if match is None:
        raise ValueError(text)
    day, month, year, iso_year, iso_month, iso_day = match.groups()
    if year:
        return date(int(year), int(month), int(day))
    return date(int(iso_year), int(iso_month), int(iso_day))


def _read_moment(text: str) -> datetime:
    """A day with or without an hour; midnight stands for no hour."""
    if found := _HOUR.match(text):
        day, hour, minute = found.groups()
        return datetime.combine(_read_day(day.strip()), time(int(hour), int(minute or 0)))
    return datetime.combine(_read_day(text), time(0))


def read_moments(text: str, *, hours: bool = True) -> list[datetime]:
    """Dates one a line or separated by commas, as 25/12/2026 or 2026-12-25, with `hours` as 25/12/2026 14:30 too."""
    found = set()
    for piece in re.split(r"[\n,;]+", text):
        if not (piece := piece.strip()):
            continue
        try:
            found.add(_read_moment(piece) if hours else datetime.combine(_read_day(piece), time(0)))
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” is not a date: write it as 25/12/2026."), params={"text": piece[:40]}
            ) from error
    return sorted(found)


def read_days(text: str) -> list[date]:
    """Dates written one a line or separated by commas, as 25/12/2026 or 2026-12-25."""
    return [at.date() for at in read_moments(text, hours=False)]


class DaysField(forms.CharField):
    """Several dates in a text box."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[date]:
        return read_days(super().clean(value) or "")

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(day.strftime("%d/%m/%Y") for day in value) if isinstance(value, list) else value


class MomentsField(forms.CharField):
    """Several dates in a text box, each with an hour of its own where it has one."""

    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> list[datetime]:  # type: ignore[override]
        return read_moments(super().clean(value) or "")

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(
            at.strftime("%d/%m/%Y" if at.time() == time(0) else "%d/%m/%Y %H:%M") for at in value
        )


class RepeatField(forms.ChoiceField):
    """How an event repeats; « as it is » is offered only where there is such a repetition (`offer_kept`)."""

    def valid_value(self, value: Any) -> bool:
        return value == KEPT or super().valid_value(value)


class ZoneField(forms.ChoiceField):
    """A time zone: the programme's, and the one that an event from elsewhere has; `check_when` looks at it."""

    def valid_value(self, value: Any) -> bool:
        return True


class WhenFields(forms.Form):
    """First and last day, hours, zone."""

    start_date = forms.DateField(label=_("First day"), required=False, widget=AdminDateInput)
    start_time = forms.TimeField(label=_("Starts at"), required=False, widget=AdminTimeInput)
    end_date = forms.DateField(
        label=_("Last day"), required=False, widget=AdminDateInput, help_text=_("Empty: the same day.")
    )
    end_time = forms.TimeField(label=_("Ends at"), required=False, widget=AdminTimeInput)
    whole_day = forms.BooleanField(label=_("Whole days"), required=False)
    zone = ZoneField(
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

    repeat = RepeatField(label=_("Takes place"), choices=REPEATS, required=False)
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
    also_on = MomentsField(
        label=_("And also on"),
        required=False,
        help_text=_("Dates added, one a line, with another hour if need be: 25/12/2026 14:30."),
    )
    kept_rule = forms.CharField(required=False, max_length=MAX_CHARS, widget=forms.HiddenInput)


def offer_kept(fields: dict[str, forms.Field], kept: str, zone: str = "") -> None:
    """Offer to leave a repetition that the plain fields cannot say, and a zone from elsewhere, as they are."""
    if zone and zone not in dict(ZONES):
        zones: Any = fields["zone"]
        zones.choices = [*ZONES, (zone, zone)]
    if kept:
        repeat: Any = fields["repeat"]
        repeat.choices = [*REPEATS, (KEPT, _("As it is now, by a rule of another calendar"))]


def check_when(values: dict[str, Any], errors: Any) -> None:
    """Check hours and days together; `errors(field, message)` notes what is wrong."""
    first, last = values.get("start_date"), values.get("end_date")
    for name in ("start_date", "end_date"):
        if values.get(name) and not FIRST_YEAR <= values[name].year <= LAST_YEAR:
            errors(name, gettext("Write a year from 1900 to 2100."))
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


def _rule_of(period: str, values: dict[str, Any], first: date, at: time) -> recurrence.Rule:
    options: dict[str, Any] = {"interval": values.get("repeat_every") or 1}
    if values.get("repeat_until") and values.get("repeat_count"):
        raise ValidationError(_("Give a last date or a number of dates, not both."))
    if until := values.get("repeat_until"):
        options["until"] = datetime.combine(until, at)
    if count := values.get("repeat_count"):
        options["count"] = count
    if period == KEPT:
        found = parse_rule(values.get("kept_rule") or "").rrules
        if not found:
            raise ValidationError(_("Choose how it repeats."))
        one = found[0]
        one.until, one.count = options.get("until"), options.get("count")
        return one
    if period == "weekly" and values.get("repeat_days"):
        options["byday"] = sorted(values["repeat_days"])
    if period == "monthly_weekday":
        place = (first.day - 1) // 7 + 1
        options["byday"] = [recurrence.Weekday(first.weekday(), place if place < 5 else -1)]
    return recurrence.Rule(_PERIODS[period], **options)


def compose_rule(values: dict[str, Any]) -> recurrence.Recurrence | None:
    """The rule that the plain fields say, or None for a single date. Raises ValidationError.

    Checked against the first day, so that what is kept can always be computed and told to a calendar.
    """
    period, first = values.get("repeat"), values.get("start_date")
    added = values.get("also_on") or []
    if not first or not (period or added):
        return None
    at = time(0) if values.get("whole_day") else values.get("start_time") or time(0)
    rule = recurrence.Recurrence(
        rrules=[_rule_of(period, values, first, at)] if period else [],
        exdates=[datetime.combine(day, at) for day in values.get("left_out") or []],
        rdates=[datetime.combine(one, time(0)) if values.get("whole_day") else one for one in added],
        include_dtstart=False,
    )
    check_rule(rule, datetime.combine(first, at))
    return rule


def plain_values(rule: recurrence.Recurrence | None, starts: datetime | None) -> dict[str, Any]:
    """The plain fields' values for an event's rule; what they cannot say comes back as `kept_rule`."""
    if rule is None or starts is None:
        return {"repeat": ""}
    said: dict[str, Any] = {
        "repeat": "",
        "left_out": sorted({at.date() for at in rule.exdates}),
        "also_on": sorted(rule.rdates),
    }
    if not rule.rrules:
        return said
    one = rule.rrules[0]
    names = {freq: name for name, freq in _PERIODS.items() if name != "monthly_weekday"}
    days = [recurrence.base.to_weekday(day) for day in one.byday]
    said |= {
        "repeat": "monthly_weekday" if any(day.index for day in days) else names.get(one.freq, ""),
        "repeat_every": one.interval,
        "repeat_days": [day.number for day in days if not day.index],
        "repeat_until": one.until.date() if one.until else None,
        "repeat_count": one.count,
    }
    try:
        again = compose_rule({**said, "start_date": starts.date(), "start_time": starts.time()})
    except ValidationError:
        again = None
    if not same_grid(rule, again):
        bare = recurrence.Recurrence(rrules=[one], include_dtstart=False)
        said |= {"repeat": KEPT, "repeat_days": [], "repeat_every": None, "kept_rule": serialise_rule(bare)}
    return said
