"""Form fields that give back normalised addresses and numbers, or an error in plain words."""

from typing import Any

from django import forms

from cms.contacts.validators import normalise_email, normalise_phone


class AddressFormField(forms.CharField):
    """One e-mail address. Not stripped beforehand: a line break is refused, wherever it stands."""

    widget = forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return normalise_email(text) if text and text.strip(" ") else self.empty_value


class PhoneFormField(forms.CharField):
    """One telephone number, of Mali unless it begins with + and a country code."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return normalise_phone(text) if text and text.strip(" ") else self.empty_value
