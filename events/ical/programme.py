"""A published programme as calendar entries: each session one, those taken off cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from events.ical.entries import uid
from events.ical.text import Entry, calendar
from events.models import Event, EventPage
from events.models.programme import ProgrammeVersion, SessionKind, in_language


def programme_calendar(
    event: Event, version: ProgrammeVersion, page: EventPage, *, first: date, language: str, only: str = ""
) -> bytes:
    """`programme.ics`, or one session of it (`only`: its uid in hex); sessions gone are in it as cancelled.

    `first` is the date of the programme's first day. Breaks are nobody's appointment and stay out.
    """
    content = version.content
    rows = [(row, event.state) for row in content["sessions"] if row["kind"] != SessionKind.BREAK]
    rows += [(row, "cancelled") for row in content["gone"] if row["kind"] != SessionKind.BREAK]
    chosen = [(row, state) for row, state in rows if not only or row["uid"] == only]
    return calendar(_entries(event, version, page, chosen, first, language), name="" if only else page.title)


def _entries(
    event: Event,
    version: ProgrammeVersion,
    page: EventPage,
    rows: Iterable[tuple[dict[str, Any], str]],
    first: date,
    language: str,
) -> Iterable[Entry]:
    rooms = {one["uid"]: one["name"] for one in version.content["rooms"]}
    speakers = {one["uid"]: one["name"] for one in version.content["speakers"]}
    for row, state in rows:
        on = first + timedelta(days=row["day"] - 1)
        who = [speakers[one["speaker"]] for one in row["people"] if one["speaker"] in speakers]
        summary = in_language(row, "summary", language)[0]
        yield Entry(
            uid=uid(UUID(row["uid"])),
            # An event that moves takes its sessions along: its own changes count too.
            sequence=event.sequence + row["sequence"],
            stamp=max(version.published_at, event.updated_at),
            start=datetime.combine(on, time.fromisoformat(row["start"])),
            end=datetime.combine(on, time.fromisoformat(row["end"])),
            zone=event.zone,
            summary=in_language(row, "title", language)[0],
            description="\n\n".join(part for part in (summary, ", ".join(who)) if part),
            location=", ".join(
                part for part in (rooms.get(row["room"] or "", ""), event.place_name, event.address) if part
            ),
            url=page.public_url,
            state=state,
            categories=(page.title,),
        )
