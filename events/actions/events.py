"""Creating an event and changing what all its pages share."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cms.core.actions import change_thing, log_thing
from cms.core.models import Audience
from events.actions import seats
from events.actions.errors import AlreadyOver
from events.actions.occurrences import (
    HORIZON,
    end_registrations,
    materialise,
    redate,
    take_with_dates,
    tell_moved,
    wall_of,
)
from events.actions.periods import anniversary_in, close_period
from events.forms.when import compose_rule, plain_values
from events.models import Event, Kind, Occurrence, OccurrenceState, State
from events.validators import FIRST_YEAR, LAST_YEAR, check_rule, cut, expand, local, same_grid, serialise_rule

WHEN = ("start_date", "start_time", "end_date", "end_time", "whole_day", "zone", "rule")
PLACE = ("place_name", "address", "map_url", "online_url")
WINDOW = (
    "takes_registrations",
    "registration_opens_at",
    "registration_closes_at",
    "by_invitation",
    "has_waiting_list",
    "offer_hours",
    "needs_approval",
    "outlet_cap",
    "takes_delegations",
    "files_kept_days",
)


@transaction.atomic
def create_event(*, name: str, kind: str, user: Any, now: datetime, **values: Any) -> Event:
    """Make an event with its dates. `values` are fields of Event. Raises ValidationError.

    The rule is checked against the first date, so that nothing unbounded is ever stored.
    """
    event = Event(name=name, kind=kind, **values)
    event.full_clean(exclude=["rule"])
    _check(event)
    event.save()
    materialise(event=event, now=now)
    log_thing(event, action="event.created", user=user, now=now)
    return event


def event_like(event: Event, title: str, user: Any, now: datetime) -> Event:
    """Make another event of the kind, place and seats of one, to be dated anew; nobody is registered for it.

    The address of a meeting from afar stays with those who were given it.
    """
    what = ("role", "zone", "place_name", "address", "map_url", "audience", "activity", "capacity")
    registration = ("takes_registrations", "needs_approval", "has_waiting_list")
    values = {name: getattr(event, name) for name in (*what, *registration)}
    return create_event(name=title, kind=event.kind, user=user, now=now, **values)


def _check(event: Event) -> None:
    for day in (event.start_date, event.end_date):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(_("Write a year from 1900 to 2100."))
    if event.rule is None:
        return
    if event.starts is None:
        raise ValidationError(_("Give the first day too."))
    check_rule(event.rule, event.starts)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """The event's columns that the editor's values say; empty ones take the column's own default.

    A day without an hour (a draft kept by itself) counts as a whole day until the hour is typed.
    """
    known = (*WHEN, *PLACE, *WINDOW, "kind", "role", "state", "capacity")
    said: dict[str, Any] = {}
    for name in known:
        if name in values and name != "rule":
            empty = values[name] in (None, "")
            said[name] = Event._meta.get_field(name).get_default() if empty else values[name]  # type: ignore[union-attr]
    if "start_date" in values:
        if said.get("start_date") and not said.get("start_time"):
            said["whole_day"] = True
        if said.get("whole_day"):
            said["start_time"] = said["end_time"] = None
        said["open_end"] = not said.get("whole_day") and not said.get("end_time")
    if "for_whom" in values:
        said["audience"] = values["for_whom"] or Audience.PUBLIC
    said["kind"] = said.get("kind") or Kind.FORUM
    return said


def _coming(dates: list[Occurrence], *, now: datetime) -> list[Occurrence]:
    return [row for row in dates if row.starts_at >= now]


def create_from_form(values: dict[str, Any], user: Any, now: datetime) -> Event:
    """Make the event of a new page from the editor's first values, most of which may be empty in a draft."""
    said = _columns(values)
    return create_event(
        name=values.get("name") or str(_("Event")),
        kind=said.pop("kind"),
        rule=values.get("rule"),
        user=user,
        now=now,
        **said,
    )


def first_values(event: Event) -> dict[str, Any]:
    """What the editor's form shows of an event that nobody outside has seen yet."""
    names = (*WHEN, *PLACE, *WINDOW, "kind", "role", "state", "capacity")
    shown = {name: getattr(event, name) for name in names if name != "rule"}
    return {**shown, "for_whom": event.audience, **plain_values(event.rule, event.starts)}


