"""The agenda: list, week, month, past; and its calendar to subscribe to."""

from __future__ import annotations

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
    for row in found:
        row.desk, row.desk_class = desk_words(row, ctx.now)
    return found


def agenda(request: HttpRequest, page: AgendaPage, ctx: Context) -> HttpResponse:
    """Lists by date; `?kind=`, `?topic=`, `?mode=month|week|past`, `?month=` (a month or a day of the week)."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in Kind.values else ""
    topic = request.GET.get("topic", "")[:80].replace("\x00", "")
    mode = request.GET.get("mode", "")
    mode = mode if mode in queries.MODES else "list"
    everything = queries.event_pages(page, reader=ctx.reader, now=ctx.now)
    pages = queries.event_pages(page, reader=ctx.reader, now=ctx.now, kind=kind, topic=topic)
    context: dict[str, Any] = {
        "page": page,
        "ctx": ctx,
        "mode": mode,
        "kind": kind,
        "kinds": _kinds(everything),
        "topics": _topics(everything, ctx),
        "topic": topic,
        "file_query": _file_query(kind, topic),
    }
    if mode in ("week", "month"):
        context |= _grid(request, pages, mode, ctx)
    else:
        rows = queries.past_occurrences if mode == "past" else queries.next_of_each
        found = page_of(rows(pages, now=ctx.now), request.GET)
        found.object_list = _shown(found.object_list, pages, ctx)
        context["found"] = found
    return TemplateResponse(request, "events/agenda_page.html", context)


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


def _grid(request: HttpRequest, pages: Any, mode: str, ctx: Context) -> dict[str, Any]:
    today = formats.local(ctx.now).date()
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
    rows = _shown(
        queries.occurrences_between(pages, start=_instant(start), end=_instant(end), now=ctx.now)[:400],
        pages,
        ctx,
    )
    days = []
    for offset in range((end - start).days):
        day = start + timedelta(days=offset)
        on_it = [row for row in rows if row.local_start.date() <= day <= row.last_day]
        days.append({"day": day, "rows": on_it, "out": mode == "month" and day.month != first.month})
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
