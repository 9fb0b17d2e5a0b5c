"""All about one registration for the secretariat: answers, files, the personal link to hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.admin import messages

from cms.core import clock
from events import queries
from events.models import Answer, Registration
from events.views import asking
from events.views.changing import Changing
from events.views.people import doings_of
from media_library.storage.files import sha256_of
from media_library.views.responding import respond_file

if TYPE_CHECKING:
    from django.http import HttpRequest

VIEW, KEEP = "events.view_registration", "events.manage_registrations"


def registration_of(request: HttpRequest, pk: int, uid: Any, permission: str) -> Registration:
    """The registration of this very event (of another one: 404), for who holds the permission."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    found = Registration.objects.select_related("occurrence__event", "contact", "category", "confirmed_by")
    return get_object_or_404(found, uid=uid, occurrence__event_id=pk)


@require_safe
def folder(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """One registration: state, answers, files, what may be done, and the personal link for who keeps the list."""
    registration = registration_of(request, pk, uid, VIEW)
    keeps = request.user.has_perm(KEEP)
    context = {
        "event": registration.occurrence.event,
        "registration": registration,
        "row": registration.occurrence,
        "answers": asking.told(registration, language="fr"),
        "files": list(registration.answers.exclude(file="").select_related("question")) if keeps else [],
        "erased": registration.answers.exclude(erased_at=None).exists(),
        "doings": doings_of(registration, request.user) if keeps else [],
        "message": message_of(registration) if keeps and registration.is_active else None,
        "due": queries.due_of(registration),
        "receipts": list(queries.receipts_of(registration)),
        "may_keep": keeps,
        "travels": keeps and registration.is_active and registration.delegation_id is None,
    }
    response = render(request, "events/forms/folder.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def message_of(registration: Registration) -> dict[str, str]:
    """The personal link in a message to copy, or to open in WhatsApp or as an SMS to the person's number."""
    link = f"{settings.PUBLIC_URL}/r/{queries.key_of(registration)}"
    row = registration.occurrence
    with translation.override(registration.language):
        title, _url = queries.title_of(row.event, language=registration.language)
        text = _(
            "%(name)s, your registration for “%(title)s”, %(when)s: %(link)s This link is yours alone."
        ) % {
            "name": registration.name,
            "title": title,
            "when": row.when(registration.language),
            "link": link,
        }
    number = registration.phone.lstrip("+")
    return {
        "text": text,
        "whatsapp": f"https://wa.me/{number}?text={quote(text)}",
        "sms": f"sms:{registration.phone}?body={quote(text)}",
    }


def change(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Change name, organisation and answers of somebody who called or wrote."""
    registration = registration_of(request, pk, uid, KEEP)
    now = clock.now()
    changing = Changing(registration, user=request.user, now=now)
    back = reverse("events_folder", args=[pk, uid])
    posted = request.method == "POST"
    form = changing.form(request.POST, request.FILES) if posted else changing.form()
    status = 200
    if posted:
        status = changing.keep(form, now=now) if form.is_valid() else 422
        if status == 200:
            messages.success(request, _("The changes are kept."))
            return HttpResponseRedirect(back)
    context = {
        "button": {"label": _("Change the answers"), "explanation": registration.occurrence.when()},
        "event": registration.occurrence.event,
        "form": form,
        "back": back,
    }
    return render(request, "events/admin/button.html", context, status=status)


@require_safe
def joined_file(request: HttpRequest, pk: int, uid: Any, answer: Any) -> HttpResponseBase:
    """A file that this person joined, for who keeps the registrations: saved, never shown as a page of ours."""
    registration = registration_of(request, pk, uid, KEEP)
    row = get_object_or_404(Answer, uid=answer, registration=registration)
    name = str(row.file.name or "")
    if not name or not row.file.storage.exists(name):
        raise Http404
    with row.file.open("rb") as file:
        digest, size = sha256_of(file)
    return respond_file(
        request,
        path=row.file.path,
        size=size,
        content_type=row.file_type,
        digest=digest,
        filename=row.file_name,
        public=False,
    )
