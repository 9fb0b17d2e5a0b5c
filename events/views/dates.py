"""The dates of an event, one by one: moved, given a place or seats of their own, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from cms.core import clock
from cms.pages.queries import page_of
from events import actions, queries
from events.forms import DateForm, ReasonForm, ScopeForm
from events.models import Event, Occurrence, Scope
from events.queries.press import number_out_of_mail
from events.validators import in_words, local
from events.views.press import say_whom_to_call

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

SEE, CHANGE = "events.view_event", "events.change_state"


def _need(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def occurrences(request: HttpRequest, pk: int) -> HttpResponse:
    """The dates to come of an event, or with `?past` those that are over, with what is taken of their seats."""
    _need(request, SEE)
    event = get_object_or_404(Event, pk=pk)
    now, past = clock.now(), "past" in request.GET
    found = page_of(queries.dates_of_event(event, past=past, now=now), request.GET, size=30)
    found.object_list = queries.with_counts(found.object_list, now=now)
    context = {
        "event": event,
        "found": found,
        "past": past,
        "rule_words": in_words(event.rule, event.starts) if event.starts else "",
        "may_change": request.user.has_perm(CHANGE) and not event.is_cancelled,
        "periods": list(event.periods.all()),
        "now": now,
    }
    return render(request, "events/admin/dates.html", context)


def _row(request: HttpRequest, pk: int, uid: Any, now: datetime) -> Occurrence:
    """A date of this very event that may still be changed. Raises Http404."""
    _need(request, CHANGE)
    row = get_object_or_404(Occurrence.objects.select_related("event"), uid=uid, event_id=pk)
    if row.is_past(now) or row.is_cancelled:
        raise Http404
    return row


def _scopes(row: Occurrence, now: datetime) -> tuple[list[tuple[str, Any]], str]:
    """For which dates a change may be meant, and in words how many people each choice concerns."""
    told = queries.people_concerned(row, now=now)
    if not told.in_series:
        alone = (
            _("the present repetition does not give this date: it changes alone") if row.event.repeats else ""
        )
        return [(Scope.ONE.value, Scope.ONE.label)], " · ".join(filter(None, (_people(told.one), alone)))
    numbers = {Scope.ONE: told.one, Scope.FOLLOWING: told.following, Scope.ALL: told.every}
    return [(one.value, f"{one.label} ({_people(numbers[one])})") for one in Scope], ""


def _people(number: int) -> str:
    words = ngettext("%(n)s person registered or invited", "%(n)s people registered or invited", number)
    return words % {"n": number}


def _initial(row: Occurrence) -> dict[str, Any]:
    start, end = row.local_start, row.local_end
    whole = row.event.whole_day
    return {
        "start_date": start.date(),
        "start_time": None if whole else start.time(),
        "end_date": row.last_day if row.last_day != start.date() else None,
        "end_time": None if whole or end is None else end.time(),
        "place_name": row.place,
        "capacity": row.seats,
    }


def occurrence(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Ask what a date becomes, and for which dates; then change them. 404 for one that is over or cancelled."""
    now = clock.now()
    row = _row(request, pk, uid, now)
    scopes, people = _scopes(row, now)
    form = DateForm(
        request.POST or None,
        initial=_initial(row),
        scopes=scopes,
        whole_day=row.event.whole_day,
        today=local(now, row.event.zone).date(),
    )
    if _posted(request, form, lambda said: _change(row, said, request.user, now), row=row, moves=True):
        return _back(pk)
    return _ask(request, row, form, label=_("Change the date"), people=people)


def _change(row: Occurrence, said: dict[str, Any], user: Any, now: datetime) -> str:
    if said["scope"] == Scope.ONE:
        event = row.event
        place, seats = said["place_name"], said["capacity"]
        actions.move_occurrence(
            occurrence=row,
            starts=said["starts"],
            ends=said["ends"],
            place_name="" if place == event.place_name else place,
            capacity=None if seats == event.capacity else seats,
            reason=said["reason"],
            user=user,
            now=now,
        )
        return _("The date is changed; those who registered get a mail.")
    changed = actions.change_following(
        occurrence=row,
        asked=actions.Asked(said["starts"], said["ends"], said["place_name"], said["capacity"]),
        whole=said["scope"] == Scope.ALL,
        reason=said["reason"],
        user=user,
        now=now,
    )
    return ngettext(
        "%(n)s date is changed; those who registered for it get a mail.",
        "%(n)s dates are changed; those who registered for them get a mail.",
        changed,
    ) % {"n": changed}


