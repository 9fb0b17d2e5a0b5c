"""Delegations for the protocol: who comes with how many, what is missing, who pays, letters for visas."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from cms.contacts.viewsets import words
from cms.core import clock
from cms.pages.queries import page_of
from events import actions, exports, queries, tasks
from events.forms import CategoryChoiceForm, DelegationForm, GrantForm, MemberForm, ReasonForm
from events.models import Delegation, DelegationState, Event
from events.views.heads import NAMED, language_choices

if TYPE_CHECKING:
    from django.http import HttpRequest

VIEW, KEEP = "events.view_delegation", "events.manage_registrations"
EXPORT, PASSPORT = "events.export_registration", "events.view_passport"
DAYS_FOR_NAMES = 7


def event_for(request: HttpRequest, pk: int, *permissions: str) -> Event:
    if not request.user.has_perms(permissions):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def end_of(day: Any, event: Event) -> datetime:
    """The instant at which a day is over by the event's clocks."""
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=ZoneInfo(event.zone))


def _today(event: Event) -> Any:
    return clock.now().astimezone(ZoneInfo(event.zone)).date()


def delegations(request: HttpRequest, pk: int) -> HttpResponse:
    """The delegations of an event: asked, granted, named, waiting."""
    event = event_for(request, pk, VIEW)
    narrowed = {"state": request.GET.get("state", ""), "search": request.GET.get("q", "")[:100]}
    found = page_of(queries.delegations_of(event, **narrowed), request.GET, size=50)
    for one in found.object_list:
        one.country_name = words.country_name(one.country)
        one.last_day = one.last_day_for_names(event.zone)
    context = {
        "event": event,
        "found": found,
        "states": DelegationState.choices,
        "narrowed": narrowed,
        "query": request.GET.urlencode(),
        "totals": queries.delegation_places(event, now=clock.now()),
        "may_keep": request.user.has_perm(KEEP),
        "may_export": request.user.has_perm(EXPORT),
    }
    return render(request, "events/delegations/admin/list.html", context)


