"""Bringing events in from a calendar: read, looked at, only then written; the same again changes nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from wagtail.rich_text import RichText

from cms.core import outgoing
from events.actions.errors import AlreadyOver, EventsError
from events.actions.events import cancel_event, change_place, change_when, create_event
from events.actions.occurrences import WALL, cancel_occurrence, move_occurrence
from events.imports import MAX_BYTES, Brought, Unreadable, read_calendar
from events.models import AgendaPage, CalendarImport, Event, EventPage, Occurrence, Origin, Period
from events.validators import parse_rule, serialise_rule, to_utc

KEPT = timedelta(days=7)
NEW, SAME, CHANGED, OURS, WRONG, OFF = "new", "same", "changed", "ours", "wrong", "off"


class CalendarUnreadable(EventsError):
    """The calendar cannot be read or fetched; `str()` is the sentence for the officer."""


@dataclass(frozen=True)
class Look:
    """What would become of one entry: new, same, changed, ours (it left from here), wrong, off (cancelled there)."""

    brought: Brought
    verdict: str
    event: Event | None = None


def begin_calendar(
    *, name: str, data: bytes, kind: str, url: str = "", user: Any, now: datetime
) -> CalendarImport:
    """Keep a calendar file for its preview; nothing of it is an event yet. Raises CalendarUnreadable."""
    try:
        read_calendar(data)
    except Unreadable as error:
        raise CalendarUnreadable(str(error)) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    return CalendarImport.objects.create(
        name=name[:300],
        url=url,
        text=text.replace("\x00", ""),
        kind=kind,
        created_by=user if user is not None and user.pk else None,
        created_at=now,
    )


def fetch_calendar(*, url: str, kind: str, user: Any, now: datetime) -> CalendarImport:
    """Ask an address for its calendar, as `begin_calendar`. Raises CalendarUnreadable."""
    address = "https://" + url.removeprefix("webcal://") if url.startswith("webcal://") else url
    try:
        answer = outgoing.fetch(address, max_bytes=MAX_BYTES, headers={"Accept": "text/calendar"})
    except outgoing.Unreachable as error:
        raise CalendarUnreadable(str(error)) from error
    return begin_calendar(name=url, data=answer.body, kind=kind, url=url, user=user, now=now)


def look(calendar: CalendarImport) -> list[Look]:
    """What would become of each entry now; three queries, whatever their number."""
    found = read_calendar(calendar.text.encode())
    origins = {
        origin.entry_uid: origin
        for origin in Origin.objects.filter(entry_uid__in=[one.uid for one in found]).select_related("event")
    }
    ours = _ours(found)
    return [_look(one, origins.get(one.uid), ours) for one in found]


def _uid(text: str) -> UUID | None:
    try:
        return UUID(text.removesuffix("@kunnafoni")) if text.endswith("@kunnafoni") else None
    except ValueError:
        return None


def _ours(found: list[Brought]) -> set[UUID]:
    """Those entries that left from here: an event's, a series', a date's."""
    uids = {uid for one in found if (uid := _uid(one.uid)) is not None}
    if not uids:
        return set()
    known = set(Event.objects.filter(uid__in=uids).values_list("uid", flat=True))
    series = Event.objects.filter(series_uid__in=uids).values_list("series_uid", flat=True)
    known |= {uid for uid in series if uid is not None}
    known |= set(Period.objects.filter(uid__in=uids).values_list("uid", flat=True))
    return known | set(Occurrence.objects.filter(uid__in=uids).values_list("uid", flat=True))


def _look(brought: Brought, origin: Origin | None, ours: set[UUID]) -> Look:
    if _uid(brought.uid) in ours:
        return Look(brought, OURS)
    event = origin.event if origin is not None else None
    if brought.errors:
        return Look(brought, WRONG, event)
    if origin is not None:
        return Look(brought, SAME if origin.digest == brought.digest else CHANGED, event)
    return Look(brought, OFF if brought.state == "cancelled" else NEW)


@transaction.atomic
def confirm_calendar(
    *, calendar: CalendarImport, agenda: AgendaPage, user: Any, now: datetime
) -> dict[str, int]:
    """Write what the preview showed: new events with a draft page, changed dates, cancellations.

    Returns how many entries of each verdict; a calendar confirmed already (twice, at once) changes nothing.
    """
    row = CalendarImport.objects.select_for_update().get(pk=calendar.pk)
    if row.done_at is not None:
        return dict(row.outcome)
    # Two calendars with one entry: the second looks once the first has written.
    AgendaPage.objects.select_for_update(of=("self",)).get(pk=agenda.pk)
    counted: Counter[str] = Counter()
    for one in look(row):
        verdict = one.verdict
        try:
            with transaction.atomic():
                if verdict == NEW:
                    _create(one.brought, row, agenda, user=user, now=now)
                elif verdict == CHANGED and one.event is not None:
                    _update(one.brought, one.event, user=user, now=now)
        except ValidationError:
            verdict = WRONG
        counted[verdict] += 1
    row.outcome, row.done_at, row.text = dict(counted), now, ""
    row.save()
    return row.outcome


