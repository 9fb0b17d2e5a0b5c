"""Form fields of accounts: an address that is normalised, roles said in words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm

from cms.accounts.validators import normalise_email


class AddressFormField(forms.CharField):
    """One e-mail address. Not stripped beforehand: a line break is refused, wherever it stands."""

    widget = forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return normalise_email(text) if text and text.strip(" ") else self.empty_value


class SignInForm(LoginForm):
    """Wagtail's, which leaves one label in English."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        for name, purpose in (("username", "username"), ("password", "current-password")):
            self.fields[name].widget.attrs["autocomplete"] = purpose
