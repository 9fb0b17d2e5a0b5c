"""The agenda's dates, with the page that words each in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Abs, Extract

from cms.core.models import SitePage
from cms.core.policies import visible
from cms.core.queries import descendants, listing
from cms.core.reader import ANONYMOUS
from events.models import AgendaPage, Event, EventPage, Kind, Occurrence
from events.queries.dates import with_counts
from events.querysets import OccurrenceQuerySet
from events.validators import local

if TYPE_CHECKING:
    from cms.core.reader import Reader

MODES = ("list", "week", "month", "past")


def event_pages(
    agenda: AgendaPage, *, reader: Reader, now: datetime, kind: str = "", topic: str = ""
) -> QuerySet[EventPage]:
    """The agenda's pages that this reader may see, French ones where there is no translation."""
    found = listing(agenda, model=EventPage, reader=reader, now=now)
    if kind:
        found = found.filter(event__kind=kind)
    if topic:
        found = found.filter(topics__slug=topic)
    return found


def _of(pages: QuerySet[EventPage]) -> OccurrenceQuerySet:
    events = pages.order_by().values("event_id")
    found: OccurrenceQuerySet = Occurrence.objects.filter(event_id__in=events).select_related("event")
    return found


def coming_occurrences(pages: QuerySet[EventPage], *, now: datetime, place: str = "") -> OccurrenceQuerySet:
    """All dates to come of these pages, soonest first."""
    return _of(pages).at(place).coming(now)


def next_of_each(pages: QuerySet[EventPage], *, now: datetime, place: str = "") -> OccurrenceQuerySet:
    """The next date of each event, soonest first: a weekly meeting is one line of the agenda."""
    found = _of(pages).at(place).coming(now)
    first = found.order_by("event_id", "starts_at", "pk").distinct("event_id").values("pk")
    return Occurrence.objects.filter(pk__in=first).select_related("event").coming(now)


def past_occurrences(pages: QuerySet[EventPage], *, now: datetime, place: str = "") -> OccurrenceQuerySet:
    """The last date of each event that is over, latest first."""
    going_on = _of(pages).coming(now).order_by().values("event_id")
    last = (
        _of(pages)
        .at(place)
        .over(now)
        .exclude(event_id__in=going_on)
        .order_by("event_id", "-starts_at", "-pk")
        .distinct("event_id")
        .values("pk")
    )
    return Occurrence.objects.filter(pk__in=last).select_related("event").order_by("-starts_at", "-pk")


def occurrences_between(
    pages: QuerySet[EventPage],
    *,
    start: datetime | None,
    end: datetime | None,
    place: str = "",
) -> OccurrenceQuerySet:
    """The dates that touch [start, end), soonest first: what a period shows."""
    return _of(pages).at(place).between(start, end).order_by("starts_at", "pk")


def shown_by_day(
    pages: QuerySet[EventPage],
    *,
    days: list[date],
    at: Callable[[date], datetime],
    each: int,
    place: str = "",
) -> tuple[dict[date, list[int]], dict[date, int], OccurrenceQuerySet]:
    """For days in a row: the keys of the first `each` dates of each day, how many it has, and the rows of those keys.

    A day's dates are those of the event's own clocks. Bounded, however many dates a month has: of those that are
    not shown nothing but their hours is read. `at` gives the instant at which a day begins.
    """
    shown: dict[date, list[int]] = {day: [] for day in days}
    counts = dict.fromkeys(days, 0)
    # A day more at either end: an event's clocks may be up to fourteen hours away from the site's.
    start, end = at(days[0]) - timedelta(days=1), at(days[-1]) + timedelta(days=2)
    rows = _of(pages).at(place).between(start, end).order_by("starts_at", "pk")
    for key, begins, ends, zone in rows.values_list("pk", "starts_at", "ends_at", "event__zone"):
        day = local(begins, zone).date()
        last = local(max(ends - timedelta(seconds=1), begins), zone).date() if ends else day
        day = max(day, days[0])
        while day <= min(last, days[-1]):
            counts[day] += 1
            if len(shown[day]) < each:
                shown[day].append(key)
            day += timedelta(days=1)
    keys = {key for found in shown.values() for key in found}
    wanted = Occurrence.objects.filter(pk__in=keys).select_related("event")
    return shown, counts, wanted.order_by("starts_at", "pk")


def places_of(pages: QuerySet[EventPage], *, limit: int = 60) -> list[str]:
    """The places at which these events take place, in order; for the agenda's choice."""
    events = pages.order_by().values("event_id")
    usual = Event.objects.filter(pk__in=events).exclude(place_name="").values_list("place_name")
    own = Occurrence.objects.filter(event_id__in=events).exclude(place_name="").values_list("place_name")
    return [place for (place,) in usual.order_by().union(own.order_by()).order_by("place_name")[:limit]]