@transaction.atomic
def change_first_values(event: Event, values: dict[str, Any], user: Any, now: datetime) -> Event:
    """Take what was typed since the draft was first kept; dates are made anew, since nobody saw them.

    A date for which something is prepared already (a guest list, delegations) moves with it. Raises ValidationError
    where the rule cannot be kept.
    """
    row, _dates = take_with_dates(event)
    said = _columns({"kind": row.kind, **values})
    if "repeat" in values:
        said["rule"] = compose_rule({**said, **values})
    before = {name: getattr(row, name) for name in said}
    if serialise_rule(before.get("rule")) == serialise_rule(said.get("rule")):
        before.pop("rule", None)
        said.pop("rule", None)
    changes = {name: value for name, value in said.items() if before[name] != value}
    if not changes:
        return event
    trial = Event(**{name: changes.get(name, getattr(row, name)) for name in WHEN}, name="-", kind="forum")
    _check(trial)
    row = change_thing(event, action="event.first_values", changes=changes, user=user, now=now)
    if set(changes) & {*WHEN, "open_end"}:
        Occurrence.objects.filter(event=row).unused().delete()
        redate(row, now=now)
        materialise(event=row, now=now)
    return row


@transaction.atomic
def change_when(*, event: Event, values: dict[str, Any], reason: str = "", user: Any, now: datetime) -> Event:
    """Change dates, hours, zone or rule from now on; whoever is registered for a date that moves is told.

    The one date of an event that is over is corrected, without a word. What has taken place stays as it was: a series
    with past dates is closed before the change (`Period`).

    `values` holds fields of WHEN. SEQUENCE rises, so that calendars take the change (RFC 5545, 3.8.7.4).
    """
    known, dates = take_with_dates(event)
    changes = {name: values.get(name) for name in WHEN if name in values}
    whole_day = changes.get("whole_day", known.whole_day)
    changes["open_end"] = not whole_day and not changes.get("end_time", known.end_time)
    if whole_day:
        changes["start_time"] = changes["end_time"] = None
    trial = Event(
        **{name: changes.get(name, getattr(known, name)) for name in WHEN}, name="-", kind=known.kind
    )
    _check(trial)
    changes |= _leave_the_past(known, trial, dates, now=now)
    first_day = changes.get("start_date", known.start_date)
    if known.anniversary is not None and first_day is not None:
        changes["anniversary"] = anniversary_in(known, first_day.year)
    coming = {one.pk for one in _coming(dates, now=now)}
    row = change_thing(
        event,
        action="event.when",
        changes={**changes, "sequence": known.sequence + 1},
        user=user,
        now=now,
        reason=reason,
    )
    _keep_identity(known, row)
    for occurrence in redate(row, now=now):
        occurrence.event = row
        if occurrence.pk in coming or occurrence.starts_at >= now:
            tell_moved(occurrence, reason=reason, now=now)
    return row


def _keep_identity(known: Event, row: Event) -> None:
    """Dates that calendars know by one identity keep it where their event becomes a series, or ceases to be one.

    Of one date mails and calendar files name the event, of a series each date.
    """
    if known.repeats != row.repeats:
        dates = Occurrence.objects.filter(event=row, told_as=None, state=OccurrenceState.PLANNED)
        dates.update(told_as=F("uid") if known.repeats else row.uid)


def _leave_the_past(known: Event, trial: Event, dates: list[Occurrence], *, now: datetime) -> dict[str, Any]:
    """Close the series before its first date to come, where a new rule would say its past otherwise.

    Returns what the event's columns are to be besides: nothing where the days and hours stay, and only where the
    series ends or which dates are left out or added changes.
    """
    past = [wall_of(row) for row in dates if row.starts_at < now]
    if not past or not known.repeats or trial.starts is None:
        return {}
    same = (known.zone, known.starts, known.ends) == (trial.zone, trial.starts, trial.ends)
    if same and same_grid(known.rule, trial.rule):
        return {}
    here = local(now, trial.zone).replace(tzinfo=None)
    coming = expand(trial.rule, trial.starts, since=max(here, max(past)), until=here + HORIZON, limit=2)
    first = next((wall for wall in coming if wall > max(past)), None)
    ended = _first_of(known, after=max(past))
    if first is None or ended is None or known.starts is None or ended <= known.starts:
        return {}
    close_period(known, before=ended, now=now)
    days = first.date() - trial.starts.date()
    rule = trial.rule
    if rule is not None and rule.rrules and first > trial.starts:
        rule = cut(rule, trial.starts, first)[1]
    return {
        "series_uid": uuid4(),
        "start_date": first.date(),
        "end_date": trial.end_date + days if trial.end_date else None,
        "rule": rule,
    }


