"""Bring events in from a calendar: choose it, look at what it holds, and only then write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from cms.core import clock
from events import actions, queries
from events.forms import CalendarForm
from events.models import CalendarImport, Event, Kind, Occurrence
from events.validators import in_words, parse_rule, to_utc

if TYPE_CHECKING:
    from django.http import HttpRequest

    from events.actions.calendars import Look

IMPORT = "events.import_calendar"
LATEST = 10
# What the preview shows first: what would be written, then what would not.
VERDICTS = {
    "new": gettext_lazy("New: a draft is made"),
    "changed": gettext_lazy("Changed: date and place are brought in line, those who registered get a mail"),
    "wrong": gettext_lazy("Left out: to be corrected in its calendar"),
    "off": gettext_lazy("Left out: cancelled there"),
    "same": gettext_lazy("Here already, nothing changes"),
    "ours": gettext_lazy("It comes from this site, nothing changes"),
}


def _agenda(request: HttpRequest) -> Any:
    """The French agenda, for those who may bring calendars in and add pages to it."""
    if not request.user.has_perm(IMPORT):
        raise PermissionDenied
    pages = {page.locale.language_code: page for page in queries.agenda_pages()}
    page = pages.get(settings.LANGUAGE_CODE)
    if page is None or not page.permissions_for_user(request.user).can_add_subpage():
        raise PermissionDenied
    return page


def calendars(request: HttpRequest) -> HttpResponse:
    """Ask for a file or an address; what was brought in before stands below."""
    _agenda(request)
    form = CalendarForm(request.POST or None, request.FILES or None, kinds=list(Kind.choices))
    if request.method == "POST" and form.is_valid():
        said, user, now = form.cleaned_data, request.user, clock.now()
        file, kind = said["file"], said["kind"]
        try:
            if file:
                made = actions.begin_calendar(name=file.name, data=file.read(), kind=kind, user=user, now=now)
            else:
                made = actions.fetch_calendar(url=said["address"].strip(), kind=kind, user=user, now=now)
        except actions.CalendarUnreadable as error:
            form.add_error("file" if file else "address", str(error))
        else:
            return HttpResponseRedirect(reverse("events_calendar", args=[made.uid]))
    context = {
        "form": form,
        "done": [
            (one, _outcome(one.outcome)) for one in CalendarImport.objects.exclude(done_at=None)[:LATEST]
        ],
    }
    return render(request, "events/admin/calendars.html", context, status=422 if form.errors else 200)


def calendar(request: HttpRequest, uid: Any) -> HttpResponse:
    """GET shows what the calendar holds and what would become of it; POST writes it, once."""
    agenda = _agenda(request)
    found = get_object_or_404(CalendarImport, uid=uid)
    if request.method == "POST":
        outcome = actions.confirm_calendar(calendar=found, agenda=agenda, user=request.user, now=clock.now())
        messages.success(request, _outcome(outcome))
        return HttpResponseRedirect(reverse("wagtailadmin_explore", args=[agenda.pk]))
    if found.done_at is not None:
        return HttpResponseRedirect(reverse("events_calendars"))
    looks = actions.look(found)
    shelves = [
        {"verdict": verdict, "words": words, "lines": [_line(one) for one in looks if one.verdict == verdict]}
        for verdict, words in VERDICTS.items()
    ]
    context = {
        "calendar": found,
        "shelves": [shelf for shelf in shelves if shelf["lines"]],
        "writes": any(one.verdict in ("new", "changed") for one in looks),
    }
    return render(request, "events/admin/calendar.html", context)


def _line(one: Look) -> dict[str, Any]:
    brought = one.brought
    return {
        "title": brought.title or brought.uid,
        "when": _when(brought) if brought.starts and not brought.errors else "",
        "place": brought.place,
        "instead": len(brought.instead),
        "said": [*brought.errors, *brought.notes],
        "event": one.event,
    }


def _when(brought: Any) -> str:
    """When an entry takes place, as its page will say it: its first date, and its rule in words."""
    first, last, zone = brought.first, brought.last, brought.zone
    row = Occurrence(
        event=Event(zone=zone, whole_day=brought.whole_day),
        starts_at=to_utc(first, zone),
        ends_at=to_utc(last, zone) if last is not None else None,
    )
    rule = in_words(parse_rule(brought.rule), first) if brought.rule else ""
    return " · ".join(filter(None, (row.when(), rule)))


def _outcome(outcome: dict[str, int]) -> str:
    new, changed = outcome.get("new", 0), outcome.get("changed", 0)
    left = outcome.get("wrong", 0) + outcome.get("off", 0)
    said = [
        ngettext("%(n)s event made as a draft", "%(n)s events made as drafts", new) % {"n": new}
        if new
        else "",
        ngettext("%(n)s changed", "%(n)s changed", changed) % {"n": changed} if changed else "",
        ngettext("%(n)s left out", "%(n)s left out", left) % {"n": left} if left else "",
    ]
    return ", ".join(filter(None, said)) or _("Nothing new: all of it was here already")