def attach_pages(
    occurrences: Iterable[Occurrence], pages: QuerySet[EventPage], *, language: str
) -> list[Occurrence]:
    """Set `.page` on each date (one query): the page in `language`, else the one there is."""
    found = list(occurrences)
    words: dict[int, Any] = {}
    for page in pages.filter(event_id__in={one.event_id for one in found}):
        if page.event_id not in words or page.locale.language_code == language:
            words[page.event_id] = page
    for one in found:
        one.page = words.get(one.event_id)
    return [one for one in found if one.page is not None]


def agenda_page_of(page: EventPage, *, reader: Reader, now: datetime) -> AgendaPage | None:
    """The agenda above an event's page, where the reader may see it."""
    from cms.core.queries import ancestors

    above = ancestors(page, reader=reader, now=now).last()
    return above.specific if above is not None and isinstance(above.specific, AgendaPage) else None


def agenda_months(anchor: date) -> tuple[date, date, date]:
    """The first days of the month of `anchor`, of the one before and of the one after."""
    first = anchor.replace(day=1)
    return first, (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=32)).replace(day=1)


def dates_of_events(event_ids: set[int], *, now: datetime) -> list[Occurrence]:
    """For each event its next date, or its last where all are over (one query)."""
    rows = (
        Occurrence.objects.filter(event_id__in=event_ids)
        .select_related("event")
        .annotate(
            is_over=Case(
                When(Q(ends_at__lt=now) | Q(ends_at__isnull=True, starts_at__lt=now), then=Value(1)),
                default=Value(0),
            ),
            nearness=Abs(Extract(F("starts_at") - Value(now), "epoch")),
        )
        .order_by("event_id", "is_over", "nearness")
        .distinct("event_id")
    )
    return list(rows)


def calendar_rows(
    pages: QuerySet[EventPage], *, now: datetime, language: str, limit: int
) -> list[tuple[Event, list[Occurrence], EventPage]]:
    """What a calendar file of these pages holds: each event once, its dates of the last year and to come.

    Of a series that goes on, also the former dates that were not as its rule says: without them a calendar shows those
    as the rule does.
    """
    since = now - timedelta(days=366)
    dates = Occurrence.objects.filter(event_id__in=pages.order_by().values("event_id"))
    # Chosen before anything of them is read: a thousand series have a hundred thousand dates.
    last = dates.filter(starts_at__gte=since).order_by().values("event_id").annotate(last=Max("starts_at"))
    chosen = set(last.order_by("-last", "event_id").values_list("event_id", flat=True)[:limit])
    words: dict[int, EventPage] = {}
    told = pages.filter(event_id__in=chosen)
    for page in told.select_related("event").prefetch_related("event__periods"):
        if page.event_id not in words or page.locale.language_code == language:
            words[page.event_id] = page
    otherwise = Q(is_moved=True) | Q(state="cancelled") | ~Q(place_name="")
    rows: dict[int, list[Occurrence]] = {}
    shown = Occurrence.objects.filter(Q(starts_at__gte=since) | otherwise, event_id__in=chosen)
    for row in shown.order_by("starts_at", "pk"):
        rows.setdefault(row.event_id, []).append(row)
    return [(words[pk].event, rows[pk], words[pk]) for pk in sorted(chosen & words.keys())]


def next_event(
    home: SitePage, *, reader: Reader, now: datetime, language: str
) -> tuple[Occurrence, AgendaPage] | None:
    """The next date below a language home that is not cancelled, and the agenda that lists it."""
    agenda = descendants(home, reader=reader, now=now, model=AgendaPage).first()
    if agenda is None:
        return None
    pages = event_pages(agenda, reader=reader, now=now)
    rows = next_of_each(pages, now=now).planned().exclude(event__kind=Kind.FOCAL_POINTS)[:1]
    found = with_counts(attach_pages(rows, pages, language=language), now=now)
    return (found[0], agenda) if found else None


def coming_pages(*, language: str, now: datetime, limit: int) -> list[EventPage]:
    """The pages of a language, open to everybody, of the next events that are not cancelled, soonest first."""
    pages = visible(
        EventPage.objects.filter(locale__language_code=language), reader=ANONYMOUS, now=now
    ).select_related("locale")
    rows = next_of_each(pages, now=now).planned().exclude(event__kind=Kind.FOCAL_POINTS)[:limit]
    return [row.page for row in attach_pages(rows, pages, language=language)]
