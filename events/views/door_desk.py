"""The door as the secretariat sees it: its address and key, who is inside, what is to be looked at, the paper sheet."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from wagtail.admin import messages
from wagtail.models import Site

from cms.core import clock, formats
from cms.mailing.documents import PaperUnavailable
from cms.mailing.views.public import private
from cms.pages.models import Organisation
from cms.pages.queries import page_of
from events import actions, queries
from events.documents import sheet
from events.models import Event, Occurrence, Outcome
from events.policies import DOOR_OPENS_BEFORE, day_at_door, days_of_date, door_closes_at, door_is_open_at
from events.validators import to_utc
from events.views.people import EXPORT
from events.views.personal import qr

if TYPE_CHECKING:
    from django.http import HttpRequest

SEE, DOOR, KEEP = "events.view_checkin", "events.keep_door", "events.manage_registrations"
#: Names on one PDF: laying out more takes longer than somebody waits.
PER_SHEET = 300


def _asked(request: HttpRequest, pk: int, permission: str) -> tuple[Event, Occurrence | None]:
    """The event, and the date that is named or whose door is nearest."""
    if not request.user.has_perm(permission):
        raise PermissionDenied
    event = get_object_or_404(Event, pk=pk)
    named = (request.POST if request.method == "POST" else request.GET).get("date", "")[:15]
    row = queries.date_at_door(event, recurrence_id=named, now=clock.now())
    if named and row is None:
        raise Http404
    return event, row


@require_safe
def door_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is inside, conflicts, everything tried; and for who keeps doors their address and key."""
    event, row = _asked(request, pk, SEE)
    now = clock.now()
    keeps = request.user.has_perm(DOOR)
    address = f"{settings.PUBLIC_URL}/door/{event.uid.hex}/"
    context: dict[str, Any] = {
        "event": event,
        "row": row,
        "dates": list(event.occurrences.select_related("event").order_by("-starts_at")[:60]),
        "keeps": keeps,
        "may_keep": request.user.has_perm(KEEP),
        "may_export": request.user.has_perm(EXPORT),
        "address": address,
        "now": now,
    }
    if row is not None:
        people = queries.people_at_door(row).count()
        context |= {
            "counts": queries.door_counts(row, now=now),
            "today": day_at_door(row, now),
            "by_day": queries.inside_by_day(row) if len(days_of_date(row)) > 1 else [],
            "by_door": queries.entries_by_door(row),
            "conflicts": list(queries.conflicts_of(row)[:100]),
            "found": page_of(queries.tries_of(row), request.GET, size=50),
            "is_open": door_is_open_at(row, now),
            "opens_at": row.starts_at - DOOR_OPENS_BEFORE,
            "closes_at": door_closes_at(row),
            "key": queries.key_of_door(row) if keeps else "",
            "qr": qr(address) if keeps else "",
            "days": days_of_date(row),
            "sheets": [] if people <= PER_SHEET else range(1, -(-people // PER_SHEET) + 1),
        }
    return render(request, "events/admin/door.html", context)


def _day(row: Occurrence, asked: str, *, until: date | None = None) -> date:
    """The day of the date that is asked for, else the first; none after `until`."""
    days = [one for one in days_of_date(row) if until is None or one <= until]
    return next((one for one in days if one.isoformat() == asked), days[0])


def _signed_at(row: Occurrence, day: date) -> datetime:
    """The hour under which who signed on a day is entered: when the date, or that day of it, began."""
    if day == row.local_start.date():
        return row.starts_at
    return to_utc(datetime.combine(day, time(9)), row.event.zone)


def door_settle(request: HttpRequest, pk: int, entry: int) -> HttpResponse:
    """POST: a conflict was looked at. That of another event is not found."""
    event, _row = _asked(request, pk, KEEP)
    found = get_object_or_404(queries.tries_of_event(event), pk=entry)
    if request.method == "POST":
        actions.settle(check_in=found, user=request.user, now=clock.now())
    return _back(event, found.occurrence)


def door_new_key(request: HttpRequest, pk: int) -> HttpResponse:
    """POST: the doors of a date get a new key, and their telephones wipe what they hold."""
    event, row = _asked(request, pk, KEEP)
    if row is None:
        raise Http404
    if request.method == "POST":
        actions.change_door_key(occurrence=row, user=request.user, now=clock.now())
        messages.success(
            request, _("The key is changed. Every telephone wipes its list when it is next heard from.")
        )
    return _back(event, row)


def _back(event: Event, row: Occurrence) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('events_door', args=[event.pk])}?date={row.recurrence_id}")


def door_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what was signed on paper on a day: tick who came, a part of the list at a time.

    Ticked twice, a person came once.
    """
    event, row = _asked(request, pk, KEEP)
    now = clock.now()
    if row is None or row.is_cancelled or row.starts_at > now:
        raise Http404
    today = day_at_door(row, now)
    day = _day(row, (request.POST if request.method == "POST" else request.GET).get("day", ""), until=today)
    here = f"{reverse('events_door_sheet', args=[event.pk])}?date={row.recurrence_id}&day={day}"
    if request.method == "POST":
        _enter_signed(request, row, day, now=now)
        return HttpResponseRedirect(here)
    context = {
        "event": event,
        "row": row,
        "day": day,
        "days": [one for one in days_of_date(row) if one <= today],
        "found": page_of(queries.people_missing(row, day), request.GET, size=PER_SHEET),
    }
    return render(request, "events/admin/door_sheet.html", context)


def _enter_signed(request: HttpRequest, row: Occurrence, day: date, *, now: datetime) -> None:
    """Let in who signed, and say how many."""
    said = {uid for uid in request.POST.getlist("came") if len(uid) == 32}
    people = [one for one in queries.people_missing(row, day) if one.uid.hex in said]
    keeper = actions.Keeper(request.user, _("Attendance sheet"), may_approve=True)
    scans = [
        actions.Scan(
            client_uid=uuid4(),
            at=_signed_at(row, day),
            registration=one.uid,
            accept=True,
            by_sheet=True,
        )
        for one in people
    ]
    made = actions.check_in(occurrence=row, scans=scans, keeper=keeper, now=now)
    number = sum(one.outcome == Outcome.ADMITTED for one in made)
    messages.success(
        request,
        ngettext("%(n)s person was here.", "%(n)s people were here.", number) % {"n": number},
    )


@require_safe
def attendance_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """`sheet.pdf?date=&day=&part=`: names, organisations and telephones to take away, so a permission of its own."""
    event, row = _asked(request, pk, EXPORT)
    if row is None:
        raise Http404
    day = _day(row, request.GET.get("day", ""))
    people = queries.people_on_sheet(row)
    total = people.count()
    asked = request.GET.get("part", "1")
    last = max(-(-total // PER_SHEET), 1)
    part = min(max(int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1, 1), last)
    first = (part - 1) * PER_SHEET
    title = queries.title_of(event, language="fr")[0]
    try:
        data = sheet.sheet_pdf(
            list(people[first : first + PER_SHEET]),
            row=row,
            title=title,
            day=day,
            letterhead=Organisation.for_site(Site.objects.get(is_default_site=True)).name,
            part=_("sheet %(n)s of %(all)s") % {"n": part, "all": last} if last > 1 else "",
            first=first + 1,
            now=clock.now(),
        )
    except PaperUnavailable as fault:
        messages.error(request, _("This machine makes no PDF: %(lacks)s is missing.") % {"lacks": fault})
        return _back(event, row)
    response = private(HttpResponse(data, content_type="application/pdf"))
    name = slugify(f"emargement {title[:60]} {formats.local(row.starts_at, event.zone):%Y-%m-%d}")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
