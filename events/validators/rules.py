"""Recurrence rules, fenced: kept as wall time, bounded in time and number, never an endless computation.

django-recurrence stores and parses the rule. What it measurably gets wrong is fenced off here: it would turn wall
times into UTC (a rule at 09:00 in Paris moved by an hour at each change of clocks), read only the first date of
an RDATE list, take rules by the second, and crash on BYMONTH=13. Expansion is our own, because dateutil searches
an impossible rule (30 February) until the year 9999; it is checked against dateutil by the tests.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import recurrence
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from recurrence.exceptions import RecurrenceError

MAX_DATES = 600  # dates of one event within the horizon
MAX_COUNT = 400
MAX_EXTRA = 200  # RDATE and EXDATE, each
MAX_CHARS = 8_000
FIRST_YEAR, LAST_YEAR = 1900, 2100
_PERIODS = (recurrence.YEARLY, recurrence.MONTHLY, recurrence.WEEKLY, recurrence.DAILY)
_FORBIDDEN = ("byhour", "byminute", "bysecond", "byweekno", "byyearday")
_LIST = re.compile(r"^(RDATE)([^:]*):(.*,.*)$", re.MULTILINE)


def _bad(message: str, **params: Any) -> ValidationError:
    return ValidationError(message % params if params else message, code="rule")


def _strip(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(tzinfo=None) if at is not None and at.tzinfo else at


def _dress(at: datetime | None) -> datetime | None:
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


def parse_rule(text: str) -> recurrence.Recurrence:
    """Read stored text: its times are wall times whatever their `Z` (django-recurrence always writes one).

    Raises ValidationError for text that is no rule.
    """
    if len(text) > MAX_CHARS:
        raise _bad(_("This rule is too long."))
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    # Without a Z, django-recurrence would read the time in the server's zone.
    unfolded = re.sub(r"(\d{8}T\d{6})(?!Z)", r"\1Z", unfolded)
    unfolded = re.sub(r"(?<![\dT])(\d{8})(?!\d|T)", r"\1T000000Z", unfolded)
    unfolded = _LIST.sub(lambda m: "\n".join(f"{m[1]}:{one}" for one in m[3].split(",")), unfolded)
    try:
        rule = recurrence.deserialize(unfolded, False)
    except (RecurrenceError, ValueError, TypeError, KeyError) as error:
        raise _bad(_("This is not a rule that we can read.")) from error
    rule.dtstart = rule.dtend = None
    rule.include_dtstart = False
    rule.rdates = [_strip(at) for at in rule.rdates]
    rule.exdates = [_strip(at) for at in rule.exdates]
    for one in (*rule.rrules, *rule.exrules):
        one.until = _strip(one.until)
    return rule


def serialise_rule(rule: recurrence.Recurrence | None) -> str:
    """Write a rule as text, its wall times unchanged; the empty string for no rule."""
    if rule is None or not (rule.rrules or rule.rdates or rule.exdates):
        return ""
    copy = recurrence.Recurrence(include_dtstart=False)
    for one in rule.rrules:
        kwargs = {name: getattr(one, name) for name in ("interval", "wkst", "count", *one.byparams)}
        copy.rrules.append(recurrence.Rule(one.freq, until=_dress(_strip(one.until)), **kwargs))
    copy.rdates = [_dress(_strip(at)) for at in rule.rdates]
    copy.exdates = [_dress(_strip(at)) for at in rule.exdates]
    return str(recurrence.serialize(copy))


def _check_numbers(one: recurrence.Rule) -> None:
    if one.freq not in _PERIODS:
        raise _bad(_("An event repeats by the day, the week, the month or the year."))
    if not isinstance(one.interval, int) or not 1 <= one.interval <= 99:
        raise _bad(_("“Every … ” takes a number from 1 to 99."))
    if any(getattr(one, name) for name in _FORBIDDEN):
        raise _bad(_("A rule by hours, minutes, week numbers or days of the year is not possible here."))
    if any(month not in range(1, 13) for month in one.bymonth):
        raise _bad(_("There are twelve months: choose numbers from 1 to 12."))
    if any(day == 0 or abs(day) > 31 for day in one.bymonthday):
        raise _bad(_("A day of the month is from 1 to 31, or from -1 to -31 counted from the end."))
    if any(place == 0 or abs(place) > 366 for place in one.bysetpos):
        raise _bad(_("The place in the list of days is from 1 to 366, or counted from the end."))
    if one.count is not None and not 1 <= one.count <= MAX_COUNT:
        raise _bad(_("The number of dates is from 1 to %(max)s."), max=MAX_COUNT)
    if one.until is not None and one.until.year > LAST_YEAR:
        raise _bad(_("The last date is too far away."))
    indexed = [day for day in map(recurrence.base.to_weekday, one.byday) if day.index]
    if indexed and one.freq not in (recurrence.MONTHLY, recurrence.YEARLY):
        raise _bad(_("“The second Tuesday” goes with a monthly or yearly rule."))
    if any(abs(day.index) > (5 if one.freq == recurrence.MONTHLY else 53) for day in indexed):
        raise _bad(_("A month has at most five of each weekday."))
    if one.freq == recurrence.WEEKLY and one.bymonthday:
        raise _bad(_("A weekly rule takes weekdays, not days of the month."))


def check_rule(rule: recurrence.Recurrence, starts: datetime) -> None:
    """Raise ValidationError, in words for an officer, where a rule cannot be kept. `starts` is wall time."""
    if not FIRST_YEAR <= starts.year <= LAST_YEAR:
        raise _bad(_("The start date is too far away."))
    if len(rule.rrules) > 1 or rule.exrules:
        raise _bad(_("One rule at a time: add single dates, or leave dates out."))
    if len(rule.rdates) > MAX_EXTRA or len(rule.exdates) > MAX_EXTRA:
        raise _bad(_("At most %(max)s single dates can be added or left out."), max=MAX_EXTRA)
    if any(at.year > LAST_YEAR or at.date() < starts.date() for at in rule.rdates):
        raise _bad(_("An added date is before the first date, or too far away."))
    for one in rule.rrules:
        _check_numbers(one)
        if one.until is not None and one.until.date() < starts.date():
            raise _bad(_("The last date is before the first."))
        first = next(days_of(one, starts.date(), starts.date()), None)
        if first != starts.date():
            raise _bad(_("The first date is not one of the days of the rule: change one or the other."))


def _nth_weekdays(days: list[date], one: recurrence.Rule) -> list[date]:
    """Those of `days` (a whole month or year) that BYDAY names, "second Tuesday" included."""
    found = set()
    for wanted in map(recurrence.base.to_weekday, one.byday):
        same = [day for day in days if day.weekday() == wanted.number]
        if not wanted.index:
            found.update(same)
        elif abs(wanted.index) <= len(same):
            found.add(same[wanted.index - 1] if wanted.index > 0 else same[wanted.index])
    return sorted(found)


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _in_month(year: int, month: int, one: recurrence.Rule, start: date) -> list[date]:
    days = _month(year, month)
    if not one.bymonthday:
        if one.byday:
            return _nth_weekdays(days, one)
        return [day for day in days if day.day == start.day]
    wanted = {day if day > 0 else len(days) + 1 + day for day in one.bymonthday}
    found = [day for day in days if day.day in wanted]
    if one.byday:
        allowed = set(_nth_weekdays(days, one))
        found = [day for day in found if day in allowed]
    return found


def _in_year(year: int, one: recurrence.Rule, start: date) -> list[date]:
    if not one.bymonth and not one.bymonthday:
        if one.byday:
            return _nth_weekdays([day for month in range(1, 13) for day in _month(year, month)], one)
        return [day for day in _month(year, start.month) if day.day == start.day]
    months = sorted(set(one.bymonth)) or range(1, 13)
    return [day for month in months for day in _in_month(year, month, one, start)]


def _in_week(monday: date, one: recurrence.Rule, start: date) -> list[date]:
    wanted = {recurrence.base.to_weekday(day).number for day in one.byday} or {start.weekday()}
    days = [monday + timedelta(days=n) for n in range(7)]
    return [day for day in days if day.weekday() in wanted and (not one.bymonth or day.month in one.bymonth)]


def _on_day(day: date, one: recurrence.Rule, weekdays: set[int]) -> list[date]:
    if weekdays and day.weekday() not in weekdays:
        return []
    if one.bymonthday and day.day not in one.bymonthday:
        return [day] if day.day - monthrange(day.year, day.month)[1] - 1 in one.bymonthday else []
    return [day]


def _periods(one: recurrence.Rule, start: date, last: date, since: date) -> Iterator[list[date]]:
    """The days of each period (day, week, month, year), in order, up to `last`.

    Days and weeks that are over before `since` may be passed over: a rule by the day that began long ago costs no more
    than one that begins now.
    """
    step = int(one.interval)
    if one.freq == recurrence.YEARLY:
        for year in range(start.year, last.year + 1, step):
            yield _in_year(year, one, start)
    elif one.freq == recurrence.MONTHLY:
        months = (last.year - start.year) * 12 + last.month
        for month in range(start.month - 1, months, step):
            year, number = start.year + month // 12, month % 12 + 1
            yield _in_month(year, number, one, start) if not one.bymonth or number in one.bymonth else []
    elif one.freq == recurrence.WEEKLY:
        first_weekday = recurrence.base.to_weekday(one.wkst).number if one.wkst is not None else 0
        week = start - timedelta(days=(start.weekday() - first_weekday) % 7)
        week += timedelta(weeks=max((since - week).days // 7 // step, 0) * step)
        while week <= last:
            yield _in_week(week, one, start)
            week += timedelta(weeks=step)
    else:
        weekdays = {recurrence.base.to_weekday(wanted).number for wanted in one.byday}
        offset = max((since - start).days // step, 0) * step
        while offset <= (last - start).days:
            day = start + timedelta(days=offset)
            if one.bymonth and day.month not in one.bymonth:
                # On to the next month: of 127 years a rule for February looks at 127 months.
                ahead = monthrange(day.year, day.month)[1] + 1 - day.day
                offset += -(-ahead // step) * step
                continue
            yield _on_day(day, one, weekdays)
            offset += step


def days_of(one: recurrence.Rule, start: date, last: date, *, since: date | None = None) -> Iterator[date]:
    """The days that one rule gives from `start` to `last`, in order, nothing left out.

    Of those before `since`, where it is given, some may be missing.
    """
    given = 0
    # Of a rule with a number of dates each counts, however long ago.
    skipped = start if since is None or one.count is not None else since
    for days in _periods(one, start, last, skipped):
        if one.bysetpos:
            places = {place - 1 if place > 0 else len(days) + place for place in one.bysetpos}
            days = [day for place, day in enumerate(days) if place in places]
        for day in days:
            if day < start:
                continue
            if day > last or (one.count is not None and given >= one.count):
                return
            given += 1
            yield day


def expand(
    rule: recurrence.Recurrence | None,
    starts: datetime,
    *,
    until: datetime,
    since: datetime | None = None,
    limit: int = MAX_DATES,
) -> list[datetime]:
    """The wall times at which an event that starts at `starts` takes place, sorted, within [since, until].

    At most `limit` of them. An exclusion at midnight (a date without a time) excludes the whole day. Without a
    rule: the start alone. Bounded: never looks beyond `until`, whatever the rule.
    """
    if rule is None or not (rule.rrules or rule.rdates):
        return [starts] if (since is None or starts >= since) and starts <= until else []
    excluded = set(rule.exdates)
    excluded_days = {at.date() for at in rule.exdates if at.time() == time(0)}
    last = min(until, datetime(LAST_YEAR, 12, 31))
    found = set()
    for one in rule.rrules:
        end = last
        if one.until is not None:
            # A last date without a time includes that day.
            stop = one.until if one.until.time() != time(0) else one.until + timedelta(days=1, seconds=-1)
            end = min(last, stop)
        for day in days_of(one, starts.date(), end.date(), since=since.date() if since is not None else None):
            at = datetime.combine(day, starts.time())
            if at <= end and (since is None or at >= since) and not (at in excluded or day in excluded_days):
                found.add(at)
            if len(found) >= limit:
                break
    if not rule.rrules:
        found.add(starts)
    for at in rule.rdates:
        at = datetime.combine(at.date(), starts.time()) if at.time() == time(0) else at
        if at <= last and (since is None or at >= since) and at not in excluded:
            found.add(at)
    return sorted(found)[:limit]
