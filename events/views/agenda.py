"""The agenda: list, week, month, past; and its calendar to subscribe to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.dates import WEEKDAYS_ABBR

from cms.core import formats
from cms.core.models import Topic
from cms.pages.queries import page_of
from events import ical, queries
from events.models import AgendaPage, Kind
from events.policies import Desk, desk

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cms.core.registry import Context

FILE_EVENTS = 300
# Of a day that has more, the others are one tap away.
EACH_DAY = 12


def _day(text: str) -> date | None:
    """An anchor as "2027-02" or "2027-02-05"; None for anything else or too far away."""
    try:
        found = date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2100 else None


def _instant(day: date) -> datetime:
    return datetime.combine(day, time(0), ZoneInfo(settings.TIME_ZONE))


def desk_words(row: Any, now: datetime) -> tuple[Desk, str]:
    """Where registration for a date stands, and the class of its colour."""
    state = desk(row.event, row, taken=getattr(row, "taken", 0), now=now)
    colours = {
        Desk.OPEN: "open",
        Desk.WAITING_LIST: "soon",
        Desk.NOT_YET: "soon",
        Desk.FULL: "closed",
        Desk.CANCELLED: "closed",
    }
    return state, colours.get(state, "")


def _shown(rows: Any, pages: Any, ctx: Context) -> list[Any]:
    found = queries.attach_pages(rows, pages, language=ctx.language)
    found = queries.with_counts(found, now=ctx.now)
    for row in found:
        row.desk, row.desk_class = desk_words(row, ctx.now)
    return found


@dataclass(frozen=True)
class Narrowed:
    """What a visitor asks of the agenda; what is nonsense is as if it were not asked."""

    kind: str
    topic: str
    place: str
    since: date | None
    until: date | None
    mode: str

    @property
    def has_period(self) -> bool:
        return self.since is not None or self.until is not None

    @classmethod
    def of(cls, query: Any) -> Narrowed:
        kind, mode = query.get("kind", ""), query.get("mode", "")
        return cls(
            kind=kind if kind in Kind.values else "",
            topic=query.get("topic", "")[:80].replace("\x00", ""),
            place=query.get("place", "")[:200].replace("\x00", ""),
            since=_day(query.get("from", "")),
            until=_day(query.get("until", "")),
            mode=mode if mode in queries.MODES else "list",
        )


def agenda(request: HttpRequest, page: AgendaPage, ctx: Context) -> HttpResponse:
    """Lists by date: `?kind= &topic= &place= &from= &until= &mode=month|week|past`, `?month=` (or a day of the week).

    With a period the list holds the dates in it, past ones too; without one the next date of each event.
    """
    asked = Narrowed.of(request.GET)
    everything = queries.event_pages(page, reader=ctx.reader, now=ctx.now)
    pages = queries.event_pages(page, reader=ctx.reader, now=ctx.now, kind=asked.kind, topic=asked.topic)
    context: dict[str, Any] = {
        "page": page,
        "ctx": ctx,
        "mode": asked.mode,
        "kind": asked.kind,
        "kinds": _kinds(everything),
        "topics": _topics(everything, ctx),
        "topic": asked.topic,
        "places": queries.places_of(everything),
        "asked": asked,
        "file_query": _file_query(asked.kind, asked.topic),
    }
    if asked.mode in ("week", "month"):
        context |= _grid(request, pages, asked, ctx)
    else:
        found = page_of(_listed(pages, asked, ctx), request.GET)
        found.object_list = _shown(found.object_list, pages, ctx)
        context["found"] = found
    return TemplateResponse(request, "events/agenda_page.html", context)


def _listed(pages: Any, asked: Narrowed, ctx: Context) -> Any:
    if asked.has_period:
        return queries.occurrences_between(
            pages,
            start=_instant(asked.since) if asked.since else None,
            end=_instant(asked.until + timedelta(days=1)) if asked.until else None,
            place=asked.place,
        )
    rows = queries.past_occurrences if asked.mode == "past" else queries.next_of_each
    return rows(pages, now=ctx.now, place=asked.place)


def _file_query(kind: str, topic: str) -> str:
    from urllib.parse import urlencode

    query = urlencode([(name, value) for name, value in (("kind", kind), ("topic", topic)) if value])
    return f"?{query}" if query else ""


def _kinds(pages: Any) -> list[tuple[str, str]]:
    present = set(pages.order_by().values_list("event__kind", flat=True).distinct())
    return [(kind.value, str(kind.label)) for kind in Kind if kind.value in present]


def _topics(pages: Any, ctx: Context) -> list[Any]:
    present = pages.order_by().values("topics")
    return list(Topic.objects.filter(pk__in=present, locale__language_code=ctx.language).order_by("name"))


def _grid(request: HttpRequest, pages: Any, asked: Narrowed, ctx: Context) -> dict[str, Any]:
    today, mode = formats.local(ctx.now).date(), asked.mode
    anchor = _day(request.GET.get("month", "")) or today
    if mode == "month":
        first, before, after = queries.agenda_months(anchor)
        start, end = first - timedelta(days=first.weekday()), after
        end += timedelta(days=-end.weekday() % 7)
        anchor_form = "%Y-%m"
    else:
        first = start = anchor - timedelta(days=anchor.weekday())
        end = start + timedelta(days=7)
        before, after, anchor_form = start - timedelta(days=7), end, "%Y-%m-%d"
    span = [start + timedelta(days=offset) for offset in range((end - start).days)]
    shown, counts, wanted = queries.shown_by_day(
        pages, days=span, at=_instant, each=EACH_DAY, place=asked.place
    )
    rows = {row.pk: row for row in _shown(wanted, pages, ctx)}
    days = []
    for day in span:
        on_it = [rows[key] for key in shown[day] if key in rows]
        out = mode == "month" and day.month != first.month
        days.append(
            {"day": day, "rows": on_it, "out": out, "n": counts[day], "more": counts[day] - len(on_it)}
        )
    weeks = [days[place : place + 7] for place in range(0, len(days), 7)]
    return {
        "first": first,
        "today": today,
        "weeks": weeks,
        "days": [one for one in days if one["rows"] and not one["out"]],
        "weekdays": WEEKDAYS_ABBR.values(),
        "neighbours": [
            {"rel": rel, "day": day, "month": day.strftime(anchor_form)}
            for rel, day in (("prev", before), ("next", after))
        ],
    }


def agenda_file(request: HttpRequest, page: AgendaPage, ctx: Context) -> HttpResponse:
    """`events.ics?kind=&topic=`: public events, a year back and all to come."""
    kind = request.GET.get("kind", "")
    topic = request.GET.get("topic", "")[:80].replace("\x00", "")
    pages = queries.event_pages(
        page, reader=ctx.reader, now=ctx.now, kind=kind if kind in Kind.values else "", topic=topic
    )
    found = queries.calendar_rows(pages, now=ctx.now, language=ctx.language, limit=FILE_EVENTS)
    response = HttpResponse(ical.agenda_calendar(found, name=page.title), content_type=ical.CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'inline; filename="events.ics"'
    return response


def next_event_section(page: Any, ctx: Context) -> dict[str, Any] | None:
    """The home page's next event, with its date as a calendar leaf; nothing where nothing is announced."""
    found = queries.next_event(page, reader=ctx.reader, now=ctx.now, language=ctx.language)
    if found is None:
        return None
    row, agenda_page = found
    row.desk, row.desk_class = desk_words(row, ctx.now)
    return {"row": row, "agenda": agenda_page}
