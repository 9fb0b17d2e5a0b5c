"""Requests for accreditation in the admin: what was written, the press card, who is still to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_safe
from wagtail.admin.auth import require_admin_access

from cms.contacts.models import AccreditationState
from cms.contacts.viewsets.accreditations import DECIDE, decide_url
from cms.core import clock
from cms.core.registry import Todo
from cms.pages.queries import page_of
from media_library.storage.files import sha256_of
from media_library.validators.facts import FORMATS
from media_library.views import respond_file
from press import actions
from press.models import AccreditationRequest
from press.queries import doors

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase


def _need(request: HttpRequest) -> None:
    if not request.user.has_perm(DECIDE):
        raise PermissionDenied


def state_of(row: AccreditationRequest) -> str:
    """Where a request is, in words."""
    if row.accreditation is not None:
        return str(row.accreditation.get_state_display())
    return gettext("to be called") if not row.address else gettext("address not confirmed yet")


@require_admin_access
def requests(request: HttpRequest) -> HttpResponse:
    """GET: the requests, the newest first. POST `called`: the person confirmed by telephone."""
    _need(request)
    if request.method == "POST":
        number = request.POST.get("called", "")
        pk = int(number) if number.isdecimal() and len(number) < 19 else 0
        row = get_object_or_404(AccreditationRequest, pk=pk)
        row = actions.confirm_request(row, user=request.user, now=clock.now())
        messages.success(
            request, gettext("Confirmed: %(name)s now waits for a decision.") % {"name": row.name}
        )
        return redirect("press_requests")
    found = page_of(doors.requests(), request.GET)
    return TemplateResponse(
        request, "press/admin/requests.html", {"found": found, "rows": [_row(row) for row in found]}
    )


def _row(row: AccreditationRequest) -> dict[str, Any]:
    asked = row.accreditation is not None and row.accreditation.state == AccreditationState.REQUESTED
    return {
        "row": row,
        "state": state_of(row),
        "grant_url": decide_url("grant", row.accreditation) if asked else "",
        "end_url": decide_url("end", row.accreditation) if asked else "",
    }


@require_admin_access
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The press card as it came, for who decides: saved, never shown as a page of ours."""
    _need(request)
    row = get_object_or_404(AccreditationRequest, pk=pk)
    name = str(row.card.name or "")
    if not name or not row.card.storage.exists(name):
        raise Http404
    extension = name.rpartition(".")[2]
    with row.card.open("rb") as file:
        digest, size = sha256_of(file)
    return respond_file(
        request,
        path=row.card.path,
        size=size,
        content_type=FORMATS[extension][1],
        digest=digest,
        filename=f"carte-{row.pk}.{extension}",
        public=False,
    )


def calls_due(user: Any, now: datetime) -> list[Todo]:
    """Those who left a telephone alone and wait for a call, for who decides accreditations."""
    if not user.has_perm(DECIDE) or not (count := doors.to_call().count()):
        return []
    words = ngettext(
        "%(n)s person asks for an accreditation and is to be called",
        "%(n)s people ask for an accreditation and are to be called",
        count,
    )
    return [Todo(text=words % {"n": count}, url=reverse("press_requests"), level="warning")]
