"""Forms of the desk where fees are paid."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from events.forms.questions import one_line


class PaymentForm(forms.Form):
    """A payment as it was received; `means` are (code, words). `key` is the form's own identity."""

    amount_xof = forms.IntegerField(label=_("Amount in FCFA"), min_value=1, max_value=100_000_000)
    means = forms.ChoiceField(label=_("Paid by"))
    payer = forms.CharField(
        label=_("Received from"), max_length=200, help_text=_("As it is to stand on the receipt.")
    )
    paid_date = forms.DateField(label=_("Paid on"), widget=AdminDateInput)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, means: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["means"].choices = means  # type: ignore[attr-defined]
        self.initial.setdefault("key", uuid.uuid4())

    def clean_payer(self) -> str:
        return one_line(self.cleaned_data["payer"])


class VoidForm(forms.Form):
    """Why a receipt is void."""

    reason = forms.CharField(label=_("Why it is void"), max_length=200)
