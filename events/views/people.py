"""Registrations for the secretariat: who comes, who waits, who is to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock, formats
from cms.core.registry import Todo
from cms.pages.queries import page_of
from events import actions, exports, queries
from events.actions.accreditation import accredit
from events.forms import AddForm, ApproveForm, CategoryChoiceForm, ConfirmByPhoneForm, ReasonForm
from events.models import FULL, Channel, Event, Kind, Question, Registration, RegistrationState
from events.queries.outlets import outlet_is_full, over_cap
from events.queries.press import mark_accredited
from events.views.buttons import buttons_of
from events.views.once import once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.http import HttpRequest

VIEW, KEEP = "events.view_registration", "events.manage_registrations"
EXPORT = "events.export_registration"
BY_HAND = (Channel.PHONE, Channel.LETTER, Channel.IN_PERSON, Channel.STAFF)


def _need(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def agenda_index(request: HttpRequest) -> HttpResponse:
    """The coming dates, with what is registered against the seats."""
    _need(request, VIEW)
    now = clock.now()
    rows = queries.coming_dates(now=now)
    found = page_of(rows, request.GET)
    found.object_list = queries.with_counts(found.object_list, now=now)
    return render(request, "events/admin/agenda.html", {"found": found, "agendas": _agendas(request.user)})


def _agendas(user: Any) -> list[dict[str, Any]]:
    """The agendas in each language, French first, and whether this user may add an event there or see its pages."""
    found = []
    for page in queries.agenda_pages():
        language, may = page.locale.language_code, page.permissions_for_user(user)
        found.append(
            {
                "page": page,
                "language": get_language_info(language)["name_translated"],
                "may_add": language == settings.LANGUAGE_CODE and may.can_add_subpage(),
                "may_see": may.can_add_subpage() or may.can_edit(),
            }
        )
    return sorted(found, key=lambda one: one["page"].locale.language_code != settings.LANGUAGE_CODE)


def people(request: HttpRequest, pk: int) -> HttpResponse:
    """The registrations of one event, narrowed by date, state and words."""
    _need(request, VIEW)
    event = get_object_or_404(Event, pk=pk)
    categories = list(queries.categories_of(event))
    narrowed = _narrowed(request, categories)
    found = page_of(queries.people_of(event, **narrowed), request.GET, size=50)
    now = clock.now()
    mark_accredited(list(found.object_list), event, now=now)
    rows = list(event.occurrences.select_related("event").counted(now)[:200])
    chosen = next((row for row in rows if row.recurrence_id == narrowed["occurrence"]), None)
    coming = next((row for row in rows if not row.is_past(now)), rows[-1] if rows else None)
    context = {
        "event": event,
        "found": found,
        "over_cap": over_cap(list(found.object_list)),
        "rows": rows,
        "row": chosen or coming,
        "states": [*RegistrationState.choices, *_presence(rows, now)],
        "categories": categories,
        "counts": queries.counts_of(event),
        "narrowed": narrowed,
        "query": request.GET.urlencode(),
        "may_keep": request.user.has_perm(KEEP),
        "may_export": request.user.has_perm(EXPORT),
        "may_answer": request.user.has_perm("events.manage_personal_data"),
        "buttons": buttons_of(event, request.user),
        "now": now,
    }
    return render(request, "events/admin/people.html", context)


def _narrowed(request: HttpRequest, categories: list[Any]) -> dict[str, Any]:
    """What part of the list is asked for: what is exported is what the screen shows."""
    return {
        "occurrence": request.GET.get("date", "")[:15],
        "state": request.GET.get("state", ""),
        "category": next((one for one in categories if one.uid.hex == request.GET.get("category")), None),
        "search": request.GET.get("q", "")[:100].replace("\x00", ""),
        "call": "call" in request.GET,
    }


def _presence(rows: list[Any], now: datetime) -> list[tuple[str, Any]]:
    """Who came and who did not, once a date has begun."""
    if not any(row.starts_at <= now for row in rows):
        return []
    return [(queries.CAME, _("Came in")), (queries.MISSING, _("Did not come"))]


def export(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """The list as CSV that a spreadsheet takes as text, never as formulas. To see the list is not to take it away."""
    event, rows, questions = _exported(request, pk)
    response = StreamingHttpResponse(
        exports.people_csv(rows, questions), content_type="text/csv; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="inscriptions-{event.pk}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def export_xlsx(request: HttpRequest, pk: int) -> HttpResponse:
    """The same list as a workbook."""
    event, rows, questions = _exported(request, pk)
    response = HttpResponse(
        exports.people_xlsx(rows, questions, title=event.name),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    response.headers["Content-Disposition"] = f'attachment; filename="inscriptions-{event.pk}.xlsx"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _exported(request: HttpRequest, pk: int) -> tuple[Event, Iterator[Registration], list[Question]]:
    """The event, the part of its list that is taken away, and the questions whose answers go with it."""
    _need(request, EXPORT)
    event = get_object_or_404(Event, pk=pk)
    chosen = request.GET.get("category")
    found = queries.people_of(
        event,
        occurrence=request.GET.get("date", "")[:15],
        state=request.GET.get("state", ""),
        category=next((one for one in queries.categories_of(event) if one.uid.hex == chosen), None),
        search=request.GET.get("q", "")[:100],
        call="call" in request.GET,
    )
    rows = queries.with_origin(found).prefetch_related("answers__choice").iterator(2000)
    return event, rows, list(queries.questions_of(event))


@once
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add somebody who called, wrote or came."""
    _need(request, KEEP)
    event = get_object_or_404(Event, pk=pk)
    now = clock.now()
    rows = list(event.occurrences.select_related("event").coming(now)[:50])
    categories = {one.uid.hex: one for one in queries.categories_of(event)}
    form = AddForm(
        request.POST or None,
        channels=[(one.value, one.label) for one in BY_HAND],
        dates=_choices(rows),
        categories=[(uid, str(one)) for uid, one in categories.items()],
        capped=bool(event.outlet_cap),
    )
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        row = next(row for row in rows if row.uid.hex == said.pop("date"))
        said["category"] = categories.get(said.get("category", ""))
        try:
            registration = actions.add_by_hand(occurrence=row, user=request.user, now=now, **said)
        except actions.AlreadyOver:
            form.add_error(None, _("This date is cancelled."))
        except actions.OutletFull:
            words = _("This newsroom has all its people: tick that you let one more in.")
            form.add_error("beyond_cap", words)
        else:
            _say_state(request, registration)
            return HttpResponseRedirect(reverse("events_people", args=[event.pk]))
    context = {
        "button": {"label": _("Add somebody"), "explanation": ""},
        "event": event,
        "form": form,
        "back": reverse("events_people", args=[event.pk]),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def _say_state(request: HttpRequest, registration: Registration) -> None:
    words = {"name": registration.name, "state": registration.get_state_display()}
    if registration.state == RegistrationState.REFUSED and registration.reason == FULL:
        said = _("%(name)s is not registered: no seat is left, and this event keeps no waiting list.")
        messages.warning(request, said % words)
        return
    messages.success(request, _("%(name)s: %(state)s.") % words)


def _choices(rows: list[Any]) -> list[tuple[str, str]]:
    return [(row.uid.hex, row.when()) for row in rows if not row.is_cancelled]


def _confirm(registration: Registration, said: dict[str, Any], user: Any, now: datetime) -> None:
    actions.confirm_by_phone(registration=registration, number=said["number"], user=user, now=now)


def _put(registration: Registration, said: dict[str, Any], user: Any, now: datetime) -> None:
    found = queries.categories_of(registration.occurrence.event)
    category = next((one for one in found if one.uid.hex == said["category"]), None)
    actions.move_to_category(registration=registration, category=category, user=user, now=now)


def _accept(registration: Registration, said: dict[str, Any], user: Any, now: datetime) -> None:
    actions.accept_offer(registration=registration, number=said["number"], user=user, now=now)


DOINGS: dict[str, tuple[Any, type[forms.Form], tuple[str, ...], Any]] = {
    "phone": (gettext_lazy("Confirm by telephone"), ConfirmByPhoneForm, ("pending",), _confirm),
    "accept": (
        gettext_lazy("Takes the seat, says by telephone"),
        ConfirmByPhoneForm,
        ("offered",),
        _accept,
    ),
    "approve": (
        gettext_lazy("Approve"),
        ApproveForm,
        ("requested",),
        lambda row, said, user, now: actions.approve(registration=row, user=user, now=now, **said),
    ),
    "refuse": (
        gettext_lazy("Refuse"),
        ReasonForm,
        ("requested", "waiting"),
        lambda row, said, user, now: actions.refuse(
            registration=row, reason=said["reason"], user=user, now=now
        ),
    ),
    "cancel": (
        gettext_lazy("Cancel"),
        ReasonForm,
        ("pending", "requested", "confirmed", "waiting", "offered"),
        lambda row, said, user, now: actions.cancel(
            registration=row, reason=said["reason"], user=user, now=now
        ),
    ),
    "accredit": (
        gettext_lazy("Accredit for this event"),
        ReasonForm,
        ("requested", "confirmed", "waiting", "offered"),
        lambda row, said, user, now: accredit(registration=row, reason=said["reason"], user=user, now=now),
    ),
    "category": (
        gettext_lazy("Change the category"),
        CategoryChoiceForm,
        ("pending", "requested", "confirmed", "waiting", "offered"),
        _put,
    ),
    "link": (
        gettext_lazy("Send a new link (the old one stops working)"),
        forms.Form,
        ("pending", "requested", "confirmed", "waiting", "offered"),
        lambda row, said, user, now: actions.new_link(registration=row, user=user, now=now),
    ),
}


def doings_of(registration: Registration, user: Any) -> list[tuple[str, Any]]:
    """What this user may do with a registration in its present state.

    A link is sent to an e-mail, never to a telephone; journalists are accredited by who decides accreditations.
    """
    needs = {
        "link": bool(registration.email),
        "category": registration.category is not None,
        "accredit": registration.occurrence.event.kind == Kind.PRESS_CONFERENCE
        and registration.contact_id is not None
        and user.has_perm("contacts.decide_accreditation"),
    }
    return [
        (name, label)
        for name, (label, _form, states, _act) in DOINGS.items()
        if registration.state in states and needs.get(name, True)
    ]


def person(request: HttpRequest, pk: int, uid: Any, what: str) -> HttpResponse:
    """Do one thing with one registration of this very event (of another one: 404), after asking."""
    _need(request, KEEP)
    registration = get_object_or_404(
        Registration.objects.select_related("occurrence__event", "contact"), uid=uid, occurrence__event_id=pk
    )
    if what not in dict(doings_of(registration, request.user)):
        raise Http404
    label, form_class, _states, act = DOINGS[what]
    form = form_class(request.POST or None, **_given(registration, what))
    back = reverse("events_people", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            act(registration, form.cleaned_data, request.user, clock.now())
        except actions.AlreadyOver:
            messages.error(request, _("This date is over or cancelled: nothing was changed."))
        except actions.OccurrenceFull:
            messages.error(request, _("No seat is left there: nothing was changed."))
        except actions.OutletFull:
            messages.error(request, _("This newsroom has all its people: tick that you let one more in."))
        except actions.NotTaken:
            messages.error(request, _("Somebody else has just dealt with it: nothing was changed."))
        else:
            registration.refresh_from_db()
            _say_state(request, registration)
        return HttpResponseRedirect(back)
    context = {
        "button": {
            "label": label,
            "explanation": registration.occurrence.when(),
            "danger": what in ("cancel", "refuse"),
        },
        "event": registration.occurrence.event,
        "subject": registration.name,
        "form": form,
        "back": back,
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def _given(registration: Registration, what: str) -> dict[str, Any]:
    """What the form of a doing is given to begin with."""
    if what == "approve":
        return {"is_over": outlet_is_full(registration, registration.occurrence)}
    if what != "category":
        return {"initial": {"number": registration.phone}}
    found = queries.categories_of(registration.occurrence.event)
    mine = registration.category.uid.hex if registration.category else ""
    return {"initial": {"category": mine}, "categories": [(one.uid.hex, str(one)) for one in found]}


def todo_items(user: Any, now: datetime) -> list[Todo]:
    """The next events with registrations against seats, and who is to be called or answered."""
    if not user.has_perm(VIEW):
        return []
    found, rows = [], list(queries.coming_with_counts(now=now))
    offered = queries.offered_by_phone(rows, now=now)
    for row in rows:
        seats = f" / {formats.number(row.seats)}" if row.seats is not None else ""
        details = []
        for number, words in (
            (offered.get(row.pk, 0), _("to be called: a seat is offered")),
            (row.waiting_count, _("on the waiting list")),
            (row.requested_count, _("to approve")),
            (row.pending_count, _("to be confirmed")),
        ):
            if number:
                details.append(f"{number} {words}")
        found.append(
            Todo(
                text=f"{row.event} : {row.confirmed_count}{seats}",
                url=reverse("events_people", args=[row.event_id]),
                detail=" · ".join(details),
                due_at=row.starts_at,
                level="warning" if row.requested_count or row.pk in offered else "info",
            )
        )
    return found


SHOWN = 20


def contact_section(request: HttpRequest, contact: Any) -> dict[str, Any] | None:
    """What a contact registered for, the latest first, for the contact's page; None where there is nothing to see."""
    if not request.user.has_perm(VIEW):
        return None
    rows = Registration.objects.filter(contact=contact).select_related("occurrence__event")
    found = list(rows.order_by("-occurrence__starts_at", "-pk")[: SHOWN + 1])
    if not found:
        return None
    more = rows.count() - SHOWN if len(found) > SHOWN else 0
    return {"registrations": found[:SHOWN], "more": more}
