"""Ticket and receipts as PDF, for the desk and for the holder; and payments received at the desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from cms.core import clock, formats
from cms.mailing.documents import PaperUnavailable
from events import actions, queries
from events.documents.tickets import receipt_pdf, ticket_pdf
from events.forms import PaymentForm, VoidForm
from events.models import Means, Receipt, Registration, RegistrationState
from events.views.folder import KEEP, VIEW, registration_of

if TYPE_CHECKING:
    from django.http import HttpRequest

#: Papers that one link makes in an hour: each costs a second of work.
PAPERS_AN_HOUR = 20


def _paper(make: Callable[[], bytes], name: str) -> HttpResponse:
    try:
        body = make()
    except PaperUnavailable:
        return HttpResponse(_("No PDF can be made at present."), status=503, content_type="text/plain")
    response = HttpResponse(body, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _ticket(registration: Registration) -> HttpResponse:
    if registration.state != RegistrationState.CONFIRMED:
        raise Http404
    link = f"{settings.PUBLIC_URL}/r/{queries.key_of(registration)}"
    title = _title(registration)
    return _paper(
        lambda: ticket_pdf(registration, title=title, link=link), f"billet-{registration.uid.hex[:8]}"
    )


def _title(registration: Registration) -> str:
    return queries.title_of(registration.occurrence.event, language=registration.language)[0]


def _receipt(receipt: Receipt) -> HttpResponse:
    title = _title(receipt.registration)
    return _paper(lambda: receipt_pdf(receipt, title=title), f"recu-{receipt.label}")


# The holder --------------------------------------------------------------------------------------------------
def _holder(token: str) -> Registration:
    """The registration of a link. Raises Http404 alike for wrong, altered and revoked links."""
    registration = queries.by_token(token)
    if registration is None:
        raise Http404
    return registration


def _counted(registration: Registration, answer: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        actions.note_try(kind="paper", value=registration.uid.hex, limit=PAPERS_AN_HOUR, now=clock.now())
    except actions.TooManyTries:
        return HttpResponse(_("Try again in an hour."), status=429, content_type="text/plain")
    return answer()


@require_safe
def personal_ticket(request: HttpRequest, token: str) -> HttpResponse:
    """`/r/<token>/ticket.pdf`: the ticket of who has a seat."""
    registration = _holder(token)
    return _counted(registration, lambda: _ticket(registration))


@require_safe
def personal_receipt(request: HttpRequest, token: str, uid: Any) -> HttpResponse:
    """`/r/<token>/receipt-<uid>.pdf`: a receipt of this very person."""
    registration = _holder(token)
    receipt = get_object_or_404(Receipt, uid=uid, registration=registration)
    return _counted(registration, lambda: _receipt(receipt))


# The desk ----------------------------------------------------------------------------------------------------
@require_safe
def ticket(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """The ticket of somebody, to print for who has neither telephone nor printer."""
    return _ticket(registration_of(request, pk, uid, KEEP))


@require_safe
def receipt(request: HttpRequest, pk: int, uid: Any, receipt: Any) -> HttpResponse:
    """A receipt of somebody, to print, sign and hand over."""
    registration = registration_of(request, pk, uid, VIEW)
    return _receipt(get_object_or_404(Receipt, uid=receipt, registration=registration))


def pay(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Write down a payment received; the receipt is printed from the person's screen."""
    registration = registration_of(request, pk, uid, KEEP)
    due, now = queries.due_of(registration), clock.now()
    initial = {"amount_xof": due, "payer": registration.name, "paid_date": formats.local(now).date()}
    form = PaymentForm(request.POST or None, means=Means.choices, initial=initial)
    back = reverse("events_folder", args=[pk, uid])
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.take_payment(registration=registration, user=request.user, now=now, **said)
        except ValidationError as error:
            form.add_error("amount_xof", error)
        except actions.NotTaken:
            form.add_error(None, _("This registration cannot be changed any more."))
        else:
            messages.success(request, _("Receipt %s is written: print it, sign it, hand it over.") % made)
            return HttpResponseRedirect(back)
    label = _("Write down a payment")
    explanation = _("%(due)s are due for %(name)s.") % {"due": formats.fcfa(due), "name": registration.name}
    return _asks(request, registration, form, label=label, explanation=explanation)


def void(request: HttpRequest, pk: int, uid: Any, receipt: Any) -> HttpResponse:
    """Say that a receipt was wrong."""
    registration = registration_of(request, pk, uid, KEEP)
    row = get_object_or_404(Receipt, uid=receipt, registration=registration, voided_at=None)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.void_receipt(receipt=row, reason=reason, user=request.user, now=clock.now())
        messages.success(request, _("Receipt %s is void; its number stays taken.") % row)
        return HttpResponseRedirect(reverse("events_folder", args=[pk, uid]))
    return _asks(request, registration, form, label=_("Void the receipt"), explanation=str(row), danger=True)


def _asks(
    request: HttpRequest, registration: Registration, form: Any, *, label: str, **button: Any
) -> HttpResponse:
    event = registration.occurrence.event
    context = {
        "button": {"label": label, **button},
        "event": event,
        "form": form,
        "back": reverse("events_folder", args=[event.pk, registration.uid]),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)
