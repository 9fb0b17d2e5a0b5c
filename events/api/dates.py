"""`@occurrences`: the dates of an event, or of all the events of an agenda, as their calendar file has them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field

from cms.core.api import Batch, Call, Operation, Service, batched, not_found
from events import queries
from events.api.reading import tell_date
from events.models import AgendaPage, EventPage, Kind
from events.policies import Desk

if TYPE_CHECKING:
    from events.models import Occurrence

    KindCode: TypeAlias = str
    DeskCode: TypeAlias = str
else:  # the codes of the models, read from them
    KindCode = Literal[tuple(Kind.values)]
    DeskCode = Literal[tuple(Desk)]
FIRST, LAST = date(1990, 1, 1), date(2100, 12, 31)
Day = Annotated[date | None, Field(ge=FIRST, le=LAST)]


class DatesParams(Batch):
    """Which dates: those to come, or those that touch a period, both days included, by the clock of the site's zone."""

    start: Annotated[Day, Field(description="From this day on, past ones too.")] = None
    end: Annotated[Day, Field(description="Until this day.")] = None
    kind: Annotated[KindCode | None, Field(description="Of an agenda: events of this kind.")] = None
    topic: Annotated[str | None, Field(max_length=80, description="Of an agenda: with this topic.")] = None
    place: Annotated[str | None, Field(max_length=200, description="That take place there.")] = None


class EventSaid(BaseModel):
    """The event in short."""

    id_: Annotated[str, Field(alias="@id", json_schema_extra={"format": "uri"})]
    UID: str
    title: str


class DateSaid(BaseModel):
    """A date. `recurrence_id` is the calendar file's RECURRENCE-ID; start and end by the clock of `timezone`."""

    model_config = ConfigDict(extra="allow")

    id_: Annotated[str, Field(alias="@id", json_schema_extra={"format": "uri"})]
    type_: Annotated[Literal["Occurrence"], Field(alias="@type")]
    UID: str
    title: str
    recurrence_id: str
    start: str
    end: str | None
    timezone: str
    whole_day: bool
    location: str
    state: Literal["planned", "cancelled"]
    capacity: int | None
    seats_left: int | None
    registration_state: DeskCode
    event: EventSaid


class DatesSaid(BaseModel):
    """Dates, soonest first."""

    model_config = ConfigDict(extra="allow")

    items: list[DateSaid]
    items_total: int


def listing(call: Call) -> dict[str, Any]:
    """The dates of the event or agenda that the reader may see, soonest first: four queries for a batch of any size."""
    asked: DatesParams = call.params
    pages = _pages(call, kind=asked.kind or "", topic=(asked.topic or "").replace("\x00", ""))
    url = _root(call.page)

    def say(found: list[Occurrence]) -> list[dict[str, Any]]:
        rows = queries.attach_pages(found, pages, language=call.ctx.language)
        return [_said(row, call) for row in queries.with_counts(rows, now=call.ctx.now)]

    return {"@id": url, **batched(_asked(pages, asked, call), asked, say, url=url, query=call.query)}


def _asked(pages: Any, asked: DatesParams, call: Call) -> Any:
    place = (asked.place or "").replace("\x00", "")
    if asked.start is None and asked.end is None:
        return queries.coming_occurrences(pages, now=call.ctx.now, place=place)
    until = asked.end + timedelta(days=1) if asked.end else None
    return queries.occurrences_between(pages, start=_instant(asked.start), end=_instant(until), place=place)


def _instant(day: date | None) -> datetime | None:
    return datetime.combine(day, time(0), ZoneInfo(settings.TIME_ZONE)) if day else None


def one(call: Call) -> dict[str, Any]:
    """One date, over or not."""
    if not re.fullmatch(r"[0-9a-f]{32}", call.tail):
        raise not_found()
    pages = _pages(call)
    rows = list(queries.occurrences_between(pages, start=None, end=None).filter(uid=UUID(call.tail)))
    found = queries.with_counts(
        queries.attach_pages(rows, pages, language=call.ctx.language), now=call.ctx.now
    )
    if not found:
        raise not_found()
    return _said(found[0], call)


def _pages(call: Call, *, kind: str = "", topic: str = "") -> Any:
    if isinstance(call.page, AgendaPage):
        return queries.event_pages(
            call.page, reader=call.ctx.reader, now=call.ctx.now, kind=kind, topic=topic
        )
    found = EventPage.objects.filter(pk=call.page.pk)
    found = found.filter(event__kind=kind) if kind else found
    return found.filter(topics__slug=topic) if topic else found


def _root(page: Any) -> str:
    return f"{page.public_url.rstrip('/')}/@occurrences"


def _said(row: Occurrence, call: Call) -> dict[str, Any]:
    page = row.page
    return {
        "@id": f"{_root(page)}/{row.uid.hex}",
        "@type": "Occurrence",
        "title": page.title,
        **tell_date(row, call.ctx),
        "timezone": row.event.zone,
        "whole_day": row.event.whole_day,
        "event": {"@id": page.public_url.rstrip("/"), "UID": page.uid.hex, "title": page.title},
    }


occurrences_service = Service(
    "occurrences",
    {"GET": Operation(listing, "Dates, soonest first", params=DatesParams, answer=DatesSaid)},
    on=(EventPage, AgendaPage),
    below={"date": {"GET": Operation(one, "One date", answer=DateSaid)}},
    order=60,
)
