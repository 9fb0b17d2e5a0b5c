"""What the staff's list is narrowed by, and what is changed in many items at once."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from cms.core import clock

STATES = (
    ("public", _("Public")),
    ("unreleased", _("Not public yet")),
    ("held", _("Under embargo, or for an audience")),
    ("ending", _("Rights end within 60 days")),
    ("expired", _("Rights have ended")),
    ("disagreed", _("Without consent")),
    ("withdrawn", _("Withdrawn from use")),
    ("quarantine", _("Waiting for the virus scanner")),
)
LACKS = (
    ("alt", _("Alternative text")),
    ("credit", _("Credit")),
    ("english", _("Words in English")),
)


def _choice(label: Any, choices: Any = ()) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", _("All")), *choices])


class ShelfForm(forms.Form):
    """The facets. A value that does not exist narrows nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    kind = _choice(_("Kind of item"))
    state = _choice(_("State"), STATES)
    licence = _choice(_("Licence"))
    collection = forms.ModelChoiceField(
        label=_("Collection"), queryset=None, required=False, empty_label=_("All")
    )
    tag = forms.ModelChoiceField(label=_("Tag"), queryset=None, required=False, empty_label=_("All"))
    person = forms.ModelChoiceField(
        label=_("Person shown"), queryset=None, required=False, empty_label=_("All")
    )
    lacks = _choice(_("Lacks"), LACKS)

    def __init__(
        self, *args: Any, about: Any, collections: Any, tags: Any, persons: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "licence"):
            choices = about._meta.get_field(name).choices
            self.fields[name].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]
        for name, rows in (("collection", collections), ("tag", tags), ("person", persons)):
            self.fields[name].queryset = rows  # type: ignore[attr-defined]


class BulkForm(forms.Form):
    """New values for all items that are ticked; what is left empty stays as it is."""

    credit = forms.CharField(label=_("Credit"), max_length=200, required=False)
    copyright = forms.CharField(label=_("Copyright"), max_length=200, required=False)
    rights_holder = forms.CharField(label=_("Rights holder"), max_length=200, required=False)
    licence = forms.ChoiceField(label=_("Licence"), required=False)
    restriction = forms.CharField(label=_("Restriction of use"), max_length=300, required=False)
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    expires_at = forms.DateField(label=_("Rights end on"), required=False, widget=AdminDateInput)
    collection = forms.ModelChoiceField(label=_("Collection"), queryset=None, required=False)
    tags = forms.CharField(label=_("Tags to add, with commas"), max_length=300, required=False)

    def __init__(self, *args: Any, about: Any, collections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["licence"].choices = [("", _("As it is")), *about._meta.get_field("licence").choices]  # type: ignore[attr-defined]
        self.fields["collection"].queryset = collections  # type: ignore[attr-defined]
        self.fields["collection"].empty_label = _("As it is")  # type: ignore[attr-defined]

    def clean_expires_at(self) -> datetime | None:
        """An end of rights is still to come, so that it stands after every release."""
        day = self.cleaned_data["expires_at"]
        end = timezone.make_aware(datetime.combine(day, time.min)) if day else None
        if end is not None and end <= clock.now():
            raise forms.ValidationError(_("This day is past: nobody could have it."))
        return end

    def clean_tags(self) -> list[str]:
        """At most twenty words of at most 100 characters."""
        return [word[:100] for part in self.cleaned_data["tags"].split(",") if (word := part.strip())][:20]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(data.values()):
            raise forms.ValidationError(_("Say what is to be changed."))
        return data
