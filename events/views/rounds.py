"""Rounds of mails to the people of a date: planned, looked at, sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from cms.core import clock
from cms.core.registry import Parts, Refused, Todo, mailing_renderers
from cms.mailing import queries as mailing
from cms.mailing.mail.placeholders import PLACEHOLDER
from events import actions, queries, tasks
from events.forms import RoundForm
from events.models import InvitationRound, RoundKind
from events.views.guests import KEEP, VIEW, address_of, date_of, need
from events.views.once import once

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest


def _address(row: Any) -> str:
    return f"{reverse('events_rounds', args=[row.event_id])}?date={row.recurrence_id}"


@once
def rounds(request: HttpRequest, pk: int) -> HttpResponse:
    """The rounds of a date, and a form that plans another."""
    need(request, VIEW)
    event, row, rows = date_of(request, pk)
    may_keep = request.user.has_perm(KEEP)
    form = RoundForm(request.POST or None, kinds=list(RoundKind.choices))
    if request.method == "POST":
        need(request, KEEP)
        if form.is_valid():
            try:
                made = actions.plan_round(
                    occurrence=row, user=request.user, now=clock.now(), **form.cleaned_data
                )
            except actions.CannotWrite as error:
                form.add_error(None, str(error))
            else:
                return HttpResponseRedirect(reverse("events_round", args=[event.pk, made.uid]))
    context = {
        "event": event,
        "row": row,
        "rows": rows,
        "found": queries.rounds_of(row),
        "form": form,
        "may_keep": may_keep,
        "guests_url": address_of(row),
    }
    return render(request, "events/admin/rounds.html", context, status=422 if form.errors else 200)


def one_round(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """One round: to how many, how its mail reads; a POST sends it now or takes it back."""
    need(request, VIEW)
    found = get_object_or_404(
        InvitationRound.objects.select_related("occurrence__event", "created_by"),
        uid=uid,
        occurrence__event_id=pk,
    )
    row, now = found.occurrence, clock.now()
    if request.method == "POST":
        need(request, KEEP)
        return _act(request, found, now)
    people = queries.reached_by(row, found.kind) if found.is_planned else []
    context = {
        "event": row.event,
        "row": row,
        "round": found,
        "number": len(people),
        "beside": queries.beside_mail(row, found.kind) if found.is_planned else 0,
        "sample": _sample(found, people, now) if people else None,
        "refused": actions.why_not(row, found.kind, now=now),
        "may_keep": request.user.has_perm(KEEP),
        "back": _address(row),
        "guests_url": address_of(row),
    }
    return render(request, "events/admin/round.html", context)


def _act(request: HttpRequest, found: InvitationRound, now: datetime) -> HttpResponse:
    if request.POST.get("do") == "cancel":
        actions.cancel_round(planned=found, user=request.user, now=now)
        messages.success(request, _("The round is taken back: nobody is written to."))
    elif request.POST.get("do") == "send":
        try:
            number = actions.write_round(planned=found, user=request.user, now=now)
        except actions.CannotWrite as error:
            messages.error(request, str(error))
        else:
            tasks.ring(actions.RENDERERS[found.kind])
            said = ngettext(
                "%d mail is written and leaves now.", "%d mails are written and leave now.", number
            )
            messages.success(request, said % number)
    return HttpResponseRedirect(_address(found.occurrence))


def _sample(found: InvitationRound, people: list[Any], now: datetime) -> dict[str, str] | None:
    """The mail of the first of these people, as text: what the officer reads before it leaves."""
    one, renderer = people[0], mailing_renderers.get(actions.RENDERERS[found.kind])
    if renderer is None:
        return None
    values = queries.letter_values(found.occurrence, language=one.language) | {"round": found.uid.hex}
    delivery = SimpleNamespace(
        values={**actions.values_for(one, values), "name": one.name},
        address=one.address,
        created_at=now,
        mailing=SimpleNamespace(sender=mailing.default_sender()),
    )
    try:
        with translation.override(one.language):
            parts: Parts = renderer.render(delivery, one.language, now)
            greeting = one.greeting or _("Dear Sir or Madam,")
    except Refused as refused:
        return {"to": one.name, "subject": "", "text": str(refused)}
    said = {"greeting": greeting, "name": one.name}
    text = PLACEHOLDER.sub(lambda match: said.get(match.group(1), ""), parts.text)
    return {"to": f"{one.name} <{one.address}>", "subject": parts.subject, "text": text}


# On screens of others ----------------------------------------------------------------------------------------------
SHOWN = 20


def guests_todo(user: Any, now: datetime) -> list[Todo]:
    """The next dates of which invited guests have not answered: to be asked again, or called."""
    if not user.has_perm(KEEP):
        return []
    found = []
    for row in queries.still_silent(now=now):
        listed = getattr(row, "guest_list", None)
        words = ngettext(
            "%(event)s: %(n)d guest has not answered", "%(event)s: %(n)d guests have not answered", row.silent
        )
        found.append(
            Todo(
                text=words % {"event": row.event, "n": row.silent},
                url=f"{address_of(row)}&asked=unanswered",
                due_at=listed.answer_by if listed is not None and listed.answer_by else row.starts_at,
            )
        )
    return found


def invitations_section(request: HttpRequest, contact: Any) -> dict[str, Any] | None:
    """What a contact was invited to, for the contact's page; None where there is nothing to see."""
    if not request.user.has_perm(VIEW):
        return None
    found = queries.invitations_of(contact, limit=SHOWN)
    return {"invitations": [(one, address_of(one.occurrence)) for one in found]} if found else None
