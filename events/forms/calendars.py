"""A calendar to bring in: a file or an address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

# As `events.imports.MAX_BYTES`; forms lie below it.
MAX_BYTES = 1_000_000


class CalendarForm(forms.Form):
    """A file or an address, and what its events are."""

    file = forms.FileField(
        label=_("Calendar file (.ics)"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"}),
    )
    address = forms.CharField(
        label=_("Or its address"),
        max_length=500,
        required=False,
        help_text=_("As the other calendar gives it under “Share” or “Subscribe”: https://… or webcal://…"),
    )
    kind = forms.ChoiceField(label=_("What its events are"))

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        found = self.cleaned_data.get("file")
        if found is not None and found.size > MAX_BYTES:
            raise forms.ValidationError(_("This calendar is too big."))
        return found

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(values.get("file")) == bool(values.get("address")):
            self.add_error("file", _("Give a file or an address."))
        return values
