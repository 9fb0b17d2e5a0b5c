"""What the committee of a conference fills in: the call, its reviewers, a verdict, a prize."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from cms.contacts.validators import normalise_email
from events.forms.abstracts import LineField


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class CallForm(forms.Form):
    """When abstracts are taken, what is asked, how they are judged."""

    opens_at = forms.DateTimeField(label=gettext_lazy("Opens"), widget=AdminDateTimeInput)
    closes_at = forms.DateTimeField(label=gettext_lazy("Closes"), widget=AdminDateTimeInput)
    reviews_until = forms.DateField(
        label=gettext_lazy("Reviews are due on"), required=False, widget=AdminDateInput
    )
    revise_until = forms.DateField(
        label=gettext_lazy("Revised abstracts are due on"), required=False, widget=AdminDateInput
    )
    themes = forms.CharField(
        label=gettext_lazy("Themes"),
        required=False,
        max_length=2000,
        widget=_area(5),
        help_text=gettext_lazy(
            "One to a line. Authors choose one; the book of abstracts follows this order."
        ),
    )
    most_words = forms.IntegerField(
        label=gettext_lazy("Words of an abstract at most"), min_value=50, max_value=2000, initial=300
    )
    wanted = forms.IntegerField(
        label=gettext_lazy("Reviews of each abstract"), min_value=1, max_value=5, initial=2
    )
    blind = forms.BooleanField(
        label=gettext_lazy("Reviewers do not see who wrote"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Neither names nor files are shown to them, since files often name their authors."
        ),
    )
    words_fr = forms.CharField(
        label=gettext_lazy("Text of the call in French"), required=False, max_length=3000, widget=_area(6)
    )
    words_en = forms.CharField(
        label=gettext_lazy("Text of the call in English"), required=False, max_length=3000, widget=_area(6)
    )
    prizes = forms.CharField(
        label=gettext_lazy("Prizes"),
        required=False,
        max_length=1000,
        widget=_area(3),
        help_text=gettext_lazy("One to a line; given to abstracts whose speaker came."),
    )
    book_public = forms.BooleanField(
        label=gettext_lazy("The book of abstracts is public"),
        required=False,
        help_text=gettext_lazy(
            "The event's page then leads to it. Only abstracts whose speaker comes are in it."
        ),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        opens, closes = said.get("opens_at"), said.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The call closes after it opens."))
        if closes:
            for name in ("reviews_until", "revise_until"):
                if said.get(name) and said[name] < closes.date():
                    self.add_error(name, _("This is after the call closes."))
        return said


class ReviewerForm(forms.Form):
    """Somebody who is to judge."""

    name = LineField(label=gettext_lazy("First name and name"), max_length=200)
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, widget=forms.EmailInput)
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Themes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None ticked: all of them."),
    )

    def __init__(self, *args: Any, themes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if themes:
            self.fields["themes"].choices = [(one, one) for one in themes]  # type: ignore[attr-defined]
        else:
            del self.fields["themes"]

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])


class DecisionForm(forms.Form):
    """One verdict for the abstracts ticked in the list: each as "key:version", as it was seen."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Verdict"),
        choices=[
            ("accept", gettext_lazy("Accept")),
            ("revise", gettext_lazy("Ask to revise")),
            ("reject", gettext_lazy("Do not keep")),
        ],
    )
    note = forms.CharField(
        label=gettext_lazy("Word to the authors"),
        required=False,
        max_length=2000,
        widget=_area(3),
        help_text=gettext_lazy("Stands in each mail, before what the reviewers wrote to the authors."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.chosen: dict[int, int] = {}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        picked = self.data.getlist("paper") if hasattr(self.data, "getlist") else []
        for one in picked[:500]:
            pk, _colon, version = str(one).partition(":")
            if pk.isdecimal() and version.isdecimal() and len(one) < 30:
                self.chosen[int(pk)] = int(version)
        if not self.chosen:
            raise ValidationError(_("Tick at least one abstract."))
        return said


class PrizeForm(forms.Form):
    """How an abstract is given, and the prize it gets."""

    form = forms.ChoiceField(label=gettext_lazy("Given as"))
    prize = forms.ChoiceField(label=gettext_lazy("Prize"), required=False)

    def __init__(self, *args: Any, forms_of: list[Any], prizes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form"].choices = forms_of  # type: ignore[attr-defined]
        self.fields["prize"].choices = [("", _("None")), *((one, one) for one in prizes)]  # type: ignore[attr-defined]
