"""The forms of the press room: a new page's first values, and the buttons' questions."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.apps import apps
from django.conf import settings
from django.db.models import Q
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from cms.core import clock, formats
from cms.core.forms import ThingPageForm
from cms.core.models import Audience
from media_library import validators

AUDIENCES = [(one, one.label) for one in (Audience.PUBLIC, Audience.JOURNALISTS)]
KIT_AUDIENCES = [*AUDIENCES, (Audience.LINK, Audience.LINK.label)]


def _whose_time() -> str:
    if formats.is_bamako_time():
        return gettext("Time of Bamako (GMT).")
    return gettext("Time of %(zone)s.") % {"zone": settings.TIME_ZONE}


whose_time = lazy(_whose_time, str)


def in_language_of(page: Any, rows: Any, chosen: Any) -> Any:
    """Snippets in the page's language, and those chosen already (a fresh translation keeps the French ones)."""
    return rows.filter(Q(locale_id=page.locale_id) | Q(pk__in=[one.pk for one in chosen]))


class _EmbargoedForm(ThingPageForm):
    embargo_until = forms.DateTimeField(
        label=_("Embargo until"),
        required=False,
        widget=AdminDateTimeInput,
        help_text=format_lazy(
            "{} {}", whose_time(), _("Nobody outside the team finds a trace of it before that instant.")
        ),
    )
    thing_audience = forms.ChoiceField(
        label=_("Who may read it"), required=False, choices=AUDIENCES, initial=Audience.PUBLIC
    )
    activity = forms.ModelChoiceField(
        label=_("Activity of the plan"), required=False, queryset=None, empty_label=_("None")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("contacts", "topics", "sectors"):
            if name in self.fields and self.instance.locale_id:
                chosen = getattr(self.instance, name).all() if self.instance.pk else ()
                field = self.fields[name]
                field.queryset = in_language_of(self.instance, field.queryset, chosen)
        if "activity" in self.fields:
            self.fields["activity"].queryset = apps.get_model("plan", "Activity")._default_manager.all()

    def clean_embargo_until(self) -> Any:
        """An embargo is for an instant to come; the one it has already may have passed meanwhile."""
        until = self.cleaned_data.get("embargo_until")
        thing = self.instance.thing if self.has_thing else None
        if until is not None and until <= clock.now() and until != getattr(thing, "embargo_until", None):
            raise forms.ValidationError(_("The embargo ends in the past. Choose a later hour, or none."))
        return until


class ReleasePageForm(_EmbargoedForm):
    """Asks, once, for what the release itself is; then for its words."""

    kind = forms.ChoiceField(label=_("Kind"), required=False)  # type: ignore[assignment]
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
    audiences = forms.ModelMultipleChoiceField(
        label=_("Audiences"),
        required=False,
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("To whom it is meant to be sent: proposed when you send it."),
    )

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
        "audiences",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].choices = apps.get_model("press", "Release")._meta.get_field("kind").choices
        if "audiences" in self.fields:
            audiences = apps.get_model("contacts", "Audience")._default_manager
            self.fields["audiences"].queryset = audiences.order_by("name")
        if "kit" in self.fields:
            kits = apps.get_model("press", "Kit")._default_manager
            self.fields["kit"].queryset = kits.filter(withdrawn_at__isnull=True).order_by("-pk")

    def clean_number(self) -> int | None:
        """A number that is free and leaves no gap; the action asks again, under the year's lock."""
        number: int | None = self.cleaned_data.get("number")
        if number is None:
            return None
        thing = self.instance.thing if self.has_thing else None
        year = getattr(thing, "year", None) or formats.local(clock.now()).year
        others = apps.get_model("press", "Release")._default_manager.filter(year=year, number__isnull=False)
        taken = set(others.exclude(pk=getattr(thing, "pk", None)).values_list("number", flat=True))  # type: ignore[misc]
        if number in taken:
            raise forms.ValidationError(_("This number is taken."))
        if taken and number > max(taken) + 1:  # type: ignore[operator, type-var]
            raise forms.ValidationError(
                _("This number would leave a gap: the last one is %(last)s.") % {"last": max(taken)}  # type: ignore[type-var]
            )
        return number