def occurrence_cancel(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Ask which dates are cancelled, and why; then cancel them."""
    now = clock.now()
    row = _row(request, pk, uid, now)
    scopes, people = _scopes(row, now)
    form = ScopeForm(request.POST or None, scopes=scopes)
    if _posted(request, form, lambda said: _cancel(row, said, request.user, now), row=row, moves=False):
        return _back(pk)
    return _ask(request, row, form, label=_("Cancel the date"), people=people, danger=True)


def occurrence_reinstate(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Ask, then let a cancelled date take place after all. 404 for one that is over, or of a cancelled event."""
    _need(request, CHANGE)
    now = clock.now()
    row = get_object_or_404(Occurrence.objects.select_related("event"), uid=uid, event_id=pk)
    if row.is_past(now) or not row.is_cancelled or row.event.is_cancelled:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.reinstate_occurrence(
                occurrence=row, reason=form.cleaned_data["reason"], user=request.user, now=now
            )
        except (actions.AlreadyOver, actions.NotTaken):
            messages.error(request, _("This date is over or cancelled: nothing was changed."))
        else:
            messages.success(
                request, _("The date takes place after all; its people have their seats and get a mail.")
            )
            called = number_out_of_mail(row.event, row=row, now=now)
            say_whom_to_call(request, called, row.event, query=_query(row, alone=True))
        return _back(pk)
    return _ask(request, row, form, label=_("It takes place after all"), people="")


def _cancel(row: Occurrence, said: dict[str, Any], user: Any, now: datetime) -> str:
    if said["scope"] == Scope.ONE:
        actions.cancel_occurrence(occurrence=row, reason=said["reason"], user=user, now=now)
        return _("The date is cancelled; those who registered get a mail.")
    ended = actions.cancel_following(
        occurrence=row, whole=said["scope"] == Scope.ALL, reason=said["reason"], user=user, now=now
    )
    return ngettext(
        "%(n)s date is cancelled; those who registered for it get a mail.",
        "%(n)s dates are cancelled; those who registered for them get a mail.",
        ended,
    ) % {"n": ended}


def _query(row: Occurrence, *, alone: bool) -> str:
    """Which telephones are listed: of one date, whose name may have changed with it, or of all to come."""
    row.refresh_from_db(fields=["recurrence_id"])
    return f"?moved&date={row.recurrence_id}" if alone else "?moved"


def _posted(
    request: HttpRequest,
    form: Any,
    act: Callable[[dict[str, Any]], str],
    *,
    row: Occurrence,
    moves: bool,
) -> bool:
    """Make the change that was posted; False while the form asks or says what is wrong."""
    if request.method != "POST" or not form.is_valid():
        return False
    alone = form.cleaned_data["scope"] == Scope.ONE
    called = number_out_of_mail(row.event, row=row if alone else None, now=clock.now())
    try:
        messages.success(request, act(form.cleaned_data))
        say_whom_to_call(request, called, row.event, query=_query(row, alone=alone) if moves else "")
    except actions.AlreadyOver:
        messages.error(request, _("This date is over or cancelled: nothing was changed."))
    except actions.NotTaken:
        form.add_error("scope", _("The repetition does not give this date: change this date only."))
        return False
    except ValidationError as error:
        form.add_error("scope", error)
        return False
    return True


def _back(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("events_occurrences", args=[pk]))


def _ask(
    request: HttpRequest, row: Occurrence, form: Any, *, label: str, people: str, danger: bool = False
) -> HttpResponse:
    explanation = " · ".join(filter(None, (row.when(), people)))
    context = {
        "button": {"label": label, "explanation": explanation, "danger": danger},
        "event": row.event,
        "form": form,
        "back": reverse("events_occurrences", args=[row.event_id]),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)
