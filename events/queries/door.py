"""What the doors of a date hold and are told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from cms.core import links
from events.models import ACTIVE_STATES, CheckIn, Event, Occurrence, Outcome, Registration, RegistrationState
from events.policies import day_at_door, days_of_date, door_is_open_at
from events.validators import to_utc

KEY_PURPOSE = "door-key"
_LINK = re.compile(r"(?:^|/r/)([\w-]{43})/?$")
_SHORT = re.compile(r"[0-9a-zA-Z]{9}$")
#: How much of a link's hash a telephone holds: enough that no forged code is found, too little to make a link of.
_HASH_CHARS = 24


def key_of_door(occurrence: Occurrence, *, generation: int | None = None) -> str:
    """The key of a date's doors: nine letters and digits (45 bits), derived and never stored.

    A telephone makes its cipher of them (PBKDF2) and keeps the list under it; who has no network types them.
    `generation` asks for a former key: what a telephone has not sent yet lies under the key that it had.
    """
    wanted = occurrence.door_generation if generation is None else generation
    token = links.make(KEY_PURPOSE, occurrence.uid, wanted)
    return links.short_code(UUID(bytes=sha256(token.encode()).digest()[:16]))


def hash_of_link(registration: Registration) -> str:
    """What a telephone knows a person's code by: the hash of the link, never the link."""
    token = links.make(Registration.LINK_PURPOSE, registration.uid, registration.generation)
    return sha256(token.encode()).hexdigest()[:_HASH_CHARS]


def door_code(registration: Registration) -> str:
    """The code under a ticket's square, for a door without camera. It names the person to staff and opens nothing."""
    return links.short_code(registration.uid)


def person_at_door(occurrence: Occurrence, *, code: str = "", uid: UUID | None = None) -> Registration | None:
    """Whom a code (a ticket's link or its short code) or a uid means on this very date; None for any other."""
    people = Registration.objects.filter(occurrence=occurrence).select_related("contact", "category")
    if uid is None and (link := _LINK.search(code.strip())):
        token = link.group(1)
        uid = links.uid_of(token)
        found = people.filter(uid=uid).first() if uid is not None else None
        sound = found is not None and links.verify(
            token, purpose=Registration.LINK_PURPOSE, uid=found.uid, generation=found.generation
        )
        found = found if sound else None
    elif uid is None:
        short = code.strip().replace("-", "").replace(" ", "")
        between = links.uids_of_short(short) if _SHORT.match(short) else None
        found = people.filter(uid__range=between).first() if between else None
    else:
        found = people.filter(uid=uid).first()
    if found is not None:
        found.occurrence = occurrence
    return found


def date_at_door(event: Event, *, recurrence_id: str = "", now: datetime) -> Occurrence | None:
    """The date whose door is meant: the one named, else the one whose door is open, else the next one."""
    dates = event.occurrences.select_related("event")
    if recurrence_id:
        return dates.filter(recurrence_id=recurrence_id.replace("\x00", "")).first()
    rows = list(dates.coming(now)[:10]) + list(dates.over(now)[:2])
    open_now = [row for row in rows if door_is_open_at(row, now)]
    if open_now:
        return min(open_now, key=lambda row: abs(row.starts_at - now))
    return rows[0] if rows else None


def dates_of_door(event: Event, *, now: datetime) -> list[Occurrence]:
    """The dates that a door may be kept for now, soonest first."""
    rows = [*dates_over(event, now), *event.occurrences.select_related("event").coming(now)[:20]]
    return [row for row in rows if door_is_open_at(row, now)]


def dates_over(event: Event, now: datetime) -> list[Occurrence]:
    return list(reversed(event.occurrences.select_related("event").over(now)[:3]))


def people_at_door(occurrence: Occurrence) -> QuerySet[Registration]:
    """Whom a door knows: who comes, waits or is not confirmed. Who cancelled or was refused is not on the list."""
    return Registration.objects.filter(occurrence=occurrence, state__in=ACTIVE_STATES).order_by("name", "pk")


def _inside() -> Q:
    """The tries by which somebody stands inside, whether or not they should."""
    return (Q(outcome=Outcome.ADMITTED) | Q(let_in=True)) & ~Q(outcome=Outcome.UNDONE)


def list_of_door(occurrence: Occurrence, *, now: datetime) -> list[list[Any]]:
    """One row a person: uid, hash of the link, name, organisation, state, when inside (epoch s or 0), group.

    Inside is who came in on the day of the date that `now` falls on.
    """
    tries = CheckIn.objects.filter(_inside(), occurrence=occurrence, day=day_at_door(occurrence, now))
    came = dict(tries.order_by().values_list("registration").annotate(at=Min("scanned_at")))
    return [
        [
            one.uid.hex,
            hash_of_link(one),
            one.name,
            one.organisation,
            one.state,
            int(came[one.pk].timestamp()) if one.pk in came else 0,
            _group(one),
        ]
        for one in people_at_door(occurrence).select_related("category", "delegation")
    ]


def _group(one: Registration) -> str:
    """The category and the delegation of a person, in French: the language of the door."""
    category = one.category.name if one.category is not None else ""
    delegation = one.delegation.organisation if one.delegation is not None else ""
    return " · ".join(part for part in (category, delegation) if part)


