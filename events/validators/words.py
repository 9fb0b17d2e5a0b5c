"""A rule in plain words: "every Monday at 9, except …"."""

from __future__ import annotations

from datetime import date, datetime, time

import recurrence
from django.utils import formats
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.core.formats import clock_time
from cms.core.formats import day as day_in_words

NAMED = 5  # dates left out or added that are named; more are counted


def _ordinal(index: int) -> str:
    words = {
        1: _("the first"),
        2: _("the second"),
        3: _("the third"),
        4: _("the fourth"),
        5: _("the fifth"),
        -1: _("the last"),
    }
    return words.get(index, str(index))


def _day_words(one: recurrence.Rule) -> str:
    names = []
    for day in map(recurrence.base.to_weekday, one.byday):
        name = str(WEEKDAYS[day.number])
        names.append(f"{_ordinal(day.index)} {name}" if day.index else name)
    words = str(get_text_list(names, _("and")))
    if one.bysetpos:
        places = str(get_text_list([_ordinal(place) for place in one.bysetpos], _("and")))
        words = _("%(places)s of these days: %(days)s") % {"places": places, "days": words}
    return words


def _months(one: recurrence.Rule) -> str:
    return str(get_text_list([str(MONTHS[month]) for month in sorted(set(one.bymonth))], _("and")))


def _daily(one: recurrence.Rule) -> str:
    step, days = int(one.interval), _day_words(one)
    if days and step == 1:
        return _("every %(days)s") % {"days": days}
    words = ngettext("every day", "every %(step)s days", step) % {"step": step}
    return f"{words} ({days})" if days else words


def _weekly(one: recurrence.Rule, starts: datetime) -> str:
    step, days = int(one.interval), _day_words(one) or str(WEEKDAYS[starts.weekday()])
    words = ngettext("every %(days)s", "every %(step)s weeks, on %(days)s", step)
    return words % {"step": step, "days": days}


def _monthly(one: recurrence.Rule, starts: datetime) -> str:
    step = int(one.interval)
    days = ", ".join(
        str(day) if day > 0 else f"{_ordinal(-1)} {day + 1 or ''}".strip() for day in one.bymonthday
    )
    day = _day_words(one) or _("on day %(day)s") % {"day": days or starts.day}
    words = ngettext("every month, %(day)s", "every %(step)s months, %(day)s", step)
    return words % {"step": step, "day": day}


def _yearly(one: recurrence.Rule, starts: datetime) -> str:
    step, months = int(one.interval), sorted(set(one.bymonth)) or [starts.month]
    if one.byday:
        day = " ".join(filter(None, (_day_words(one), _months(one))))
    else:
        days = [day for day in one.bymonthday if day > 0] or [starts.day]
        # A leap year: 29 February is a day like others.
        found = [date(2000, month, day) for month in months for day in days if day <= 28 or month != 2]
        named = [formats.date_format(day, "MONTH_DAY_FORMAT") for day in found or [starts.date()]]
        day = str(get_text_list(named, _("and")))
    words = ngettext("every year, on %(day)s", "every %(step)s years, on %(day)s", step)
    return words % {"step": step, "day": day}


def _listed(days: list[datetime]) -> str:
    names = [day_in_words(at.date(), weekday=False) for at in sorted(days)[:NAMED]]
    return str(get_text_list(names, _("and"))) + ("…" if len(days) > NAMED else "")


def in_words(rule: recurrence.Recurrence | None, starts: datetime, *, hour: time | None = None) -> str:
    """Say a rule in the active language: "every Monday (at `hour`), except …"; the empty string without one."""
    if rule is None or not (rule.rrules or rule.rdates):
        return ""
    words = ""
    if rule.rrules:
        one = rule.rrules[0]
        if one.freq == recurrence.DAILY:
            words = _daily(one)
        elif one.freq == recurrence.WEEKLY:
            words = _weekly(one, starts)
        else:
            words = _monthly(one, starts) if one.freq == recurrence.MONTHLY else _yearly(one, starts)
        if one.bymonth and one.freq != recurrence.YEARLY:
            words += _(" in %(months)s") % {"months": _months(one)}
        if hour is not None:
            words += _(" at %(hour)s") % {"hour": clock_time(hour)}
        if one.count:
            words += ngettext(", %(count)s time", ", %(count)s times", one.count) % {"count": one.count}
        elif one.until:
            words += _(", until %(date)s") % {"date": day_in_words(one.until.date(), weekday=False)}
    if rule.exdates:
        words += _(", except %(dates)s") % {"dates": _listed(rule.exdates)}
    if rule.rdates:
        added = _("also on %(dates)s") % {"dates": _listed(rule.rdates)}
        words = f"{words}, {added}" if words else added
    return words
