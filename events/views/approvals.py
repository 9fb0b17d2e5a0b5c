"""The approval board: who asks, with what they joined; decided many at a time, after reading what they will get."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock, registry
from cms.mailing.models import Delivery, Mailing
from cms.pages.queries import page_of
from events import actions, queries, tasks
from events.models import Event, Registration, RegistrationState
from events.queries.outlets import over_cap
from events.queries.press import mark_accredited

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

KEEP = "events.manage_registrations"
SIZE = 50


class DecisionForm(forms.Form):
    """What is decided on those ticked."""

    decision = forms.ChoiceField(choices=[("accept", "accept"), ("refuse", "refuse")])
    reason = forms.CharField(max_length=300, required=False)

    def clean_reason(self) -> str:
        return " ".join(self.cleaned_data["reason"].split())


def board(request: HttpRequest, pk: int) -> HttpResponse:
    """GET: who asks, narrowed. POST `step=preview`: what they would get; `step=decide`: done."""
    if not request.user.has_perm(KEEP):
        raise PermissionDenied
    event = get_object_or_404(Event, pk=pk)
    if request.method != "POST":
        return _list(request, event)
    form = DecisionForm(request.POST)
    ticked = [uid for text in request.POST.getlist("who") if (uid := _uid(text))]
    if not form.is_valid() or not ticked:
        messages.error(request, _("Tick the people you decide on, and choose to accept or to refuse them."))
        return _list(request, event, status=422)
    said = {"accept": form.cleaned_data["decision"] == "accept", "reason": form.cleaned_data["reason"]}
    if request.POST.get("step") != "decide":
        return _preview(request, event, actions.asking(event, ticked), **said)
    done = actions.decide(event=event, uids=ticked, user=request.user, now=clock.now(), **said)
    tasks.ring("events.confirmed", "events.waiting", "events.refused")
    _tell(request, done, asked=len(set(ticked)))
    return HttpResponseRedirect(reverse("events_board", args=[event.pk]))


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _tell(request: HttpRequest, done: Counter[str], *, asked: int) -> None:
    words = dict(RegistrationState.choices)
    said = ", ".join(f"{words[state]} : {number}" for state, number in sorted(done.items()))
    if said:
        messages.success(request, f"{said}.")
    if done[RegistrationState.REQUESTED]:
        messages.warning(
            request,
            _("Whose newsroom has all its people asks still: to let one more in, approve them one by one."),
        )
    if left := asked - sum(done.values()):
        messages.warning(request, _("Somebody else has dealt with the others meanwhile (%d).") % left)


def _list(request: HttpRequest, event: Event, status: int = 200) -> HttpResponse:
    categories = list(queries.categories_of(event))
    chosen = next((one for one in categories if one.uid.hex == request.GET.get("category")), None)
    search = request.GET.get("q", "")[:100].replace("\x00", "")
    people = queries.people_of(event, state="requested", category=chosen, search=search)
    found = page_of(people.prefetch_related("answers__choice", "answers__question"), request.GET, size=SIZE)
    mark_accredited(list(found.object_list), event, now=clock.now())
    context = {
        "event": event,
        "found": found,
        "over_cap": over_cap(list(found.object_list)),
        "categories": categories,
        "chosen": chosen,
        "search": search,
        "export": reverse("events_export", args=[event.pk]) + "?state=requested",
        "may_export": request.user.has_perm("events.export_registration"),
    }
    return render(request, "events/forms/board.html", context, status=status)


def _preview(
    request: HttpRequest, event: Event, people: list[Registration], *, accept: bool, reason: str
) -> HttpResponse:
    """What each would get, and the mails, one of each kind and language as its first reader will have it."""
    now = clock.now()
    refused = RegistrationState.REFUSED.value
    coming = actions.forecast(people, now=now) if accept else [(one, refused) for one in people]
    letters: dict[tuple[str, str], dict[str, Any]] = {}
    for person, state in coming:
        asks_still = state == RegistrationState.REQUESTED
        if person.email and not asks_still and (person.language, state) not in letters:
            letters[person.language, state] = _letter(person, state, reason, now)
    words = dict(RegistrationState.choices)
    context = {
        "event": event,
        "people": people,
        "accept": accept,
        "reason": reason,
        "counts": [(words[state], n) for state, n in sorted(Counter(s for _p, s in coming).items())],
        "letters": list(letters.values()),
        "to_call": [person for person in people if not person.email],
        "back": reverse("events_board", args=[event.pk]),
    }
    return render(request, "events/forms/board_preview.html", context)


def _letter(person: Registration, state: str, reason: str, now: datetime) -> dict[str, Any]:
    name, values = actions.draft(person, state, reason=reason)
    renderer = registry.mailing_renderers.get(name)
    assert renderer is not None
    with translation.override(person.language):
        trial = Delivery(mailing=Mailing(), address=person.email, values=values, created_at=now)
        made = renderer.render(trial, person.language, now)
    return {
        "to": person.name,
        "subject": made.subject.replace("[[name]]", person.name),
        "text": made.text.replace("[[name]]", person.name),
    }