class KitPageForm(_EmbargoedForm):
    """Asks, once, for the kit's embargo and readers; then for its words."""

    thing_audience = forms.ChoiceField(
        label=_("Who may read it"),
        required=False,
        choices=KIT_AUDIENCES,
        initial=Audience.PUBLIC,
        help_text=_(
            "By a link: it stands in no list; you make the links beside the text, once it is published."
        ),
    )

    thing_fields = ("kit_name", "embargo_until", "thing_audience", "activity")

    def clean(self) -> dict[str, Any]:
        """The kit is called after its first page's title, for the team's lists."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["kit_name"] = cleaned.get("title") or ""
        return cleaned


# The buttons' questions ---------------------------------------------------------------------------------------
class EmbargoForm(forms.Form):
    """Until when."""

    until = forms.DateTimeField(label=_("Embargo until"), widget=AdminDateTimeInput, help_text=whose_time())
    reason = forms.CharField(label=_("Reason, for the log"), required=False, max_length=500)


class LiftForm(forms.Form):
    """Now."""

    reason = forms.CharField(label=_("Reason, for the log"), required=False, max_length=500)


class AudienceForm(forms.Form):
    """For whom."""

    audience = forms.ChoiceField(label=_("Who may read it"), choices=AUDIENCES)
    reason = forms.CharField(label=_("Reason, for the log"), required=False, max_length=500)


class KitAudienceForm(AudienceForm):
    """For whom: of a kit, also for who has a link."""

    audience = forms.ChoiceField(
        label=_("Who may read it"),
        choices=KIT_AUDIENCES,
        help_text=_("By a link: it stands in no list; you make the links beside the text."),
    )


class LinkForm(forms.Form):
    """A link to a kit: for whom, and for how long."""

    note = forms.CharField(label=_("For whom, what for"), max_length=200)
    days = forms.IntegerField(
        label=_("Open for how many days (1 to 90)"), min_value=1, max_value=90, initial=14
    )


class WithdrawForm(forms.Form):
    """Why, in words that visitors read."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_("This sentence stands on the page in place of the text."),
    )


class CorrectForm(forms.Form):
    """What was changed, in words that visitors read."""

    note = forms.CharField(
        label=_("What was changed"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text=_(
            "This sentence stands above the text, with today's date. Change the text itself in the editor."
        ),
    )
    language = forms.ChoiceField(label=_("Language of this sentence"), choices=settings.LANGUAGES)
    shows_words = forms.BooleanField(
        label=_("Show the former words beside the new ones"),
        required=False,
        initial=True,
        help_text=_("Leave it out where nobody must read them any more: a private number, a slander."),
    )


class NumberForm(forms.Form):
    """Which place in the registry."""

    number = forms.IntegerField(label=_("Number"), min_value=1, max_value=9999)
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2200)


