"""Preparing an event: begin it by the road of its kind, tick what is done, take the texts that are ready."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from cms.core import clock
from cms.core.registry import Todo
from events import queries
from events.actions import roads
from events.actions.road_plans import ROADS
from events.forms.roads import BeginForm, TaskForm, TextForm
from events.models import AgendaPage, Event, Kind, ReadyText, Task
from events.views.once import once

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

KEEP = "events.manage_registrations"


def may_begin(user: Any) -> AgendaPage | None:
    """The French agenda, where this user may add an event; else None."""
    for page in queries.agenda_pages():
        if page.locale.language_code == "fr" and page.permissions_for_user(user).can_add_subpage():
            return page
    return None


@once
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an event of one of the four kinds that have a road; leads to the editor of its draft."""
    agenda = may_begin(request.user)
    if agenda is None:
        raise PermissionDenied
    kinds = [(kind, Kind(kind).label) for kind in ROADS]
    form = BeginForm(
        request.POST or None, kinds=kinds, initial={"kind": request.GET.get("kind", Kind.FORUM.value)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            page = roads.begin_event(agenda=agenda, user=request.user, now=clock.now(), **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            messages.success(
                request,
                _("The event is prepared. Look at its words; what is to be done is under “Preparation”."),
            )
            return HttpResponseRedirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    context = {
        "form": form,
        "roads": [(Kind(kind).label, len(road.steps), len(road.texts)) for kind, road in ROADS.items()],
    }
    return render(request, "events/admin/roads/begin.html", context, status=422 if form.errors else 200)


def _event(request: HttpRequest, pk: int) -> Event:
    if not request.user.has_perm(KEEP):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


@once
def road(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be done for an event. POST: tick, take back, take off, add, or lay the road of its kind."""
    event = _event(request, pk)
    adding = request.method == "POST" and request.POST.get("do") == "add"
    form = TaskForm(request.POST if adding else None)
    if request.method == "POST" and (not adding or form.is_valid()):
        _act(request, event, form)
        return HttpResponseRedirect(reverse("events_road", args=[event.pk]))
    today = localdate(clock.now())
    tasks = list(queries.tasks_of(event))
    context = {
        "event": event,
        "tasks": [(one, one.is_late(today)) for one in tasks],
        "done": sum(1 for one in tasks if one.done_at),
        "count": len(tasks),
        "texts": [(one, queries.filled(one.body, event)) for one in event.ready_texts.all()],
        "form": form,
        "has_road": event.kind in ROADS,
    }
    return render(request, "events/admin/roads/road.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, event: Event, form: TaskForm) -> None:
    did, now = request.POST.get("do", ""), clock.now()
    if did == "add":
        roads.add_task(event=event, **form.cleaned_data)
        messages.success(request, _("Added."))
    elif did == "lay":
        made = roads.lay_road(event=event, user=request.user, now=now)
        words = ngettext("%(n)s thing to do was added.", "%(n)s things to do were added.", made)
        messages.success(request, words % {"n": made})
    elif did in ("tick", "untick"):
        roads.tick(task=_task(request, event), done=did == "tick", user=request.user, now=now)
    elif did == "remove":
        _task(request, event).delete()
        messages.success(request, _("Taken off the list."))
    else:
        raise Http404


def _task(request: HttpRequest, event: Event) -> Task:
    number = request.POST.get("task", "")
    return get_object_or_404(
        Task, event=event, pk=int(number) if number.isdecimal() and len(number) < 19 else 0
    )


def ready_text(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Change a ready text for this event."""
    event = _event(request, pk)
    text = get_object_or_404(ReadyText, event=event, key=key)
    form = TextForm(request.POST or None, initial={"title": text.title, "body": text.body})
    back = reverse("events_road", args=[event.pk])
    if request.method == "POST" and form.is_valid():
        roads.keep_text(text=text, **form.cleaned_data)
        messages.success(request, _("The text is saved."))
        return HttpResponseRedirect(back)
    context = {
        "button": {"label": _("Save the text"), "explanation": ""},
        "subject": text.title,
        "event": event,
        "form": form,
        "back": back,
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)


def tasks_todo(user: Any, now: datetime) -> list[Todo]:
    """What is late or due within a week, one line an event, for who keeps events."""
    if not user.has_perm(KEEP):
        return []
    today, found = localdate(now), {}
    for task in queries.tasks_due(now=now)[:200]:
        found.setdefault(task.event_id, []).append(task)
    lines = []
    for tasks in list(found.values())[:10]:
        first = tasks[0]
        late = [one for one in tasks if one.is_late(today)]
        more = len(tasks) - 1
        detail = (
            ngettext("and %(n)s other thing", "and %(n)s other things", more) % {"n": more} if more else ""
        )
        lines.append(
            Todo(
                text=f"{first.event} : {first.title}",
                url=reverse("events_road", args=[first.event_id]),
                detail=detail,
                level="warning" if late else "info",
            )
        )
    return lines
