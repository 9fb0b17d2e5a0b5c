"""VTIMEZONE components from the IANA database.

Our own, because icalendar 7.3 writes the spring onset an hour late and has no zone for Bamako. Rules are YEARLY with
BYMONTH and BYDAY, which Outlook asks for; a zone whose changes follow no such rule gets its onsets one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_YEARS_AHEAD = 8


@dataclass(frozen=True)
class Onset:
    """One change of the clocks: `local` is the wall time at which it happens, by the clocks before it."""

    local: datetime
    before: timedelta
    after: timedelta
    is_summer: bool
    name: str

    @property
    def place(self) -> tuple[int, int, int]:
        """Month, weekday, and which of the month's (−1: the last)."""
        last = (self.local + timedelta(days=7)).month != self.local.month
        return (self.local.month, self.local.weekday(), -1 if last else (self.local.day - 1) // 7 + 1)


def offset(span: timedelta) -> str:
    """ "+0100" (RFC 5545, 3.3.14)."""
    seconds = int(span.total_seconds())
    sign, seconds = ("-" if seconds < 0 else "+"), abs(seconds)
    text = f"{sign}{seconds // 3600:02d}{seconds % 3600 // 60:02d}"
    return text + (f"{seconds % 60:02d}" if seconds % 60 else "")


def _onsets(zone: ZoneInfo, first_year: int, last_year: int) -> list[Onset]:
    found = []
    at = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    before = at.astimezone(zone).utcoffset() or timedelta(0)
    while at < end:
        later = at + timedelta(days=1)
        if later.astimezone(zone).utcoffset() != before:
            low, high = at, later
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                middle = middle.replace(microsecond=0)
                if middle.astimezone(zone).utcoffset() == before:
                    low = middle
                else:
                    high = middle
            there = high.astimezone(zone)
            after = there.utcoffset() or timedelta(0)
            wall = (high + before).replace(tzinfo=None)
            found.append(Onset(wall, before, after, bool(there.dst()), there.tzname() or ""))
            before = after
        at = later
    return found


def _component(onset: Onset, rule: str = "", dates: list[Onset] | None = None) -> list[str]:
    kind = "DAYLIGHT" if onset.is_summer else "STANDARD"
    lines = [
        f"BEGIN:{kind}",
        f"DTSTART:{onset.local:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{offset(onset.before)}",
        f"TZOFFSETTO:{offset(onset.after)}",
    ]
    if onset.name and onset.name[0].isalpha():
        lines.append(f"TZNAME:{onset.name}")
    if rule:
        lines.append(f"RRULE:{rule}")
    lines += [f"RDATE:{one.local:%Y%m%dT%H%M%S}" for one in dates or []]
    return [*lines, f"END:{kind}"]


def _fixed(zone: ZoneInfo, year: int) -> list[str]:
    there = datetime(year, 1, 1, tzinfo=zone)
    span = there.utcoffset() or timedelta(0)
    return _component(Onset(datetime(1970, 1, 1), span, span, False, there.tzname() or ""))


@lru_cache(maxsize=256)
def vtimezone(name: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """The lines of the VTIMEZONE of an IANA zone, right from `first_year` to `last_year` (and on, by its rule)."""
    zone = ZoneInfo(name)
    onsets = _onsets(zone, first_year - 1, last_year + _YEARS_AHEAD)
    body: list[str] = []
    if not onsets:
        body = _fixed(zone, first_year)

    def sort_key(onset: Onset) -> tuple[bool, timedelta, timedelta]:
        return (onset.is_summer, onset.before, onset.after)

    for _key, group in groupby(sorted(onsets, key=sort_key), key=sort_key):
        same = sorted(group, key=lambda onset: onset.local)
        places = {(*onset.place, onset.local.time()) for onset in same}
        years = [onset.local.year for onset in same]
        if len(places) == 1 and len(same) > 2 and years == list(range(years[0], years[0] + len(years))):
            month, weekday, which, _time = next(iter(places))
            body += _component(same[0], f"FREQ=YEARLY;BYMONTH={month};BYDAY={which}{DAYS[weekday]}")
        else:
            body += _component(same[0], dates=same[1:])
    return ("BEGIN:VTIMEZONE", f"TZID:{name}", *body, "END:VTIMEZONE")
