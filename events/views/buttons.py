"""The event's state beside its words, and the buttons that change it: each an admin page that asks, then POSTs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from cms.core import clock, formats
from cms.core.models import ThingLog
from events import actions, queries
from events.forms import (
    AudienceForm,
    CapacityForm,
    InviteForm,
    PlaceForm,
    ReasonForm,
    RegistrationWindowForm,
    WhenForm,
)
from events.models import Event, State
from events.queries.press import number_out_of_mail
from events.validators import LAST_YEAR, expand, in_words, local
from events.views.log_words import LOG_WORDS
from events.views.press import say_whom_to_call
from events.views.tools import tools_of

if TYPE_CHECKING:
    from django.http import HttpRequest

CHANGE, KEEP, WRITE = "events.change_state", "events.manage_registrations", "mailing.add_mailing"
NEXT_DATES = 10
#: Changes that people are told of by mail, and the list of those whom no mail reaches.
CALLED = {"when": "?moved", "place": "?moved", "cancel": "", "reinstate": "?moved"}


@dataclass(frozen=True)
class Button:
    """One change: who may make it, what it asks, and what it says; `then` leads on from what it made."""

    name: str
    label: Any
    permission: str
    form: type[forms.Form]
    initial: Callable[[Event], dict[str, Any]]
    act: Callable[..., Any]
    done: Any
    explanation: Any = ""
    danger: bool = False
    shown: Callable[[Event], bool] = lambda event: not event.is_cancelled
    then: Callable[[Any], str] | None = None


def _fields(*names: str) -> Callable[[Event], dict[str, Any]]:
    return lambda event: {name: getattr(event, name) for name in names}


def _when(event: Event, said: dict[str, Any], user: Any, now: Any) -> None:
    reason = said.pop("reason", "")
    actions.change_when(event=event, values=said, reason=reason, user=user, now=now)


BUTTONS = (
    Button(
        "when",
        gettext_lazy("Change the date"),
        CHANGE,
        WhenForm,
        WhenForm.values_of,
        _when,
        gettext_lazy("The date is changed; those who registered get a mail."),
        gettext_lazy("Everybody registered for a date that moves gets a mail with the new date."),
    ),
    Button(
        "place",
        gettext_lazy("Change the place"),
        CHANGE,
        PlaceForm,
        _fields("place_name", "address", "map_url", "online_url"),
        lambda event, said, user, now: actions.change_place(event=event, values=said, user=user, now=now),
        gettext_lazy("The place is changed; those who registered get a mail."),
    ),
    Button(
        "seats",
        gettext_lazy("Change the number of seats"),
        CHANGE,
        CapacityForm,
        _fields("capacity"),
        lambda event, said, user, now: actions.change_capacity(
            event=event, capacity=said["capacity"], user=user, now=now
        ),
        gettext_lazy("The number of seats is changed."),
        gettext_lazy(
            "With more seats, those on the waiting list get them at once, in its order."
            " With fewer, nobody loses a seat."
        ),
    ),
    Button(
        "audience",
        gettext_lazy("Change for whom it is"),
        CHANGE,
        AudienceForm,
        _fields("audience"),
        lambda event, said, user, now: actions.change_audience(
            event=event, audience=said["audience"], user=user, now=now
        ),
        gettext_lazy("Saved: the others find it nowhere now."),
        gettext_lazy("Whoever it is not for finds it nowhere: no list, no calendar, no search."),
    ),
    Button(
        "registration",
        gettext_lazy("Open or close registration"),
        KEEP,
        RegistrationWindowForm,
        _fields(*actions.WINDOW),
        lambda event, said, user, now: actions.change_window(event=event, values=said, user=user, now=now),
        gettext_lazy("Registration is set."),
    ),
    Button(
        "invite",
        gettext_lazy("Invite"),
        WRITE,
        InviteForm,
        lambda event: {},
        lambda event, said, user, now: actions.prepare_invitation(
            event=event, audiences=said["audiences"], user=user, now=now
        ),
        gettext_lazy("The invitation is prepared. Look at it, then send it."),
        gettext_lazy(
            "Date, place, the way to register and a calendar file, to each in their language. What people receive is "
            "written from the event's page. Nothing leaves yet."
        ),
        then=lambda prepared: reverse("mailing_compose", args=[prepared.pk]),
    ),
    Button(
        "confirm",
        gettext_lazy("Confirm the event"),
        CHANGE,
        forms.Form,
        lambda event: {},
        lambda event, said, user, now: actions.change_state(
            event=event, state=State.CONFIRMED, user=user, now=now
        ),
        gettext_lazy("The event is confirmed."),
        gettext_lazy("Calendars will show it as confirmed."),
        shown=lambda event: event.state == State.PROVISIONAL,
    ),
    Button(
        "provisional",
        gettext_lazy("Put back to be confirmed"),
        CHANGE,
        forms.Form,
        lambda event: {},
        lambda event, said, user, now: actions.change_state(
            event=event, state=State.PROVISIONAL, user=user, now=now
        ),
        gettext_lazy("The event is to be confirmed."),
        gettext_lazy(
            "Its page says that the date may still change, and calendars show it as tentative. Nobody gets a mail."
        ),
        shown=lambda event: event.state == State.CONFIRMED,
    ),
    Button(
        "cancel",
        gettext_lazy("Cancel the event"),
        CHANGE,
        ReasonForm,
        lambda event: {},
        lambda event, said, user, now: actions.cancel_event(
            event=event, reason=said["reason"], user=user, now=now
        ),
        gettext_lazy("The event is cancelled; those who registered get a mail."),
        gettext_lazy(
            "The page will say that it is cancelled, and everybody registered gets a mail. Should it take place after "
            "all, you can set it up again: people get their seats back and another mail."
        ),
        danger=True,
    ),
    Button(
        "reinstate",
        gettext_lazy("It takes place after all"),
        CHANGE,
        ReasonForm,
        lambda event: {},
        lambda event, said, user, now: actions.reinstate_event(
            event=event, reason=said["reason"], user=user, now=now
        ),
        gettext_lazy("The event is confirmed again; its people have their seats and get a mail."),
        gettext_lazy(
            "Whoever was registered when it was cancelled gets the seat back and a mail; calendars show it as "
            "confirmed."
        ),
        shown=lambda event: event.is_cancelled,
    ),
)


def _event(request: HttpRequest, pk: int, permission: str) -> Event:
    if not request.user.has_perm(permission):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _back(event: Event, user: Any) -> str:
    """Where the user came from: the page's editor, or for who may not edit it the event's registrations."""
    page = event.pages.order_by("pk").first()
    if page is not None and page.permissions_for_user(user).can_edit():
        return reverse("wagtailadmin_pages:edit", args=[page.pk])
    if user.has_perm("events.view_registration"):
        return reverse("events_people", args=[event.pk])
    return reverse("wagtailadmin_home")


def buttons_of(event: Event, user: Any) -> list[dict[str, Any]]:
    """The changes that this user may make to the event as it is."""
    return [
        {
            "label": button.label,
            "danger": button.danger,
            "url": reverse("events_change", args=[event.pk, button.name]),
        }
        for button in BUTTONS
        if button.shown(event) and user.has_perm(button.permission)
    ]


def _to_call(event: Event, what: str) -> int:
    """How many people no mail tells of a change."""
    return number_out_of_mail(event, now=clock.now()) if what in CALLED else 0


def change_view(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Ask for a change of an event and make it. 403 without the button's permission, 404 for an unknown one."""
    button = next((one for one in BUTTONS if one.name == what), None)
    if button is None:
        raise Http404
    event = _event(request, pk, button.permission)
    if not button.shown(event):
        raise Http404
    form = button.form(request.POST or None, initial=button.initial(event))
    if request.method == "POST" and form.is_valid():
        called = _to_call(event, what)
        try:
            made = button.act(event, dict(form.cleaned_data), request.user, clock.now())
        except actions.AlreadyOver:
            messages.error(request, _("This date is over or cancelled: nothing was changed."))
        except actions.NotInvitable as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(button.done))
            # Who is not there any more after a cancelling, and not there yet before it is taken back.
            called = max(called, _to_call(event, what))
            say_whom_to_call(request, called, event, query=CALLED.get(what, ""))
            if button.then is not None:
                return HttpResponseRedirect(button.then(made))
        return HttpResponseRedirect(_back(event, request.user))
    context = {
        "button": button,
        "event": event,
        "form": form,
        "back": _back(event, request.user),
        "next_dates": next_dates(event) if what == "when" else [],
        "phones": what == "cancel" and request.user.has_perm("events.export_registration"),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def next_dates(event: Event) -> list[str]:
    """The next ten dates, as words."""
    rows = event.occurrences.select_related("event").coming(clock.now())[:NEXT_DATES]
    return [row.when() + (f" – {_('cancelled')}" if row.is_cancelled else "") for row in rows]


def dates_preview(request: HttpRequest) -> JsonResponse:
    """The rule of the form being filled in and its next ten dates: {"words", "dates"} or {"error"}.

    The dates to come; of a series that is all over, the first ones.
    """
    form = WhenForm(request.GET)
    if not form.is_valid():
        errors = [str(error) for found in form.errors.values() for error in found]
        return JsonResponse({"error": " ".join(errors)})
    said = form.cleaned_data
    trial = Event(**{name: said.get(name) for name in actions.WHEN}, name="-")
    starts = trial.starts
    if starts is None:
        return JsonResponse({"words": "", "dates": []})
    here = local(clock.now(), trial.zone).replace(tzinfo=None)
    until = datetime(min(max(starts, here).year + 12, LAST_YEAR), 12, 31)
    found = expand(trial.rule, starts, since=max(starts, here), until=until, limit=NEXT_DATES)
    found = found or expand(trial.rule, starts, until=until, limit=NEXT_DATES)
    hour = None if trial.whole_day else starts.time()
    return JsonResponse(
        {
            "words": capfirst(in_words(trial.rule, starts, hour=hour)),
            "dates": [_moment_words(at, trial) for at in found],
        }
    )


def _moment_words(at: datetime, event: Event) -> str:
    """One date of a rule that is being written, with its hours."""
    if event.whole_day:
        return formats.day(at.date())
    length = event.length
    hours = [at, *([at + length] if length is not None else [])]
    return f"{formats.day(at.date())}, {' – '.join(formats.clock_time(one.time()) for one in hours)}"


def _log(event: Event) -> list[ThingLog]:
    lines = list(ThingLog.objects.filter(thing_uid=event.uid).select_related("user")[:20])
    for line in lines:
        line.words = LOG_WORDS.get(line.action, line.action)  # type: ignore[attr-defined]
    return lines


def state_panel(page: Any, request: HttpRequest) -> tuple[str, dict[str, Any]] | None:
    """The event's state for the editor's panel: when, where, seats, registrations, dates, buttons, log."""
    event = page.event
    now = clock.now()
    people = reverse("events_people", args=[event.pk])
    row = event.occurrences.select_related("event").coming(now).counted(now).first()
    return "events/admin/state.html", {
        "event": event,
        "row": row,
        "next_dates": next_dates(event) if event.repeats else [],
        "rule_words": in_words(event.rule, event.starts) if event.starts else "",
        "counts": queries.counts_of(event),
        "buttons": buttons_of(event, request.user),
        "may_see": request.user.has_perm("events.view_registration"),
        "people_url": people,
        "tools": [one for one in tools_of(event, request.user) if one["url"] != people],
        "log": _log(event),
        "share_url": reverse("mailing_share", args=["events.event", event.uid])
        if page.live and request.user.has_perm("mailing.change_mailing")
        else "",
    }
