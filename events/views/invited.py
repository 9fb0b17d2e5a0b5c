"""A guest's own page, by the personal link or by the code of a letter with the family name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cms.core import clock
from cms.core.actions import TooManyTries, note_try
from cms.core.client import client_network
from events import actions, ical, queries, tasks
from events.forms import AnswerForm, CodeForm
from events.models import AnswerChannel, Invitation, InvitationState, RegistrationState
from events.policies import may_answer

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

#: Tries at codes from one network, and answers by one invitation, in an hour.
CODES, ANSWERS, HOUR = 20, 12, timedelta(hours=1)
LANGUAGES = ("fr", "en")
RUNG = ("events.confirmed", "events.waiting", "events.cancelled", "events.refused", "events.promoted")


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "private, no-store"
    # Not no-referrer: browsers then send "Origin: null" with the page's own form, which CSRF protection refuses.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _show(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = TemplateResponse(request, template, {"noindex": True, **context}, status=status)
    return _private(response.render())


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """`/i/`: the code of a letter and the family name lead to the guest's page; whatever is wrong, the same answer."""
    language = request.GET.get("language", "")
    with translation.override(language if language in LANGUAGES else LANGUAGES[0]):
        form = CodeForm(request.POST or None)
        context = {"form": form, "other": LANGUAGES[1] if language != LANGUAGES[1] else LANGUAGES[0]}
        if request.method != "POST" or not form.is_valid():
            return _show(request, "events/guests/enter.html", context, 422 if form.errors else 200)
        now = clock.now()
        try:
            note_try(kind="letter code", value=client_network(request), limit=CODES, within=HOUR, now=now)
        except TooManyTries:
            form.add_error(None, _("Too many tries from your network. Try again in an hour, or call us."))
            return _show(request, "events/guests/enter.html", context, 429)
        found = queries.guest_by_code(form.cleaned_data["code"], form.cleaned_data["surname"], now=now)
        if found is None:
            form.add_error(
                None, _("No invitation has this code and this name. Look at the letter again, or call us.")
            )
            return _show(request, "events/guests/enter.html", context, 422)
        return _private(HttpResponseRedirect(f"/i/{queries.guest_key(found)}?code", status=303))


def _found(token: str) -> Invitation:
    """The invitation of a link. Raises Http404 alike for wrong, altered, revoked and withdrawn ones."""
    found = queries.guest_by_token(token)
    if found is None or found.is_withdrawn:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the invitation and asks; a POST answers it (a mail scanner's GET changes nothing)."""
    guest = _found(token)
    now = clock.now()
    with translation.override(guest.contact.language):
        open_ = may_answer(guest, guest.occurrence, queries.guest_list_of(guest.occurrence), now=now)
        form = AnswerForm(
            request.POST or None,
            initial=given(guest),
            may_bring=guest.may_bring,
            may_be_replaced=guest.may_be_replaced,
        )
        if request.method == "POST" and open_ and form.is_valid():
            try:
                _answer(guest, form, by_code="code" in request.GET, now=now)
            except actions.CannotAnswer as error:
                form.add_error(None, str(error))
            except (actions.AlreadyOver, actions.NotTaken):
                open_ = False
            except TooManyTries:
                form.add_error(None, _("You have changed your answer often enough for now. Please call us."))
            else:
                kept = "?code" if "code" in request.GET else ""
                return _private(HttpResponseRedirect(f"/i/{token}{kept}", status=303))
        context = _context(request, guest, token, now) | {"form": form, "open": open_}
        context["asks"] = open_ and (not guest.is_answered or bool(form.errors) or "change" in request.GET)
        return _show(request, "events/guests/invited.html", context, 422 if form.errors else 200)


def given(guest: Invitation) -> dict[str, Any]:
    """The answer given last, to be changed. Addresses that are those of the guest's card are left empty."""
    first, others = guest.coming[:1], guest.coming[1:]
    card, reach = guest.contact, {"email": "", "phone": ""}
    for one in first:
        reach["email"] = one.email if one.email != card.primary_email else ""
        reach["phone"] = one.phone if one.phone != card.primary_phone else ""
    return {
        "state": guest.state if guest.is_answered else "",
        "substitute_name": guest.substitute_name,
        "substitute_function": guest.substitute_function,
        **reach,
        "brings": "\n".join(one.name for one in others),
        "note": guest.note,
    }


def _answer(guest: Invitation, form: AnswerForm, *, by_code: bool, now: datetime) -> None:
    note_try(kind="guest", value=guest.uid.hex, limit=ANSWERS, within=HOUR, now=now)
    channel = AnswerChannel.CODE if by_code else AnswerChannel.LINK
    said = actions.Answer(**form.cleaned_data)
    actions.answer(invitation=guest, said=said, how=actions.How(channel), now=now)
    tasks.ring(*RUNG)


def _context(request: HttpRequest, guest: Invitation, token: str, now: datetime) -> dict[str, Any]:
    row = guest.occurrence
    title, url = queries.title_of(row.event, language=guest.contact.language)
    listed = queries.guest_list_of(row)
    return {
        "guest": guest,
        "row": row,
        "title": title,
        "event_url": url,
        "when": row.when(guest.contact.language),
        "token": token,
        "by_code": "code" in request.GET,
        "over": row.is_past(now),
        "called_off": row.is_cancelled,
        "answer_by": listed.answer_by if listed is not None else None,
        "phone": listed.phone if listed is not None else "",
        "expected": any(one.state == RegistrationState.CONFIRMED for one in guest.coming),
        "tickets": [(one, queries.key_of(one)) for one in guest.coming],
        "declined": guest.state == InvitationState.DECLINED,
    }


@require_safe
def invited_file(request: HttpRequest, token: str) -> HttpResponse:
    """`/i/<token>/event.ics`: the date, without the guest's link (a calendar is often shared)."""
    guest = _found(token)
    title, url = queries.title_of(guest.occurrence.event, language=guest.contact.language)
    body = ical.occurrence_calendar(guest.occurrence, title=title, url=url)
    response = HttpResponse(body, content_type=ical.CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'attachment; filename="event.ics"'
    return _private(response)
