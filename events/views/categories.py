"""The officer's screen of an event's categories: who registers as what, for how many seats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.core import clock
from events import actions, queries
from events.actions.categories import FIELDS
from events.forms import CategoryForm
from events.models import Access, Category, Colour, Event
from events.views.once import once

if TYPE_CHECKING:
    from django.http import HttpRequest

KEEP = "events.manage_registrations"


def _event(request: HttpRequest, pk: int) -> Event:
    if not request.user.has_perm(KEEP):
        raise PermissionDenied
    return get_object_or_404(Event, pk=pk)


def _list(event: Event) -> str:
    return reverse("events_categories", args=[event.pk])


def categories(request: HttpRequest, pk: int) -> HttpResponse:
    """The categories of one event, each with its quota and what is registered."""
    event = _event(request, pk)
    counts = queries.counts_by_category(event)
    rows = [{"category": one, "counts": counts.get(one.pk, {})} for one in queries.categories_of(event)]
    return render(request, "events/forms/categories.html", {"event": event, "rows": rows})


@once
def category(request: HttpRequest, pk: int, uid: Any = None) -> HttpResponse:
    """Make a category, or change the one of this event (of another one: 404)."""
    event = _event(request, pk)
    row = get_object_or_404(Category, uid=uid, event=event) if uid is not None else None
    form = CategoryForm(
        request.POST or None,
        ways=Access.choices,
        colours=Colour.choices,
        initial={name: getattr(row, name) for name in FIELDS} if row else {},
    )
    if request.method == "POST" and form.is_valid() and _kept(request, event, row, form):
        return HttpResponseRedirect(_list(event))
    return _asks(
        request, event, form, label=_("Change the category") if row else _("Add a category"), subject=row
    )


def _kept(request: HttpRequest, event: Event, row: Category | None, form: CategoryForm) -> bool:
    said = dict(form.cleaned_data)
    if said["order"] is None:
        del said["order"]
    try:
        if row is None:
            actions.add_category(event=event, user=request.user, now=clock.now(), **said)
        else:
            actions.change_category(category=row, values=said, user=request.user, now=clock.now())
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The category “%s” is kept.") % said["name"])
    return True


def remove_category(request: HttpRequest, pk: int, uid: Any) -> HttpResponse:
    """Take away a category of this event in which nobody is."""
    event = _event(request, pk)
    row = get_object_or_404(Category, uid=uid, event=event)
    if request.method == "POST":
        try:
            actions.remove_category(category=row, user=request.user, now=clock.now())
        except actions.CategoryInUse:
            messages.error(
                request, _("People are registered in “%s”: close it instead, nothing was changed.") % row
            )
        else:
            messages.success(request, _("The category “%s” is taken away.") % row)
        return HttpResponseRedirect(_list(event))
    return _asks(request, event, forms.Form(), label=_("Take this category away"), subject=row, danger=True)


def _asks(
    request: HttpRequest, event: Event, form: forms.Form, *, label: str, subject: Any, danger: bool = False
) -> HttpResponse:
    context = {
        "button": {"label": label, "explanation": str(subject or ""), "danger": danger},
        "event": event,
        "form": form,
        "back": _list(event),
    }
    return render(request, "events/admin/button.html", context, status=422 if form.errors else 200)
