"""Events as JSON: plone.app.event's keys, then ours (the API kernel adds identity, parent and dates)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cms.core.api import once, served
from events import queries
from events.models import EventPage, Occurrence
from events.policies import desk
from events.queries.programme import Slot, published_programmes, tell_programme
from events.validators import serialise_rule
from media_library import api as library

if TYPE_CHECKING:
    from cms.core.registry import Context
    from events.models import AgendaPage

DATES = 25


def tell_date(row: Occurrence, ctx: Context) -> dict[str, Any]:
    """A date that was counted: when, where, whether it takes place, and where registration for it stands."""
    return {
        "UID": row.uid.hex,
        "recurrence_id": row.recurrence_id,
        "start": row.local_start.isoformat(),
        "end": row.local_end.isoformat() if row.local_end else None,
        "location": row.place,
        "state": "cancelled" if row.is_cancelled else row.state,
        **_registration(row, ctx),
    }


def _registration(row: Occurrence, ctx: Context) -> dict[str, Any]:
    taken = getattr(row, "taken", 0)
    return {
        "capacity": row.seats,
        "seats_left": max(row.seats - taken, 0) if row.seats is not None else None,
        "registration_state": str(desk(row.event, row, taken=taken, now=ctx.now)),
    }


def _dates(page: EventPage, ctx: Context) -> list[Occurrence]:
    """What is told of the event's dates, read once for all the events of the answer."""
    told = {one.event_id for one in served(ctx) if isinstance(one, EventPage)} | {page.event_id}
    found = once(
        ctx,
        ("events.dates", frozenset(told)),
        lambda: queries.dates_told(told, now=ctx.now, limit=DATES),
    )
    return found[page.event_id]


def _partners(page: EventPage, ctx: Context) -> list[dict[str, Any]]:
    """With whom the event is held, read once for all the events of the answer."""
    told = {one.event_id for one in served(ctx) if isinstance(one, EventPage)} | {page.event_id}
    found = once(ctx, ("events.partners", frozenset(told)), lambda: queries.partners_of(told))
    return [
        {"name": row.organisation.name, "website": row.organisation.website or None, "part": row.part}
        for row in found[page.event_id]
    ]


def event(page: EventPage, ctx: Context) -> dict[str, Any]:
    """start, end, whole_day, open_end, recurrence, location, … of the next date (or the last one), in its zone."""
    found = page.event
    told = _dates(page, ctx)
    shown = told[0] if told else None
    rows = [row for row in told if not row.is_past(ctx.now)]
    said: dict[str, Any] = {
        "start": shown.local_start.isoformat() if shown else None,
        "end": shown.local_end.isoformat() if shown and shown.local_end else None,
        "whole_day": found.whole_day,
        "open_end": found.open_end,
        "recurrence": serialise_rule(found.rule) or None,
        "timezone": found.zone,
        "location": shown.place if shown else found.place_name,
        "address": shown.address if shown else found.address,
        "map_url": (shown.map_url if shown else found.map_url) or None,
        "event_url": page.public_url,
        "sync_uid": f"{found.uid}@kunnafoni",
        "kind": found.kind,
        "role": found.role,
        "event_state": found.state,
        "anniversary": shown.anniversary if shown else found.anniversary,
        "edition": shown.edition if shown else found.edition,
        "attendance": found.attendance,
        "organiser": page.organiser,
        "partners": _partners(page, ctx),
        "topics": [topic.slug for topic in page.topics.all()],
        "occurrences": [tell_date(row, ctx) for row in rows],
        "registration_opens_at": _iso(found.registration_opens_at),
        "registration_closes_at": _iso(found.registration_closes_at),
        "waiting_list": found.has_waiting_list,
        "sounds": library.sounds(found.uid, ctx),
        "programme": _programme(page, shown, ctx),
    }
    empty = {"capacity": found.capacity, "seats_left": None, "registration_state": "none"}
    return {**said, **(_registration(shown, ctx) if shown else empty)}


def _programme(page: EventPage, shown: Occurrence | None, ctx: Context) -> dict[str, Any] | None:
    """The programme as it was last published, its hours by the clock on the wall; None where there is none."""
    told = {one.event_id for one in served(ctx) if isinstance(one, EventPage)} | {page.event_id}
    versions = once(ctx, ("events.programmes", frozenset(told)), lambda: published_programmes(told))
    version = versions.get(page.event_id)
    if version is None:
        return None
    first = shown.local_start.date() if shown else None
    said = tell_programme(version.content, first=first, language=ctx.language, photos=False)
    return {
        "version": version.number,
        "published": version.published_at.isoformat(),
        "note": version.note,
        "url": f"{page.public_url}programme/",
        "pdf": f"{page.public_url}programme.pdf",
        "calendar": f"{page.public_url}programme.ics",
        "sessions": [_session(slot) for slot in said.slots],
    }


def _session(slot: Slot) -> dict[str, Any]:
    return {
        "UID": slot.uid,
        "kind": slot.kind,
        "title": slot.title,
        "description": slot.summary,
        "day": slot.day,
        "date": slot.date.isoformat() if slot.date else None,
        "start": slot.start.isoformat("minutes"),
        "end": slot.end.isoformat("minutes"),
        "track": slot.track or None,
        "room": slot.room or None,
        "speakers": [
            {"UID": one.uid, "name": one.name, "part": one.part, "subject": one.subject or None}
            for one in slot.people
        ],
    }


def _iso(at: Any) -> str | None:
    return at.isoformat() if at else None


def agenda(page: AgendaPage, ctx: Context) -> dict[str, Any]:
    """The introduction; the events are the page's items."""
    return {"introduction": page.introduction}
