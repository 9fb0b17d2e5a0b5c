"""The officer's forms for a programme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminTimeInput
from wagtail.images import get_image_model
from wagtail.images.widgets import AdminImageChooser

#: More rows than anybody needs at once; a session with more people is saved twice.
EMPTY_ROWS = 3
Choices = Iterable[tuple[Any, Any]]


class TrackForm(forms.Form):
    """A track."""

    name = forms.CharField(label=_("Name"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    colour = forms.ChoiceField(label=_("Colour"))
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, required=False, initial=0)

    def __init__(self, *args: Any, colours: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colour"].choices = list(colours)  # type: ignore[attr-defined]

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0


class RoomForm(forms.Form):
    """A room."""

    name = forms.CharField(label=_("Name"), max_length=120)
    seats = forms.IntegerField(label=_("Seats"), min_value=1, max_value=100_000, required=False)
    order = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, required=False, initial=0)

    def clean_order(self) -> int:
        return self.cleaned_data["order"] or 0


class SpeakerForm(forms.Form):
    """Somebody who speaks."""

    name = forms.CharField(label=_("First name and name"), max_length=200)
    function = forms.CharField(label=_("Function"), max_length=200, required=False)
    organisation = forms.CharField(label=_("Organisation"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("For the unit alone: it stands on no page and in no file."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("fr", _("French")), ("en", _("English"))],
        help_text=_("Of the badge, the certificate and the mail about it."),
    )
    biography = forms.CharField(
        label=_("Biography"), max_length=1500, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    biography_en = forms.CharField(
        label=_("Biography in English"),
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    photo = forms.ModelChoiceField(
        label=_("Photo"),
        queryset=None,
        required=False,
        widget=AdminImageChooser,
        help_text=_("Shown once the programme is published, as long as the media library says it may be."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photo"].queryset = get_image_model().objects.all()  # type: ignore[attr-defined]

    def clean_language(self) -> str:
        return self.cleaned_data["language"] or "fr"


class SessionForm(forms.Form):
    """A session, without its people."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label=_("Kind"))
    title = forms.CharField(label=_("Title"), max_length=255)
    title_en = forms.CharField(label=_("Title in English"), max_length=255, required=False)
    day = forms.TypedChoiceField(label=_("Day"), coerce=int)
    start_time = forms.TimeField(label=_("Starts at"), widget=AdminTimeInput)
    end_time = forms.TimeField(label=_("Ends at"), widget=AdminTimeInput)
    room = forms.ChoiceField(label=_("Room"), required=False)
    track = forms.ChoiceField(label=_("Track"), required=False)
    summary = forms.CharField(
        label=_("What it is about"), max_length=1500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    summary_en = forms.CharField(
        label=_("What it is about, in English"),
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, kinds: Choices, days: Choices, rooms: Choices, tracks: Choices, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        nothing = [("", "—")]
        for name, choices in (("kind", kinds), ("day", days)):
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined]
        for name, choices in (("room", rooms), ("track", tracks)):
            self.fields[name].choices = [*nothing, *choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        starts, ends = values.get("start_time"), values.get("end_time")
        if starts and ends and ends <= starts:
            self.add_error("end_time", _("The session ends before it starts."))
        return values


class AppearanceForm(forms.Form):
    """Somebody in a session."""

    speaker = forms.ChoiceField(label=_("Who"), required=False)
    part = forms.ChoiceField(label=_("As"))
    subject = forms.CharField(label=_("Subject of the talk"), max_length=255, required=False)
    subject_en = forms.CharField(label=_("Subject of the talk, in English"), max_length=255, required=False)

    def __init__(self, *args: Any, speakers: Choices, parts: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["speaker"].choices = [("", "—"), *speakers]  # type: ignore[attr-defined]
        self.fields["part"].choices = list(parts)  # type: ignore[attr-defined]


class _People(forms.BaseFormSet):  # type: ignore[type-arg]
    """Nobody twice as the same."""

    def clean(self) -> None:
        seen = set()
        for form in self.forms:
            said = getattr(form, "cleaned_data", {})
            if not said.get("speaker") or said.get("DELETE"):
                continue
            pair = (said["speaker"], said.get("part"), said.get("subject"))
            if pair in seen:
                raise forms.ValidationError(_("Somebody is there twice as the same."))
            seen.add(pair)

    @property
    def people(self) -> list[dict[str, Any]]:
        """The rows that name somebody, in the order asked for."""
        return [
            {name: form.cleaned_data[name] for name in ("speaker", "part", "subject", "subject_en")}
            for form in self.ordered_forms
            if form.cleaned_data.get("speaker")
        ]


PeopleFormSet = forms.formset_factory(
    AppearanceForm, formset=_People, extra=EMPTY_ROWS, can_order=True, can_delete=True, max_num=60
)


class PublishForm(forms.Form):
    """What the public is told of a new version."""

    note = forms.CharField(
        label=_("What changed, in your words"),
        max_length=300,
        required=False,
        help_text=_("Above the list of changes, which is made by itself."),
    )
    despite_clashes = forms.BooleanField(label=_("Publish despite what clashes"), required=False)
    seen = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)
