"""The page of one registration, for the holder of its link."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
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
from cms.core.actions import TooManyTries
from cms.core.registry import Refused, Slot
from events import actions, ical, queries, tasks
from events.models import Registration, RegistrationState
from events.queries.papers import certificates_held
from events.views import asking
from events.views.changing import Changing

if TYPE_CHECKING:
    from django.http import HttpRequest

PROMOTED = ("events.promoted", "events.offered")


@dataclass(frozen=True)
class PersonalPart:
    """What something beside the agenda offers the holder of a registration, on their own page below their state.

    `context(request, registration, now)` returns the template's context (`part`), or None where there is nothing for
    them; a bounded number of queries, and nothing is written. `act(request, registration, now)` does what the button
    `do=<key>` asks for and returns the address to go on to, or "" for the page itself; raises
    `cms.core.registry.Refused` with the sentence that the page then shows, or TooManyTries.
    """

    key: str
    order: int
    template: str
    context: Callable[[HttpRequest, Registration, Any], dict[str, Any] | None]
    act: Callable[[HttpRequest, Registration, Any], str]


#: Filled where the packages are put together.
parts: Slot[PersonalPart] = Slot("personal_parts")


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
        if "change" in request.GET and _may_change(registration, now):
            return _asks_change(request, registration, token, Changing(registration, now=now).form())
        response = TemplateResponse(
            request, "events/personal.html", _context(request, registration, token, now)
        )
        return _private(response.render())


def _act(request: HttpRequest, registration: Registration, token: str, now: Any) -> HttpResponse:
    did = request.POST.get("do", "")
    if (part := parts.get(did)) is not None:
        return _part(request, part, registration, token, now)
    if did == "confirm":
        try:
            actions.confirm_address(registration=registration, now=now)
            tasks.ring("events.confirmed", "events.waiting", "events.requested", "events.refused", *PROMOTED)
        except actions.AlreadyOver:
            did = "over"
    elif did == "change":
        return _change(request, registration, token, now)
    elif did == "accept":
        with contextlib.suppress(actions.NotTaken, actions.AlreadyOver):  # the page says what holds now
            actions.accept_offer(registration=registration, now=now)
            tasks.ring("events.confirmed")
    elif did == "cancel":
        actions.cancel(registration=registration, now=now)
        tasks.ring("events.cancelled", *PROMOTED)
    return _private(HttpResponseRedirect(f"/r/{token}", status=303))


def _part(
    request: HttpRequest, part: PersonalPart, registration: Registration, token: str, now: Any
) -> HttpResponse:
    """Do what a part's button asks for; what is refused is said on the page."""
    try:
        address = part.act(request, registration, now)
    except TooManyTries:
        said, status = _("Too many tries today: call the organisers."), 429
    except Refused as refusal:
        said, status = str(refusal), 409
    else:
        return _private(HttpResponseRedirect(address or f"/r/{token}", status=303))
    context = {**_context(request, registration, token, now), "refusal": said}
    return _private(TemplateResponse(request, "events/personal.html", context, status=status).render())


def _change(request: HttpRequest, registration: Registration, token: str, now: Any) -> HttpResponse:
    """Take what the holder typed anew; what cannot be taken is shown again with the reason beside it."""
    changing = Changing(registration, now=now)
    form = changing.form(request.POST, request.FILES)
    status = changing.keep(form, now=now) if form.is_valid() else 422
    if status == 200:
        return _private(HttpResponseRedirect(f"/r/{token}?changed", status=303))
    return _asks_change(request, registration, token, form, status=status)


def _asks_change(
    request: HttpRequest, registration: Registration, token: str, form: Any, *, status: int = 200
) -> HttpResponse:
    title, _url = queries.title_of(registration.occurrence.event, language=registration.language)
    context = {"form": form, "title": title, "token": token, "noindex": True}
    return _private(TemplateResponse(request, "events/forms/change.html", context, status=status).render())


def _parts(request: HttpRequest, registration: Registration, now: Any) -> list[dict[str, Any]]:
    told = [(one, one.context(request, registration, now)) for one in parts]
    return [{"template": one.template, "key": one.key, **said} for one, said in told if said is not None]


def _context(request: HttpRequest, registration: Registration, token: str, now: Any) -> dict[str, Any]:
    row = registration.occurrence
    title, url = queries.title_of(row.event, language=registration.language)
    seated = registration.state == RegistrationState.CONFIRMED
    over = row.is_past(now)
    return {
        "registration": registration,
        "category": registration.category.title(registration.language) if registration.category else "",
        "row": row,
        "event": row.event,
        "title": title,
        "event_url": url,
        "when": row.when(registration.language),
        "token": token,
        "state": registration.state,
        "over": over,
        "called_off": row.is_cancelled,
        "offer_open": registration.offered_until is not None and registration.offered_until > now,
        "ahead": queries.ahead_of(registration),
        "can_cancel": registration.is_active and not over and not row.is_cancelled,
        "due": queries.due_of(registration),
        "receipts": [one for one in queries.receipts_of(registration) if not one.is_void],
        "can_change": _may_change(registration, now),
        "changed": "changed" in request.GET,
        "answers": asking.told(registration, language=registration.language),
        "asks_cancel": "cancel" in request.GET,
        "qr": qr(f"{settings.PUBLIC_URL}/r/{token}") if seated and not over else "",
        "door_code": queries.door_code(registration),
        "certificates": certificates_held(registration),
        "has_own_calendar": _has_own_calendar(registration),
        "parts": _parts(request, registration, now),
        "noindex": True,
    }


def _may_change(registration: Registration, now: Any) -> bool:
    row = registration.occurrence
    return registration.is_active and not row.is_past(now) and not row.is_cancelled


def _has_own_calendar(registration: Registration) -> bool:
    return registration.confirmed_at is not None and not registration.is_named_by_another


@require_safe
def personal_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """`/r/<token>/calendar.ics`: all dates of the person whose link it is, to subscribe to; without their links.

    404 for who was named by another: whoever types somebody's address would read all their dates.
    """
    registration = _found(token)
    if not _has_own_calendar(registration):
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
