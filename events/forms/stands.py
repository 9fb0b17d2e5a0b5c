"""Stands, the log of ours, official audiences."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from cms.contacts.validators import normalise_email, normalise_phone


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class StandForm(forms.Form):
    """An exhibitor's stand."""

    exhibitor = forms.CharField(label=gettext_lazy("Exhibitor"), max_length=200)
    about = forms.CharField(label=gettext_lazy("What is shown"), max_length=300, required=False)
    contact_name = forms.CharField(label=gettext_lazy("Person in charge"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    email = forms.CharField(
        label=gettext_lazy("E-mail"), max_length=254, required=False, widget=forms.EmailInput
    )
    needs = forms.CharField(
        label=gettext_lazy("Needs"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Tables, chairs, current, connection."),
    )
    number = forms.CharField(
        label=gettext_lazy("Number of the stand"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("“A4”. With a number the stand is given."),
    )
    state = forms.ChoiceField(label=gettext_lazy("State"))

    def __init__(self, *args: Any, states: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = states  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        value = self.cleaned_data["email"]
        return normalise_email(value) if value else ""

    def clean_phone(self) -> str:
        value = self.cleaned_data["phone"]
        return normalise_phone(value) if value else ""

    def clean_number(self) -> str:
        return "".join(self.cleaned_data["number"].split()).upper()


class StandNoteForm(forms.Form):
    """What happened at our stand since the last note."""

    at = forms.DateTimeField(
        label=gettext_lazy("When"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("Empty: now."),
    )
    visitors = forms.IntegerField(
        label=gettext_lazy("Visitors"), min_value=0, max_value=100_000, required=False
    )
    leaflets = forms.IntegerField(
        label=gettext_lazy("Leaflets given"), min_value=0, max_value=100_000, required=False
    )
    adhesions = forms.IntegerField(
        label=gettext_lazy("Adhesions"), min_value=0, max_value=100_000, required=False
    )
    personalities = forms.CharField(
        label=gettext_lazy("Personalities received"), max_length=1000, required=False, widget=_area(2)
    )
    contacts_met = forms.CharField(
        label=gettext_lazy("Contacts to follow"),
        max_length=2000,
        required=False,
        widget=_area(4),
        help_text=gettext_lazy("One to a line: name, structure, telephone, what for."),
    )
    remark = forms.CharField(label=gettext_lazy("Remark"), max_length=1000, required=False, widget=_area(2))
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        for name in ("visitors", "leaflets", "adhesions"):
            said[name] = said.get(name) or 0
        if not self.errors and not any(value for name, value in said.items() if name not in ("key", "at")):
            self.add_error("visitors", _("Write a number, a name or a remark."))
        return said


class OfficialAudienceForm(forms.Form):
    """An audience: who asks, before whom, when, and who is received."""

    requester = forms.ChoiceField(label=gettext_lazy("Asked by"))
    host = forms.ChoiceField(label=gettext_lazy("Before"))
    state = forms.ChoiceField(label=gettext_lazy("State"))
    reference = forms.CharField(label=gettext_lazy("Reference of the letter"), max_length=60, required=False)
    asked_on = forms.DateField(label=gettext_lazy("Asked on"), required=False, widget=AdminDateInput)
    starts_at = forms.DateTimeField(label=gettext_lazy("Begins"), required=False, widget=AdminDateTimeInput)
    ends_at = forms.DateTimeField(label=gettext_lazy("Ends"), required=False, widget=AdminDateTimeInput)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=200, required=False)
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=300, required=False)
    outcome = forms.CharField(
        label=gettext_lazy("What was said"), max_length=3000, required=False, widget=_area(4)
    )

    def __init__(
        self,
        *args: Any,
        choices: dict[str, list[tuple[str, Any]]],
        kinds: list[tuple[str, Any]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = [code for code, _words in kinds]
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        for code, words in kinds:
            self.fields[f"people_{code}"] = forms.CharField(
                label=words,
                required=False,
                max_length=3000,
                widget=_area(3),
                help_text=_("One to a line, in the order in which they enter: name, function."),
            )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        starts, ends = said.get("starts_at"), said.get("ends_at")
        if ends and (not starts or ends <= starts):
            self.add_error("ends_at", _("It ends before it begins."))
        if said.get("state") in ("granted", "held") and not starts and "starts_at" not in self.errors:
            self.add_error("starts_at", _("An audience that is granted has an hour."))
        return said

    def people(self) -> list[dict[str, str]]:
        """Those received, in order: name, function, received_as."""
        found = []
        for code in self.kinds:
            for line in self.cleaned_data[f"people_{code}"].splitlines():
                name, _comma, function = " ".join(line.split()).partition(",")
                if name.strip():
                    found.append(
                        {
                            "name": name.strip()[:200],
                            "function": function.strip()[:200],
                            "received_as": code,
                        }
                    )
        return found
