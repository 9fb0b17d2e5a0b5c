"""The fields that an officer's questions become, and the officer's forms of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from media_library.validators import examine

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Asked:
    """One question as a form asks it: `kind` is a code of `QuestionKind`, `choices` are (uid, words)."""

    name: str
    kind: str
    label: str
    help: str = ""
    is_required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


class JoinedFile(forms.FileField):
    """A picture or PDF of a few megabytes, believed by its bytes alone."""

    def __init__(self, *, kinds: tuple[str, ...], limit: int, **kwargs: Any) -> None:
        accept = ",".join(f".{kind}" for kind in kinds)
        super().__init__(widget=forms.FileInput(attrs={"accept": accept}), **kwargs)
        self.kinds, self.limit = kinds, limit

    def to_python(self, data: Any) -> Any:
        found: Any = super().to_python(data)
        if found is None:
            return None
        if found.size > self.limit:
            raise ValidationError(
                _("This file is over %(limit)s MB: send a smaller one."),
                params={"limit": self.limit // 1_000_000},
            )
        if os.path.splitext(found.name)[1].lower().lstrip(".") not in self.kinds:
            raise ValidationError(_("Send a picture (JPEG, PNG, WebP) or a PDF."))
        examine(found.file, found.name)
        return found


def one_line(value: str) -> str:
    """A text of one line, without control characters."""
    if any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise ValidationError(_("Write it on one line."))
    return " ".join(value.split())


def check_line(value: str) -> None:
    """Raise ValidationError for a text of several lines."""
    one_line(value)


def field_of(asked: Asked, *, kinds: tuple[str, ...] = (), limit: int = 0) -> forms.Field:
    """The form field of a question; `kinds` and `limit` (bytes) are those of files."""
    common: dict[str, Any] = {
        "label": asked.label,
        "help_text": asked.help,
        "required": asked.is_required,
    }
    wanted = {"required": _("Answer this question.")}
    match asked.kind:
        case "text":
            return forms.CharField(
                **common, max_length=3000, widget=forms.Textarea(attrs={"rows": 4}), error_messages=wanted
            )
        case "choice":
            return forms.ChoiceField(
                **common, choices=asked.choices, widget=forms.RadioSelect, error_messages=wanted
            )
        case "choices":
            return forms.MultipleChoiceField(
                **common, choices=asked.choices, widget=forms.CheckboxSelectMultiple, error_messages=wanted
            )
        case "consent":
            ticked = {"required": _("Tick it to go on: without it we cannot register you.")}
            return forms.BooleanField(**common, error_messages=ticked)
        case "file":
            joined = {"required": _("Join this file.")}
            return JoinedFile(**common, kinds=kinds, limit=limit, error_messages=joined)
    return forms.CharField(**common, max_length=300, validators=[check_line], error_messages=wanted)


class QuestionsForm(forms.Form):
    """Questions alone: what the holder or staff change, and the files of the last step."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, asked: list[Asked], kinds: tuple[str, ...] = (), limit: int = 0, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for one in asked:
            self.fields[one.name] = field_of(one, kinds=kinds, limit=limit)


class ChangeForm(QuestionsForm):
    """What a person may change: name and organisation, and the answers."""

    name = forms.CharField(
        label=gettext_lazy("First name and name"),
        max_length=200,
        error_messages={
            "required": gettext_lazy("Write your name: it is how you will be found at the door.")
        },
    )
    organisation = forms.CharField(label=gettext_lazy("Organisation"), max_length=200, required=False)

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_organisation(self) -> str:
        return one_line(self.cleaned_data["organisation"])


# The officer's side ------------------------------------------------------------------------------------------
class QuestionForm(forms.Form):
    """One question of an event. `kinds`, `categories` and `earlier` (answers of other questions) are choices."""

    label = forms.CharField(label=gettext_lazy("Question"), max_length=200)
    label_en = forms.CharField(label=gettext_lazy("Question in English"), max_length=200, required=False)
    help = forms.CharField(
        label=gettext_lazy("Why you ask it"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Shown below the question: people answer better when they know."),
    )
    help_en = forms.CharField(label=gettext_lazy("Why, in English"), max_length=300, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of answer"),
        help_text=gettext_lazy(
            "A file is a picture or a PDF, read by your team alone and erased after the event. Of an agreement the "
            "words that were ticked are kept."
        ),
    )
    is_required = forms.BooleanField(label=gettext_lazy("An answer is wanted"), required=False)
    is_asked = forms.BooleanField(
        label=gettext_lazy("The form asks it"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Unticked: asked no longer; answers given stay."),
    )
    is_sector = forms.BooleanField(
        label=gettext_lazy("It asks the person's sector"),
        required=False,
        help_text=gettext_lazy(
            "Figures and the report count people by its answer. One choice, one such question."
        ),
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Asked of these categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: of everybody."),
    )
    only_if = forms.ChoiceField(
        label=gettext_lazy("Only of those who answered"),
        required=False,
        help_text=gettext_lazy("It then appears once they have chosen that answer."),
    )
    order = forms.IntegerField(
        label=gettext_lazy("Place in the form"), min_value=0, max_value=999, required=False
    )

    def __init__(self, *args: Any, kinds: Any, categories: Choices, earlier: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["categories"].choices = categories  # type: ignore[attr-defined]
        self.fields["only_if"].choices = [("", _("Asked of everybody")), *earlier]  # type: ignore[attr-defined]
        if not categories:
            del self.fields["categories"]
        if not earlier:
            del self.fields["only_if"]

    def clean_label(self) -> str:
        return one_line(self.cleaned_data["label"])


class ChoiceLineForm(forms.Form):
    """One answer to choose; a line left empty is none."""

    uid = forms.UUIDField(required=False, widget=forms.HiddenInput)
    label = forms.CharField(label=gettext_lazy("Answer"), max_length=200, required=False)
    label_en = forms.CharField(label=gettext_lazy("In English"), max_length=200, required=False)
    places = forms.IntegerField(
        label=gettext_lazy("Places (empty: no limit)"), min_value=1, max_value=100_000, required=False
    )


ChoiceLines = forms.formset_factory(ChoiceLineForm, extra=4, max_num=60, absolute_max=60)
