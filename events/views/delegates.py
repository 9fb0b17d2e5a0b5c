"""One person of a delegation, for the protocol: journey and stay, who pays, the letter for the visa."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock
from cms.mailing.documents import PaperUnavailable
from events import actions, queries, tasks
from events.documents.visas import visa_letter
from events.forms import CareForm, VisaLetterForm
from events.models import Event, Payer, Registration
from events.views.delegations import KEEP, PASSPORT, VIEW, ask, delegation_of, event_for
from events.views.heads import NAMED, journey_form

if TYPE_CHECKING:
    from django.http import HttpRequest


def delegate(request: HttpRequest, pk: int, uid: Any, member: Any, what: str) -> HttpResponse:
    """One person of a delegation: journey, care, visa letter, taking out."""
    event = event_for(request, pk, VIEW, KEEP)
    found = delegation_of(event, uid)
    one = get_object_or_404(queries.members_of(found), uid=member)
    one.delegation = found
    back = reverse("events_delegation", args=[pk, uid])
    return _do(request, event, one, {**STAY, "remove": _remove}.get(what), back)


def stay(request: HttpRequest, pk: int, member: Any, what: str) -> HttpResponse:
    """The same of somebody who comes without a delegation, a speaker from abroad: journey, care, visa letter."""
    event = event_for(request, pk, VIEW, KEEP)
    people = Registration.objects.active().select_related("occurrence__event", "contact")
    one = get_object_or_404(people, occurrence__event=event, delegation=None, uid=member)
    return _do(request, event, one, STAY.get(what), reverse("events_folder", args=[pk, member]))


def _do(request: HttpRequest, event: Event, one: Registration, view: Any, back: str) -> HttpResponse:
    if view is None:
        raise Http404
    try:
        return view(request, event, one, back)
    except actions.NotTaken:
        messages.error(request, _("This cannot be done any more: nothing was changed."))
        return HttpResponseRedirect(back)


def _journey(request: HttpRequest, event: Event, one: Registration, back: str) -> HttpResponse:
    form = journey_form(request, one)
    if not request.user.has_perm(PASSPORT):
        for name in form.PASSPORT:
            del form.fields[name]
    if request.method == "POST" and form.is_valid():
        actions.change_delegate(
            member=one, journey=form.journey(), passport=form.passport(), user=request.user, now=clock.now()
        )
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(back)
    return ask(request, event, form, label=_("Journey and stay"), back=back, subject=one.name)


def _care(request: HttpRequest, event: Event, one: Registration, back: str) -> HttpResponse:
    known = getattr(one, "delegate", None)
    initial = {name: getattr(known, name) for name in actions.CARE} if known is not None else {}
    form = CareForm(request.POST or None, payers=Payer.choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        actions.set_care(member=one, care=form.cleaned_data, user=request.user, now=clock.now())
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(back)
    return ask(request, event, form, label=_("Who pays for what"), back=back, subject=one.name)


def _visa(request: HttpRequest, event: Event, one: Registration, back: str) -> HttpResponse:
    """The letter as PDF; it holds a passport, and is made for who may read passports."""
    if not request.user.has_perm(PASSPORT):
        raise PermissionDenied
    known = getattr(one, "delegate", None)
    passport = getattr(known, "passport", None)
    if known is None or passport is None:
        messages.error(request, _("Write the passport into “Journey and stay” first."))
        return HttpResponseRedirect(back)
    form = VisaLetterForm(request.POST or None, initial={"reference": known.visa_reference})
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        try:
            title, _url = queries.title_of(one.occurrence.event, language="fr")
            content = visa_letter(one, passport=passport, title=title, said=form.cleaned_data, now=now)
        except PaperUnavailable as error:
            form.add_error(None, _("This machine makes no PDF: %(what)s is missing.") % {"what": error})
        else:
            actions.write_visa_letter(
                member=one, reference=form.cleaned_data["reference"], user=request.user, now=now
            )
            response = HttpResponse(content, content_type="application/pdf")
            response.headers["Content-Disposition"] = f'attachment; filename="visa-{one.pk}.pdf"'
            response.headers["Cache-Control"] = "private, no-store"
            return response
    return ask(
        request,
        event,
        form,
        label=_("Print the visa letter"),
        back=back,
        subject=one.name,
        explanation=_(
            "A letter to the consulate, with the passport, the dates and who pays. It is kept nowhere."
        ),
    )


def _remove(request: HttpRequest, event: Event, one: Registration, back: str) -> HttpResponse:
    form = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.remove_member(member=one, user=request.user, now=clock.now())
        tasks.ring(*NAMED)
        messages.success(request, _("Done."))
        return HttpResponseRedirect(back)
    return ask(
        request,
        event,
        form,
        label=_("Take out of the delegation"),
        back=back,
        subject=one.name,
        explanation=_("Their ticket stops counting and they are told."),
        danger=True,
    )


STAY = {"journey": _journey, "care": _care, "visa": _visa}