def days_at_door(occurrence: Occurrence) -> list[int]:
    """When each day of the date begins for its doors, in epoch ms; the first from ever: doors open the day before."""
    later = [
        to_utc(datetime.combine(day, time(0)), occurrence.event.zone) for day in days_of_date(occurrence)[1:]
    ]
    return [0, *(int(at.timestamp() * 1000) for at in later)]


def stamp_of_door(occurrence: Occurrence) -> str:
    """Changes whenever a list would: versions rise with every change of a registration."""
    found = Registration.objects.filter(occurrence=occurrence).aggregate(
        n=Count("pk"), versions=Sum("version")
    )
    return f"{found['n']}.{found['versions'] or 0}"


@dataclass(frozen=True)
class DoorCounts:
    """Who is expected and who is inside, on the day of the date that it is."""

    expected: int
    inside: int
    walk_ins: int
    conflicts: int


def door_counts(occurrence: Occurrence, *, now: datetime) -> DoorCounts:
    """Two queries, however many people."""
    people = Registration.objects.filter(occurrence=occurrence, state=RegistrationState.CONFIRMED)
    today = Q(day=day_at_door(occurrence, now))
    tries = CheckIn.objects.filter(occurrence=occurrence).aggregate(
        inside=Count("registration", distinct=True, filter=_inside() & today),
        walk_ins=Count("pk", filter=Q(way="walk_in", outcome=Outcome.ADMITTED)),
        conflicts=Count("pk", filter=_conflict() & Q(settled_at=None)),
    )
    return DoorCounts(expected=people.count(), **tries)


def inside_by_day(occurrence: Occurrence) -> list[tuple[date, int]]:
    """How many came in on each day of the date that had anybody, in order."""
    rows = CheckIn.objects.filter(_inside(), occurrence=occurrence, registration__isnull=False)
    return list(rows.order_by("day").values_list("day").annotate(n=Count("registration", distinct=True)))


def _conflict() -> Q:
    return Q(let_in=True) & ~Q(outcome__in=[Outcome.ADMITTED, Outcome.UNDONE])


def conflicts_of(occurrence: Occurrence) -> QuerySet[CheckIn]:
    """Those whom a telephone let in and who should not have been, not looked at yet; the latest first."""
    rows = CheckIn.objects.filter(_conflict(), occurrence=occurrence, settled_at=None)
    return rows.select_related("registration", "user", "occurrence__event")


def tries_of(occurrence: Occurrence) -> QuerySet[CheckIn]:
    """Everything that was tried at the doors of a date, the latest first."""
    return CheckIn.objects.filter(occurrence=occurrence).select_related("registration", "user")


def first_entries(tries: Iterable[CheckIn]) -> dict[tuple[int | None, date], CheckIn]:
    """By registration and day the row that let the person in, of those whom `tries` are about: which door, when."""
    about = {one.registration_id for one in tries if one.registration_id is not None}
    rows = CheckIn.objects.filter(registration__in=about, outcome=Outcome.ADMITTED)
    return {(row.registration_id, row.day): row for row in rows}


def entered_since(occurrence: Occurrence, after: int, limit: int = 2000) -> list[CheckIn]:
    """What was let in or taken back since the row `after`, oldest first, for the other doors."""
    rows = CheckIn.objects.filter(occurrence=occurrence, pk__gt=after, outcome=Outcome.ADMITTED)
    return list(rows.select_related("registration").order_by("pk")[:limit])


def last_entry(occurrence: Occurrence) -> int:
    """The row up to which a list just read is complete."""
    last = CheckIn.objects.filter(occurrence=occurrence).order_by("-pk").values_list("pk", flat=True).first()
    return last or 0


def tries_of_event(event: Event) -> QuerySet[CheckIn]:
    """As `tries_of`, for all dates of an event."""
    return CheckIn.objects.filter(occurrence__event=event).select_related("occurrence")


def entries_by_door(occurrence: Occurrence) -> list[dict[str, Any]]:
    """How many each door let in, and when it was last heard of: {"door", "entered", "heard_at"}."""
    rows = CheckIn.objects.filter(occurrence=occurrence).order_by().values("door")
    told = rows.annotate(entered=Count("pk", filter=Q(outcome=Outcome.ADMITTED)), heard_at=Max("received_at"))
    return [dict(one) for one in told.order_by("-entered", "door")]


def people_on_sheet(occurrence: Occurrence) -> QuerySet[Registration]:
    """Who signs: those with a seat, and those whose address is not confirmed yet, by name."""
    states = [RegistrationState.CONFIRMED, RegistrationState.OFFERED, RegistrationState.PENDING]
    people = Registration.objects.filter(occurrence=occurrence, state__in=states)
    return people.select_related("category", "delegation").order_by("name", "pk")


def people_missing(occurrence: Occurrence, day: date) -> QuerySet[Registration]:
    """Who stands on the sheet of a day and is not known to have come on it."""
    came = CheckIn.objects.filter(_inside(), occurrence=occurrence, day=day, registration__isnull=False)
    return people_on_sheet(occurrence).exclude(pk__in=came.values("registration"))
