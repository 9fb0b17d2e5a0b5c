"""The guest list of a date for the secretariat: who is invited, who answered what, who is to be called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from cms.contacts import actions as contacts
from cms.contacts import imports
from cms.contacts import queries as people
from cms.contacts.models import Contact
from cms.contacts.viewsets import contact_chooser
from cms.core import clock
from cms.pages.queries import page_of
from events import actions, queries, tasks
from events.forms import AddGuestsForm, FileForm, GuestForm, LetterForm, ReasonForm, RecordForm
from events.models import BY_STAFF, Category, Event, Invitation, InvitationState, Occurrence
from events.views.invited import RUNG, given

if TYPE_CHECKING:
    from django.http import HttpRequest

VIEW, KEEP, EXPORT = "events.view_invitation", "events.keep_guests", "events.export_guests"
BRING = "contacts.import_contact"
PER_PAGE = 50


def need(request: HttpRequest, permission: str) -> None:
    """Raise PermissionDenied for who may not."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def date_of(request: HttpRequest, pk: int) -> tuple[Event, Occurrence, list[Occurrence]]:
    """The event, the date asked for (else the next one, else the last) and all dates with guests. Raises Http404."""
    event = get_object_or_404(Event, pk=pk)
    now = clock.now()
    rows = queries.guest_dates(event, now=now)
    if not rows:
        raise Http404
    asked = request.GET.get("date", "")[:15]
    chosen = next((row for row in rows if row.recurrence_id == asked), None)
    coming = next((row for row in rows if not row.is_past(now)), rows[-1])
    return event, chosen or coming, rows


def address_of(row: Occurrence) -> str:
    """The admin's address of a date's guest list."""
    return f"{reverse('events_guests', args=[row.event_id])}?date={row.recurrence_id}"


def guests(request: HttpRequest, pk: int) -> HttpResponse:
    """The guests of one date by rank, narrowed by answer and words."""
    need(request, VIEW)
    event, row, rows = date_of(request, pk)
    asked, search = request.GET.get("asked", ""), request.GET.get("q", "")[:100]
    found = page_of(queries.guests_of(row, asked=asked, search=search), request.GET, size=PER_PAGE)
    lost = queries.undelivered(found.object_list)
    for one in found.object_list:
        one.lost = lost.get(one.uid.hex, "")
    counts = queries.guest_counts(row)
    context = {
        "event": event,
        "row": row,
        "rows": rows,
        "found": found,
        "asked": asked,
        "search": search,
        "choices": _choices(counts),
        "counts": counts,
        "total": sum(counts[state] for state in InvitationState.values if state != "withdrawn"),
        "listed": queries.guest_list_of(row),
        "query": urlencode({"date": row.recurrence_id, "asked": asked, "q": search}),
        "may_keep": request.user.has_perm(KEEP),
        "may_export": request.user.has_perm(EXPORT),
        "may_bring": request.user.has_perm(BRING),
        "over": row.is_past(clock.now()) or row.is_cancelled,
        "now": clock.now(),
    }
    return render(request, "events/admin/guests.html", context)


