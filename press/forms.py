"""The forms of the press room: a new page's first values, and the buttons' questions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from cms.core.forms import ThingPageForm
from cms.core.models import Audience

AUDIENCES = [(Audience.PUBLIC, Audience.PUBLIC.label), (Audience.JOURNALISTS, Audience.JOURNALISTS.label)]


class _EmbargoedForm(ThingPageForm):
    embargo_until = forms.DateTimeField(
        label=_("Embargo until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=_("Time of Bamako (GMT). Nobody outside the team finds a trace of it before that instant."),
    )
    thing_audience = forms.ChoiceField(
        label=_("Who may read it"), required=False, choices=AUDIENCES, initial=Audience.PUBLIC
    )
    activity = forms.ModelChoiceField(
        label=_("Activity of the plan"), required=False, queryset=None, empty_label=_("None")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "activity" in self.fields:
            self.fields["activity"].queryset = apps.get_model("plan", "Activity")._default_manager.all()


class ReleasePageForm(_EmbargoedForm):
    """Asks, once, for what the release itself is; then for its words."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)
    number = forms.IntegerField(
        label=_("Number"),
        required=False,
        min_value=1,
        max_value=9999,
        help_text=_("Leave empty: it is given when the release is published, without gaps in the year."),
    )
    reference = forms.CharField(label=_("Reference"), required=False, max_length=80)
    signatory_name = forms.CharField(label=_("Signatory"), required=False, max_length=160)
    signatory_function = forms.CharField(label=_("Signatory's function"), required=False, max_length=200)
    kit = forms.ModelChoiceField(label=_("Press kit"), required=False, queryset=None, empty_label=_("None"))

    thing_fields = (
        "kind",
        "number",
        "reference",
        "embargo_until",
        "thing_audience",
        "signatory_name",
        "signatory_function",
        "kit",
        "activity",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].choices = apps.get_model("press", "Release")._meta.get_field("kind").choices
        if "kit" in self.fields:
            kits = apps.get_model("press", "Kit")._default_manager
            self.fields["kit"].queryset = kits.filter(withdrawn_at__isnull=True).order_by("-pk")


class KitPageForm(_EmbargoedForm):
    """Asks, once, for the kit's embargo and readers; then for its words."""

    thing_fields = ("kit_name", "embargo_until", "thing_audience", "activity")

    def clean(self) -> dict[str, Any]:
        """The kit is called after its first page's title, for the team's lists."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["kit_name"] = cleaned.get("title") or ""
        return cleaned
