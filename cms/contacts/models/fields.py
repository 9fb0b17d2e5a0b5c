"""Columns for addresses and numbers, which are kept in their one normalised form."""

from typing import Any

from django.db import models

from cms.contacts.forms import AddressFormField, PhoneFormField
from cms.contacts.validators import normalise_email, normalise_phone


class AddressField(models.CharField):
    """A normalised e-mail address; the form field normalises before uniqueness is looked at."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 254)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        return normalise_email(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        # Lookups compare what they are given: half an address must be searchable.
        return value if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return super().formfield(**{"form_class": AddressFormField, **kwargs})


class PhoneField(models.CharField):
    """A telephone number in E.164."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        return normalise_phone(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        # Lookups compare what they are given: half an address must be searchable.
        return value if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:  # type: ignore[override]
        return super().formfield(**{"form_class": PhoneFormField, **kwargs})
