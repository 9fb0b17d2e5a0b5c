"""The changes that buttons make to an event."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from cms.core.models import Audience
from events.forms.when import RuleFields, WhenFields, check_when, compose_rule, offer_kept, plain_values

# An event opened by a link that was handed out is an invitation.
AUDIENCES = [choice for choice in Audience.choices if choice[0] != Audience.LINK]


class WhenForm(RuleFields, WhenFields):
    """New dates for an event: who is registered is told."""

    reason = forms.CharField(
        label=_("What people are told"),
        max_length=300,
        required=False,
        help_text=_("One sentence in the mail to those who registered."),
    )

    field_order = [*WhenFields.base_fields, *RuleFields.base_fields, "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_kept(self.fields, self.initial.get("kept_rule") or "", self.initial.get("zone") or "")

    @staticmethod
    def values_of(event: Any) -> dict[str, Any]:
        """The form's first values for an event."""
        names = ("start_date", "start_time", "end_date", "end_time", "whole_day", "zone")
        return {**{name: getattr(event, name) for name in names}, **plain_values(event.rule, event.starts)}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        check_when(values, self.add_error)
        if not values.get("start_date") and not self.errors:
            self.add_error("start_date", _("Give the first day."))
        if not self.errors:
            try:
                values["rule"] = compose_rule(values)
            except ValidationError as error:
                self.add_error("repeat", error)
        return values


class PlaceForm(forms.Form):
    """A new place."""

    place_name = forms.CharField(label=_("Place"), max_length=200, required=False)
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    map_url = forms.URLField(label=_("Link to a map"), required=False, assume_scheme="https")
    online_url = forms.URLField(
        label=_("Link to take part from afar"),
        required=False,
        assume_scheme="https",
        help_text=_("Shown to registered people only."),
    )


class AudienceForm(forms.Form):
    """For whom an event is: its page, its dates and its calendar entries."""

    audience = forms.ChoiceField(label=_("For whom"), choices=AUDIENCES)


class CapacityForm(forms.Form):
    """More or fewer seats; with more, those who wait get them in the order of the list."""

    capacity = forms.IntegerField(
        label=_("Seats"), min_value=1, max_value=100_000, required=False, help_text=_("Empty: no limit.")
    )


class InviteForm(forms.Form):
    """Whom to invite."""

    audiences = forms.ModelMultipleChoiceField(
        label=_("Audiences"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The invitation is prepared, with its number of addresses; you send it on the next screen."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences = apps.get_model("contacts", "Audience")._default_manager.filter(trashed_at=None)
        self.fields["audiences"].queryset = audiences.order_by("name")  # type: ignore[attr-defined]


class RegistrationWindowForm(forms.Form):
    """When people may register, and how."""

    takes_registrations = forms.BooleanField(label=_("People register"), required=False)
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
    by_invitation = forms.BooleanField(
        label=_("By invitation only"),
        required=False,
        help_text=_(
            "The form is shut: whom you invited answers by their own link, and you enter others by hand."
        ),
    )
    has_waiting_list = forms.BooleanField(label=_("Keep a waiting list"), required=False)
    offer_hours = forms.IntegerField(
        label=_("A seat that comes free is kept for how many hours"),
        min_value=1,
        max_value=168,
        required=False,
        help_text=_(
            "For who waits first, to say yes; then the next is asked. Empty: they get it at once, as they do in the "
            "last hours before the event."
        ),
    )
    needs_approval = forms.BooleanField(label=_("We approve each registration"), required=False)
    outlet_cap = forms.IntegerField(
        label=_("How many people one newsroom may send"),
        min_value=1,
        max_value=100,
        required=False,
        help_text=_(
            "Whoever asks beyond it waits for your answer: you may let them in all the same. Empty: no limit."
        ),
    )
    takes_delegations = forms.BooleanField(
        label=_("Delegations announce themselves on the page"),
        required=False,
        help_text=_("Each waits for your answer, and takes no seat before."),
    )

    files_kept_days = forms.IntegerField(
        label=_("Joined files are erased after the event"),
        min_value=0,
        max_value=730,
        required=False,
        help_text=_("So many days after. Press cards and letters are not kept longer than they serve."),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("files_kept_days") is None:
            values.pop("files_kept_days", None)
        opens, closes = values.get("registration_opens_at"), values.get("registration_closes_at")
        if opens and closes and closes <= opens:
            self.add_error("registration_closes_at", _("Registration closes before it opens."))
        return values