def _first_of(event: Event, *, after: datetime) -> datetime | None:
    """The first date of the event's rule after a wall time; where it has ended, the day after that."""
    if event.starts is None:
        return None
    found = expand(event.rule, event.starts, since=after, until=after + timedelta(days=366 * 2), limit=2)
    return next((wall for wall in found if wall > after), after + timedelta(days=1))


@transaction.atomic
def change_place(
    *, event: Event, values: dict[str, Any], reason: str = "", user: Any, now: datetime
) -> Event:
    """Change place, address or links; people registered are told of a new place, or of a new link to take part."""
    known, dates = take_with_dates(event)
    changes = {name: values.get(name) or "" for name in PLACE if name in values}
    row = change_thing(
        event,
        action="event.place",
        changes={**changes, "sequence": known.sequence + 1},
        user=user,
        now=now,
        reason=reason,
    )
    for occurrence in _coming(dates, now=now):
        before = (occurrence.where, known.online_url)
        occurrence.event = row
        if (occurrence.where, row.online_url) != before:
            tell_moved(occurrence, reason=reason, now=now)
    return row


@transaction.atomic
def change_capacity(*, event: Event, capacity: int | None, user: Any, now: datetime) -> Event:
    """Change the number of seats. More seats go to those who wait; fewer never take a seat from anybody."""
    _known, dates = take_with_dates(event)
    row = change_thing(event, action="event.capacity", changes={"capacity": capacity}, user=user, now=now)
    for occurrence in _coming(dates, now=now):
        occurrence.event = row
        seats.promote(occurrence, now=now)
    return row


@transaction.atomic
def change_audience(*, event: Event, audience: str, user: Any, now: datetime) -> Event:
    """Say for whom the event is; whoever it is not for finds neither page nor date. The same again changes nothing."""
    known = Event.objects.select_for_update(no_key=True).get(pk=event.pk)
    if known.audience == audience:
        return known
    changes = {"audience": audience}
    return change_thing(event, action="event.audience", changes=changes, user=user, now=now)


def change_window(*, event: Event, values: dict[str, Any], user: Any, now: datetime) -> Event:
    """Open, close or reshape registration. `values` holds fields of WINDOW."""
    changes = {name: values[name] for name in WINDOW if name in values}
    return change_thing(event, action="event.registration", changes=changes, user=user, now=now)


@transaction.atomic
def change_state(*, event: Event, state: str, user: Any, now: datetime) -> Event:
    """Confirm a provisional event, or make it provisional again. Cancelling is `cancel_event`.

    In the state already it changes nothing. Raises AlreadyOver for an event cancelled meanwhile.
    """
    if state == State.CANCELLED:
        raise ValueError("cancel_event cancels")
    known = Event.objects.select_for_update().get(pk=event.pk)
    if known.is_cancelled:
        raise AlreadyOver
    if known.state == state:
        return known
    return change_thing(
        event,
        action=f"event.{state}",
        changes={"state": state, "sequence": known.sequence + 1},
        user=user,
        now=now,
    )


@transaction.atomic
def cancel_event(*, event: Event, reason: str = "", user: Any, now: datetime) -> Event:
    """Cancel the event: its page and calendar entries say so, each person registered is told. Once."""
    known, dates = take_with_dates(event)
    if known.is_cancelled:
        return event
    row = change_thing(
        event,
        action="event.cancelled",
        changes={"state": State.CANCELLED, "sequence": known.sequence + 1},
        user=user,
        now=now,
        reason=reason,
    )
    for occurrence in _coming(dates, now=now):
        occurrence.event = row
        end_registrations(occurrence, reason=reason, now=now)
    Occurrence.objects.filter(event=event).update(sequence=F("sequence") + 1)
    return row
