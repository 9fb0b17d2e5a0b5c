"""A point of a running order, and where to copy one from."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminTimeInput


class PointForm(forms.Form):
    """A point. `begins` is the date's start as a wall time, from which minutes are counted; `days` how many it lasts.

    `places` are the points that there are, as (key, words), where the form may say after which it comes.
    """

    title = forms.CharField(label=gettext_lazy("What"), max_length=200)
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=1, max_value=600)
    day = forms.IntegerField(
        label=gettext_lazy("Day of the event"),
        required=False,
        help_text=gettext_lazy("1 is the first day, 0 the day before. Only with an hour."),
    )
    at = forms.TimeField(
        label=gettext_lazy("At this hour"),
        required=False,
        widget=AdminTimeInput,
        help_text=gettext_lazy("Empty: when what comes before it ends."),
    )
    who = forms.CharField(label=gettext_lazy("Who"), max_length=200, required=False)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=120, required=False)
    note = forms.CharField(
        label=gettext_lazy("Note for the team"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Microphone, music, who gives the sign."),
    )
    after = forms.ChoiceField(label=gettext_lazy("It comes after"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        *args: Any,
        begins: datetime,
        days: int,
        places: list[tuple[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.begins, self.days = begins, min(days, 14)
        self.initial.setdefault("key", uuid.uuid4())
        if days == 1:
            del self.fields["day"]
        if places is None:
            del self.fields["after"], self.fields["key"]
        else:
            self.fields["after"].choices = [  # type: ignore[attr-defined]
                ("", _("the last point")),
                ("0", _("nothing: it comes first")),
                *places,
            ]

    def clean_day(self) -> int | None:
        day: int | None = self.cleaned_data["day"]
        if day is not None and not 0 <= day <= self.days:
            raise forms.ValidationError(_("The event lasts %(n)s days.") % {"n": self.days})
        return day

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        at: time | None = said.pop("at", None)
        day = said.pop("day", None)
        said["starts_after"] = None
        if at is not None:
            first = self.begins.date() + timedelta(days=(1 if day is None else day) - 1)
            said["starts_after"] = (datetime.combine(first, at) - self.begins) // timedelta(minutes=1)
        after = said.pop("after", "")
        said["after"] = int(after) if after else None
        return said


class CopyForm(forms.Form):
    """From which date, and whether what is written here goes."""

    source = forms.ChoiceField(label=gettext_lazy("Take over that of"))
    replace = forms.BooleanField(label=gettext_lazy("Replace what is written here"), required=False)

    def __init__(self, *args: Any, sources: list[tuple[str, str]], is_written: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = sources  # type: ignore[attr-defined]
        if not is_written:
            del self.fields["replace"]
