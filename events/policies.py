"""When people may register."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from events.validators import local


class Desk(StrEnum):
    """What the one action of an event's page is."""

    NONE = "none"  # takes no registrations
    CANCELLED = "cancelled"
    OVER = "over"
    INVITED = "invited"  # by invitation only
    NOT_YET = "not_yet"
    CLOSED = "closed"
    OPEN = "open"
    WAITING_LIST = "waiting_list"
    FULL = "full"


def registration_is_open(event: Any, occurrence: Any, *, now: datetime) -> bool:
    """Whether the public may register for this date at `now`, seats left aside."""
    return desk(event, occurrence, taken=0, now=now) not in (
        Desk.NONE,
        Desk.CANCELLED,
        Desk.OVER,
        Desk.INVITED,
        Desk.NOT_YET,
        Desk.CLOSED,
    )


def delegations_are_open(event: Any, occurrence: Any, *, now: datetime) -> bool:
    """Whether a delegation may announce itself for this date at `now`: while registration is open, full or not."""
    return event.takes_delegations and registration_is_open(event, occurrence, now=now)


def desk(event: Any, occurrence: Any, *, taken: int, now: datetime) -> Desk:
    """What a visitor is offered for a date of which `taken` seats are not free.

    Without a closing time registration closes when the date starts.
    """
    if event.is_cancelled or occurrence is None or occurrence.is_cancelled or event.is_withdrawn:
        return Desk.CANCELLED if event.is_cancelled or occurrence is not None else Desk.NONE
    if occurrence.is_past(now):
        return Desk.OVER
    if not event.takes_registrations:
        return Desk.NONE
    if event.by_invitation:
        return Desk.INVITED
    if event.registration_opens_at and now < event.registration_opens_at:
        return Desk.NOT_YET
    closes_at = event.registration_closes_at
    if event.repeats or closes_at is None:
        closes_at = min(filter(None, (closes_at, occurrence.starts_at)))
    if now >= closes_at:
        return Desk.CLOSED
    seats = occurrence.seats
    if seats is None or taken < seats:
        return Desk.OPEN
    return Desk.WAITING_LIST if event.has_waiting_list else Desk.FULL


# The press ----------------------------------------------------------------------------------------------------
#: How long a press conference lasts, in minutes, at least and at most (communication plan, chapter XII).
PRESS_SLOT = (40, 50)


def minutes_beside_slot(event: Any, occurrence: Any) -> int | None:
    """How many minutes a date of a press conference lasts, where that is beside PRESS_SLOT; else None.

    None too where no end is announced, for whole days, and for other kinds of events.
    """
    if event.kind != "press_conference" or event.whole_day or occurrence.ends_at is None:
        return None
    minutes = round((occurrence.ends_at - occurrence.starts_at).total_seconds() / 60)
    return None if PRESS_SLOT[0] <= minutes <= PRESS_SLOT[1] else minutes


# Doors ---------------------------------------------------------------------------------------------------------
DOOR_OPENS_BEFORE = timedelta(hours=24)
DOOR_CLOSES_AFTER = timedelta(hours=12)
#: Days of one date that have a sheet of their own.
MOST_DAYS = 31


def door_closes_at(occurrence: Any) -> datetime:
    """When the telephones at a date's doors wipe its list: half a day after its end."""
    ends: datetime = occurrence.over_at
    return ends + DOOR_CLOSES_AFTER


def door_is_open_at(occurrence: Any, at: datetime) -> bool:
    """Whether people may be let in at `at`: from the day before (who prepares, loads) until the lists are wiped."""
    if occurrence.is_cancelled:
        return False
    return bool(occurrence.starts_at - DOOR_OPENS_BEFORE <= at <= door_closes_at(occurrence))


def days_of_date(occurrence: Any) -> list[date]:
    """The days on which people come in, each anew: one for a date of up to 24 hours, midnight or not."""
    first = occurrence.local_start.date()
    ends = occurrence.ends_at or occurrence.starts_at
    if ends - occurrence.starts_at <= timedelta(hours=24):
        return [first]
    number: int = min((occurrence.last_day - first).days + 1, MOST_DAYS)
    return [first + timedelta(days=n) for n in range(number)]


def day_at_door(occurrence: Any, at: datetime) -> date:
    """The day of the date for which somebody comes at `at`: the day before counts for the first, later for the last."""
    days = days_of_date(occurrence)
    return min(max(local(at, occurrence.event.zone).date(), days[0]), days[-1])


# Guests -------------------------------------------------------------------------------------------------------
def may_answer(invitation: Any, row: Any, guest_list: Any, *, now: datetime) -> bool:
    """Whether a guest may answer (anew) by themselves at `now`; the secretariat may until the date is over."""
    if row.is_cancelled or row.event.is_withdrawn or invitation.is_withdrawn or now >= row.starts_at:
        return False
    until = guest_list.answer_by if guest_list is not None else None
    return until is None or now < until
