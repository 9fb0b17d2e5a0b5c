"""The forms of Wagtail's and wagtailmedia's screens: files examined before anything is kept, words and rights."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.forms import BaseImageForm
from wagtail.models import Locale, UploadedFile
from wagtailmedia.forms import BaseMediaForm

from cms.core import clock
from media_library.forms.fields import DocumentField, PictureField, RecordingField, replaced
from media_library.storage.reading import read_said

RELEASE = "media_library.release_asset"
_TRANSLATED = ("en", "bm")  # Bambara where the administrator has switched it on
_ABOUT = (
    "credit",
    "copyright",
    "rights_holder",
    "licence",
    "restriction",
    "taken_at",
    "place",
    "expires_at",
)


_SAID = ("caption", "credit", "copyright", "restriction", "place")
# The prefix of Wagtail's forms for pictures that wait for their words, followed by the key of an UploadedFile.
_WAITING = "uploaded-image-"


class RightsForm(forms.Form):
    """Words and rights of an asset, beside the fields of the row that Wagtail knows."""

    with_alt = False

    caption = forms.CharField(
        label=_("Caption"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Who, what, where, when: journalists print it as it stands."),
    )
    credit = forms.CharField(
        label=_("Credit"),
        max_length=200,
        required=False,
        help_text=_("Name printed beside it: “Awa Diarra / TOKTEN”."),
    )
    copyright = forms.CharField(label=_("Copyright"), max_length=200, required=False)
    rights_holder = forms.CharField(
        label=_("Rights holder"),
        max_length=200,
        required=False,
        help_text=_("Who gave us the right to show it, where that is somebody else."),
    )
    licence = forms.ChoiceField(label=_("Licence"))
    restriction = forms.CharField(
        label=_("Restriction of use"),
        max_length=300,
        required=False,
        help_text=_("Printed beside the licence: “Not for advertising.”"),
    )
    place = forms.CharField(label=_("Place"), max_length=160, required=False)
    taken_at = forms.DateField(label=_("Taken on"), required=False, widget=AdminDateInput)
    expires_at = forms.DateField(
        label=_("Rights end on"),
        required=False,
        widget=AdminDateInput,
        help_text=_("From that day on nobody can have it any more. Empty: without end."),
    )
    caption_en = forms.CharField(
        label=_("Caption in English"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    caption_bm = forms.CharField(
        label=_("Caption in Bambara"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "lang": "bm"}),
    )
    released = forms.BooleanField(
        label=_("Make it public at once"),
        required=False,
        help_text=_("Leave it empty for what is under embargo, or not decided yet."),
    )

    ORDER = [
        "title",
        "file",
        "alt",
        "decorative",
        "caption",
        "credit",
        "copyright",
        "rights_holder",
        "licence",
        "restriction",
        "place",
        "taken_at",
        "expires_at",
        "released",
        "alt_en",
        "caption_en",
        "alt_bm",
        "caption_bm",
        "thumbnail",
        "duration",
        "collection",
        "tags",
    ]

    def prepare_rights(self, user: Any) -> None:
        """Fill in what is known; called at the end of `__init__`."""
        self.instance.replaced_by = user  # type: ignore[attr-defined]
        licence = type(self.instance)._meta.get_field("asset").related_model._meta.get_field("licence")  # type: ignore[attr-defined]
        self.fields["licence"].choices = licence.choices  # type: ignore[attr-defined]
        self.fields["licence"].initial = licence.default
        asset = self.instance.asset if self.instance.asset_id else None  # type: ignore[attr-defined]
        if asset is not None:
            for name in _ABOUT:
                value = getattr(asset, name)
                self.fields[name].initial = _day_of(value)
            texts = {one.locale.language_code: one for one in asset.texts.select_related("locale")}
            for language, suffix in (
                (settings.LANGUAGE_CODE, ""),
                *((code, f"_{code}") for code in _TRANSLATED),
            ):
                text = texts.get(language)
                for name in ("alt", "caption", "decorative"):
                    if text is not None and f"{name}{suffix}" in self.fields:
                        self.fields[f"{name}{suffix}"].initial = getattr(text, name)
        if not Locale.objects.filter(language_code="bm").exists():  # not switched on: nowhere to keep them
            for name in ("alt_bm", "caption_bm"):
                self.fields.pop(name, None)
        if asset is not None or user is None or not user.has_perm(RELEASE):
            del self.fields["released"]
        self.order_fields([*self.ORDER])

    def clean_expires_at(self) -> Any:
        """An end of rights stands after the release; today's release needs one that is still to come."""
        day = self.cleaned_data["expires_at"]
        asset = self.instance.asset if self.instance.asset_id else None  # type: ignore[attr-defined]
        since = asset.released_at if asset is not None and asset.released_at else None
        if since is None and asset is None:
            since = clock.now()
        if day and since is not None and _midnight(day) <= since:
            raise ValidationError(_("This day is past: nobody could have it."))
        return day

    def note_rights(self) -> None:
        """Hand words and rights to the row, to be written with it."""
        data = self.cleaned_data
        about = {name: data[name] for name in _ABOUT if name not in ("taken_at", "expires_at")}
        for name in ("taken_at", "expires_at"):
            about[name] = _midnight(data[name])
        if data.get("released"):
            about["released_at"] = clock.now()
        decorative = bool(data.get("decorative"))
        words = {
            settings.LANGUAGE_CODE: {
                "alt": "" if decorative else data.get("alt", ""),
                "caption": data["caption"],
                "decorative": decorative,
            }
        }
        for code in _TRANSLATED:
            asked = [name for name in (f"alt_{code}", f"caption_{code}") if name in self.fields]
            if any(data[name] or self.fields[name].initial for name in asked):  # said, or taken back
                alt = "" if decorative else data.get(f"alt_{code}", "")
                words[code] = {"alt": alt, "caption": data[f"caption_{code}"]}
        self.instance.about, self.instance.words = about, words  # type: ignore[attr-defined]