def when_values(brought: Brought) -> dict[str, Any]:
    """The event's columns that say when."""
    first, last = brought.first, brought.last
    values: dict[str, Any] = {
        "start_date": first.date(),
        "start_time": None if brought.whole_day else first.time(),
        "end_time": None,
        "end_date": None,
        "whole_day": brought.whole_day,
        "zone": brought.zone,
        "rule": parse_rule(brought.rule) if brought.rule else None,
    }
    if last is not None:
        day = (last - timedelta(days=1)).date() if brought.whole_day else last.date()
        values["end_date"] = day if day != first.date() else None
        values["end_time"] = None if brought.whole_day else last.time()
    return values


def _create(
    brought: Brought, calendar: CalendarImport, agenda: AgendaPage, *, user: Any, now: datetime
) -> None:
    values = when_values(brought)
    event = create_event(
        name=brought.title,
        kind=calendar.kind,
        state=brought.state,
        place_name=brought.place,
        open_end=not brought.whole_day and values["end_time"] is None,
        user=user,
        now=now,
        **values,
    )
    Origin.objects.create(event=event, entry_uid=brought.uid, digest=brought.digest, brought_at=now)
    _apply_instead(event, brought, user=user, now=now)
    page = EventPage(
        title=brought.title, locale=agenda.locale, event=event, live=False, owner=user, body=_body(brought)
    )
    agenda.refresh_from_db()
    agenda.add_child(instance=page)
    page.save_revision(user=user)


def _body(brought: Brought) -> list[tuple[str, RichText]]:
    lines = [line.strip() for line in brought.description.splitlines() if line.strip()]
    html = format_html_join("", "<p>{}</p>", ((line,) for line in lines))
    if brought.url:
        html += format_html('<p><a href="{}">{}</a></p>', brought.url, brought.url)
    return [("paragraph", RichText(html))] if html else []


def _update(brought: Brought, event: Event, *, user: Any, now: datetime) -> None:
    """Bring an event in line with its entry: date, place, state. Its words are the officer's by now."""
    reason = _("Changed in the calendar it comes from")
    if brought.state == "cancelled":
        cancel_event(event=event, user=user, now=now)
    elif not event.is_cancelled:
        values = when_values(brought)
        rules = serialise_rule(event.rule), serialise_rule(values["rule"])
        if rules[0] != rules[1] or any(
            getattr(event, name) != value for name, value in values.items() if name != "rule"
        ):
            event = change_when(event=event, values=values, reason=reason, user=user, now=now)
        if event.place_name != brought.place:
            change_place(event=event, values={"place_name": brought.place}, reason=reason, user=user, now=now)
        _apply_instead(event, brought, user=user, now=now)
    Origin.objects.filter(event=event).update(digest=brought.digest, brought_at=now)


def _apply_instead(event: Event, brought: Brought, *, user: Any, now: datetime) -> None:
    """Move or cancel the dates of a series that are otherwise in its calendar; past ones without a word."""
    rows = {row.recurrence_id: row for row in event.occurrences.select_related("event")}
    for one in brought.instead:
        row = rows.get(datetime.fromisoformat(one.original).strftime(WALL))
        if row is None:
            continue
        starts = datetime.fromisoformat(one.starts)
        ends = datetime.fromisoformat(one.ends) if one.ends else None
        place = "" if one.place == event.place_name else one.place
        try:
            if one.cancelled:
                cancel_occurrence(occurrence=row, user=user, now=now)
            else:
                move_occurrence(
                    occurrence=row,
                    starts=starts,
                    ends=ends,
                    place_name=place,
                    capacity=row.capacity,
                    user=user,
                    now=now,
                )
        except AlreadyOver:
            if not one.cancelled and not row.is_cancelled:
                row.starts_at, row.ends_at = (
                    to_utc(starts, event.zone),
                    to_utc(ends, event.zone) if ends else None,
                )
                row.place_name, row.is_moved = place, True
                row.save()


def forget_calendars(*, now: datetime) -> int:
    """Delete what was read and never confirmed; returns how many."""
    return CalendarImport.objects.filter(done_at=None, created_at__lt=now - KEPT).delete()[0]
