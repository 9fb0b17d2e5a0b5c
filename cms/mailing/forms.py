"""What the public fills in about the mail it wishes to receive."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cms.contacts.forms import AddressFormField
from cms.contacts.models import OFFERED, Frequency, Purpose
from cms.contacts.validators import tidy


class AnyOfThem(forms.MultipleChoiceField):
    """Boxes of which none need be ticked, and which are no more optional than the rest of the form."""

    widget = forms.CheckboxSelectMultiple

    def validate(self, value: list[str]) -> None:
        """Whatever is ticked is one of the choices."""
        if value:
            super().validate(value)


class _Choices(forms.Form):
    """How often, and about what. `topics` are (slug, words)."""

    use_required_attribute = False

    frequency = forms.ChoiceField(
        label=_("How often"),
        choices=Frequency.choices,
        initial=Frequency.ALL,
        widget=forms.RadioSelect,
        help_text=_(
            "Counts for newsletters and press releases. What comes in between is skipped; it stays on the site."
        ),
    )
    topics = AnyOfThem(
        label=_("About what"),
        help_text=_("Tick nothing to hear about everything."),
    )

    def __init__(self, *args: Any, topics: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = topics
        if not topics:
            del self.fields["topics"]


class SignUpForm(_Choices):
    """The public sign-up. `website` is a trap: people never see it, robots fill it in."""

    purposes = forms.MultipleChoiceField(
        label=_("What you wish to receive"),
        choices=[(purpose.value, purpose.label) for purpose in OFFERED],
        initial=[Purpose.NEWSLETTER.value],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say what you wish to receive.")},
    )
    email = AddressFormField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("We write to it once, to ask whether it is yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": _("Give your e-mail.")},
    )
    name = forms.CharField(
        label=_("Your first name and name"),
        max_length=200,
        required=False,
        help_text=_("So that our mail can address you."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    website = forms.CharField(required=False, label=_("Leave this empty"))

    field_order = ["email", "name", "purposes", "frequency", "topics", "website"]

    def clean_name(self) -> str:
        return tidy(self.cleaned_data["name"])

    @property
    def is_trapped(self) -> bool:
        """Whether a robot filled in what nobody sees."""
        return bool(self.data.get("website"))


class PreferencesForm(_Choices):
    """What the holder of a personal link wishes to receive from now on."""

    purposes = AnyOfThem(
        label=_("What you wish to receive"),
        choices=[
            (purpose.value, purpose.label)
            for purpose in (Purpose.NEWSLETTER, Purpose.PRESS, Purpose.INVITATIONS)
        ],
        help_text=_(
            "Tick what may be sent to you. What you ask for yourself, such as a ticket, comes anyway."
        ),
    )

    field_order = ["purposes", "frequency", "topics"]
