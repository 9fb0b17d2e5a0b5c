"""Who is shown in an item, and whether they agree: one page per item, one per person."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.auth import require_admin_access
from wagtail.admin.widgets import AdminDateInput

from cms.contacts.validators import name_key
from cms.core import clock
from media_library import actions, queries
from media_library.models import Asset, Basis, Consent, Person
from media_library.views.rights import edit_address

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

NOTE = "media_library.change_consent"


class ConsentForm(forms.Form):
    """A person known already or a new name, and the ground on which that person may be shown."""

    person = forms.ModelChoiceField(
        label=gettext_lazy("Person known already"), queryset=Person.objects.all(), required=False
    )
    name = forms.CharField(label=gettext_lazy("Or a new name"), max_length=160, required=False)
    function = forms.CharField(label=gettext_lazy("Function"), max_length=200, required=False)
    basis = forms.ChoiceField(label=gettext_lazy("Consent"), choices=Basis.choices)
    ends_at = forms.DateField(label=gettext_lazy("Consent ends on"), required=False, widget=AdminDateInput)
    note = forms.CharField(
        label=gettext_lazy("Where the proof is kept"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For instance: signed form, folder “Images 2026”."),
    )

    def clean_ends_at(self) -> datetime | None:
        """The day itself is no longer covered."""
        day = self.cleaned_data["ends_at"]
        end = timezone.make_aware(datetime.combine(day, time.min)) if day else None
        if end is not None and end <= clock.now():
            raise forms.ValidationError(_("This day is past."))
        return end

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("person") and not data.get("name", "").strip():
            self.add_error("name", _("Choose a person, or write a name."))
        return data


def _may(request: HttpRequest) -> None:
    if not request.user.has_perm(NOTE):
        raise PermissionDenied


def _to(asset: Asset) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("media_library_persons", args=[asset.uid.hex]))


@require_admin_access
@require_http_methods(["GET", "HEAD", "POST"])
def of_asset(request: HttpRequest, uid: str) -> HttpResponse:
    """The persons shown in one item; POST notes one more, or notes anew what one said."""
    _may(request)
    asset = get_object_or_404(Asset.objects.select_related("image", "document", "media"), uid=UUID(uid))
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        actions.note_person(
            asset=asset,
            person=said["person"],
            name=said["name"],
            function=said["function"],
            basis=said["basis"],
            ends_at=said["ends_at"],
            note=said["note"],
            user=request.user,
            now=clock.now(),
        )
        messages.success(request, _("Noted."))
        return _to(asset)
    consents = asset.consents.select_related("person", "noted_by", "withdrawn_by")
    shown = {
        "asset": asset,
        "consents": consents,
        "form": form,
        "now": clock.now(),
        "back": edit_address(asset),
    }
    return render(request, "media_library/admin/persons.html", shown)


@require_admin_access
@require_POST
def change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Withdraw one consent, or take a person out who is not shown after all."""
    _may(request)
    consent = get_object_or_404(Consent.objects.select_related("asset", "person"), pk=pk)
    if verb == "withdraw":
        actions.withdraw_consent(
            person=consent.person, assets=[consent.asset], user=request.user, now=clock.now()
        )
        messages.success(request, _("The consent is withdrawn: nobody outside has this item any more."))
    else:
        actions.remove_person(consent=consent, user=request.user, now=clock.now())
    return _to(consent.asset)


def _namesakes(person: Person) -> list[Any]:
    """The other persons shown of the same name, however it is spelt: mostly the same one under another function.

    Each with `items`, in how many items they are shown; those shown in none are left out. Two queries.
    """
    wanted = name_key(person.name)
    # Folding is Python's; there are as many names as people in the pictures.
    names = Person.objects.exclude(pk=person.pk).values_list("pk", "name")
    keys = [pk for pk, name in names if name_key(name) == wanted]
    return list(Person.objects.filter(pk__in=keys).annotate(items=Count("consents")).filter(items__gt=0))


@require_admin_access
@require_http_methods(["GET", "HEAD", "POST"])
def everywhere(request: HttpRequest, pk: int) -> HttpResponse:
    """All that a person is shown in; POST withdraws the consent for all of it at once.

    `also`: the rows under which the same person stands with another function; the form has them ticked.
    """
    _may(request)
    person = get_object_or_404(Person, pk=pk)
    namesakes = _namesakes(person)
    if request.method == "POST":
        ticked = set(request.POST.getlist("also"))
        also = [one for one in namesakes if str(one.pk) in ticked]
        closed = actions.withdraw_consent(person=person, also=also, user=request.user, now=clock.now())
        messages.success(
            request,
            _("The consent of %(name)s is withdrawn: %(number)d items are closed.")
            % {"name": person.name, "number": closed},
        )
        return HttpResponseRedirect(reverse("media_library_person", args=[person.pk]))
    consents = person.consents.select_related("asset").order_by("asset__title")
    shown = {
        "person": person,
        "namesakes": namesakes,
        "rows": [
            (one, queries.state(one.asset, now=clock.now()))
            for one in consents.prefetch_related("asset__holds")
        ],
    }
    return render(request, "media_library/admin/person.html", shown)
