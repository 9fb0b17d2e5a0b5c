"""Asking for an accreditation on the site, and asking for a sign-in link: subpaths of the press room.

Known and unknown people get the same answer. GET changes nothing; a robot that fills in the trap is thanked too.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.contacts.forms import AddressFormField, PhoneFormField
from cms.contacts.models import MediaKind
from cms.core.actions import TooManyTries, note_try
from cms.core.client import client_network
from cms.core.evenly import evenly
from cms.core.registry import accepts
from cms.mailing.tasks import ring_on_commit
from press import actions
from press.actions.accreditation import CARD_KINDS

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context
    from press.models import PressRoomPage

#: A newsroom's people share one address of the network.
PER_NETWORK, WITHIN = 10, timedelta(hours=1)
CARD_BYTES = 5_000_000


class AccreditationForm(forms.Form):
    """Who asks, for which media, how to answer them. `website` is a trap: people never see it."""

    use_required_attribute = False

    name = forms.CharField(
        label=gettext_lazy("Your first name and name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Write your name, as on your press card.")},
    )
    email = AddressFormField(
        label=gettext_lazy("Your e-mail"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("We write to it once, to ask whether it is yours."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    phone = PhoneFormField(
        label=gettext_lazy("Your telephone"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("Without an e-mail, the press office calls you on it."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel", "inputmode": "tel"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("You work for"), choices=MediaKind.choices, widget=forms.RadioSelect
    )
    outlet = forms.CharField(label=gettext_lazy("Name of the media"), max_length=200, required=False)
    programme = forms.CharField(label=gettext_lazy("Programme or section"), max_length=200, required=False)
    languages = forms.CharField(label=gettext_lazy("Languages you work in"), max_length=100, required=False)
    press_card = forms.CharField(
        label=gettext_lazy("Number of your press card"), max_length=50, required=False
    )
    card = forms.FileField(
        label=gettext_lazy("A picture or PDF of your press card"),
        required=False,
        help_text=gettext_lazy(
            "5 MB at most. Only the press office sees it; it is erased a month after the decision."
        ),
        widget=forms.FileInput(attrs={"accept": ".jpg,.jpeg,.png,.webp,.pdf"}),
    )
    message = forms.CharField(
        label=gettext_lazy("What you wish to cover"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    website = forms.CharField(required=False, label=gettext_lazy("Leave this empty"))

    @property
    def is_trapped(self) -> bool:
        """Whether a robot filled in what people do not see."""
        return bool(self.data.get("website"))

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean_card(self) -> Any:
        """Small, and of a kind that a card comes in; its bytes are examined by the action."""
        card = self.cleaned_data.get("card")
        if card is None:
            return None
        if card.size > CARD_BYTES:
            raise ValidationError(_("This file is over 5 MB. Send a smaller one, or none."))
        if os.path.splitext(card.name)[1].lower().lstrip(".") not in CARD_KINDS:
            raise ValidationError(_("Send a picture (JPEG, PNG, WebP) or a PDF."))
        return card

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not said.get("email") and not said.get("phone") and not (set(self.errors) & {"email", "phone"}):
            self.add_error("email", _("Give an e-mail or a telephone: it is how you will be answered."))
        return said


class SignInForm(forms.Form):
    """The address of a journalist who wishes to come in."""

    use_required_attribute = False

    email = AddressFormField(
        label=gettext_lazy("Your e-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": gettext_lazy("Give your e-mail.")},
    )


def _shown(
    request: HttpRequest, page: Any, ctx: Context, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    response = TemplateResponse(
        request,
        template,
        {"page": page, "ctx": ctx, "noindex": True, "seed": "press", **context},
        status=status,
    )
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _noted(request: HttpRequest, how: str) -> HttpResponse:
    """See other (RFC 9110, 15.4.4): reloading the answer asks nothing again."""
    return _private(HttpResponseRedirect(f"{request.path}?sent={how}", status=303))


def _is_too_many(request: HttpRequest, kind: str, ctx: Context) -> bool:
    try:
        note_try(kind=kind, value=client_network(request), limit=PER_NETWORK, within=WITHIN, now=ctx.now)
    except TooManyTries:
        return True
    return False


@accepts("GET", "HEAD", "POST")
def ask(request: HttpRequest, page: PressRoomPage, ctx: Context) -> HttpResponse:
    """`accreditation`: GET the form; POST writes the request down and owes the mail that confirms it."""
    template = "press/accreditation.html"
    if request.method != "POST":
        sent = request.GET.get("sent", "")
        return _shown(request, page, ctx, template, form=AccreditationForm(), sent=sent)
    form = AccreditationForm(request.POST, request.FILES)
    if form.is_trapped:
        return _noted(request, "mail")
    if not form.is_valid():
        return _shown(request, page, ctx, template, form=form, status=422)
    if _is_too_many(request, "accreditation network", ctx):
        form.add_error(None, _("Too many requests came from your network. Try again in an hour, or call us."))
        return _shown(request, page, ctx, template, form=form, status=429)
    said = {name: value for name, value in form.cleaned_data.items() if name != "website"}
    card = said.pop("card")
    try:
        _row, delivery = actions.ask_accreditation(
            **said, card=card, card_name=card.name if card else "", language=ctx.language, now=ctx.now
        )
    except ValidationError as error:
        form.add_error("card", error.messages[0])
        return _shown(request, page, ctx, template, form=form, status=422)
    if delivery is not None:
        ring_on_commit(delivery.mailing_id)
    return _noted(request, "mail" if said["email"] else "call")


@accepts("GET", "HEAD", "POST")
@evenly
def sign_in(request: HttpRequest, page: PressRoomPage, ctx: Context) -> HttpResponse:
    """`acces` (en: `access`): GET asks for an e-mail; POST owes an accredited journalist a sign-in link."""
    template = "press/ask_key.html"
    if request.method != "POST":
        return _shown(request, page, ctx, template, form=SignInForm(), sent="sent" in request.GET)
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _shown(request, page, ctx, template, form=form, status=422)
    if _is_too_many(request, "press key network", ctx):
        form.add_error(None, _("Too many requests came from your network. Try again in an hour, or call us."))
        return _shown(request, page, ctx, template, form=form, status=429)
    delivery = actions.ask_key(email=form.cleaned_data["email"], now=ctx.now)
    if delivery is not None:
        ring_on_commit(delivery.mailing_id)
    return _noted(request, "1")