class LibraryImageForm(RightsForm, BaseImageForm):
    """Wagtail's form of a picture, on all its screens. Alternative text is asked for unless decorative."""

    alt = forms.CharField(
        label=_("Alternative text"),
        max_length=300,
        required=False,
        help_text=_("What the picture shows, for those who do not see it or have pictures switched off."),
    )
    decorative = forms.BooleanField(
        label=_("Decorative"), required=False, help_text=_("It tells nothing: it needs no alternative text.")
    )
    alt_en = forms.CharField(label=_("Alternative text in English"), max_length=300, required=False)
    alt_bm = forms.CharField(
        label=_("Alternative text in Bambara"),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"lang": "bm"}),
    )

    class Meta(BaseImageForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        user = kwargs.get("user")
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"] = replaced(self.fields["file"], PictureField())
        self.prepare_rights(user)
        if (self.prefix or "").startswith(_WAITING):
            self.instance.is_edited = True
            if not self.is_bound:
                self._show_words(user)

    def _show_words(self, user: Any) -> None:
        """Of several pictures sent at once, each waits for its words: show those that it brings along."""
        key = (self.prefix or "").removeprefix(_WAITING)
        waiting = (
            UploadedFile.objects.filter(pk=key, uploaded_by_user=user).first() if key.isdigit() else None
        )
        if waiting is None:
            return
        with waiting.file.open("rb") as content:
            said = read_said(content)
        shown = {name: getattr(said, name) for name in (*_SAID, "title") if getattr(said, name)}
        shown["taken_at"] = _day_of(said.taken_at)
        shown["tags"] = ", ".join(f'"{word}"' for word in said.keywords)
        self.initial.update({name: value for name, value in shown.items() if name in self.fields})

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if not self.cleaned_data.get("decorative") and not self.cleaned_data.get("alt", "").strip():
            self.add_error(
                "alt", ValidationError(_("Say in a few words what the picture shows, or tick “Decorative”."))
            )
        return data

    def save(self, commit: bool = True) -> Any:
        self.note_rights()
        saved = super().save(commit)
        if commit and self.instance.keywords and not self.cleaned_data.get("tags"):
            self.instance.tags.add(*self.instance.keywords)
        return saved


class LibraryDocumentForm(RightsForm, BaseDocumentForm):
    """Wagtail's form of a document, on all its screens."""

    class Meta(BaseDocumentForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        user = kwargs.get("user")
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"] = replaced(self.fields["file"], DocumentField())
        self.prepare_rights(user)

    def save(self, commit: bool = True) -> Any:
        self.note_rights()
        return super().save(commit)


class LibraryMediaForm(RightsForm, BaseMediaForm):
    """wagtailmedia's form of a sound or film."""

    class Meta(BaseMediaForm.Meta):
        widgets = {**BaseMediaForm.Meta.widgets, "thumbnail": forms.FileInput}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        user = kwargs.get("user")
        super().__init__(*args, **kwargs)
        kind = "audio" if self.instance.type == "audio" else "video"
        self.fields["file"] = replaced(self.fields["file"], RecordingField(kind=kind))
        self.fields["thumbnail"] = replaced(self.fields["thumbnail"], RecordingField(kind="image"))
        self.prepare_rights(user)
        if kind == "video":  # made public from its own screen, once it has captions
            self.fields.pop("released", None)

    def save(self, commit: bool = True) -> Any:
        self.note_rights()
        return super().save(commit)


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _day_of(value: Any) -> Any:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value
