"""What was changed in a kit, as the team says it to readers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.core import formats


class KitNotesForm(forms.Form):
    """What was changed in a kit, in words that visitors read: a sentence for each language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[f"note_{code}"] = forms.CharField(
                label=format_lazy(_("What was changed – {language}"), language=name),
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=1000,
                required=False,
            )
        first = self.fields[f"note_{settings.LANGUAGE_CODE}"]
        first.help_text = _(
            "This sentence stands above the kit, with today's date, in the reader's language."
        )

    @property
    def notes(self) -> dict[str, str]:
        """The sentences by language, as far as there are any."""
        found = {code: self.cleaned_data.get(f"note_{code}", "") for code, _name in settings.LANGUAGES}
        return {code: words for code, words in found.items() if words}


class _LeftFiles(forms.ModelMultipleChoiceField):
    """Files that left a kit, each with when."""

    def label_from_instance(self, obj: Any) -> str:
        return gettext("%(title)s, until %(at)s") % {"title": obj.title, "at": formats.long_date(obj.until)}


class CorrectKitForm(KitNotesForm):
    """As KitNotesForm, and which files were wrong. `initial` names them: `left`, the rows to choose from."""

    wrong = _LeftFiles(
        label=_("Files that were wrong"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Replaced, removed or withdrawn since. Only those who received the kit with a ticked one are told; "
            "with none ticked (the fault is elsewhere), all who received it until now."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left = self.initial.pop("left")
        if left.exists():
            self.fields["wrong"].queryset = left  # type: ignore[attr-defined]
            self.initial["wrong"] = left
        else:
            del self.fields["wrong"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.notes:
            raise forms.ValidationError(_("Say what was changed, in one language at least."))
        return {"notes": self.notes, "files": list(data.get("wrong") or ())}