def delegation_export(request: HttpRequest, pk: int) -> HttpResponse:
    """All delegates with journey, stay and who pays, as a spreadsheet; no passports."""
    event = event_for(request, pk, VIEW, EXPORT)
    content = exports.delegates_xlsx(queries.delegates_of(event))
    response = HttpResponse(
        content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="delegations-{event.pk}.xlsx"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def delegation_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a delegation and give it its seats, or fewer where they are short."""
    event = event_for(request, pk, VIEW, KEEP)
    now = clock.now()
    rows = [row for row in event.occurrences.select_related("event").coming(now)[:50] if not row.is_cancelled]
    form = _add_form(request, event, rows)
    if request.method == "POST" and form.is_valid():
        try:
            made = _enter(form, event, rows, user=request.user, now=now)
        except actions.SeatsShort as short:
            form.add_error("granted", _short(short))
        except actions.AlreadyOver:
            form.add_error(None, _("This date is over or cancelled: nothing was changed."))
        else:
            tasks.ring("events.delegation_confirmed", *NAMED)
            messages.success(
                request, _("The delegation of %(name)s is entered.") % {"name": made.organisation}
            )
            return HttpResponseRedirect(reverse("events_delegation", args=[event.pk, made.uid]))
    return ask(
        request, event, form, label=_("Add a delegation"), back=reverse("events_delegations", args=[event.pk])
    )


def _add_form(request: HttpRequest, event: Event, rows: list[Any]) -> DelegationForm:
    today = _today(event)
    first = rows[0].local_start.date() if rows else today
    return DelegationForm(
        request.POST or None,
        dates=[(row.uid.hex, row.when()) for row in rows],
        countries=words.country_choices(),
        languages=language_choices(),
        today=today,
        categories=[(uid, one.name) for uid, one in queries.categories_by_uid(event).items()],
        initial={
            "names_until": max(today, first - timedelta(days=DAYS_FOR_NAMES)),
            "language": settings.LANGUAGE_CODE,
        },
    )


def _enter(form: DelegationForm, event: Event, rows: list[Any], *, user: Any, now: datetime) -> Delegation:
    said = dict(form.cleaned_data)
    date = said.pop("date")
    said["head_name"] = said.pop("name")
    chosen = said.pop("category", "")
    return actions.add_delegation(
        occurrence=next(row for row in rows if row.uid.hex == date),
        places=said.pop("places"),
        granted=said.pop("granted"),
        names_until=end_of(said.pop("names_until"), event),
        category=queries.categories_by_uid(event).get(chosen),
        key=said.pop("key"),
        said=said,
        user=user,
        now=now,
    )


def _short(short: actions.SeatsShort) -> str:
    if not short.left:
        return _("No seat is left: give 0, and answer the delegation when seats come free.")
    return _("Only %(n)s of these seats are left: give that many; whoever is named beyond them waits.") % {
        "n": short.left
    }


def ask(
    request: HttpRequest,
    event: Event,
    form: forms.Form,
    *,
    label: Any,
    back: str,
    subject: str = "",
    explanation: Any = "",
    danger: bool = False,
) -> HttpResponse:
    context = {
        "button": {"label": label, "explanation": explanation, "danger": danger},
        "event": event,
        "subject": subject,
        "form": form,
        "back": back,
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def delegation_of(event: Event, uid: Any) -> Delegation:
    """A delegation of this very event (of another one: 404)."""
    rows = Delegation.objects.select_related(
        "occurrence__event", "contact", "category", "decided_by"
    ).counted()
    return get_object_or_404(rows, uid=uid, occurrence__event=event)


def delegation(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """One delegation: its seats, its people with their journey, what may be done."""
    event = event_for(request, pk, VIEW)
    found = delegation_of(event, uid)
    keeps = request.user.has_perm(KEEP)
    context = {
        "event": event,
        "delegation": found,
        "country": words.country_name(found.country),
        "members": list(queries.members_of(found).prefetch_related("delegate__passport")),
        "doings": [(name, doing.label) for name, doing in DOINGS.items() if keeps and doing.shown(found)],
        "may_keep": keeps,
        "may_see_passports": request.user.has_perm(PASSPORT),
        "link": f"{settings.PUBLIC_URL}/d/{queries.head_token(found)}" if keeps and found.is_active else "",
        "last_day": found.last_day_for_names(event.zone),
        "left": max(found.granted - found.seated, 0),
        "now": clock.now(),
    }
    return render(request, "events/delegations/admin/one.html", context)


class Doing:
    """One thing that staff do with a delegation: when it may be done, what it asks, what it does."""

    def __init__(
        self,
        label: Any,
        form: Callable[..., forms.Form],
        act: Callable[..., Any],
        shown: Callable[[Delegation], bool],
        explanation: Any = "",
        danger: bool = False,
    ) -> None:
        self.label, self.form, self.act, self.shown = label, form, act, shown
        self.explanation, self.danger = explanation, danger


def _plain_form(form: type[forms.Form]) -> Callable[..., forms.Form]:
    return lambda data, found: form(data)


def _grant_form(data: Any, found: Delegation) -> forms.Form:
    event = found.occurrence.event
    until = max(found.last_day_for_names(event.zone), _today(event))
    return GrantForm(
        data,
        most=found.places,
        today=_today(event),
        initial={"granted": found.granted or found.places, "names_until": until},
    )


def _grant(found: Delegation, said: dict[str, Any], user: Any, now: datetime) -> Any:
    until = end_of(said["names_until"], found.occurrence.event)
    return actions.grant_places(
        delegation=found, granted=said["granted"], names_until=until, user=user, now=now
    )


def _member_form(data: Any, found: Delegation) -> forms.Form:
    return MemberForm(data, languages=language_choices(), initial={"language": found.language})


def _name(found: Delegation, said: dict[str, Any], user: Any, now: datetime) -> Any:
    return actions.name_member(delegation=found, key=said.pop("key"), said=said, user=user, now=now)


def _category_form(data: Any, found: Delegation) -> forms.Form:
    offered = queries.categories_by_uid(found.occurrence.event)
    return CategoryChoiceForm(
        data,
        categories=[(uid, one.name) for uid, one in offered.items()],
        initial={"category": found.category.uid.hex if found.category else ""},
    )


def _put(found: Delegation, said: dict[str, Any], user: Any, now: datetime) -> Any:
    chosen = queries.categories_by_uid(found.occurrence.event).get(said["category"])
    return actions.move_delegation(delegation=found, category=chosen, user=user, now=now)


DOINGS: dict[str, Doing] = {
    "grant": Doing(
        gettext_lazy("Grant seats"),
        _grant_form,
        _grant,
        lambda found: found.is_active,
        gettext_lazy("The head gets a mail with the number of seats, the last day for names, and the link."),
    ),
    "name": Doing(
        gettext_lazy("Name somebody"),
        _member_form,
        _name,
        lambda found: found.state == DelegationState.CONFIRMED,
    ),
    "category": Doing(
        gettext_lazy("Change the category"),
        _category_form,
        _put,
        lambda found: found.is_active,
        gettext_lazy("Its people and the seats kept for it count in the quota of the category."),
    ),
    "link": Doing(
        gettext_lazy("New link for the head"),
        _plain_form(forms.Form),
        lambda found, said, user, now: actions.new_delegation_link(delegation=found, user=user, now=now),
        lambda found: found.state == DelegationState.CONFIRMED,
        gettext_lazy("The head gets a mail with a new link; the old one stops working."),
    ),
    "refuse": Doing(
        gettext_lazy("Refuse"),
        _plain_form(ReasonForm),
        lambda found, said, user, now: actions.refuse_delegation(
            delegation=found, reason=said["reason"], user=user, now=now
        ),
        lambda found: found.state == DelegationState.REQUESTED,
        danger=True,
    ),
    "cancel": Doing(
        gettext_lazy("Cancel the delegation"),
        _plain_form(ReasonForm),
        lambda found, said, user, now: actions.cancel_delegation(
            delegation=found, reason=said["reason"], user=user, now=now
        ),
        lambda found: found.is_active,
        gettext_lazy("All its seats go to others, and everybody named is told."),
        danger=True,
    ),
}
RINGS = ("events.delegation_confirmed", "events.delegation_refused", "events.delegation_cancelled", *NAMED)


def delegation_do(request: HttpRequest, pk: int, uid: Any, what: str) -> HttpResponse:
    """Do one thing with a delegation, after asking. 404 for what may not be done in its present state."""
    event = event_for(request, pk, VIEW, KEEP)
    found = delegation_of(event, uid)
    doing = DOINGS.get(what)
    if doing is None or not doing.shown(found):
        raise Http404
    form = doing.form(request.POST if request.method == "POST" else None, found)
    back = reverse("events_delegation", args=[pk, uid])
    if request.method == "POST" and form.is_valid():
        try:
            doing.act(found, dict(form.cleaned_data), request.user, clock.now())
        except actions.SeatsShort as short:
            form.add_error("granted", _short(short))
        except actions.PlacesNamed as named:
            words_ = _("%(n)s people are named and have their seat: take some out first.") % {
                "n": named.named
            }
            form.add_error("granted", words_)
        except actions.OccurrenceFull:
            form.add_error("category", _("This category has fewer seats left than the delegation holds."))
        except actions.NoPlaceLeft:
            form.add_error(None, _("All places are named, or no seat is left for one more."))
        except (actions.NotTaken, actions.AlreadyOver):
            messages.error(request, _("This cannot be done any more: nothing was changed."))
            return HttpResponseRedirect(back)
        else:
            tasks.ring(*RINGS)
            messages.success(request, _("Done."))
            return HttpResponseRedirect(back)
    return ask(
        request,
        event,
        form,
        label=doing.label,
        back=back,
        subject=found.organisation,
        explanation=doing.explanation,
        danger=doing.danger,
    )
