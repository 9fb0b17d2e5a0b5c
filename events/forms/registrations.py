"""The public registration form and the secretariat's."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cms.contacts.validators import normalise_email, normalise_phone
from events.forms.questions import Asked, Choices, field_of


def _plain(value: str, *, what: Any) -> str:
    """A name as one line of inert text."""
    if any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise ValidationError(_("Write %(what)s on one line."), params={"what": what})
    return " ".join(value.split())


class EitherField(forms.CharField):
    """One of two fields of which one at least is wanted: shown as wanted, judged by the form."""

    def validate(self, value: str) -> None:
        """An empty field is for the form to judge."""


class PersonFields(forms.Form):
    """Who somebody is and how to reach them: an e-mail or a telephone."""

    may_lack_address = False
    use_required_attribute = False

    name = forms.CharField(
        label=_("Your first name and name"),
        max_length=200,
        help_text=_("For the list at the door."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name: it is how you will be found at the door.")},
        strip=True,
    )
    organisation = forms.CharField(
        label=_("Your organisation"),
        max_length=200,
        required=False,
        help_text=_("So that we know which structures are represented. You may leave it empty."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    email = EitherField(
        label=_("Your e-mail"),
        max_length=254,
        help_text=_("To send you the confirmation, and word of any change."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    phone = EitherField(
        label=_("Or your telephone"),
        max_length=30,
        help_text=_("Without an e-mail, we call you on this number to confirm."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
    )

    def clean_name(self) -> str:
        return _plain(self.cleaned_data["name"], what=_("the name"))

    def clean_organisation(self) -> str:
        return _plain(self.cleaned_data["organisation"], what=_("the organisation"))

    def clean_email(self) -> str:
        value = self.cleaned_data["email"]
        return normalise_email(value) if value else ""

    def clean_phone(self) -> str:
        value = self.cleaned_data["phone"]
        return normalise_phone(value) if value else ""

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        given = any(values.get(name) or self.errors.get(name) for name in ("email", "phone"))
        if not given and not self.may_lack_address:
            self.add_error("email", _("Give an e-mail or a telephone, so that we can reach you."))
        return values


class RegistrationForm(PersonFields):
    """What the public fills in. `website` is a trap: people never see it, robots fill it in.

    `dates` and `categories` are (uid, words) to choose from; with a single one there is nothing to choose.
    """

    occurrence = forms.ChoiceField(label=_("Which date"), widget=forms.RadioSelect)
    category = forms.ChoiceField(
        label=_("You register as"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose as what you register.")},
    )
    website = forms.CharField(required=False, label=_("Leave this empty"))
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    field_order = ["occurrence", "category", "name", "organisation", "email", "phone", "website", "key"]

    def __init__(
        self,
        *args: Any,
        dates: Choices,
        categories: Choices | None = None,
        questions: Iterable[Asked] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for one in questions:
            self.fields[one.name] = field_of(one)
        self.fields["occurrence"].error_messages["required"] = _("Choose a date.")
        self._among("occurrence", dates)
        if categories is None:
            del self.fields["category"]
        else:
            self._among("category", categories)
        self.initial.setdefault("key", uuid.uuid4())

    def _among(self, name: str, choices: Choices) -> None:
        """Let people choose among these; where there is but one, it is chosen."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            field.widget = forms.HiddenInput()
            self.initial[name] = choices[0][0]

    def offer(self, dates: Choices) -> None:
        """Show these dates to choose from."""
        field = self.fields["occurrence"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = dates

    def forgive(self, names: Iterable[str]) -> None:
        """Leave out the errors of these fields: they were not there to fill in."""
        for name in names:
            self.errors.pop(name, None)

    @property
    def is_trapped(self) -> bool:
        """Whether a robot filled in what nobody sees."""
        return bool(self.data.get("website"))


class AddForm(PersonFields):
    """Somebody whom the secretariat adds: a call, a letter, a visit. An address may be missing."""

    may_lack_address = True

    date = forms.ChoiceField(label=_("Which date"))
    category = forms.ChoiceField(label=_("Category"), required=False)
    channel = forms.ChoiceField(label=_("How they told us"))
    beyond_cap = forms.BooleanField(
        label=_("Let one more in where the newsroom has all its people"), required=False
    )

    def __init__(
        self,
        *args: Any,
        channels: list[tuple[str, Any]],
        dates: Choices,
        categories: Choices | None = None,
        capped: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if not capped:
            del self.fields["beyond_cap"]
        self.fields["date"].choices = dates  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", _("No category")), *(categories or [])]  # type: ignore[attr-defined]
        if not categories:
            del self.fields["category"]
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]
        self.fields["email"].required = self.fields["phone"].required = False
        for name, label in (("name", _("Name")), ("organisation", _("Organisation"))):
            self.fields[name].label, self.fields[name].help_text = label, ""
        self.fields["email"].label, self.fields["email"].help_text = _("E-mail"), ""
        self.fields["phone"].label, self.fields["phone"].help_text = _("Telephone"), ""

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("channel") == "phone" and not values.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Write the number they called from."))
        return values


class ApproveForm(forms.Form):
    """Lets somebody in; where their newsroom has all its people (`is_over`), knowingly."""

    beyond_cap = forms.BooleanField(
        label=_("Let one more of this newsroom in"),
        required=False,
        help_text=_("It has all the people there that one may send."),
    )

    def __init__(self, *args: Any, is_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_over:
            del self.fields["beyond_cap"]


class ConfirmByPhoneForm(forms.Form):
    """Which number was called."""

    number = forms.CharField(label=_("Number called"), max_length=30)

    def clean_number(self) -> str:
        return normalise_phone(self.cleaned_data["number"])


class ReasonForm(forms.Form):
    """Why, in a sentence that the people concerned are told."""

    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
