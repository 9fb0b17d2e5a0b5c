"""How long an event's personal data is kept."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class RetentionForm(forms.Form):
    """Months for what people wrote, days for passports, both counted from the end of each date."""

    months = forms.IntegerField(
        label=_("Erase names, addresses and answers after (months)"),
        min_value=1,
        max_value=120,
        help_text=_("Counted from the end of each date. Numbers, states and figures stay."),
    )
    passport_days = forms.IntegerField(label=_("Erase passports after (days)"), min_value=0, max_value=366)


class EraseForm(forms.Form):
    """Who asked for the erasure, and how."""

    reason = forms.CharField(
        label=_("Who asked, and how"),
        max_length=300,
        help_text=_(
            "For example: letter of 3 March, no. 12. Kept in the journal: do not write the name here."
        ),
    )


class PersonSearchForm(forms.Form):
    """Whom to look for in all events."""

    q = forms.CharField(
        label=_("Name, e-mail or telephone"),
        max_length=200,
        min_length=3,
        help_text=_("Each word must be found. It is looked for in everything that events keep of people."),
    )