class AttachKitForm(forms.Form):
    """Which kit, or none."""

    kit = forms.ModelChoiceField(label=_("Press kit"), required=False, queryset=None, empty_label=_("No kit"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kits = apps.get_model("press", "Kit")._default_manager
        self.fields["kit"].queryset = kits.filter(withdrawn_at__isnull=True).order_by("-pk")  # type: ignore[attr-defined]


class DetailsForm(forms.Form):
    """What the release is beside its words."""

    kind = forms.ChoiceField(label=_("Kind"))
    reference = forms.CharField(label=_("Reference"), required=False, max_length=80)
    signatory_name = forms.CharField(label=_("Signatory"), required=False, max_length=160)
    signatory_function = forms.CharField(label=_("Signatory's function"), required=False, max_length=200)
    activity = forms.ModelChoiceField(
        label=_("Activity of the plan"), required=False, queryset=None, empty_label=_("None")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = apps.get_model("press", "Release")._meta.get_field("kind").choices  # type: ignore[attr-defined]
        self.fields["activity"].queryset = apps.get_model("plan", "Activity")._default_manager.all()  # type: ignore[attr-defined]


class _Journalists(forms.ModelMultipleChoiceField):
    """Journalists by name and newsroom."""

    def label_from_instance(self, obj: Any) -> str:
        outlet = obj.media_profile.outlet or obj.organisation
        return f"{obj.name} – {outlet}" if outlet else str(obj.name)


class SendForm(forms.Form):
    """To whom: audiences, and journalists one by one."""

    audiences = forms.ModelMultipleChoiceField(
        label=_("Audiences"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "The mailing is prepared, with its number of addresses; you launch it on the next screen."
        ),
    )
    journalists = _Journalists(
        label=_("Journalists besides"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "press-people"}),
        help_text=_("Each person once, whatever audience they are in too."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        audiences = apps.get_model("contacts", "Audience")._default_manager.order_by("name")
        people = apps.get_model("contacts", "Contact")._default_manager.filter(
            media_profile__isnull=False, trashed_at=None, merged_into=None
        )
        self.fields["audiences"].queryset = audiences  # type: ignore[attr-defined]
        self.fields["journalists"].queryset = people.select_related(  # type: ignore[attr-defined]
            "organisation", "media_profile__outlet"
        ).order_by("name_key", "pk")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not data.get("audiences") and not data.get("journalists"):
            raise forms.ValidationError(_("Choose an audience or a journalist."))
        return data


# Begun otherwise than in the editor -----------------------------------------------------------------------------
class _BegunForm(forms.Form):
    """What kind of release, and in which language: asked only where there is a choice."""

    kind = forms.ChoiceField(label=_("Kind"))
    language = forms.ChoiceField(label=_("Language"))

    def __init__(self, *args: Any, languages: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = apps.get_model("press", "Release")._meta.get_field("kind").choices  # type: ignore[attr-defined]
        names = dict(settings.LANGUAGES)
        language = self.fields["language"]
        language.choices = [(code, names.get(code, code)) for code in languages]  # type: ignore[attr-defined]
        language.initial = languages[0]
        if len(languages) == 1:
            language.widget = forms.HiddenInput()


class WordForm(_BegunForm):
    """A Word document."""

    file = forms.FileField(
        label=_("Word document"),
        widget=forms.FileInput(attrs={"accept": ".docx"}),
        help_text=_("A .docx file."),
    )
    field_order = ("file", "kind", "language")


class _PhotographField(forms.FileField):
    """A picture, by what its bytes say; the library examines it once more where it takes it in."""

    def to_python(self, data: Any) -> Any:
        found = super().to_python(data)
        if found is not None:
            validators.examine(found.file, found.name or "", kind="image")  # type: ignore[arg-type]
        return found


class AtOnceForm(_BegunForm):
    """A photograph, a title, three lines."""

    photo = _PhotographField(
        label=_("Photograph"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"})
    )
    photo_words = forms.CharField(
        label=_("What the photograph shows"),
        required=False,
        max_length=255,
        help_text=_("One sentence, for who does not see it: who, where, doing what."),
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    text = forms.CharField(
        label=_("Text"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=3000,
        help_text=_("Three lines will do."),
    )
    # made with the form: on a bad line the telephone sends the same one again
    sending = forms.UUIDField(required=False, widget=forms.HiddenInput(), initial=uuid4)
    field_order = ("photo", "photo_words", "title", "text", "kind", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = "note"

    def clean_text(self) -> str:
        """Its first paragraph is the lead, which newsrooms print as it stands."""
        text: str = self.cleaned_data["text"].strip()
        if len(text.replace("\r\n", "\n").split("\n\n")[0]) > 900:
            raise forms.ValidationError(
                _("The first paragraph is too long: leave an empty line after three or four lines.")
            )
        return text

    def clean(self) -> dict[str, Any]:
        """A photograph is described: some readers do not see it."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("photo") and not cleaned.get("photo_words"):
            self.add_error("photo_words", _("Say in one sentence what the photograph shows."))
        return cleaned
