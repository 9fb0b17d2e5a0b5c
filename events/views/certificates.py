"""Certificates: their words, giving and revoking them, and the page where anybody checks one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from cms.core import clock
from cms.core.ring import ring
from cms.mailing.documents import PaperUnavailable, lacking
from cms.pages.queries import page_of
from events import tasks
from events.actions import certificates as actions
from events.actions import printing
from events.actions.errors import NotTaken
from events.documents.certificates import Paper, certificates_pdf, issued_on, paper_of
from events.forms import ReasonForm
from events.forms.papers import CertificateForm
from events.models import Certificate, CertificateTemplate, Event
from events.models.certificates import CertificateRole
from events.queries.papers import (
    PARTS,
    certificate_templates,
    certificates_of,
    event_words,
    to_certify,
)
from events.validators.papers import FIELDS
from events.views.programme import pdf_response

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest

SEE, ISSUE, REVOKE = "events.view_certificate", "events.issue_certificate", "events.revoke_certificate"
LANGUAGES = ("fr", "en")
#: How many are given at once at most.
MOST = 600
WORDS = {
    (CertificateRole.ATTENDEE, "fr"): (
        "Attestation de participation",
        "a pris part à [[evenement]], [[dates]], à [[lieu]].",
    ),
    (CertificateRole.ATTENDEE, "en"): (
        "Certificate of attendance",
        "took part in [[evenement]], [[dates]], in [[lieu]].",
    ),
    (CertificateRole.SPEAKER, "fr"): (
        "Attestation de communication",
        "a présenté « [[sujet]] » lors de [[evenement]], [[dates]], à [[lieu]].",
    ),
    (CertificateRole.SPEAKER, "en"): (
        "Certificate of presentation",
        "presented “[[sujet]]” at [[evenement]], [[dates]], in [[lieu]].",
    ),
    (CertificateRole.CHAIR, "fr"): (
        "Attestation de présidence de séance",
        "a présidé « [[sujet]] » lors de [[evenement]], [[dates]], à [[lieu]].",
    ),
    (CertificateRole.CHAIR, "en"): (
        "Certificate of chairing",
        "chaired “[[sujet]]” at [[evenement]], [[dates]], in [[lieu]].",
    ),
    (CertificateRole.TRAINEE, "fr"): (
        "Certificat de formation",
        "a suivi [[evenement]], [[dates]], à [[lieu]].",
    ),
    (CertificateRole.TRAINEE, "en"): (
        "Certificate of training",
        "was trained at [[evenement]], [[dates]], in [[lieu]].",
    ),
}
NAMES = tuple(CertificateForm.base_fields)


def _event(request: HttpRequest, pk: int, permission: str) -> Event:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _back(event: Event) -> str:
    return reverse("events_certificates", args=[event.pk])


def _role(code: str) -> CertificateRole:
    try:
        return CertificateRole(code)
    except ValueError:
        raise Http404 from None


def certificates(request: HttpRequest, pk: int) -> HttpResponse:
    """What was given, to whom it may be given, and which words are written."""
    event = _event(request, pk, SEE)
    role, search = request.GET.get("role", ""), request.GET.get("q", "")[:100]
    role = role if role in CertificateRole.values else ""
    models = certificate_templates(event)
    given = certificates_of(event, role=role, search=search)
    files = _files(event, role) if request.user.has_perm(ISSUE) and not search else []
    context = {
        "event": event,
        "roles": [
            {
                "code": one.value,
                "label": one.label,
                "languages": [{"code": code, "written": (one.value, code) in models} for code in LANGUAGES],
                "written": (one.value, "fr") in models,
                "waiting": to_certify(event, one.value).count(),
            }
            for one in CertificateRole
        ],
        "found": page_of(given, request.GET, size=50),
        "files": files,
        "choices": CertificateRole.choices,
        "role": role,
        "search": search,
        "may_issue": request.user.has_perm(ISSUE),
        "may_revoke": request.user.has_perm(REVOKE),
        "lacking": lacking(),
    }
    response = render(request, "events/certificates/board.html", context)
    if any(one["state"] == printing.Printing.MAKING for one in files):
        response.headers["Refresh"] = "10"
    return response


def model(request: HttpRequest, pk: int, role: str, language: str) -> HttpResponse:
    """The words of a role's certificates in a language; POST keeps them."""
    event, which = _event(request, pk, ISSUE), _role(role)
    if language not in LANGUAGES:
        raise Http404
    known = certificate_templates(event)
    found = known.get((which.value, language))
    title, body = WORDS[which, language]
    initial = {"title": title, "body": body, "place": "Bamako"}
    if found is not None:
        initial = {name: getattr(found, name) for name in NAMES}
    elif (other := known.get((which.value, "fr"))) is not None:
        shared = [name for name in NAMES if name not in ("title", "body")]
        initial |= {name: getattr(other, name) for name in shared}
    form = CertificateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            return _sample(
                request, event, CertificateTemplate(role=which, language=language, **form.cleaned_data)
            )
        actions.change_model(
            event=event,
            role=which.value,
            language=language,
            values=form.cleaned_data,
            user=request.user,
            now=clock.now(),
        )
        messages.success(request, _("The words are kept. Certificates already given keep theirs."))
        return HttpResponseRedirect(_back(event))
    context = {
        "event": event,
        "form": form,
        "title": f"{which.label} ({translation.get_language_info(language)['name_translated'].lower()})",
        "fields": FIELDS.items(),
        "back": _back(event),
    }
    return render(request, "events/certificates/model.html", context, status=422 if form.errors else 200)


