"""The pages of a delegation: for its head, who names people, and for each person named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cms.contacts.viewsets import words
from cms.core import clock
from cms.mailing.queries import languages
from events import actions, queries, tasks
from events.forms import JourneyForm, MemberForm
from events.models import Delegate, Delegation, Registration

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

#: How many people a head may name and take out again in an hour: each may be written to.
TRIES = 60
NAMED = ("events.delegate_named", "events.waiting", "events.promoted", "events.cancelled")


def private(response: HttpResponse) -> HttpResponse:
    """What is for the holder of a link: kept by nobody on the way, found by no search."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _found(token: str) -> Delegation:
    found = queries.delegation_by_token(token)
    if found is None:
        raise Http404
    return found


def _member(delegation: Delegation, uid: Any) -> Registration:
    """Somebody of this very delegation, who still comes; of another one: 404."""
    found = queries.members_of(delegation).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def _in_own_language(
    view: Callable[..., HttpResponse],
) -> Callable[..., HttpResponse]:
    """Hand the view the delegation behind the token, and speak the head's language."""

    @require_http_methods(["GET", "HEAD", "POST"])
    def answer(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        delegation = _found(token)
        with translation.override(delegation.language):
            response = view(request, delegation, token, clock.now(), **kwargs)
            if isinstance(response, TemplateResponse):
                response.render()
            return private(response)

    return answer


def _context(delegation: Delegation, token: str, now: datetime) -> dict[str, Any]:
    row = delegation.occurrence
    title, url = queries.title_of(row.event, language=delegation.language)
    return {
        "delegation": delegation,
        "row": row,
        "event": row.event,
        "title": title,
        "event_url": url,
        "when": row.when(delegation.language),
        "token": token,
        "last_day": delegation.last_day_for_names(row.event.zone),
        "takes_names": delegation.takes_names(now) and not row.is_past(now) and not row.is_cancelled,
        "over": row.is_past(now),
        "noindex": True,
    }


@_in_own_language
def delegation(request: HttpRequest, found: Delegation, token: str, now: datetime) -> HttpResponse:
    """GET: who is named, what is missing, until when. POST `do=cancel`: the whole delegation does not come."""
    if request.method == "POST":
        if request.POST.get("do") == "cancel":
            actions.cancel_delegation(delegation=found, now=now)
            tasks.ring("events.delegation_cancelled", *NAMED)
        return HttpResponseRedirect(f"/d/{token}", status=303)
    context = _context(found, token, now)
    members = list(queries.members_of(found))
    seated = sum(one.holds_seat for one in members)
    for one in members:
        # Who has no address of their own gets the ticket from the head.
        one.key_to_hand_on = "" if one.email else queries.key_of(one)
    context |= {
        "members": members,
        "seated": seated,
        "left": max(found.granted - seated, 0),
        "may_name": context["takes_names"] and len(members) < found.places,
        "can_cancel": found.is_active and not context["over"],
        "asks_cancel": "cancel" in request.GET,
    }
    return TemplateResponse(request, "events/delegations/head.html", context)


def language_choices() -> list[tuple[str, str]]:
    """The languages that mails are written in."""
    return [(code, words.language_name(code)) for code in languages()]


@_in_own_language
def name_member(request: HttpRequest, found: Delegation, token: str, now: datetime) -> HttpResponse:
    """Name one more person."""
    context = _context(found, token, now)
    if not context["takes_names"]:
        return HttpResponseRedirect(f"/d/{token}", status=303)
    form = MemberForm(
        request.POST or None, languages=language_choices(), initial={"language": found.language}
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.note_try(kind="delegation", value=found.uid.hex, limit=TRIES, now=now)
            said = dict(form.cleaned_data)
            actions.name_member(delegation=found, key=said.pop("key"), said=said, now=now)
        except actions.TooManyTries:
            form.add_error(None, _("That was a lot at once. Go on in an hour, or call us."))
        except actions.NoPlaceLeft:
            form.add_error(None, _("All places are named. Take somebody out first, or call us."))
        except (actions.NotTaken, actions.AlreadyOver):
            return HttpResponseRedirect(f"/d/{token}", status=303)
        else:
            tasks.ring(*NAMED)
            return HttpResponseRedirect(f"/d/{token}", status=303)
    context |= {
        "form": form,
        "heading": _("Name somebody"),
        "button": _("Name this person"),
        "back": f"/d/{token}",
    }
    return TemplateResponse(
        request, "events/delegations/form.html", context, status=422 if form.errors else 200
    )


@_in_own_language
def member(request: HttpRequest, found: Delegation, token: str, now: datetime, uid: Any) -> HttpResponse:
    """The journey of one person, written by the head; `?remove` asks, POST `do=remove` takes them out."""
    one = _member(found, uid)
    back = f"/d/{token}"
    context = _context(found, token, now)
    if context["over"]:
        return HttpResponseRedirect(back, status=303)
    if request.method == "POST" and request.POST.get("do") == "remove":
        actions.remove_member(member=one, now=now)
        tasks.ring(*NAMED)
        return HttpResponseRedirect(back, status=303)
    if "remove" in request.GET:
        context |= {"member": one, "back": back}
        return TemplateResponse(request, "events/delegations/remove.html", context)
    return _journey(request, one, context, back=back, now=now)


def _journey(
    request: HttpRequest, one: Registration, context: dict[str, Any], *, back: str, now: datetime
) -> HttpResponse:
    form = journey_form(request, one)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_delegate(member=one, journey=form.journey(), passport=form.passport(), now=now)
        except actions.NotTaken:
            raise Http404 from None
        return HttpResponseRedirect(back, status=303)
    context |= {
        "form": form,
        "heading": _("Journey and stay: %(name)s") % {"name": one.name},
        "button": _("Save"),
        "back": back,
    }
    return TemplateResponse(
        request, "events/delegations/form.html", context, status=422 if form.errors else 200
    )


def journey_form(request: HttpRequest, one: Registration) -> JourneyForm:
    """The form of a delegate's journey, filled with what is known; a passport is never put into it."""
    known = Delegate.objects.filter(registration=one).first()
    names = actions.JOURNEY
    return JourneyForm(
        request.POST if request.method == "POST" else None,
        countries=words.country_choices(),
        has_passport=known is not None and hasattr(known, "passport"),
        initial={name: getattr(known, name) for name in names} if known is not None else {},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def own_journey(request: HttpRequest, token: str) -> HttpResponse:
    """`/r/<token>/journey/`: the delegate's own. 404 for a wrong link, for who is in no delegation or comes no more."""
    one = queries.by_token(token)
    now = clock.now()
    if one is None or one.delegation_id is None or not one.is_active or one.occurrence.is_past(now):
        raise Http404
    assert one.delegation is not None
    with translation.override(one.language):
        row = one.occurrence
        title, url = queries.title_of(row.event, language=one.language)
        context = {
            "delegation": one.delegation,
            "row": row,
            "title": title,
            "event_url": url,
            "when": row.when(one.language),
            "noindex": True,
        }
        response = _journey(request, one, context, back=f"/r/{token}", now=now)
        if isinstance(response, TemplateResponse):
            response.render()
        return private(response)
