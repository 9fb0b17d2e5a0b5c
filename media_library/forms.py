"""The forms of Wagtail's and wagtailmedia's screens: files examined before anything is kept, words and rights."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm
from wagtailmedia.forms import BaseMediaForm

from cms.core import clock
from media_library import validators

RELEASE = "media_library.release_asset"
_ABOUT = ("credit", "copyright", "licence", "taken_at", "place", "expires_at")


class ExaminedFile:
    """A file field that believes only what the bytes say; see `validators.examine`."""

    kind: str

    def to_python(self, data: Any) -> Any:
        found: Any = forms.FileField.to_python(self, data)  # type: ignore[arg-type]
        if found is None:
            return None
        facts = validators.examine(found.file, found.name, kind=self.kind)  # type: ignore[arg-type]
        found.content_type = facts.content_type  # type: ignore[attr-defined]
        return found


class PictureField(ExaminedFile, WagtailImageField):
    """An upload of a picture."""

    kind = "image"
    default_validators: list[Any] = []


class DocumentField(ExaminedFile, WagtailDocumentField):
    """An upload of a document."""

    kind = "document"


class RecordingField(ExaminedFile, forms.FileField):
    """An upload of a sound or film (`kind`), or of the picture shown before it plays."""

    def __init__(self, *, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)


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
    licence = forms.ChoiceField(label=_("Licence"))
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
        "licence",
        "place",
        "taken_at",
        "expires_at",
        "released",
        "alt_en",
        "caption_en",
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
            for language, suffix in ((settings.LANGUAGE_CODE, ""), ("en", "_en")):
                text = {one.locale.language_code: one for one in asset.texts.select_related("locale")}.get(
                    language
                )
                for name in ("alt", "caption", "decorative"):
                    if text is not None and f"{name}{suffix}" in self.fields:
                        self.fields[f"{name}{suffix}"].initial = getattr(text, name)
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
        if data["caption_en"] or data.get("alt_en"):
            words["en"] = {"alt": "" if decorative else data.get("alt_en", ""), "caption": data["caption_en"]}
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

    class Meta(BaseImageForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        user = kwargs.get("user")
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"] = _replaced(self.fields["file"], PictureField())
        self.prepare_rights(user)

    def clean(self) -> dict[str, Any] | None:
        data = super().clean()
        if not self.cleaned_data.get("decorative") and not self.cleaned_data.get("alt", "").strip():
            self.add_error(
                "alt", ValidationError(_("Say in a few words what the picture shows, or tick “Decorative”."))
            )
        return data

    def save(self, commit: bool = True) -> Any:
        self.note_rights()
        return super().save(commit)


class LibraryDocumentForm(RightsForm, BaseDocumentForm):
    """Wagtail's form of a document, on all its screens."""

    class Meta(BaseDocumentForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        user = kwargs.get("user")
        super().__init__(*args, **kwargs)
        if "file" in self.fields:
            self.fields["file"] = _replaced(self.fields["file"], DocumentField())
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
        self.fields["file"] = _replaced(self.fields["file"], RecordingField(kind=kind))
        self.fields["thumbnail"] = _replaced(self.fields["thumbnail"], RecordingField(kind="image"))
        self.prepare_rights(user)
        if kind == "video":  # made public from its own screen, once it has captions
            self.fields.pop("released", None)

    def save(self, commit: bool = True) -> Any:
        self.note_rights()
        return super().save(commit)


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


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None


def _day_of(value: Any) -> Any:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


def _replaced(given: Any, field: Any) -> Any:
    """Our field in the place, and with the label, widget and initial value, of Wagtail's."""
    field.label, field.widget, field.required = given.label, given.widget, given.required
    field.initial = given.initial
    widget = field.widget
    widget.is_required = given.required
    formats = sorted(name for name, (kind, _type) in validators.FORMATS.items() if kind == field.kind)
    if isinstance(widget, forms.FileInput):
        widget.attrs["accept"] = ",".join(f".{name}" for name in formats)
    limit = validators.LIMITS[field.kind]
    field.max_upload_size = limit
    field.help_text = _("Accepted: %(formats)s; at most %(limit)s MB.") % {
        "formats": ", ".join(formats),
        "limit": limit // 1_000_000,
    }
    return field
