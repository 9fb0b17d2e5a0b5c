"""The form by which a delegation announces itself on an event's page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cms.contacts.viewsets import words
from cms.core.client import client_network
from cms.core.evenly import evenly
from cms.core.registry import accepts
from events import actions, queries, tasks
from events.forms import AnnounceForm
from events.models import EventPage
from events.policies import delegations_are_open

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context

DAYS_FOR_NAMES = timedelta(days=7)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


@accepts("GET", "HEAD", "POST")
@evenly
def announce_delegation(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """GET: the form. POST: announced, then what happens next. 404 where delegations do not announce themselves."""
    context: dict[str, Any] = {"page": page, "ctx": ctx, "noindex": True, "event": page.event}
    if "sent" in request.GET and request.method != "POST":
        context["by_phone"] = request.GET["sent"] == "phone"
        return _private(TemplateResponse(request, "events/delegations/announced.html", context))
    rows = [
        row
        for row in queries.public_dates(page.event, now=ctx.now)
        if delegations_are_open(row.event, row, now=ctx.now)
    ]
    if not rows:
        raise Http404
    form = AnnounceForm(
        request.POST if request.method == "POST" else None,
        dates=[(row.uid.hex, row.when(ctx.language)) for row in rows],
        countries=words.country_choices(),
        initial={"date": request.GET.get("date", "")},
    )
    if request.method == "POST":
        if form.is_trapped:
            return _thanks(request, by_phone=False)
        if form.is_valid() and _sent(request, form, rows, ctx):
            return _thanks(request, by_phone=not form.cleaned_data["email"])
    context |= {"form": form, "row": rows[0] if len(rows) == 1 else None}
    status = 429 if form.has_error("__all__", "often") else 422 if form.errors else 200
    return _private(TemplateResponse(request, "events/delegations/announce.html", context, status=status))


def _sent(request: HttpRequest, form: AnnounceForm, rows: list[Any], ctx: Context) -> bool:
    """Whether it was announced; else the form says why not. Who tries too often for one address is told nothing."""
    said = dict(form.cleaned_data)
    row = next(row for row in rows if row.uid.hex == said["date"])
    try:
        network = client_network(request)
        actions.note_try(kind="network", value=network, limit=actions.PER_NETWORK, now=ctx.now)
    except actions.TooManyTries:
        words = _("Too many registrations came from your network. Try again in an hour, or call us.")
        form.add_error(None, ValidationError(words, code="often"))
        return False
    try:
        reach = said["email"] or said["phone"]
        actions.note_try(kind="delegations", value=reach, limit=actions.PER_PERSON, now=ctx.now)
        actions.announce_delegation(
            occurrence=row,
            said={**said, "head_name": said["name"], "language": ctx.language},
            places=said["places"],
            names_until=max(row.starts_at - DAYS_FOR_NAMES, ctx.now + timedelta(days=1)),
            key=said["key"],
            by_form=True,
            now=ctx.now,
        )
    except actions.TooManyTries:
        return True
    except (actions.RegistrationClosed, actions.AlreadyOver):
        form.add_error(None, _("Registration for this date has just closed."))
        return False
    tasks.ring("events.delegation_requested")
    return True


def _thanks(request: HttpRequest, *, by_phone: bool) -> HttpResponse:
    return _private(
        HttpResponseRedirect(f"{request.path}?sent={'phone' if by_phone else 'mail'}", status=303)
    )
