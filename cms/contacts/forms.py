"""Form fields that give back normalised addresses and numbers, or an error in plain words."""

from typing import Any

from django import forms

from cms.accounts.forms import AddressFormField
from cms.contacts.validators import normalise_phone

__all__ = ["AddressFormField", "PhoneFormField"]


class PhoneFormField(forms.CharField):
    """One telephone number, of Mali unless it begins with + and a country code."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return normalise_phone(text) if text and text.strip(" ") else self.empty_value
