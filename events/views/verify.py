"""Checking a certificate, for anybody who holds its code; and the holder's own copy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.core import clock
from cms.core.client import client_network
from cms.mailing.documents import PaperUnavailable
from events import actions
from events.documents.certificates import certificates_pdf, paper_of
from events.forms.papers import CodeForm
from events.queries import by_token
from events.queries.papers import certificate_by_code, certificate_by_token, certificates_held
from events.views.programme import pdf_response
from events.views.tickets import PAPERS_AN_HOUR

if TYPE_CHECKING:
    from django.http import HttpRequest

    from events.models import Certificate

TRIES = 30  # an hour, from one network: a careful person types a few


def _unstored(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """`/verify/`: a field for the code; POST leads to the certificate. Tries are limited by network."""
    form = CodeForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "noindex": True}
    if request.method == "POST" and form.is_valid():
        try:
            actions.note_try(kind="verify", value=client_network(request), limit=TRIES, now=clock.now())
        except actions.TooManyTries:
            form.add_error(None, _("Too many tries. Please come back in an hour."))
            return _answer(request, context, status=429)
        found = certificate_by_code(form.cleaned_data["code"])
        if found is not None:
            return _unstored(HttpResponseRedirect(f"/verify/{found.code}/", status=303))
        form.add_error("code", _("No certificate has this code. Please read it again, letter by letter."))
    return _answer(request, context, status=422 if form.errors else 200)


def _answer(request: HttpRequest, context: dict[str, Any], status: int) -> HttpResponse:
    response = TemplateResponse(request, "events/certificates/ask.html", context, status=status)
    return _unstored(response.render())


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """`/verify/<code>/`: to whom, for what, when, signed by whom, and whether it still holds; 404 for no code."""
    found = certificate_by_code(code)
    if found is None:
        raise Http404
    with translation.override(found.language):
        context = {"certificate": found, "paper": paper_of(found), "noindex": True}
        return _unstored(TemplateResponse(request, "events/certificates/verify.html", context).render())


@require_safe
def personal_certificate(request: HttpRequest, token: str, uid: Any) -> HttpResponse:
    """`/r/<token>/certificate/<uid>.pdf`: a certificate that holds, for the holder of the link."""
    registration = by_token(token)
    found = certificates_held(registration).filter(uid=uid).first() if registration is not None else None
    if registration is None or found is None:
        raise Http404
    return _copy(found, asked_by=registration.uid.hex)


@require_safe
def own_certificate(request: HttpRequest, token: str) -> HttpResponse:
    """`/verify/<token>/certificate.pdf`: a certificate that holds, for who was sent the link: speakers need no seat."""
    found = certificate_by_token(token)
    if found is None:
        raise Http404
    return _copy(found, asked_by=found.uid.hex)


def _copy(found: Certificate, *, asked_by: str) -> HttpResponse:
    try:
        actions.note_try(kind="paper", value=asked_by, limit=PAPERS_AN_HOUR, now=clock.now())
        data = certificates_pdf([paper_of(found)])
    except PaperUnavailable:
        return _unstored(HttpResponse(status=503))
    except actions.TooManyTries:
        words = _("Try again in an hour.")
        return _unstored(HttpResponse(words, status=429, content_type="text/plain; charset=utf-8"))
    return pdf_response(data, "certificat.pdf", private=True)
