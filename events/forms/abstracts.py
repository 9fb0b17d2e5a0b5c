"""Abstracts: what authors fill in, what reviewers and the committee answer."""

from __future__ import annotations

import os
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.contacts.validators import normalise_email

MOST_AUTHORS, FIRST_ROWS, MORE_ROWS = 12, 3, 3
FILE_BYTES = 10_000_000
FILE_KINDS = {"pdf", "docx", "odt"}
LANGUAGES = {"fr": gettext_lazy("in French"), "en": gettext_lazy("in English")}


def one_line(value: str) -> str:
    """Words as one line of inert text. Raises ValidationError for control characters."""
    if any(ord(char) < 32 or ord(char) == 127 for char in value):
        raise ValidationError(_("Write this on one line."))
    return " ".join(value.split())


class LineField(forms.CharField):
    """One line of text."""

    def clean(self, value: Any) -> str:
        return one_line(super().clean(value))


class PaperEntry(forms.Form):
    """An abstract and its authors. `website` is a trap: people never see it, robots fill it in.

    `call` gives themes, forms and the number of words; `rows` how many authors there is room for. Words in one of
    the two languages are enough; both are welcome. `asks_who`: whether the sender's own name and address are asked.
    """

    use_required_attribute = False

    title_fr = LineField(label=gettext_lazy("Title in French"), max_length=300, required=False)
    abstract_fr = forms.CharField(
        label=gettext_lazy("Abstract in French"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    title_en = LineField(label=gettext_lazy("Title in English"), max_length=300, required=False)
    abstract_en = forms.CharField(
        label=gettext_lazy("Abstract in English"), required=False, widget=forms.Textarea(attrs={"rows": 8})
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"), error_messages={"required": gettext_lazy("Choose a theme.")}
    )
    form = forms.ChoiceField(label=gettext_lazy("How you wish to give it"))
    file = forms.FileField(
        label=gettext_lazy("A file with figures or the whole text"),
        required=False,
        help_text=gettext_lazy("PDF, Word or OpenDocument, 10 MB at most. Only the committee reads it."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.odt"}),
    )
    name = LineField(
        label=gettext_lazy("Your first name and name"),
        max_length=200,
        help_text=gettext_lazy("The person we write to."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.CharField(
        label=gettext_lazy("Your e-mail"),
        max_length=254,
        help_text=gettext_lazy(
            "We write to it once, to ask whether it is yours; then with the committee's answer."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    website = forms.CharField(required=False, label=gettext_lazy("Leave this empty"))
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        themes: list[str],
        offered: list[tuple[str, Any]],
        most_words: int,
        rows: int = FIRST_ROWS,
        asks_who: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rows = max(1, min(rows, MOST_AUTHORS))
        self.most_words = most_words
        self.initial.setdefault("key", uuid.uuid4())
        self.fields["form"].choices = offered  # type: ignore[attr-defined]
        if themes:
            self.fields["theme"].choices = [("", _("Choose…")), *((one, one) for one in themes)]  # type: ignore[attr-defined]
        else:
            del self.fields["theme"]
        if not asks_who:
            for name in ("name", "email", "website", "key"):
                del self.fields[name]
        for name in ("abstract_fr", "abstract_en"):
            self.fields[name].help_text = _("%(n)s words at most.") % {"n": most_words}
        self._add_authors()

    def _add_authors(self) -> None:
        for place in range(self.rows):
            self.fields[f"author{place}_name"] = LineField(
                label=_("Author %(n)s: first name and name") % {"n": place + 1},
                max_length=200,
                required=place == 0,
                error_messages={"required": _("Name at least one author.")},
            )
            self.fields[f"author{place}_organisation"] = LineField(
                label=_("Organisation"), max_length=200, required=False
            )
            self.fields[f"author{place}_email"] = forms.CharField(
                label=_("E-mail"),
                max_length=254,
                required=False,
                widget=forms.EmailInput(attrs={"inputmode": "email"}),
            )
        self.fields["presents"] = forms.ChoiceField(
            label=_("Who presents it"),
            choices=[(str(place), _("Author %(n)s") % {"n": place + 1}) for place in range(self.rows)],
            widget=forms.RadioSelect,
            initial="0",
        )

    @property
    def is_trapped(self) -> bool:
        """Whether a robot filled in what nobody sees."""
        return bool(self.data.get("website"))

    @property
    def author_rows(self) -> list[list[Any]]:
        """The authors' fields, three to a row."""
        return [
            [self[f"author{place}_{what}"] for what in ("name", "organisation", "email")]
            for place in range(self.rows)
        ]

    @property
    def word_fields(self) -> list[Any]:
        names = ("title_fr", "abstract_fr", "title_en", "abstract_en", "theme", "form", "file")
        return [self[name] for name in names if name in self.fields]

    @property
    def who_fields(self) -> list[Any]:
        return [self[name] for name in ("name", "email") if name in self.fields]

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])

    def clean_file(self) -> Any:
        """Small, and of a kind that papers come in; its bytes are examined by the action."""
        file = self.cleaned_data.get("file")
        if not file:
            return None
        if file.size > FILE_BYTES:
            raise ValidationError(_("This file is over 10 MB. Send a smaller one, or none."))
        if os.path.splitext(file.name)[1].lower().lstrip(".") not in FILE_KINDS:
            raise ValidationError(_("Send a PDF, a Word or an OpenDocument text."))
        return file

    def _clean_language(self, language: str) -> bool:
        """Judge the words in one language; whether there are any."""
        title, abstract = (self.cleaned_data.get(f"{part}_{language}", "") for part in ("title", "abstract"))
        if bool(title) != bool(abstract) and not (
            set(self.errors) & {f"title_{language}", f"abstract_{language}"}
        ):
            missing = "abstract" if title else "title"
            self.add_error(f"{missing}_{language}", _("Write both title and abstract, or neither."))
        if len(abstract.split()) > self.most_words:
            self.add_error(
                f"abstract_{language}",
                _("%(n)s words: shorten it to %(most)s.")
                % {"n": len(abstract.split()), "most": self.most_words},
            )
        return bool(title or abstract)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        given = [self._clean_language(language) for language in LANGUAGES]
        if not any(given) and not (set(self.errors) & {"title_fr", "abstract_fr"}):
            self.add_error("title_fr", _("Write title and abstract, in French or in English."))
        for place in range(self.rows):
            self._clean_author(said, place)
        presents = int(said.get("presents") or 0)
        if not said.get(f"author{presents}_name") and not self.errors.get(f"author{presents}_name"):
            self.add_error("presents", _("Choose an author whom you have named."))
        return said

    def _clean_author(self, said: dict[str, Any], place: int) -> None:
        email = said.get(f"author{place}_email")
        if email:
            try:
                said[f"author{place}_email"] = normalise_email(email)
            except ValidationError as error:
                self.add_error(f"author{place}_email", error)
        others = said.get(f"author{place}_organisation") or email
        if others and not said.get(f"author{place}_name") and not self.errors.get(f"author{place}_name"):
            self.add_error(f"author{place}_name", _("Write this author's name."))

    def authors(self) -> tuple[list[dict[str, str]], int]:
        """The authors named, in order, and which of them presents (counted from 0)."""
        said, presents = self.cleaned_data, int(self.cleaned_data["presents"])
        named, speaker = [], 0
        for place in range(self.rows):
            if not said.get(f"author{place}_name"):
                continue
            if place == presents:
                speaker = len(named)
            named.append(
                {what: said.get(f"author{place}_{what}") or "" for what in ("name", "organisation", "email")}
            )
        return named, speaker


class ReviewForm(forms.Form):
    """A reviewer's verdict."""

    use_required_attribute = False

    verdict = forms.ChoiceField(
        label=gettext_lazy("Your verdict"),
        widget=forms.RadioSelect,
        choices=[
            ("accept", gettext_lazy("Accept it")),
            ("revise", gettext_lazy("Ask the authors to revise it")),
            ("reject", gettext_lazy("Do not keep it")),
        ],
        error_messages={"required": gettext_lazy("Choose a verdict.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Word to the authors"),
        help_text=gettext_lazy("They read it without your name, when the committee decides."),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    private_note = forms.CharField(
        label=gettext_lazy("Word to the committee alone"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("verdict") == "revise" and not said.get("note"):
            self.add_error("note", _("Tell the authors what to revise."))
        return said


class ConflictForm(forms.Form):
    """Why a reviewer may not judge."""

    use_required_attribute = False

    conflict = LineField(
        label=gettext_lazy("Why you may not judge it"),
        max_length=300,
        help_text=gettext_lazy("For the committee only: same team, family, rivalry…"),
        error_messages={"required": gettext_lazy("Say why in a few words.")},
    )
