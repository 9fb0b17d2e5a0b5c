"""What a guest answers, and what the secretariat says of a guest list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.widgets import AdminDateTimeInput

from cms.contacts.validators import normalise_email, normalise_phone, tidy
from events.forms.categories import offer_categories

_CHOICES = (
    ("accepted", gettext_lazy("I come")),
    ("substituted", gettext_lazy("Somebody comes in my place")),
    ("declined", gettext_lazy("I cannot come")),
)
_CHOICES_OF_STAFF = (
    ("accepted", gettext_lazy("Comes")),
    ("substituted", gettext_lazy("Sends a substitute")),
    ("declined", gettext_lazy("Does not come")),
)


def _line(value: str, most: int = 200) -> str:
    if len(value) > most:
        raise ValidationError(_("Too long: %(most)d characters at most.") % {"most": most})
    return tidy(value)


class CodeForm(forms.Form):
    """The code of a letter, and the guest's family name."""

    use_required_attribute = False

    code = forms.CharField(
        label=gettext_lazy("Code of your letter"),
        max_length=20,
        help_text=gettext_lazy("Eight letters and figures, under the square code."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    surname = forms.CharField(
        label=gettext_lazy("Your family name"),
        max_length=100,
        help_text=gettext_lazy("As on the envelope."),
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )


class AnswerForm(forms.Form):
    """Who comes. Fields that an invitation does not allow are not there."""

    use_required_attribute = False
    choices: Any = _CHOICES

    state = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )
    substitute_name = forms.CharField(
        label=gettext_lazy("Who comes in your place: first name and name"), max_length=200, required=False
    )
    substitute_function = forms.CharField(
        label=gettext_lazy("Their function"), max_length=200, required=False
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail for the ticket"),
        max_length=254,
        required=False,
        widget=forms.EmailInput(attrs={"inputmode": "email"}),
        help_text=gettext_lazy("Empty: where you were invited, and always on this page."),
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
        help_text=gettext_lazy("To reach whoever comes if something changes."),
    )
    brings = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))
    note = forms.CharField(
        label=gettext_lazy("A word to the organisers"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, may_bring: int, may_be_replaced: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.may_bring = may_bring
        allowed = [pair for pair in self.choices if may_be_replaced or pair[0] != "substituted"]
        self.fields["state"].choices = allowed  # type: ignore[attr-defined]
        if not may_be_replaced:
            del self.fields["substitute_name"], self.fields["substitute_function"]
        if not may_bring:
            del self.fields["brings"]
            return
        self.fields["brings"].label = ngettext(
            "Who comes with you: %(n)d person at most",
            "Who comes with you: %(n)d people at most",
            may_bring,
        ) % {"n": may_bring}
        self.fields["brings"].help_text = _("First name and name, one person on each line.")

    def clean_substitute_name(self) -> str:
        return _line(self.cleaned_data["substitute_name"])

    def clean_substitute_function(self) -> str:
        return _line(self.cleaned_data["substitute_function"])

    def clean_note(self) -> str:
        return _line(self.cleaned_data["note"], 500)

    def clean_email(self) -> str:
        value = self.cleaned_data["email"]
        return normalise_email(value) if value else ""

    def clean_phone(self) -> str:
        value = self.cleaned_data["phone"]
        return normalise_phone(value) if value else ""

    def clean_brings(self) -> tuple[str, ...]:
        names = tuple(filter(None, (_line(line) for line in self.cleaned_data["brings"].splitlines())))
        if len(names) > self.may_bring:
            raise ValidationError(
                ngettext(
                    "%(n)d person at most: write to us if you need more.",
                    "%(n)d people at most: write to us if you need more.",
                    self.may_bring,
                )
                % {"n": self.may_bring}
            )
        return names

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        state = values.get("state")
        if (
            state == "substituted"
            and not values.get("substitute_name")
            and "substitute_name" not in self.errors
        ):
            self.add_error("substitute_name", _("Write who comes."))
        if state != "substituted":
            values["substitute_name"] = values["substitute_function"] = ""
        if state == "declined":
            values |= {"brings": (), "email": "", "phone": ""}
        return {**values, "brings": values.get("brings") or ()}


class RecordForm(AnswerForm):
    """An answer that the secretariat was told."""

    choices = _CHOICES_OF_STAFF

    channel = forms.ChoiceField(label=gettext_lazy("How we know"))
    with_whom = forms.CharField(
        label=gettext_lazy("Who answered"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Who called or signed, and the number or reference of their letter."),
    )

    field_order = ["channel", "with_whom", *AnswerForm.base_fields]

    def __init__(self, *args: Any, channels: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]
        self.fields["state"].label = _("Answer")
        for name, label in (
            ("substitute_name", _("Substitute: first name and name")),
            ("substitute_function", _("Function of the substitute")),
            ("brings", _("Who comes along, one on each line (%(n)d at most)") % {"n": self.may_bring}),
            ("note", _("Message")),
        ):
            if name in self.fields:
                self.fields[name].label, self.fields[name].help_text = label, ""
        self.fields["email"].help_text = self.fields["phone"].help_text = _(
            "Empty: those of the guest's card."
        )

    def clean_with_whom(self) -> str:
        return _line(self.cleaned_data["with_whom"])


class AddGuestsForm(forms.Form):
    """Whom to put on a guest list: audiences, a list brought in from a file, one contact; any of them together."""

    audiences = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Audiences"), queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    listing = forms.ModelChoiceField(
        label=gettext_lazy("A list brought in from a file"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("none"),
    )
    contact = forms.ModelChoiceField(label=gettext_lazy("One contact"), queryset=None, required=False)
    may_bring = forms.IntegerField(
        label=gettext_lazy("People each of them may bring"),
        min_value=0,
        max_value=50,
        initial=0,
        help_text=gettext_lazy("0: the guest alone. It can be changed for one guest afterwards."),
    )

    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        help_text=gettext_lazy("Whose quota they count in, and which badge they get."),
    )

    def __init__(
        self,
        *args: Any,
        listings: list[Any],
        categories: Sequence[tuple[str, str]] = (),
        widget: forms.Widget | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer_categories(self, categories, empty=_("That of the list"))
        fields: Any = self.fields
        fields["audiences"].queryset = (
            apps.get_model("contacts", "Audience")._default_manager.filter(trashed_at=None).order_by("name")
        )
        rows = apps.get_model("contacts", "ContactImport")._default_manager
        fields["listing"].queryset = rows.filter(pk__in=[one.pk for one in listings])
        people = {one.pk: one.people for one in listings}
        fields["listing"].label_from_instance = lambda one: (
            ngettext("%(name)s (%(n)d person)", "%(name)s (%(n)d people)", people[one.pk])
            % {"name": one.filename, "n": people[one.pk]}
        )
        if not listings:
            del self.fields["listing"]
        fields["contact"].queryset = apps.get_model("contacts", "Contact")._default_manager.filter(
            trashed_at=None
        )
        if widget is not None:
            fields["contact"].widget = widget

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(values.get(name) for name in ("audiences", "listing", "contact")):
            self.add_error(None, _("Choose an audience, a list or a contact."))
        return values


class FileForm(forms.Form):
    """A list of guests in a file."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "CSV or Excel (.xlsx), 5 MB at most: name, organisation, e-mail or telephone or postal address, and "
            "“rank” for the order of protocol. The next screens show line by line what is read; nothing is written "
            "before you confirm."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )


class GuestForm(forms.Form):
    """What holds for one guest."""

    rank = forms.IntegerField(
        label=gettext_lazy("Rank in protocol"),
        min_value=1,
        max_value=32_767,
        required=False,
        help_text=gettext_lazy("1 comes first; empty for no rank. For this date only."),
    )
    may_bring = forms.IntegerField(
        label=gettext_lazy("People the guest may bring"), min_value=0, max_value=50
    )
    may_be_replaced = forms.BooleanField(label=gettext_lazy("May send a substitute"), required=False)
    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        help_text=gettext_lazy("Who comes by this invitation already goes along into it."),
    )

    def __init__(self, *args: Any, categories: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_categories(self, categories, empty=_("That of the list"))


class LetterForm(forms.Form):
    """What all invitations to a date say."""

    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        required=False,
        help_text=gettext_lazy(
            "Of who comes by these invitations, unless that of one guest says another. "
            "Who comes already stays in theirs."
        ),
    )
    answer_by = forms.DateTimeField(
        label=gettext_lazy("Answers until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=gettext_lazy("Empty: until the event starts. You record later answers yourself."),
    )
    phone = forms.CharField(label=gettext_lazy("Telephone for answers"), max_length=40, required=False)
    subject_fr = forms.CharField(label=gettext_lazy("Subject in French"), max_length=150, required=False)
    words_fr = forms.CharField(
        label=gettext_lazy("Text in French"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "For the mail and the letter, between the greeting and the date. An empty line begins a paragraph. "
            "Empty: “We have the pleasure of inviting you.”"
        ),
    )
    subject_en = forms.CharField(label=gettext_lazy("Subject in English"), max_length=150, required=False)
    words_en = forms.CharField(
        label=gettext_lazy("Text in English"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Empty: those who read English get the usual sentence in English."),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference after the number of a letter"),
        max_length=60,
        required=False,
        help_text=gettext_lazy(
            "For example /MMEIA-TOKTEN/2027; the number itself is given letter by letter."
        ),
    )
    place = forms.CharField(label=gettext_lazy("Written at"), max_length=60, initial="Bamako")
    function = forms.CharField(
        label=gettext_lazy("Function of the signatory"), max_length=160, required=False
    )
    signatory = forms.CharField(label=gettext_lazy("Signatory"), max_length=120, required=False)

    def __init__(self, *args: Any, categories: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_categories(self, categories, empty=_("No category"))

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name in ("subject_fr", "subject_en", "reference", "place", "function", "signatory", "phone"):
            if name in values:
                values[name] = tidy(values[name])
        return values