def _sample(request: HttpRequest, event: Event, template: CertificateTemplate) -> HttpResponse:
    """What a certificate in these words looks like, for nobody in particular."""
    row = event.occurrences.select_related("event").first()
    with translation.override(template.language):
        values = {
            **event_words(event, row, language=template.language),
            "nom": "Awa Traoré",
            "organisation": _("University of Bamako"),
            "fonction": _("head of department"),
            "categorie": str(CertificateRole(template.role).label),
            "sujet": _("Water, from the well to the river"),
        }
    words = actions.filled(template, values)
    paper = Paper("Awa Traoré", words, template.language, issued_on(clock.now(), template.language))
    return _paper(request, event, [paper])


def _paper(request: HttpRequest, event: Event, papers: Iterable[Paper]) -> HttpResponse:
    try:
        data = certificates_pdf(papers)
    except PaperUnavailable as error:
        messages.error(request, _("This server cannot make PDFs: it lacks %(what)s.") % {"what": error})
        return HttpResponseRedirect(_back(event))
    return pdf_response(data, f"certificats-{event.pk}.pdf", private=True)


def give(request: HttpRequest, pk: int, role: str) -> HttpResponse:
    """Those who may be given a certificate for a role, each ticked; POST gives."""
    event, which = _event(request, pk, ISSUE), _role(role)
    confirmed = "all" in request.GET
    people = to_certify(event, which.value, all_confirmed=confirmed)[:MOST]
    if request.method == "POST":
        return _give(request, event, which, list(people))
    context = {
        "event": event,
        "people": people,
        "role": which,
        "title": _("Give certificates: %(role)s") % {"role": which.label},
        "of_speakers": which in PARTS,
        "confirmed": confirmed,
        "back": _back(event),
    }
    return render(request, "events/certificates/give.html", context)


def _give(request: HttpRequest, event: Event, role: CertificateRole, people: list[Any]) -> HttpResponse:
    ticked = set(request.POST.getlist("people"))
    chosen = [one for one in people if one.uid.hex in ticked]
    try:
        made = actions.issue_certificates(
            event=event,
            role=role.value,
            people=chosen,
            writes="writes" in request.POST,
            user=request.user,
            now=clock.now(),
        )
    except actions.NoModel:
        messages.error(request, _("Write the words of these certificates first."))
        return HttpResponseRedirect(reverse("events_certificate_model", args=[event.pk, role.value, "fr"]))
    tasks.ring(actions.RENDERER, actions.TO_SPEAKER)
    number = len(made)
    messages.success(
        request, _("Certificates given: %(number)s. Whoever had one keeps it.") % {"number": number}
    )
    return HttpResponseRedirect(_back(event))


def _part(event: Event, source: Any) -> tuple[str, int, list[Certificate]]:
    """The role, the number and the certificates of the file that is asked for; else 404."""
    role, number = source.get("role", ""), source.get("part", "1")
    role = role if role in CertificateRole.values else ""
    parts = printing.print_parts(event, role)
    if not number.isdecimal() or not 1 <= int(number[:4]) <= len(parts):
        raise Http404
    return role, int(number[:4]), parts[int(number[:4]) - 1]


def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificates listed that hold, as a file to print and have signed; `?part=2` is the second file of many.

    A big one was made by a worker before (`prepare`), or leads back to where that is asked.
    """
    event = _event(request, pk, ISSUE)
    role, _number, rows = _part(event, request.GET)
    try:
        data = printing.printed(rows)
    except PaperUnavailable as error:
        messages.error(request, _("This server cannot make PDFs: it lacks %(what)s.") % {"what": error})
        return HttpResponseRedirect(_back(event))
    if data is None:
        messages.warning(request, _("This file is not there any more: ask for it again."))
        return HttpResponseRedirect(f"{_back(event)}?role={role}")
    return pdf_response(data, f"certificats-{event.pk}.pdf", private=True)


@require_POST
def prepare(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker make one of the big files; the board says when it is there."""
    event = _event(request, pk, ISSUE)
    role, number, rows = _part(event, request.POST)
    if printing.ask_print(rows, now=clock.now()):
        ring("events.tasks.print_certificates", event.pk, role, number)
    return HttpResponseRedirect(f"{_back(event)}?role={role}")


def _files(event: Event, role: str) -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {"number": number, "rows": len(rows), "state": printing.printing_of(rows, now=now)}
        for number, rows in enumerate(printing.print_parts(event, role), 1)
    ]


def paper(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """One certificate of this very event."""
    event = _event(request, pk, SEE)
    return _paper(request, event, [paper_of(get_object_or_404(Certificate, event=event, uid=uid))])


def revoke(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Revoke a certificate, with a reason, after asking."""
    event = _event(request, pk, REVOKE)
    row = get_object_or_404(Certificate, event=event, uid=uid, revoked_at=None)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_certificate(
                certificate=row, reason=form.cleaned_data["reason"], user=request.user, now=clock.now()
            )
        except NotTaken as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The certificate of %(name)s is revoked.") % {"name": row.name})
        return HttpResponseRedirect(_back(event))
    context = {
        "button": {
            "label": _("Revoke the certificate"),
            "explanation": _(
                "Whoever checks its code is told that it does not hold any more. The reason stays with us."
            ),
            "danger": True,
        },
        "event": event,
        "subject": row.name,
        "form": form,
        "back": _back(event),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)
