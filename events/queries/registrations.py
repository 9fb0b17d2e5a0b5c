"""Registrations, as staff list them and as their holder finds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from cms.core import links
from events.models import (
    ACTIVE_STATES,
    AgendaPage,
    Category,
    Event,
    Occurrence,
    Registration,
    RegistrationState,
)

#: Two ways to narrow a list beside the states.
CAME, MISSING = "came", "missing"


def by_token(token: str) -> Registration | None:
    """The registration a personal link opens, or None for any link that is wrong, altered or revoked."""
    uid = links.uid_of(token)
    if uid is None:
        return None
    found = (
        Registration.objects.filter(uid=uid)
        .select_related("occurrence", "occurrence__event", "contact", "category", "invitation")
        .first()
    )
    if found is None or not links.verify(
        token, purpose=Registration.LINK_PURPOSE, uid=found.uid, generation=found.generation
    ):
        return None
    return found


def dates_of_person(registration: Registration, *, limit: int = 200) -> QuerySet[Registration]:
    """What the person of a confirmed registration is registered for, the latest dates first, called-off ones too."""
    mine = Registration.objects.filter(contact=registration.contact_id)
    off = Q(state=RegistrationState.CANCELLED, occurrence__state="cancelled")
    mine = mine.filter(Q(state__in=ACTIVE_STATES) | off)
    return mine.select_related("occurrence__event").order_by("-occurrence__starts_at", "-pk")[:limit]


def key_of(registration: Registration) -> str:
    """The token of a registration's personal link."""
    return links.make(Registration.LINK_PURPOSE, registration.uid, registration.generation)


def derived_key(key: UUID, *, date: Occurrence, reach: str) -> UUID:
    """The key of a registration whose form made another one since: still the same for the same post."""
    return uuid5(key, f"{date.uid.hex} {reach}")


def made_by_form(key: UUID | None, *, date: Occurrence, reach: str) -> QuerySet[Registration]:
    """What stands of the registrations that a form made: its last one, and the one for this date and address."""
    if key is None:
        return Registration.objects.none()
    return Registration.objects.active().filter(key__in=[key, derived_key(key, date=date, reach=reach)])


def people_of(
    event: Event,
    *,
    occurrence: str = "",
    state: str = "",
    category: Category | None = None,
    search: str = "",
    call: bool = False,
) -> QuerySet[Registration]:
    """The registrations of an event for its list, narrowed; `call`: those who can only be telephoned.

    `state` may be CAME or MISSING too: who came, and who had a seat and did not.
    """
    found = Registration.objects.filter(occurrence__event=event).select_related(
        "occurrence", "occurrence__event", "confirmed_by", "category"
    )
    if category is not None:
        found = found.filter(category=category)
    if occurrence:
        found = found.filter(occurrence__recurrence_id=occurrence.replace("\x00", ""))
    if state in RegistrationState.values:
        found = found.filter(state=state)
    elif state == CAME:
        found = found.exclude(attended_at=None)
    elif state == MISSING:
        found = found.filter(state=RegistrationState.CONFIRMED, attended_at=None)
    if call:
        unconfirmed = Q(state__in=["pending", "confirmed", "waiting"], confirmed_at=None)
        found = found.filter(unconfirmed | Q(state="offered"), email="")
    if search := search.replace("\x00", ""):
        found = found.filter(
            Q(name__icontains=search)
            | Q(organisation__icontains=search)
            | Q(email__icontains=search)
            | Q(phone__contains=search.replace(" ", ""))
        )
    return found.order_by("occurrence__starts_at", "created_at", "pk")


def counts_of(event: Event) -> dict[str, int]:
    """How many registrations an event has in each state."""
    rows = (
        Registration.objects.filter(occurrence__event=event)
        .values_list("state")
        .annotate(number=Count("pk"))
        .order_by("state")
    )
    return {**dict.fromkeys(RegistrationState.values, 0), **dict(rows)}


def coming_with_counts(*, now: datetime, limit: int = 5) -> QuerySet[Occurrence]:
    """The next dates that take registrations, with their counts: what the secretariat looks at each morning."""
    return (
        Occurrence.objects.planned()
        .filter(event__takes_registrations=True, event__withdrawn_at=None)
        .select_related("event")
        .coming(now)
        .counted(now)[:limit]
    )


def offered_by_phone(rows: Iterable[Occurrence], *, now: datetime) -> dict[int, int]:
    """How many people of each date are offered a seat and can only be called: no mail tells them, and time runs."""
    found = Registration.objects.filter(
        occurrence__in=rows, state=RegistrationState.OFFERED, offered_until__gt=now, email=""
    )
    return dict(found.order_by().values_list("occurrence").annotate(number=Count("pk")))


def public_dates(event: Event, *, now: datetime, limit: int = 10) -> QuerySet[Any]:
    """The next dates of an event, with what is taken of each."""
    return event.occurrences.select_related("event").coming(now).counted(now)[:limit]


def dates_told(event_ids: Iterable[int], *, now: datetime, limit: int) -> dict[int, list[Occurrence]]:
    """The next dates of each event, at most `limit`, with what is taken of each; where all are over, the last one.

    Two queries, however many events.
    """
    wanted = set(event_ids)
    nth = Window(RowNumber(), partition_by=F("event_id"), order_by=["starts_at", "pk"])
    rows = Occurrence.objects.filter(event_id__in=wanted)
    coming = rows.coming(now).annotate(nth=nth).filter(nth__lte=limit).order_by().values("pk")
    over = rows.exclude(event_id__in=rows.coming(now).order_by().values("event_id"))
    last = over.order_by("event_id", "-starts_at", "-pk").distinct("event_id").values("pk")
    found: dict[int, list[Occurrence]] = {pk: [] for pk in wanted}
    for keys in (coming, last):
        told = Occurrence.objects.filter(pk__in=keys).select_related("event")
        for row in told.order_by("starts_at", "pk").counted(now):
            found[row.event_id].append(row)
    return found


def held_between(start: datetime, end: datetime, *, kind: str) -> int:
    """How many dates of a kind of event took place from `start` to `end`: a measure for the plan's indicators."""
    return (
        Occurrence.objects.planned().filter(event__kind=kind, starts_at__gte=start, starts_at__lt=end).count()
    )


def ahead_of(registration: Registration) -> int:
    """How many people wait before this one; 0 for who does not wait."""
    if registration.state != RegistrationState.WAITING:
        return 0
    line = Registration.objects.filter(occurrence_id=registration.occurrence_id).in_line()
    return line.filter(position__lt=registration.position).count()


def coming_dates(*, now: datetime) -> QuerySet[Occurrence]:
    """The next date of each event, for the agenda's screen in the admin."""
    first = (
        Occurrence.objects.coming(now)
        .order_by("event_id", "starts_at", "pk")
        .distinct("event_id")
        .values("pk")
    )
    return Occurrence.objects.filter(pk__in=first).select_related("event").coming(now)


def agenda_pages() -> QuerySet[AgendaPage]:
    """The agendas under which an officer adds events."""
    return AgendaPage.objects.select_related("locale").order_by("locale__language_code")
