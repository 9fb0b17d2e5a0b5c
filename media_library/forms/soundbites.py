"""The form of a sound ready for broadcast."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtailmedia.models import get_media_model
from wagtailmedia.widgets import AdminAudioChooser


class SoundBiteForm(forms.Form):
    """A sound ready for broadcast: the sound, unless it is `known`, and what is said of it."""

    speaker = forms.CharField(label=_("Who speaks"), max_length=160)
    function = forms.CharField(label=_("Function"), max_length=200, required=False)
    language = forms.CharField(
        label=_("Language"), max_length=40, help_text=_("As people say it: français, bamanankan, songhaï…")
    )
    verbatim = forms.CharField(
        label=_("What is said, word for word"), max_length=3000, widget=forms.Textarea(attrs={"rows": 4})
    )
    launch = forms.CharField(
        label=_("Suggested launch"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the presenter may say before it."),
    )

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not known:
            sounds = get_media_model().objects.filter(type="audio")
            self.fields["sound"] = forms.ModelChoiceField(sounds, label=_("Sound"), widget=AdminAudioChooser)
            self.order_fields(["sound"])
