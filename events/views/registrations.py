"""The public registration: form, summary, what happens next. No account, no script, nothing cached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from cms.core.client import client_network
from cms.core.registry import accepts
from events import actions, queries, tasks
from events.forms import RegistrationForm
from events.models import EventPage, Occurrence
from events.policies import Desk
from events.views.agenda import desk_words

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context

OPEN = (Desk.OPEN, Desk.WAITING_LIST)


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _open_dates(page: EventPage, ctx: Context) -> list[Any]:
    rows = list(queries.public_dates(page.event, now=ctx.now))
    for row in rows:
        row.desk, row.desk_class = desk_words(row, ctx.now)
    return rows


@accepts("GET", "HEAD", "POST")
def register(request: HttpRequest, page: EventPage, ctx: Context) -> HttpResponse:
    """GET: the form. POST `step=check`: a summary; POST `step=send`: registered, then what happens next.

    Known and unknown addresses get the same answer. A robot that fills in the trap gets it too.
    """
    rows = _open_dates(page, ctx)
    context: dict[str, Any] = {"page": page, "ctx": ctx, "noindex": True, "event": page.event}
    if "sent" in request.GET and request.method != "POST":
        context["by_phone"] = request.GET["sent"] == "phone"
        return _private(TemplateResponse(request, "events/registered.html", context))
    sends = request.method == "POST" and request.POST.get("step") == "send"
    # What is sent is judged by the action, under the lock: a second click on « send » finds its first one there,
    # even where that one took the last seat.
    offered = [row for row in rows if sends or row.desk in OPEN]
    if not offered:
        return _closed(request, context, rows)
    if request.method != "POST":
        form = RegistrationForm(
            dates=_choices(offered, ctx), initial={"occurrence": request.GET.get("date", "")}
        )
        return _form(request, form, context, rows)
    form = RegistrationForm(request.POST, dates=_choices(offered, ctx))
    if form.is_trapped:
        return _thanks(request, by_phone=False)
    if not form.is_valid():
        return _form(request, form, context, rows, status=422)
    if request.POST.get("step") == "edit":
        return _form(request, form, context, rows)
    if not sends:
        context |= {"form": form, "said": form.cleaned_data, "row": _chosen(rows, form)}
        return _private(TemplateResponse(request, "events/registration_summary.html", context))
    return _send(request, page, ctx, form, rows, context)


def _closed(
    request: HttpRequest, context: dict[str, Any], rows: list[Any], status: int = 200
) -> HttpResponse:
    context["row"] = rows[0] if rows else None
    return _private(TemplateResponse(request, "events/registration_closed.html", context, status=status))


def _choices(rows: list[Any], ctx: Context) -> list[tuple[str, str]]:
    return [(row.uid.hex, _label(row, ctx)) for row in rows]


def _label(row: Any, ctx: Context) -> str:
    words = row.when(ctx.language)
    return f"{words} – {_('waiting list')}" if row.desk == Desk.WAITING_LIST else words


def _chosen(rows: list[Any], form: RegistrationForm) -> Any:
    return next(row for row in rows if row.uid.hex == form.cleaned_data["occurrence"])


def _form(
    request: HttpRequest,
    form: RegistrationForm,
    context: dict[str, Any],
    rows: list[Any],
    status: int = 200,
) -> HttpResponse:
    only = [row for row in rows if row.desk in OPEN]
    if only:
        form.offer(_choices(only, context["ctx"]))
    context |= {"form": form, "row": only[0] if len(only) == 1 else None}
    return _private(TemplateResponse(request, "events/registration_form.html", context, status=status))


def _send(
    request: HttpRequest,
    page: EventPage,
    ctx: Context,
    form: RegistrationForm,
    rows: list[Any],
    context: dict[str, Any],
) -> HttpResponse:
    said = form.cleaned_data
    occurrence: Occurrence = _chosen(rows, form)
    person = said["email"] or said["phone"]
    before = list(queries.made_by_form(said["key"], date=occurrence, reach=person))
    if not before and occurrence.desk not in OPEN:
        return _refused(request, page, ctx, context, full=occurrence.desk == Desk.FULL)
    try:
        actions.note_try(
            kind="network", value=client_network(request), limit=actions.PER_NETWORK, now=ctx.now
        )
    except actions.TooManyTries:
        if any(one.occurrence_id == occurrence.pk and one.reach == person for one in before):
            return _thanks(request, by_phone=not said["email"])
        form.add_error(
            None, _("Too many registrations came from your network. Try again in an hour, or call us.")
        )
        return _form(request, form, context, rows, status=429)
    try:
        actions.note_try(kind="person", value=person, limit=actions.PER_PERSON, now=ctx.now)
        actions.register(
            occurrence=occurrence,
            name=said["name"],
            email=said["email"],
            phone=said["phone"],
            organisation=said["organisation"],
            language=ctx.language,
            key=said["key"],
            now=ctx.now,
        )
    except actions.TooManyTries:
        pass  # this address was written to enough; the answer tells nothing about it
    except actions.OccurrenceFull:
        return _refused(request, page, ctx, context, full=True)
    except actions.RegistrationClosed:
        return _refused(request, page, ctx, context, full=False)
    if said["email"]:
        tasks.ring("events.confirm_address")
    return _thanks(request, by_phone=not said["email"])


def _refused(
    request: HttpRequest, page: EventPage, ctx: Context, context: dict[str, Any], *, full: bool
) -> HttpResponse:
    """409: the date chosen is taken or closed by now. The dates still open are offered, with what was typed."""
    rows = _open_dates(page, ctx)
    offered = [row for row in rows if row.desk in OPEN]
    if not offered:
        return _closed(request, context, rows, status=409)
    data = request.POST.copy()
    data["occurrence"] = offered[0].uid.hex if len(offered) == 1 else ""
    form = RegistrationForm(data, dates=_choices(offered, ctx))
    if full:
        words = _("The last seat has just been taken, and there is no waiting list for this date.")
    else:
        words = _("Registration for this date has just closed.")
    form.add_error(None, words)
    return _form(request, form, context, rows, status=409)


def _thanks(request: HttpRequest, *, by_phone: bool) -> HttpResponse:
    """See other (RFC 9110, 15.4.4): reloading the answer sends nothing again."""
    return _private(
        HttpResponseRedirect(f"{request.path}?sent={'phone' if by_phone else 'mail'}", status=303)
    )