def _choices(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """What the list can be narrowed by, with how many guests each is."""
    wide = [
        (key, words, sum(counts[state] for state in queries.ASKED[key]))
        for key, words in (
            ("unanswered", _("Without an answer")),
            ("coming", _("Coming or represented")),
            ("represented", _("Represented")),
        )
    ]
    states = [one for one in InvitationState if one not in ("substituted",) and counts[one.value]]
    return [*wide, *((one.value, str(one.label), counts[one.value]) for one in states)]


def form_page(
    request: HttpRequest,
    form: Any,
    *,
    label: str,
    back: str,
    event: Any,
    explanation: str = "",
    danger: bool = False,
) -> HttpResponse:
    """A page of the admin that asks one thing about an event, then POSTs."""
    context = {
        "button": {"label": label, "explanation": explanation, "danger": danger},
        "event": event,
        "form": form,
        "back": back,
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def add_guests(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose people, see how many of them are new on the list, then put them there."""
    need(request, KEEP)
    event, row, _rows = date_of(request, pk)
    categories = queries.categories_by_uid(event)
    form = AddGuestsForm(
        request.POST or None,
        listings=queries.lists_brought_in(),
        categories=_named(categories),
        widget=contact_chooser.widget_class(),
    )
    chosen: Any = None
    if request.method == "POST" and form.is_valid():
        chosen = _chosen(form.cleaned_data)
        if request.POST.get("step") == "add":
            try:
                number = actions.add_guests(
                    occurrence=row,
                    contacts=chosen,
                    may_bring=form.cleaned_data["may_bring"],
                    category=categories.get(form.cleaned_data.get("category") or ""),
                    user=request.user,
                    now=clock.now(),
                )
            except actions.AlreadyOver:
                messages.error(request, _("This date is over or cancelled: nothing was changed."))
            else:
                said = ngettext("%d guest is new on the list.", "%d guests are new on the list.", number)
                messages.success(request, said % number)
            return HttpResponseRedirect(address_of(row))
    context = {
        "event": event,
        "row": row,
        "form": form,
        "back": address_of(row),
        **_seen(row, chosen),
        "may_bring_in": request.user.has_perm(BRING),
    }
    return render(request, "events/admin/guests_add.html", context, status=422 if form.errors else 200)


def _seen(row: Occurrence, chosen: Any) -> dict[str, Any]:
    """What is shown of the people chosen, before they are put on the list."""
    return {
        "seen": chosen is not None,
        "total": chosen.count() if chosen is not None else 0,
        "known": queries.already_listed(row, chosen) if chosen is not None else 0,
        "reach": people.reach(chosen) if chosen is not None else None,
        "sample": list(chosen.select_related("organisation")[:12]) if chosen is not None else [],
    }


def _named(categories: dict[str, Category]) -> list[tuple[str, str]]:
    return [(uid, one.name) for uid, one in categories.items()]


def _chosen(said: dict[str, Any]) -> Any:
    """The contacts of all that was chosen, each once."""
    keys: set[int] = set()
    for audience in said["audiences"]:
        keys |= set(people.audience_contacts(audience).values_list("pk", flat=True))
    if said.get("listing"):
        keys |= set(queries.people_brought_in(said["listing"]).values_list("pk", flat=True))
    if said["contact"]:
        keys.add(said["contact"].pk)
    return Contact.objects.filter(pk__in=keys).order_by("family_name", "name", "pk")


def bring_in(request: HttpRequest, pk: int) -> HttpResponse:
    """A list of guests out of a file: its lines are looked at on the screens of contacts, then chosen here."""
    need(request, KEEP)
    need(request, BRING)
    event, row, _rows = date_of(request, pk)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            listing = contacts.begin_import(
                filename=file.name,
                data=file.read(),
                user=request.user,  # type: ignore[arg-type]
                now=clock.now(),
            )
        except imports.Unreadable as fault:
            form.add_error("file", str(fault))
        else:
            messages.info(
                request,
                _(
                    "Once the list is brought in, come back to the guests of the event: it stands there to be chosen."
                ),
            )
            return HttpResponseRedirect(reverse("contacts:import_columns", args=[listing.pk]))
    return form_page(
        request,
        form,
        label=_("Read the file"),
        back=address_of(row),
        event=event,
        explanation=_(
            "The people of the file are entered among the contacts first, then put on the guest list."
        ),
    )


def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """What all invitations to a date say: words, reference, signatory, until when to answer."""
    need(request, KEEP)
    event, row, _rows = date_of(request, pk)
    listed = queries.guest_list_of(row)
    initial = {name: getattr(listed, name) for name in actions.LIST} if listed is not None else {}
    categories = queries.categories_by_uid(event)
    initial["category"] = _uid_of(initial.get("category"))
    form = LetterForm(request.POST or None, initial=initial, categories=_named(categories))
    if request.method == "POST" and form.is_valid():
        values = _with_category(form.cleaned_data, categories)
        actions.change_list(occurrence=row, values=values, user=request.user, now=clock.now())
        messages.success(request, _("The words of the invitation are kept."))
        return HttpResponseRedirect(address_of(row))
    return form_page(request, form, label=_("Keep the words"), back=address_of(row), event=event)


def _uid_of(category: Category | None) -> str:
    return category.uid.hex if category is not None else ""


def _with_category(said: dict[str, Any], categories: dict[str, Category]) -> dict[str, Any]:
    """What a form said, with the category itself where it asked for one."""
    return said | ({"category": categories.get(said["category"])} if "category" in said else {})


def guest(request: HttpRequest, pk: int, uid: Any, what: str) -> HttpResponse:
    """Do one thing with one guest of this very event (of another one: 404), after asking."""
    need(request, KEEP)
    rows = Invitation.objects.select_related("contact__organisation", "occurrence__event", "category")
    found = get_object_or_404(rows, uid=uid, occurrence__event_id=pk)
    if what == "answer":
        return _record(request, found)
    if what == "change":
        return _change(request, found)
    if what == "link":
        return _link(request, found)
    if what == "withdraw" and not found.is_withdrawn:
        return _withdraw(request, found)
    raise Http404


def _record(request: HttpRequest, found: Invitation) -> HttpResponse:
    whole = queries.guests_of(found.occurrence, asked=found.state).get(pk=found.pk)
    form = RecordForm(
        request.POST or None,
        initial=given(whole),
        may_bring=found.may_bring,
        may_be_replaced=found.may_be_replaced,
        channels=[(one.value, one.label) for one in BY_STAFF],
    )
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        how = actions.How(said.pop("channel"), user=request.user, with_whom=said.pop("with_whom"))
        try:
            kept = actions.answer(invitation=found, said=actions.Answer(**said), how=how, now=clock.now())
        except actions.CannotAnswer as error:
            form.add_error(None, str(error))
        except (actions.AlreadyOver, actions.NotTaken):
            messages.error(request, _("This date is over or cancelled: nothing was changed."))
            return HttpResponseRedirect(address_of(found.occurrence))
        else:
            tasks.ring(*RUNG)
            words = {"name": found.contact, "state": kept.get_state_display()}
            messages.success(request, _("%(name)s: %(state)s.") % words)
            return HttpResponseRedirect(address_of(found.occurrence))
    return form_page(
        request,
        form,
        label=_("Record the answer"),
        back=address_of(found.occurrence),
        event=found.occurrence.event,
        explanation=f"{found.contact} · {found.occurrence.when()}",
    )


def _change(request: HttpRequest, found: Invitation) -> HttpResponse:
    categories = queries.categories_by_uid(found.occurrence.event)
    initial = {name: getattr(found, name) for name in actions.GUEST} | {"category": _uid_of(found.category)}
    form = GuestForm(request.POST or None, initial=initial, categories=_named(categories))
    if request.method == "POST" and form.is_valid():
        values = _with_category(form.cleaned_data, categories)
        try:
            actions.change_guest(invitation=found, values=values, user=request.user, now=clock.now())
        except actions.OccurrenceFull:
            form.add_error(
                "category", _("This category has fewer seats left than who comes by this invitation.")
            )
        else:
            messages.success(request, _("%(name)s is changed.") % {"name": found.contact})
            return HttpResponseRedirect(address_of(found.occurrence))
    return form_page(
        request,
        form,
        label=_("Change"),
        back=address_of(found.occurrence),
        event=found.occurrence.event,
        explanation=str(found.contact),
    )


def _withdraw(request: HttpRequest, found: Invitation) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        actions.withdraw_guest(invitation=found, reason=reason, user=request.user, now=clock.now())
        tasks.ring("events.guest_withdrawn", *RUNG)
        messages.success(request, _("%(name)s is off the list.") % {"name": found.contact})
        return HttpResponseRedirect(address_of(found.occurrence))
    return form_page(
        request,
        form,
        label=_("Take off the list"),
        back=address_of(found.occurrence),
        event=found.occurrence.event,
        explanation=_(
            "%(name)s: the link opens nothing any more, the seats go to others, and who was invited by mail is told."
        )
        % {"name": found.contact},
        danger=True,
    )


def _link(request: HttpRequest, found: Invitation) -> HttpResponse:
    """The personal link and the code, to be handed on by WhatsApp or read out; or new ones in their place."""
    if request.method == "POST":
        found = actions.renew_link(invitation=found, user=request.user, now=clock.now())
        messages.success(
            request, _("The link and the code are new: those given out before open nothing any more.")
        )
        return HttpResponseRedirect(request.path)
    context = {
        "guest": found,
        "event": found.occurrence.event,
        "row": found.occurrence,
        "link": f"{settings.PUBLIC_URL}/i/{queries.guest_key(found)}",
        "code": queries.guest_code(found),
        "entry": f"{settings.PUBLIC_URL}/i/",
        "back": address_of(found.occurrence),
    }
    response = render(request, "events/admin/guest_link.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
