"""A rule cut in two at one of its dates, and a rule whose dates all move by as much: "this date and the following".

Pure arithmetic on wall times; a move that a rule cannot follow (the second Tuesday and the fourth, by a day) is refused
in words, and the officer changes the rule itself.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import recurrence
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.validators.rules import days_of, expand

LONG = timedelta(days=366 * 3)


def _copy(one: recurrence.Rule, **changes: Any) -> recurrence.Rule:
    values = {name: getattr(one, name) for name in ("interval", "wkst", "count", "until", *one.byparams)}
    return recurrence.Rule(one.freq, **{**values, **changes})


def _kept(
    days: list[datetime], *, since: datetime | None = None, before: datetime | None = None
) -> list[datetime]:
    return [at for at in days if (since is None or at >= since) and (before is None or at < before)]


def cut(
    rule: recurrence.Recurrence, starts: datetime, at: datetime
) -> tuple[recurrence.Recurrence, recurrence.Recurrence]:
    """The rule up to `at` (excluded), and the rule from `at` on, which must be one of its dates.

    The second is to be read from `at`; a number of dates is what is left of it.
    """
    before, after = recurrence.Recurrence(include_dtstart=False), recurrence.Recurrence(include_dtstart=False)
    for one in rule.rrules:
        stop = at - timedelta(seconds=1)
        until = stop if one.until is None else min(one.until, stop)
        before.rrules.append(_copy(one, count=None, until=until))
        count = one.count
        if count is not None:
            count -= sum(1 for day in days_of(one, starts.date(), at.date()) if day < at.date())
        after.rrules.append(_copy(one, count=count))
    # A date left out without an hour (midnight) belongs to the part of its day.
    morning = datetime.combine(at.date(), time(0))
    before.exdates, after.exdates = _kept(rule.exdates, before=morning), _kept(rule.exdates, since=morning)
    before.rdates, after.rdates = _kept(rule.rdates, before=at), _kept(rule.rdates, since=at)
    return before, after


def _refused() -> ValidationError:
    return ValidationError(
        _("The days of this repetition cannot all be moved like this: change the repetition itself."),
        code="rule",
    )


def _place(day: date) -> int:
    """Which of its weekday in the month a day is."""
    return (day.day - 1) // 7 + 1


def _nth(year: int, month: int, weekday: recurrence.Weekday) -> date:
    first = date(year, month, 1)
    if weekday.index < 0:
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday.number) % 7 + 7 * (-weekday.index - 1))
    return first + timedelta(days=(weekday.number - first.weekday()) % 7 + 7 * (weekday.index - 1))


def _move_days(one: recurrence.Rule, old: date, new: date) -> recurrence.Rule:
    """The rule whose days move as its date `old` moves to `new`. Raises ValidationError where they cannot."""
    days = (new - old).days
    weekdays = [recurrence.base.to_weekday(day) for day in one.byday]
    if one.freq == recurrence.WEEKLY:
        if days % 7 and len(weekdays) > 1 and int(one.interval) > 1:
            raise _refused()
        return _copy(one, byday=sorted((day.number + days) % 7 for day in weekdays))
    if one.freq == recurrence.DAILY:
        if weekdays or one.bymonth or one.bymonthday:
            raise _refused()
        return one
    if one.bysetpos or len(weekdays) + len(one.bymonthday) > 1 or len(one.bymonth) > 1:
        raise _refused()
    changes: dict[str, Any] = {"bymonth": [new.month] if one.bymonth else []}
    if weekdays:
        if not weekdays[0].index or (one.freq == recurrence.YEARLY and not one.bymonth):
            raise _refused()
        last = weekdays[0].index < 0 and (new + timedelta(days=7)).month != new.month
        changes["byday"] = [recurrence.Weekday(new.weekday(), -1 if last else min(_place(new), 4))]
        if not last and _place(new) == 5:
            changes["byday"] = [recurrence.Weekday(new.weekday(), -1)]
    elif one.bymonthday:
        if one.bymonthday[0] < 0:
            raise _refused()
        changes["bymonthday"] = [new.day]
    return _copy(one, **changes)


def moved_first(one: recurrence.Rule, first: datetime, old: datetime, new: datetime) -> datetime:
    """Where the date `first` of a rule goes when its date `old` goes to `new`: the same place in its period.

    `one` is the rule as it will be. Raises ValidationError where that month has no such day.
    """
    if one.freq in (recurrence.DAILY, recurrence.WEEKLY):
        return first + (new - old)
    months = (new.year - old.year) * 12 + new.month - old.month
    number = first.year * 12 + first.month - 1 + months
    year, month = number // 12, number % 12 + 1
    weekdays = [recurrence.base.to_weekday(day) for day in one.byday]
    try:
        day = _nth(year, month, weekdays[0]) if weekdays else date(year, month, new.day)
    except ValueError as error:
        raise _refused() from error
    return datetime.combine(day, new.time())


def moved(
    rule: recurrence.Recurrence, first: datetime, old: datetime, new: datetime
) -> tuple[recurrence.Recurrence, datetime, dict[datetime, datetime]]:
    """The rule that starts at `first`, with its date `old` at `new` and all others moved likewise.

    Returns the new rule, its first date, and where each of its dates goes (those left out and added too), as far as
    three years on. Hours and days may both move. Raises ValidationError where the rule cannot follow.
    """
    days = (new.date() - old.date()).days
    fresh = recurrence.Recurrence(include_dtstart=False)
    fresh.rrules = [_move_days(one, old.date(), new.date()) if days else _copy(one) for one in rule.rrules]
    begins = moved_first(fresh.rrules[0], first, old, new) if fresh.rrules else first + (new - old)
    for one in fresh.rrules:
        if one.until is not None:
            one.until += timedelta(days=days) if one.until.time() == time(0) else new - old
    bare = recurrence.Recurrence(
        rrules=[_copy(one, until=None) for one in rule.rrules], include_dtstart=False
    )
    bare_fresh = recurrence.Recurrence(
        rrules=[_copy(one, until=None) for one in fresh.rrules], include_dtstart=False
    )
    was = expand(bare, first, until=first + LONG)
    is_now = expand(bare_fresh, begins, until=begins + LONG + timedelta(days=62))
    goes = dict(zip(was, is_now, strict=False))
    by_day = {at.date(): to.date() for at, to in goes.items()}
    for at in rule.exdates:
        day = by_day.get(at.date(), at.date() + timedelta(days=days))
        fresh.exdates.append(datetime.combine(day, at.time() if at.time() == time(0) else new.time()))
    for at in rule.rdates:
        goes[at] = at + (new - old)
        fresh.rdates.append(goes[at])
    return fresh, begins, goes


def same_grid(one: recurrence.Recurrence | None, other: recurrence.Recurrence | None) -> bool:
    """Whether two rules give the same days but for where they end and which dates are left out or added."""

    def grid(rule: recurrence.Recurrence | None) -> list[tuple[Any, ...]]:
        rules = rule.rrules if rule is not None else []
        return [
            (
                found.freq,
                int(found.interval),
                *(tuple(map(str, getattr(found, name))) for name in found.byparams if name != "byday"),
                tuple(
                    sorted(
                        (day.number, day.index or 0) for day in map(recurrence.base.to_weekday, found.byday)
                    )
                ),
            )
            for found in rules
        ]

    return grid(one) == grid(other)
