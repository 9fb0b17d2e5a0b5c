"""Delegations: the secretariat's forms, the head's, and that of each person named."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from events.forms.categories import offer_categories
from events.forms.registrations import PersonFields, _plain


def _day(**attrs: str) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **attrs})


def _clock() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class GrantForm(forms.Form):
    """How many seats a delegation gets, and until when it names its people. `most` is how many it asked for."""

    granted = forms.IntegerField(label=_("Seats granted"), min_value=1, max_value=200)
    names_until = forms.DateField(
        label=_("Last day for names"),
        widget=AdminDateInput,
        help_text=_("After that day the seats without a name go to those who wait."),
    )

    def __init__(self, *args: Any, most: int, today: datetime.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most, self.today = most, today

    def clean_granted(self) -> int:
        granted: int = self.cleaned_data["granted"]
        if granted > self.most:
            raise forms.ValidationError(
                _("The delegation asked for %(n)s places; it is given no more than that."),
                params={"n": self.most},
            )
        return granted

    def clean_names_until(self) -> datetime.date:
        return not_before(self.cleaned_data["names_until"], self.today)


def not_before(value: datetime.date, today: datetime.date) -> datetime.date:
    """`value` unless it is past. Raises ValidationError."""
    if value < today:
        raise forms.ValidationError(_("This day is past."))
    return value


class DelegationForm(PersonFields):
    """A delegation that staff enter: who leads it, how many come, and how many seats it is given now."""

    may_lack_address = True

    date = forms.ChoiceField(label=_("Which date"))
    organisation = forms.CharField(
        label=_("Organisation or State"),
        max_length=200,
        help_text=_("As it stands on the badge: Ministère de la Santé du Bénin."),
    )
    country = forms.ChoiceField(label=_("Country"))
    name = forms.CharField(label=_("Head of the delegation"), max_length=200)
    head_function = forms.CharField(label=_("Function of the head"), max_length=200, required=False)
    head_comes = forms.BooleanField(
        label=_("The head comes in person"),
        required=False,
        initial=True,
        help_text=_("One of the places is theirs."),
    )
    language = forms.ChoiceField(label=_("Language of the mails"))
    category = forms.ChoiceField(
        label=_("Category"),
        required=False,
        help_text=_("Whose quota they count in, and which badge they get."),
    )
    places = forms.IntegerField(label=_("Places asked for"), min_value=1, max_value=200)
    granted = forms.IntegerField(
        label=_("Seats granted now"),
        min_value=0,
        max_value=200,
        required=False,
        help_text=_("Empty: as many as asked for. 0: answered later."),
    )
    names_until = forms.DateField(
        label=_("Last day for names"),
        widget=AdminDateInput,
        help_text=_("After that day the seats without a name go to those who wait."),
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    field_order = [
        "date",
        "organisation",
        "country",
        "name",
        "head_function",
        "head_comes",
        "email",
        "phone",
        "language",
        "category",
        "places",
        "granted",
        "names_until",
        "key",
    ]

    def __init__(
        self,
        *args: Any,
        dates: list[tuple[str, str]],
        countries: list[tuple[str, str]],
        languages: list[tuple[str, Any]],
        today: datetime.date,
        categories: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        offer_categories(self, categories, empty=_("No category"))
        chosen = [("", "–"), *countries]
        for name, choices in (("date", dates), ("country", chosen), ("language", languages)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["country"].error_messages["required"] = _("Choose a country.")
        self.fields["email"].required = self.fields["phone"].required = False
        self.fields["email"].label, self.fields["email"].help_text = _("E-mail"), ""
        self.fields["phone"].label, self.fields["phone"].help_text = _("Telephone"), ""
        self.initial.setdefault("key", uuid.uuid4())

    def clean_head_function(self) -> str:
        return _plain(self.cleaned_data["head_function"], what=_("the function"))

    def clean_names_until(self) -> datetime.date:
        return not_before(self.cleaned_data["names_until"], self.today)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("granted") is None:
            values["granted"] = values.get("places") or 0
        elif values["granted"] > (values.get("places") or 0):
            self.add_error("granted", _("No more than the places asked for."))
        return values


class AnnounceForm(PersonFields):
    """A delegation that announces itself on the event's page. `website` is a trap: people never see it."""

    date = forms.ChoiceField(label=_("Which date"), widget=forms.RadioSelect)
    organisation = forms.CharField(
        label=_("Organisation or State"),
        max_length=200,
        error_messages={"required": _("Write which organisation or State you come for.")},
    )
    country = forms.ChoiceField(label=_("Country"))
    head_function = forms.CharField(label=_("Your function"), max_length=200, required=False)
    head_comes = forms.BooleanField(label=_("I come in person"), required=False, initial=True)
    places = forms.IntegerField(
        label=_("How many people, you included"),
        min_value=1,
        max_value=200,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("You give their names later, until the day that we tell you."),
    )
    website = forms.CharField(required=False, label=_("Leave this empty"))
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    field_order = [
        "date",
        "organisation",
        "country",
        "name",
        "head_function",
        "email",
        "phone",
        "places",
        "head_comes",
        "website",
        "key",
    ]

    def __init__(
        self, *args: Any, dates: list[tuple[str, str]], countries: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = [("", "–"), *countries]  # type: ignore[attr-defined]
        self.fields["country"].error_messages["required"] = _("Choose a country.")
        self.fields["date"].choices = dates  # type: ignore[attr-defined]
        self.fields["date"].error_messages["required"] = _("Choose a date.")
        if len(dates) == 1:
            self.fields["date"].widget = forms.HiddenInput()
            self.initial["date"] = dates[0][0]
        self.fields["name"].label, self.fields["name"].help_text = _("You lead the delegation: your name"), ""
        self.initial.setdefault("key", uuid.uuid4())

    def clean_head_function(self) -> str:
        return _plain(self.cleaned_data["head_function"], what=_("the function"))

    @property
    def is_trapped(self) -> bool:
        """Whether a robot filled in what nobody sees."""
        return bool(self.data.get("website"))


class MemberForm(PersonFields):
    """One person, named by the head or by staff. An address may be missing: the head then hands on the ticket."""

    may_lack_address = True

    name = forms.CharField(label=_("First name and name"), max_length=200, help_text=_("As on the badge."))
    function = forms.CharField(label=_("Function"), max_length=200, required=False)
    language = forms.ChoiceField(label=_("Language of the mails"))
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    field_order = ["name", "function", "email", "phone", "language", "key"]

    def __init__(self, *args: Any, languages: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["organisation"]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        self.fields["email"].required = self.fields["phone"].required = False
        self.fields["email"].label = _("Their e-mail")
        self.fields["email"].help_text = _("They get their ticket and a link of their own.")
        self.fields["phone"].label, self.fields["phone"].help_text = _("Their telephone"), ""
        self.initial.setdefault("key", uuid.uuid4())

    def clean_function(self) -> str:
        return _plain(self.cleaned_data["function"], what=_("the function"))


class JourneyForm(forms.Form):
    """When a delegate comes and goes, what they need, and the passport: written, and never shown again.

    A passport is entered whole or left alone; `has_passport` says that one is kept.
    """

    use_required_attribute = False

    function = forms.CharField(label=_("Function"), max_length=200, required=False)
    arrival_date = forms.DateField(label=_("Day of arrival"), required=False, widget=_day())
    arrival_time = forms.TimeField(label=_("Hour of arrival"), required=False, widget=_clock())
    arrival_flight = forms.CharField(
        label=_("Flight, or by road"), max_length=60, required=False, help_text=_("For example: ET 909.")
    )
    departure_date = forms.DateField(label=_("Day of departure"), required=False, widget=_day())
    departure_time = forms.TimeField(label=_("Hour of departure"), required=False, widget=_clock())
    departure_flight = forms.CharField(label=_("Flight back, or by road"), max_length=60, required=False)
    hotel = forms.CharField(
        label=_("Hotel, or where you stay"),
        max_length=200,
        required=False,
        help_text=_("Leave it empty if we are to find one."),
    )
    diet = forms.CharField(label=_("What you do not eat"), max_length=200, required=False)
    needs_visa = forms.BooleanField(label=_("I need a letter for the visa"), required=False)
    full_name = forms.CharField(label=_("Name as in the passport"), max_length=200, required=False)
    number = forms.CharField(label=_("Passport number"), max_length=30, required=False)
    nationality = forms.ChoiceField(label=_("Nationality"), required=False)
    born_date = forms.DateField(label=_("Date of birth"), required=False, widget=_day())
    expires_date = forms.DateField(label=_("Passport good until"), required=False, widget=_day())

    PASSPORT = ("full_name", "number", "nationality", "born_date", "expires_date")

    def __init__(
        self, *args: Any, countries: list[tuple[str, str]], has_passport: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["nationality"].choices = [("", "–"), *countries]  # type: ignore[attr-defined]
        if has_passport:
            self.fields["full_name"].help_text = _(
                "A passport is kept already, and is not shown here. Write it anew only to replace it."
            )
        else:
            self.fields["full_name"].help_text = _(
                "For the visa letter only. Read by the protocol alone, and erased soon after the event."
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in (
            "function",
            "arrival_flight",
            "departure_flight",
            "hotel",
            "diet",
            "full_name",
            "number",
        ):
            if values.get(name):
                try:
                    values[name] = _plain(values[name], what=self.fields[name].label)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        arrives, leaves = values.get("arrival_date"), values.get("departure_date")
        if arrives and leaves and leaves < arrives:
            self.add_error("departure_date", _("You cannot leave before you arrive."))
        given = [name for name in ("full_name", "number", "nationality") if values.get(name)]
        if 0 < len(given) < 3:
            for name in {"full_name", "number", "nationality"} - {*given, *self.errors}:
                self.add_error(name, _("A visa letter needs name, number and nationality together."))
        return values

    def journey(self) -> dict[str, Any]:
        """The values that are no passport."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.PASSPORT}

    def passport(self) -> dict[str, Any] | None:
        """The passport, where one was written."""
        found = {name: self.cleaned_data.get(name) for name in self.PASSPORT}
        return found if found["number"] else None


class CareForm(forms.Form):
    """Who pays for what of a delegate's stay."""

    transport = forms.ChoiceField(label=_("Transport"), required=False)
    lodging = forms.ChoiceField(label=_("Lodging"), required=False)
    per_diem = forms.ChoiceField(label=_("Per diem"), required=False)
    per_diem_xof = forms.IntegerField(
        label=_("Per diem a day, in FCFA"), min_value=0, max_value=10_000_000, required=False
    )
    hotel = forms.CharField(label=_("Hotel"), max_length=200, required=False)
    care_note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("For example: PNUD, ligne 4.2.")
    )

    def __init__(self, *args: Any, payers: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("transport", "lodging", "per_diem"):
            self.fields[name].choices = payers  # type: ignore[attr-defined]


class VisaLetterForm(forms.Form):
    """Who signs a visa letter, where and under which reference."""

    reference = forms.CharField(
        label=_("Reference"), max_length=60, help_text=_("For example: 042/MME/CN-T.")
    )
    place = forms.CharField(label=_("Place"), max_length=80, initial="Bamako")
    addressed_to = forms.CharField(
        label=_("Addressed to"),
        max_length=200,
        help_text=_("For example: Consulat général du Mali à Cotonou."),
    )
    signatory = forms.CharField(label=_("Signed by"), max_length=120)
    signatory_function = forms.CharField(label=_("Function"), max_length=200)
