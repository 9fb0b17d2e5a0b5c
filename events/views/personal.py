"""The page of one registration, for the holder of its link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.core import clock
from events import actions, ical, queries, tasks
from events.models import Registration, RegistrationState
from events.queries.papers import certificates_held

if TYPE_CHECKING:
    from django.http import HttpRequest

PROMOTED = "events.promoted"


def _found(token: str) -> Registration:
    """The registration of a link. Raises Http404 alike for wrong, altered and revoked links."""
    registration = queries.by_token(token)
    if registration is None:
        raise Http404
    return registration


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    # Not no-referrer: browsers then send "Origin: null" with the page's own form, which CSRF protection refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def qr(address: str) -> SafeString:
    """The address as an inline SVG, black on white, big enough to scan from a telephone."""
    svg = segno.make(address, error="m").svg_inline(
        scale=1, border=4, omitsize=True, svgclass="qr", lineclass=None, title=None
    )
    return mark_safe(svg)  # noqa: S308 - made by segno from our own link


@require_http_methods(["GET", "HEAD", "POST"])
def personal(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the state and asks; POST `do=confirm` or `do=cancel` acts (a mail scanner's GET changes nothing)."""
    registration = _found(token)
    now = clock.now()
    with translation.override(registration.language):
        if request.method == "POST":
            return _act(request, registration, token, now)
        response = TemplateResponse(
            request, "events/personal.html", _context(request, registration, token, now)
        )
        return _private(response.render())


def _act(request: HttpRequest, registration: Registration, token: str, now: Any) -> HttpResponse:
    did = request.POST.get("do", "")
    if did == "confirm":
        try:
            actions.confirm_address(registration=registration, now=now)
            tasks.ring("events.confirmed", "events.waiting", "events.requested", "events.refused", PROMOTED)
        except actions.AlreadyOver:
            did = "over"
    elif did == "cancel":
        actions.cancel(registration=registration, now=now)
        tasks.ring("events.cancelled", PROMOTED)
    return _private(HttpResponseRedirect(f"/r/{token}", status=303))


def _context(request: HttpRequest, registration: Registration, token: str, now: Any) -> dict[str, Any]:
    row = registration.occurrence
    title, url = queries.title_of(row.event, language=registration.language)
    seated = registration.state == RegistrationState.CONFIRMED
    over = row.is_past(now)
    return {
        "registration": registration,
        "row": row,
        "event": row.event,
        "title": title,
        "event_url": url,
        "when": row.when(registration.language),
        "token": token,
        "state": registration.state,
        "over": over,
        "called_off": row.is_cancelled,
        "ahead": queries.ahead_of(registration),
        "can_cancel": registration.is_active and not over and not row.is_cancelled,
        "asks_cancel": "cancel" in request.GET,
        "qr": qr(f"{settings.PUBLIC_URL}/r/{token}") if seated and not over else "",
        "door_code": queries.door_code(registration),
        "certificates": certificates_held(registration),
        "noindex": True,
    }


@require_safe
def personal_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """`/r/<token>/calendar.ics`: all dates of the person whose link it is, to subscribe to; without their links."""
    registration = _found(token)
    if registration.confirmed_at is None:
        raise Http404
    with translation.override(registration.language):
        found = [
            (one, *queries.title_of(one.occurrence.event, language=registration.language))
            for one in queries.dates_of_person(registration)
        ]
        body = ical.person_calendar(found, name=_("My dates"))
    response = HttpResponse(body, content_type=ical.CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return _private(response)


@require_safe
def personal_file(request: HttpRequest, token: str) -> HttpResponse:
    """`/r/<token>/event.ics`: the person's date, without their link (a calendar is often shared)."""
    registration = _found(token)
    row = registration.occurrence
    title, url = queries.title_of(row.event, language=registration.language)
    body = ical.occurrence_calendar(row, title=title, url=url)
    response = HttpResponse(body, content_type=ical.CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return _private(response)
