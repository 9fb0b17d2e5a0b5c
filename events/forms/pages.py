"""The editor's form of an event page: the words, and on creation the event's first values."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from cms.core.forms import ThingPageForm
from cms.core.models import Audience
from events.forms.states import AUDIENCES
from events.forms.when import RuleFields, WhenFields, check_when, compose_rule, offer_kept


class EventPageForm(ThingPageForm, RuleFields, WhenFields):
    """Words of an event; kind, date, place, seats and registration once, when it is created."""

    what_fields = ("kind", "role", "state", "for_whom", "place_name", "address", "map_url", "online_url")
    when_fields = ("start_date", "start_time", "end_date", "end_time", "whole_day", "zone")
    rule_fields = (
        "repeat",
        "repeat_every",
        "repeat_days",
        "repeat_until",
        "repeat_count",
        "left_out",
        "also_on",
    )
    registration_fields = (
        "takes_registrations",
        "capacity",
        "registration_opens_at",
        "registration_closes_at",
        "has_waiting_list",
        "needs_approval",
    )
    thing_fields = (
        *what_fields,
        *when_fields,
        *rule_fields,
        "kept_rule",
        *registration_fields,
        "name",
        "rule",
    )

    kind = forms.ChoiceField(label=_("Kind"), required=False, initial="forum")  # type: ignore[assignment]
    role = forms.ChoiceField(label=_("Our part"), required=False, initial="organiser")
    state = forms.ChoiceField(label=_("How sure"), required=False, initial="confirmed")
    for_whom = forms.ChoiceField(
        label=_("For whom"),
        choices=AUDIENCES,
        required=False,
        initial=Audience.PUBLIC,
        help_text=_("Whoever it is not for finds it nowhere: no list, no calendar, no search."),
    )
    place_name = forms.CharField(label=_("Place"), max_length=200, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    map_url = forms.URLField(label=_("Link to a map"), required=False, assume_scheme="https")
    online_url = forms.URLField(
        label=_("Link to take part from afar"),
        required=False,
        assume_scheme="https",
        help_text=_("Shown to registered people only."),
    )
    takes_registrations = forms.BooleanField(label=_("People register"), required=False)
    capacity = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=100_000, required=False, help_text=_("Empty: no limit.")
    )
    registration_opens_at = forms.DateTimeField(
        label=_("Registration opens"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Empty: at once."),
    )
    registration_closes_at = forms.DateTimeField(
        label=_("Registration closes"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Empty: when the event starts."),
    )
    has_waiting_list = forms.BooleanField(label=_("Keep a waiting list"), required=False, initial=True)
    needs_approval = forms.BooleanField(
        label=_("We approve each registration"), required=False, help_text=_("No seat counts before.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.takes_first_values:
            offer_kept(
                self.fields,
                str(self.fields["kept_rule"].initial or ""),
                str(self.fields["zone"].initial or ""),
            )
        event_model = self.instance._meta.get_field("event").related_model
        for name in ("kind", "role", "state"):
            if name in self.fields:
                choices = event_model._meta.get_field(name).choices
                if name == "state":
                    choices = [choice for choice in choices if choice[0] != "cancelled"]
                self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.takes_first_values:
            return values
        check_when(values, self.add_error)
        opens, closes = values.get("registration_opens_at"), values.get("registration_closes_at")
        if opens and closes and closes <= opens:
            self.add_error("registration_closes_at", _("Registration closes before it opens."))
        values["name"] = values.get("title") or ""
        if not self.errors:
            try:
                values["rule"] = compose_rule(values)
            except ValidationError as error:
                self.add_error("repeat", error)
        return values

    def save(self, commit: bool = True) -> Any:
        """Save, and let the event's working name follow the title until the page is published."""
        follows = self.takes_first_values
        page = super().save(commit=commit)
        event, title = self.instance.event, self.cleaned_data.get("title")
        if follows and title and event.name != title:
            event.name = title
            event.save(update_fields=["name", "updated_at"])
        return page
