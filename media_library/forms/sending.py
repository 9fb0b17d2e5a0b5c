"""Files sent by the staff, the words that they want, and what is said in a recording."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from media_library import validators


class ManyFiles(forms.FileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what each of them is, is examined when it is taken in."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given]


class SendForm(forms.Form):
    """Files sent in one go, with what is said of all of them."""

    WORDS = ("credit", "copyright", "place", "licence")

    sent = FilesField(label=_("Files"))
    credit = forms.CharField(
        label=_("Credit of all of them"),
        max_length=200,
        required=False,
        help_text=_("Name printed beside it: “Awa Diarra / TOKTEN”."),
    )
    copyright = forms.CharField(label=_("Copyright"), max_length=200, required=False)
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    licence = forms.ChoiceField(label=_("Licence"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accept = ",".join(f".{name}" for name in sorted(validators.FORMATS))
        self.fields["sent"].widget.attrs.update(multiple=True, accept=accept)
        self.fields["licence"].choices = licences()  # type: ignore[attr-defined]


class DescribeForm(forms.Form):
    """What a picture shows, asked for once it has arrived."""

    title = forms.CharField(label=_("Title"), max_length=255)
    alt = forms.CharField(label=_("Alternative text"), max_length=300, required=False)
    decorative = forms.BooleanField(label=_("Decorative"), required=False)
    caption = forms.CharField(
        label=_("Caption"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def says_something(self) -> bool:
        return bool(self.cleaned_data["alt"].strip() or self.cleaned_data["decorative"])


def licences() -> Any:
    """The licences to choose from."""
    from django.apps import apps

    return apps.get_model("media_library", "Asset")._meta.get_field("licence").choices


class SpeechForm(forms.Form):
    """Captions and transcript of a sound or film (`kind`), in one language."""

    language = forms.ChoiceField(label=_("Language"))
    captions = forms.FileField(
        label=_("Captions"),
        required=False,
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".vtt,.srt"}),
        help_text=_(
            "A file of the type WebVTT (.vtt) or SubRip (.srt). Its words become the transcript too."
        ),
    )
    transcript = forms.CharField(
        label=_("What is said, word for word"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = (code for code, _name in settings.LANGUAGES)
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, get_language_info(code)["name_local"].capitalize()) for code in codes
        ]
        if kind != "video":
            del self.fields["captions"]
