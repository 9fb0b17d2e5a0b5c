"""The officer's forms for badges and certificates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.validators.papers import BADGE_FIELDS, CERTIFICATE_FIELDS, check_fields

Choices = Iterable[tuple[Any, Any]]


class FieldsField(forms.CharField):
    """Words in which the fields of `allowed` may stand, and no others."""

    def __init__(self, *args: Any, allowed: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.allowed = tuple(allowed)

    def validate(self, value: str) -> None:
        super().validate(value)
        check_fields(value, self.allowed)


class BadgeForm(forms.Form):
    """How the badges look."""

    size = forms.ChoiceField(label=_("Format"))
    heading = FieldsField(label=_("Above the name"), max_length=120, required=False, allowed=BADGE_FIELDS)
    lines = FieldsField(
        label=_("Below the name"),
        max_length=400,
        required=False,
        allowed=BADGE_FIELDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A line of the badge on each line; one that has nothing to say is left out."),
    )
    foot = FieldsField(
        label=_("In the band of colour"),
        max_length=80,
        required=False,
        allowed=BADGE_FIELDS,
        help_text=_("The band has the colour of the person's category. [[CATEGORIE]] prints it in capitals."),
    )
    heading_en = FieldsField(
        label=_("Above the name, in English"),
        max_length=120,
        required=False,
        allowed=BADGE_FIELDS,
        help_text=_("For those whose language is English; empty: as in French."),
    )
    lines_en = FieldsField(
        label=_("Below the name, in English"),
        max_length=400,
        required=False,
        allowed=BADGE_FIELDS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    foot_en = FieldsField(
        label=_("In the band of colour, in English"), max_length=80, required=False, allowed=BADGE_FIELDS
    )
    shows_code = forms.BooleanField(label=_("With the square code for the door"), required=False)

    def __init__(self, *args: Any, sizes: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["size"].choices = list(sizes)  # type: ignore[attr-defined]


class CertificateForm(forms.Form):
    """The words of a role's certificates."""

    title = FieldsField(label=_("Title"), max_length=120, allowed=CERTIFICATE_FIELDS)
    body = FieldsField(
        label=_("Words"),
        max_length=1200,
        allowed=CERTIFICATE_FIELDS,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("The name stands above them in big letters. An empty line begins a new paragraph."),
    )
    place = FieldsField(label=_("Made at"), max_length=120, required=False, allowed=CERTIFICATE_FIELDS)
    first_function = forms.CharField(
        label=_("Function of the first signatory"), max_length=200, required=False
    )
    first_name = forms.CharField(label=_("First signatory"), max_length=160)
    second_function = forms.CharField(
        label=_("Function of the second signatory"), max_length=200, required=False
    )
    second_name = forms.CharField(label=_("Second signatory"), max_length=160)


class CodeForm(forms.Form):
    """A certificate's code, as it was read on paper."""

    code = forms.CharField(
        label=_("The certificate's code"),
        max_length=40,
        help_text=_("Sixteen letters and digits, below the square code. Dashes do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
